"""Units: the small algebra that keeps a fen a person a month from being added to a fen a household a year.

A unit is written `分/户·年`: a base, and after the slash what it is counted per. Only three things happen
to units:

* **Alike** (adding, comparing, choosing): money must agree in all that it is per; other units in their base
  and period, because `岁/人` and `岁` differ only in grain. 0 fits every unit, 1 every unit but money.
* **Multiplying** cancels a denominator by a count: `分/人·年 × 人/户 = 分/户·年`; a ratio (`倍`) changes
  none.
* **Summing over members** turns `/人` into `/户`.
"""

from dataclasses import dataclass
from functools import cache

from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import Grain

BOOL, DATE, CODE, CODES, MONEY, RATIO = "是否", "日期", "码", "码表", "分", "倍"
HOLDERS = frozenset({"人", "户"})
PERIODS = frozenset({"年", "月", "日"})
# A ratio is kept as a whole number of ten-thousandths, so that 1.5 times a standard is exact.
RATIO_SCALE = 10_000


class RuleRefusal(Refusal):
    """A rule, a book or a law that may not be loaded, or a reading that may not go on."""


@dataclass(frozen=True)
class Unit:
    """A base and the set of what it is counted per."""

    base: str
    per: frozenset[str] = frozenset()

    def __str__(self) -> str:
        order = {"人": 0, "户": 1, "次": 2, "年": 4, "月": 5, "日": 6}
        per = sorted(self.per, key=lambda word: (order.get(word, 3), word))
        return self.base + ("/" + "·".join(per) if per else "")

    @property
    def is_number(self) -> bool:
        """Whether values of this unit may be added and multiplied."""
        return self.base not in (BOOL, DATE, CODE, CODES)

    @property
    def grain(self) -> Grain:
        """The grain that a rule of this unit has unless it says otherwise."""
        if "人" in self.per:
            return "person"
        return "household" if "户" in self.per else "case"


@cache
def parse_unit(text: str) -> Unit:
    """Read `分/户·月`; an empty part refuses."""
    base, slash, rest = text.partition("/")
    per = rest.split("·") if slash else []
    if not base or any(not part for part in per) or len(set(per)) != len(per) or set(per) >= HOLDERS:
        raise RuleRefusal(f"单位“{text}”写法不合格：应如“分/户·月”，人与户只能有一个。")
    return Unit(base, frozenset(per))


def alike(left: Unit | None, right: Unit | None) -> Unit | None:
    """The common unit of two values that are added, compared or chosen between; None is that of the number
    0 or 1.
    """
    if left is None or right is None:
        return left or right
    if left == right:
        return left
    if left.base == right.base:
        if left.base == MONEY:
            raise RuleRefusal(f"单位不同，不能相加减、比较或并列：{left} 与 {right}。")
        if left.per - HOLDERS == right.per - HOLDERS:
            return left
    raise RuleRefusal(f"单位不同，不能相加减、比较或并列：{left} 与 {right}。")


def product(left: Unit | None, right: Unit | None) -> Unit | None:
    """The unit of a product, or a refusal when nothing cancels."""
    if left is None or right is None:
        return left or right
    for unit in (left, right):
        if not unit.is_number:
            raise RuleRefusal(f"单位为“{unit}”的值不能相乘；按条件取值请用 where。")
    if right.base == RATIO:
        return left
    if left.base == RATIO:
        return right
    for one, other in ((left, right), (right, left)):
        if other.base in one.per:
            return Unit(one.base, (one.per - {other.base}) | other.per)
    raise RuleRefusal(f"{left} 与 {right} 相乘没有可以约去的单位。")


def quotient(left: Unit, right: Unit) -> Unit:
    """The unit of `left ÷ right`: like units give a ratio; a count leaves `per` that count, and takes its
    holder off.
    """
    if left.base == right.base:
        alike(left, right)
        return Unit(RATIO)
    if right.base == RATIO:
        return left
    if right.base in HOLDERS or right.base in PERIODS:
        return Unit(left.base, (left.per - right.per) | {right.base})
    raise RuleRefusal(f"{left} 不能除以 {right}。")


def summed(unit: Unit | None) -> Unit | None:
    """The unit of a sum over the members of a household."""
    if unit is None:
        return None
    if not unit.is_number:
        raise RuleRefusal(f"单位为“{unit}”的值不能合计；人数请用 count。")
    return Unit(unit.base, (unit.per - {"人"}) | {"户"})
