"""The tree that a rule's body builds, once: where the meaning of every operator is settled.

A body is called with nodes instead of values and returns the node of its result. Each node knows its unit,
its scale and its grain, so that a wrong sum is refused when the law is loaded, not when a household is
decided.

*Scale.* A ratio (`倍`) is a whole number of ten-thousandths; an amount times a ratio is therefore an amount
in ten-thousandths (scale 10 000). Comparing and adding bring both sides to one scale exactly; nothing is
rounded until `monthly`, `rounded` or `divided` says so.
"""

from typing import Any, NoReturn

from minzheng.kernel.facts import Grain
from minzheng.kernel.rules.units import (
    BOOL,
    CODE,
    CODES,
    DATE,
    MONEY,
    RATIO,
    RATIO_SCALE,
    RuleRefusal,
    Unit,
    alike,
    product,
)

RANK: dict[Grain, int] = {"case": 0, "household": 1, "person": 2}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


class Node:
    """One place in a tree: an operation on other nodes, or a leaf (a fact, a rule, a parameter, a constant).

    op: what is done; args: on what; unit: None for the constants 0 and 1; scale: 1, or the power of ten
    thousand by which the value is multiplied; grain: case, household or person; name: of a leaf, or the
    rounding of a division; value: of a constant, a factor or a divisor.
    """

    __slots__ = ("args", "grain", "name", "op", "scale", "unit", "value")

    def __init__(
        self,
        op: str,
        args: "tuple[Node, ...]",
        unit: Unit | None,
        grain: Grain | None = None,
        scale: int = 1,
        name: str = "",
        value: int = 0,
    ) -> None:
        if scale > RATIO_SCALE**2:
            raise RuleRefusal("连乘的倍数太多，先用 rounded 取整再乘。")
        self.op, self.args, self.unit, self.scale, self.name, self.value = op, args, unit, scale, name, value
        self.grain: Grain = grain or finest(args)

    def __add__(self, other: object) -> "Node":
        return _sum("add", self, node(other))

    def __radd__(self, other: object) -> "Node":
        return _sum("add", node(other), self)

    def __sub__(self, other: object) -> "Node":
        return _sum("sub", self, node(other))

    def __rsub__(self, other: object) -> "Node":
        return _sum("sub", node(other), self)

    def __mul__(self, other: object) -> "Node":
        return multiply(self, node(other))

    def __rmul__(self, other: object) -> "Node":
        return multiply(node(other), self)

    def __neg__(self) -> "Node":
        return _sum("sub", node(0), self)

    def __lt__(self, other: object) -> "Node":
        return compare("lt", self, node(other))

    def __le__(self, other: object) -> "Node":
        return compare("le", self, node(other))

    def __gt__(self, other: object) -> "Node":
        return compare("gt", self, node(other))

    def __ge__(self, other: object) -> "Node":
        return compare("ge", self, node(other))

    def __eq__(self, other: object) -> Any:
        return compare("eq", self, node(other))

    def __ne__(self, other: object) -> Any:
        return compare("ne", self, node(other))

    def __and__(self, other: object) -> "Node":
        return logic("and", (self, node(other)))

    def __or__(self, other: object) -> "Node":
        return logic("or", (self, node(other)))

    def __invert__(self) -> "Node":
        return logic("not", (self,))

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise RuleRefusal("规则里的事实还没有值，不能用 if、and、or、not 或连写的比较；请用 where 和 & | ~。")

    def _refuse(self, *_: object) -> NoReturn:
        raise RuleRefusal("规则里没有这种运算：除法请用 monthly、rounded 或 divided，其余请用规则的动词。")

    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = _refuse
    __iter__ = __len__ = __getitem__ = __int__ = __float__ = __index__ = __abs__ = __round__ = (
        __contains__
    ) = _refuse


def node(value: object) -> Node:
    """A node as it is, 0 and 1 as a constant; every other value is refused."""
    if isinstance(value, Node):
        return value
    if type(value) is int and value in (0, 1):
        return Node("const", (), None, "case", value=value)
    raise RuleRefusal(f"规则里只许写 0 和 1，不能写“{value!r}”；其他数值、日期和代码请设为参数。")


def finest(args: tuple[Node, ...]) -> Grain:
    """The grain of a value made from others: a household's value is the same for each of its members."""
    return max((each.grain for each in args), key=RANK.__getitem__, default="case")


def level(*args: Node) -> tuple[Node, ...]:
    """Bring numbers to one scale by multiplying the smaller ones; exact."""
    top = max(each.scale for each in args)
    return tuple(each if each.scale == top else rescale(each, top // each.scale) for each in args)


def rescale(each: Node, factor: int) -> Node:
    """`each` written in a scale `factor` times finer; the value meant is the same."""
    return Node("scale", (each,), each.unit, scale=each.scale * factor, value=factor)


def same(args: tuple[Node, ...]) -> tuple[Unit | None, tuple[Node, ...]]:
    """Check that values are alike and bring them to one scale."""
    unit: Unit | None = None
    for each in args:
        unit = alike(unit, each.unit)
    bare_one = any(each.op == "const" and each.value == 1 for each in args)
    if unit is not None and unit.base == MONEY and bare_one:
        raise RuleRefusal("不能把 1 当作金额；金额请设为参数。")
    if unit is not None and not unit.is_number and any(each.unit is None for each in args):
        raise RuleRefusal(f"单位为“{unit}”的值不能与 0 或 1 放在一起；代码请设为参数。")
    return unit, level(*args)


def _sum(op: str, left: Node, right: Node) -> Node:
    unit, args = same((left, right))
    if unit is not None and not unit.is_number:
        raise RuleRefusal(f"单位为“{unit}”的值不能相加减。")
    return Node(op, args, unit, scale=args[0].scale)


def multiply(left: Node, right: Node) -> Node:
    """A product; see `units.product` for what it may be of."""
    if left.op == "const" or right.op == "const":
        raise RuleRefusal("与 0 或 1 相乘没有意义；按条件取值请用 where。")
    return Node("mul", (left, right), product(left.unit, right.unit), scale=left.scale * right.scale)


def compare(op: str, left: Node, right: Node) -> Node:
    """A comparison of like values; codes and yes/no only for equality."""
    unit, args = same((left, right))
    if unit is not None and unit.base in (BOOL, CODE, CODES) and op not in ("eq", "ne"):
        raise RuleRefusal(f"单位为“{unit}”的值没有大小之分。")
    if unit is not None and unit.base == CODES:
        raise RuleRefusal("一组代码不能比较相等；请用 one_of。")
    return Node(op, args, Unit(BOOL))


def logic(op: str, args: tuple[Node, ...]) -> Node:
    """Three-valued and, or, not."""
    for each in args:
        require(each, BOOL, "& | ~ 只用于是否")
    return Node(op, args, Unit(BOOL))


def require(each: Node, base: str, what: str) -> None:
    """Refuse a node whose unit has another base."""
    if each.unit is None or each.unit.base != base:
        raise RuleRefusal(f"{what}，这里得到的单位是“{each.unit or '数'}”。")


def walk(root: Node) -> list[Node]:
    """Every node under `root` once, arguments before what is made from them."""
    seen: set[int] = set()
    order: list[Node] = []

    def visit(each: Node) -> None:
        if id(each) in seen:
            return
        seen.add(id(each))
        for arg in each.args:
            visit(arg)
        order.append(each)

    visit(root)
    return order


def leaf(op: str, name: str, unit: Unit, grain: Grain) -> Node:
    """A fact, a rule or a parameter, by its name."""
    return Node(op, (), unit, grain, scale=RATIO_SCALE if unit.base == RATIO else 1, name=name)


def spelled(root: Node) -> list[object]:
    """The tree as nested lists of text and numbers, the same in every process: what the hash is taken of."""
    tail = [spelled(each) for each in root.args]
    return [root.op, root.name, str(root.unit or ""), root.scale, root.value, *tail]


def is_date(each: Node) -> bool:
    """Whether a node holds dates."""
    return each.unit is not None and each.unit.base == DATE
