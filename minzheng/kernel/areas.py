"""Arithmetic on 12-digit area codes: level, subtree as a range, ancestors by prefix.

Codes follow the statistical layout (2 province, 2 prefecture, 2 county, 3 township, 3 village digits). Only
the shape is looked at; which codes exist, and since when, is the register's knowledge
(`minzheng.core.areas`).
"""

from minzheng.kernel.errors import Refusal

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = 1, 2, 3, 4, 5
# Width of each level's own subtree, from province to village.
_WIDTHS = (10**10, 10**8, 10**6, 10**3, 1)
_LOWEST, _HIGHEST = 11 * 10**10, 10**12 - 1


class AreaRefusal(Refusal):
    """A number that cannot be an area code."""


def level(code: int) -> int:
    """1 province, 2 prefecture, 3 county, 4 township, 5 village; raises AreaRefusal."""
    if not _LOWEST <= code <= _HIGHEST:
        raise AreaRefusal(f"区划代码应为 12 位数字，现为“{code}”，请核对。")
    for number, width in enumerate(_WIDTHS, start=1):
        if code % width == 0:
            return number
    return VILLAGE


def subtree(code: int) -> tuple[int, int]:
    """The codes of the area and everything below it, as a closed range (lo, hi)."""
    return code, code + _WIDTHS[level(code) - 1] - 1


def ancestors(code: int) -> tuple[int, ...]:
    """The area itself, then each area above it by prefix, nearest first."""
    own = level(code)
    above = (code - code % _WIDTHS[number - 1] for number in range(own - 1, 0, -1))
    return tuple(dict.fromkeys((code, *above)))  # a code may skip a level, which is then not there


def contains(outer: int, inner: int) -> bool:
    """Whether `inner` is `outer` or lies below it."""
    low, high = subtree(outer)
    return low <= inner <= high
