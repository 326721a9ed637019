"""What is counted, from what, and when a computed figure agrees with a stated one.

An indicator's key is its row in `data/reference/figures.csv`. `read` is the dotted name of the function that
computes it from records; nothing here reads the stated value, so that a figure can never be copied from its
own answer.

Ways of matching (column `match` of figures.csv), all in the figure's own unit:

- `exact`     the computed value is the stated one
- `to_N`      it rounds (half up) to the stated one in units of N: `to_100`, `to_0.1`, `to_1e8`
- `at_least`  it is not below the stated one
"""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from minzheng.kernel.errors import Refusal

Number = int | float | Decimal | Fraction | str
_MATCH = re.compile(r"exact|at_least|to_(?P<unit>\d+(?:\.\d+)?(?:e\d+)?)")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


class IndicatorRefusal(Refusal):
    """An indicator whose declaration is incomplete or cannot be followed."""


def resolution(match: str) -> Fraction | None:
    """The unit N of `to_N`, 0 for `exact`, None for `at_least`; raises IndicatorRefusal."""
    found = _MATCH.fullmatch(match)
    if found is None or (found["unit"] and Fraction(found["unit"]) <= 0):
        raise IndicatorRefusal(
            f"核对方式“{match}”不认识，只能是 exact、at_least 或 to_N（如 to_100、to_0.1）。"
        )
    if match == "at_least":
        return None
    return Fraction(found["unit"]) if found["unit"] else Fraction(0)


def agrees(
    computed: Number | None,
    stated: Number,
    match: str,
    scale: Number = 1,
    tolerance: Number = 0,
    counted: bool = True,
) -> bool:
    """Whether a figure computed at `scale` of the province agrees with the stated one. Pure; exact
    arithmetic.

    `counted` figures (persons, cases, money) grow with the register: the computed value is divided by `scale`
    first. Averages, rates, standards and figures of things that are never sampled (counties, facilities) are
    `counted=False` and are compared as they are.

    At scale 1 the stated precision alone decides: `tolerance` is not used. In a sample (scale < 1) two
    allowances are added on each side: half a record (1 / (2 × scale)) for a counted figure, since a sample
    holds whole records only, and `tolerance`, a share of the stated value (0.001 = one in a thousand), for
    sampling noise. None (not computed) never agrees.
    """
    unit = resolution(match)
    part, noise = _exact(scale), _exact(tolerance)
    if not 0 < part <= 1 or noise < 0:
        raise IndicatorRefusal("比例应大于 0 且不超过 1，抽样容差不能为负，请核对参数。")
    if computed is None:
        return False
    target = _exact(stated)
    value = _exact(computed) / part if counted else _exact(computed)
    slack = Fraction(0)
    if part < 1:
        slack = noise * abs(target) + (1 / (2 * part) if counted else 0)
    if unit is None:
        return value >= target - slack
    if slack == 0 and unit == 0:
        return value == target
    half = unit / 2
    if slack == 0:  # half up: the lower edge rounds to the stated value, the upper edge to the next
        return target - half <= value < target + half
    return abs(value - target) <= half + slack


def _exact(number: Number) -> Fraction:
    # A float is taken as the decimal it prints as: 19.3 means 19.3, not the nearest binary fraction.
    try:
        return Fraction(str(number)) if isinstance(number, float) else Fraction(number)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise IndicatorRefusal(f"“{number}”不是数，无法核对指标。") from error


@dataclass(frozen=True)
class Indicator:
    """One figure: where it stands in figures.csv, what computes it, and what agreement means.

    `read` names a function that returns the number; `records` names one that returns the rows behind it (may
    be empty while there is no page). `tolerance` is a share of the stated value, used in samples only (see
    `agrees`). `partial`: some of what it counts has no programme yet, which `note` names, so that it cannot
    agree or disagree.
    """

    key: str
    label: str
    unit: str
    read: str
    match: str
    counted: bool = True
    tolerance: str = "0"
    records: str = ""
    note: str = ""
    partial: bool = False

    def __post_init__(self) -> None:
        for name, value in (("编号", self.key), ("名称", self.label), ("单位", self.unit)):
            if not value:
                raise IndicatorRefusal(f"指标“{self.key or self.label}”缺少{name}，请补全。")
        for name, value in (("计算函数", self.read), ("明细函数", self.records or self.read)):
            if not _DOTTED.fullmatch(value):
                raise IndicatorRefusal(f"指标“{self.key}”的{name}“{value}”应写成完整的点分名称。")
        resolution(self.match)
        if _exact(self.tolerance) < 0:
            raise IndicatorRefusal(f"指标“{self.key}”的抽样容差不能为负。")

    def reader(self) -> Callable[..., Any]:
        """The function that `read` names; raises IndicatorRefusal where it does not exist."""
        return resolve(self.read)

    def agrees(self, computed: Number | None, stated: Number, scale: Number = 1) -> bool:
        """`agrees` with this indicator's own match, tolerance and kind."""
        return agrees(computed, stated, self.match, scale, self.tolerance, self.counted)


def resolve(dotted: str) -> Callable[..., Any]:
    """The callable of that dotted name; raises IndicatorRefusal that says which part is missing."""
    module, _, name = dotted.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise IndicatorRefusal(f"找不到函数“{dotted}”（{error}），请核对声明。") from error
    if not callable(found):
        raise IndicatorRefusal(f"“{dotted}”不是函数，请核对声明。")
    return found
