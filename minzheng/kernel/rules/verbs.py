"""The verbs that a rule's body may use beside the operators + - * comparisons & | ~.

Each takes nodes and gives a node. What an unknown does is the same in every reading: numbers made from an
unknown are unknown, `&` and `|` are three-valued, a choice on an unknown is unknown unless both branches
agree.
"""

from minzheng.kernel.rules.tree import Node, level, logic, multiply, node, require, rescale, same
from minzheng.kernel.rules.units import (
    BOOL,
    CODE,
    CODES,
    DATE,
    RATIO,
    RuleRefusal,
    Unit,
    quotient,
    summed,
)


def where(condition: Node, then: object, otherwise: object) -> Node:
    """`then` if the condition holds, else `otherwise`; on an unknown condition unknown, unless the two are
    equal.
    """
    require(condition, BOOL, "where 的第一项须是是否")
    unit, args = same((node(then), node(otherwise)))
    return Node("where", (condition, *args), unit, scale=args[0].scale)


def choose(*pairs: object) -> Node:
    """`choose(c1, v1, c2, v2, …, otherwise)`: the value of the first condition that holds."""
    if len(pairs) % 2 == 0 or len(pairs) < 3:
        raise RuleRefusal("choose 须写成：条件, 值, 条件, 值, …, 其余。")
    result = node(pairs[-1])
    for at in range(len(pairs) - 3, -1, -2):
        result = where(node(pairs[at]), pairs[at + 1], result)
    return result


def maximum(*values: object) -> Node:
    """The largest of several values."""
    return _extreme("max", values)


def minimum(*values: object) -> Node:
    """The smallest of several values."""
    return _extreme("min", values)


def at_least(value: Node, floor: object) -> Node:
    """`value`, but not below `floor`."""
    return _extreme("max", (value, floor))


def at_most(value: Node, ceiling: object) -> Node:
    """`value`, but not above `ceiling`."""
    return _extreme("min", (value, ceiling))


def _extreme(op: str, values: tuple[object, ...]) -> Node:
    unit, args = same(tuple(node(each) for each in values))
    if len(args) < 2 or unit is None or not (unit.is_number or unit.base == DATE):
        raise RuleRefusal("取大取小须有至少两个可比大小的值。")
    return Node(op, args, unit, scale=args[0].scale)


def monthly(value: Node) -> Node:
    """A twelfth of a yearly value, rounded as the rule declares."""
    _period(value, "年", "monthly")
    assert value.unit is not None
    return Node(
        "divide", (value,), Unit(value.unit.base, (value.unit.per - {"年"}) | {"月"}), value=12 * value.scale
    )


def for_months(value: Node, months: Node) -> Node:
    """What a yearly value comes to in so many months: multiplied first, divided once, rounded as declared."""
    _period(value, "年", "for_months")
    require(months, "月", "for_months 的第二项须是月数")
    assert value.unit is not None
    unit = Unit(value.unit.base, value.unit.per - {"年"})
    product = Node("mul", (value, months), unit, scale=value.scale)
    return Node("divide", (product,), unit, value=12 * value.scale)


def portion(value: Node, part: Node, whole: Node) -> Node:
    """`value × part ÷ whole`, divided once and rounded as declared; of a whole that is nothing, unknown."""
    value, part, whole = node(value), node(part), node(whole)
    if part.unit != whole.unit or part.scale != 1 or whole.scale != 1:
        raise RuleRefusal("portion 的后两项须是同一单位的数，例如两个人数。")
    product = Node("mul", (value, part), value.unit, scale=value.scale)
    below = rescale(whole, value.scale) if value.scale > 1 else whole
    return Node("quotient", (product, below), value.unit)


def yearly(value: Node) -> Node:
    """Twelve times a monthly value; exact."""
    _period(value, "月", "yearly")
    assert value.unit is not None
    unit = Unit(value.unit.base, (value.unit.per - {"月"}) | {"年"})
    return Node("times", (value,), unit, scale=value.scale, value=12)


def _period(value: Node, period: str, verb: str) -> None:
    if value.unit is None or period not in value.unit.per:
        raise RuleRefusal(f"{verb} 只用于按{period}计的值，这里得到的单位是“{value.unit or '数'}”。")


def share(value: Node, ratio: Node) -> Node:
    """A ratio of a value, exact; compare it as it is, or round it with `rounded`."""
    require(ratio, RATIO, "share 的第二项须是倍数")
    return multiply(value, ratio)


times_ratio = share


def rounded(value: Node) -> Node:
    """A value made with a ratio as a whole number again, rounded as the rule declares."""
    if value.scale == 1 or value.unit is None or value.unit.base == RATIO:
        raise RuleRefusal("rounded 只用于乘过倍数、尚未取整的值。")
    return Node("divide", (value,), value.unit, value=value.scale)


def rounded_to(value: Node, step: Node) -> Node:
    """A value as a whole multiple of `step` (a parameter, such as ten fen), rounded as the rule declares."""
    if step.unit is None or value.unit is None or step.unit.base != value.unit.base or step.scale != 1:
        raise RuleRefusal("rounded_to 的第二项须是同类单位的参数，例如“分”。")
    whole = Node(
        "quotient", (value, rescale(step, value.scale)) if value.scale > 1 else (value, step), value.unit
    )
    return Node("mul", (whole, step), value.unit)


def divided(value: Node, by: Node) -> Node:
    """A quotient rounded as the rule declares; by zero it is unknown."""
    value, by = node(value), node(by)
    if value.unit is None or by.unit is None:
        raise RuleRefusal("divided 的两项都须有单位。")
    unit = quotient(value.unit, by.unit)
    if unit.base == RATIO and value.unit.base != RATIO:
        left, right = level(value, by)
        return Node("quotient", (rescale(left, 10_000), right), unit, scale=10_000)
    if by.scale > value.scale:
        value = rescale(value, by.scale // value.scale)
    return Node(
        "quotient", (value, rescale(by, value.scale // by.scale) if by.scale < value.scale else by), unit
    )


def total(value: Node, among: Node | None = None) -> Node:
    """The sum over a household's members (`among` those only); unknown if any member's is unknown."""
    each = node(value) if among is None else where(among, value, 0)
    return _over("total", each, summed(each.unit))


def count(condition: Node) -> Node:
    """How many of a household's members meet the condition; unknown if it is unknown of any."""
    require(condition, BOOL, "count 只用于是否")
    return _over("count", condition, Unit("人", frozenset({"户"})))


def any_of(condition: Node, *more: Node) -> Node:
    """Whether any member meets the condition; with several conditions, whether any of them holds
    (three-valued).
    """
    return _among("any", "or", condition, more)


def all_of(condition: Node, *more: Node) -> Node:
    """Whether all members meet the condition; with several conditions, whether all of them hold
    (three-valued).
    """
    return _among("all", "and", condition, more)


def _among(over: str, op: str, condition: Node, more: tuple[Node, ...]) -> Node:
    if more:
        result = condition
        for each in more:
            result = logic(op, (result, each))
        return result
    require(condition, BOOL, "any_of 与 all_of 只用于是否")
    return _over(over, condition, Unit(BOOL))


def max_of(value: Node) -> Node:
    """The largest among a household's members; unknown if any is unknown, or there is no member."""
    return _over("max_of", value, value.unit)


def min_of(value: Node) -> Node:
    """The smallest among a household's members; unknown if any is unknown, or there is no member."""
    return _over("min_of", value, value.unit)


def _over(op: str, each: Node, unit: Unit | None) -> Node:
    if each.grain != "person":
        raise RuleRefusal("合计、计数、任一、全部只对家庭成员逐人的值进行，这里得到的是整户的值。")
    if op in ("max_of", "min_of") and (unit is None or not (unit.is_number or unit.base == DATE)):
        raise RuleRefusal("取成员中的最大、最小须是可比大小的值。")
    return Node(op, (each,), unit, "household", scale=each.scale)


def age(born: Node, day: Node) -> Node:
    """Whole years of age on a day (a 29 February birthday falls on 1 March in common years)."""
    require(born, DATE, "age 的两项须是日期")
    require(day, DATE, "age 的两项须是日期")
    return Node("age", (born, day), Unit("岁"))


def months_between(start: Node, end: Node) -> Node:
    """Whole months from one day to another, negative backwards; where the month has no such day, its last
    day counts.
    """
    require(start, DATE, "months_between 的两项须是日期")
    require(end, DATE, "months_between 的两项须是日期")
    return Node("months", (start, end), Unit("月"))


def before(one: Node, other: Node) -> Node:
    """Whether one date is earlier than another."""
    require(one, DATE, "before 的两项须是日期")
    return one < other


def after(one: Node, other: Node) -> Node:
    """Whether one date is later than another."""
    require(one, DATE, "after 的两项须是日期")
    return one > other


def known(value: Node) -> Node:
    """Whether a value is known; never itself unknown."""
    return Node("known", (value,), Unit(BOOL))


def one_of(value: Node, *codes: Node) -> Node:
    """Whether a code is one of a list of codes, or of several codes, all of them parameters."""
    require(value, CODE, "one_of 的第一项须是代码")
    if not codes or any(each.op != "parameter" for each in codes):
        raise RuleRefusal("one_of 的其余各项须是参数。")
    for each in codes:
        if each.unit is None or each.unit.base not in (CODE, CODES):
            raise RuleRefusal("one_of 的其余各项须是代码或一组代码。")
    result: Node | None = None
    for each in codes:
        listed = each.unit is not None and each.unit.base == CODES
        one = Node("in", (value, each), Unit(BOOL)) if listed else value == each
        result = one if result is None else logic("or", (result, one))
    assert result is not None
    return result


VERBS = {
    each.__name__: each
    for each in (
        where,
        choose,
        maximum,
        minimum,
        at_least,
        at_most,
        monthly,
        for_months,
        portion,
        yearly,
        share,
        rounded,
        rounded_to,
        divided,
        total,
        count,
        any_of,
        all_of,
        max_of,
        min_of,
        age,
        months_between,
        before,
        after,
        known,
        one_of,
    )
} | {"times_ratio": share}
