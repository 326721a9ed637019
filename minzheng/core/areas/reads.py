"""Questions about areas, answered as frozen values. The tree is never read whole: one level or range.

`day` is the day on which the code must have been valid; None is the business date.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import Q, QuerySet

from minzheng.core.areas import listing, succession
from minzheng.core.areas.day import today
from minzheng.core.areas.memo import once
from minzheng.core.areas.models import Area, Succession
from minzheng.kernel import areas
from minzheng.kernel.areas import AreaRefusal, subtree
from minzheng.kernel.errors import Refusal

__all__ = [
    "AreaRefusal",
    "Place",
    "UnknownAreaRefusal",
    "ancestors",
    "area",
    "children",
    "names",
    "of_level",
    "parse",
    "path_name",
    "path_names",
    "ranges",
    "search",
    "subtree",
]

PROVINCE = 530000000000
_CODE = re.compile(r"[1-9][0-9]{11}", re.ASCII)
_COUNTY_CODE = re.compile(r"[1-9][0-9]{5}", re.ASCII)
_MOST = 200


class UnknownAreaRefusal(Refusal):
    """No area has this code on that day."""


class HasRanges(Protocol):
    """What search asks of a scope: the closed code ranges that may be shown."""

    @property
    def ranges(self) -> Sequence[tuple[int, int]]: ...


@dataclass(frozen=True)
class Place:
    """One area on one day. `path`: the names from the province down, joined by "/", where asked for."""

    code: int
    level: int
    name: str
    kind: str
    is_admin: bool
    pinyin: str
    path: str = ""

    @property
    def kind_label(self) -> str:
        """The word for its kind, such as 民族乡."""
        return listing.KINDS[self.kind]


def parse(text: str) -> int:
    """A code from outside: 12 digits, or 6 for a county and above; raises AreaRefusal."""
    stripped = text.strip()
    if _COUNTY_CODE.fullmatch(stripped):
        stripped += "000000"
    if not _CODE.fullmatch(stripped):
        raise AreaRefusal(f"区划代码应为 12 位数字（县以上可写 6 位），现为“{stripped[:20]}”，请核对。")
    code = int(stripped)
    areas.level(code)
    return code


def area(code: int, day: date | None = None) -> Place:
    """The area of this code; raises AreaRefusal (malformed), UnknownAreaRefusal (not on that day)."""
    areas.level(code)
    on = day or today()
    found = _on(on).filter(code=code).first()
    if found is None:
        raise UnknownAreaRefusal(f"{on.isoformat()} 没有代码为 {code} 的区划，请核对代码和日期。")
    return _place(found)


def children(code: int, day: date | None = None, admin_only: bool = False) -> tuple[Place, ...]:
    """The areas of the next level, by pinyin; raises AreaRefusal."""
    level = areas.level(code)
    rows = _on(day).filter(code__range=subtree(code), level=level + 1)
    if admin_only:
        rows = rows.filter(is_admin=True)
    return tuple(_place(row) for row in rows.order_by("pinyin", "code"))


def of_level(level: int, within: int = PROVINCE, day: date | None = None) -> tuple[Place, ...]:
    """Every area of one level below `within`, by code (the 129 counties of the province, say)."""
    rows = _on(day).filter(code__range=subtree(within), level=level).order_by("code")
    return tuple(_place(row) for row in rows)


def ancestors(code: int, day: date | None = None) -> tuple[Place, ...]:
    """The areas above it, province first, without itself; raises AreaRefusal."""
    above = areas.ancestors(code)[1:]
    return tuple(_place(row) for row in _on(day).filter(code__in=above).order_by("level"))


def names(codes: Iterable[int], day: date | None = None) -> dict[int, str]:
    """Code → name for those that were valid on the day."""
    return dict(_names(frozenset(codes), day or today()))


@once
def _names(codes: frozenset[int], day: date) -> tuple[tuple[int, str], ...]:
    return tuple(_on(day).filter(code__in=codes).values_list("code", "name"))


def path_name(code: int, day: date | None = None) -> str:
    """The names from the province down to the area, such as "云南省/昆明市/五华区"; raises AreaRefusal."""
    return path_names([code], day)[code]


def path_names(codes: Iterable[int], day: date | None = None) -> dict[int, str]:
    """Code → path name, for many at once; raises AreaRefusal."""
    lines = {code: areas.ancestors(code)[::-1] for code in codes}
    known = names((code for line in lines.values() for code in line), day)
    return {code: "/".join(known[c] for c in line if c in known) for code, line in lines.items()}


def ranges(code: int) -> tuple[tuple[int, int], ...]:
    """The closed code ranges of the area and everything below it, under every code that they have had."""
    return succession.expand(code, Succession.objects.values_list("predecessor", "successor"))


def search(
    text: str, scope: HasRanges | None = None, day: date | None = None, limit: int = 20
) -> tuple[Place, ...]:
    """Areas whose name contains the text (two characters or more), higher levels first, with their path.

    Words separated by blanks narrow: the last is looked for below areas that the earlier ones name, as in
    "昭阳 团结". Only codes within the scope's ranges are found; None is the whole province.
    """
    *above, last = text.split() or [""]
    if any(len(word) < 2 for word in (*above, last)):
        return ()
    on = day or today()
    rows = _named(last, on)
    for word in above:
        outer = [subtree(code) for code in _named(word, on).values_list("code", flat=True)[:_MOST]]
        rows = rows.filter(_any_of(outer))
    if scope is not None:
        rows = rows.filter(_any_of(scope.ranges))
    found = list(rows.order_by("level", "pinyin", "code")[: min(limit, _MOST)])
    paths = path_names([row.code for row in found], on)
    return tuple(_place(row, paths[row.code]) for row in found)


def _named(word: str, day: date) -> QuerySet[Area]:
    # The bigrams reach the index; the name must then hold them in one piece.
    return _on(day).filter(bigrams__contains=listing.bigrams(word), name__contains=word)


def _any_of(code_ranges: Sequence[tuple[int, int]]) -> Q:
    condition = Q(code__in=())
    for low, high in code_ranges:
        condition |= Q(code__range=(low, high))
    return condition


def _on(day: date | None) -> QuerySet[Area]:
    return Area.objects.filter(valid__contains=day or today())


def _place(row: Area, path: str = "") -> Place:
    return Place(row.code, row.level, row.name, row.kind, row.is_admin, row.pinyin, path)
