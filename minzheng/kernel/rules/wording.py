"""A tree and its values in Chinese, for the explanation that an officer and a family read."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from minzheng.kernel.money import yuan
from minzheng.kernel.rules.tree import Node
from minzheng.kernel.rules.units import BOOL, CODE, CODES, MONEY, RATIO, RATIO_SCALE, Unit

LabelOf = Callable[[Node], str]
ROUNDING_WORDS = {"half_up": "四舍五入", "up": "进一", "down": "舍去尾数", "half_even": "四舍六入五成双"}
INFIX = {
    "add": "＋", "sub": "－", "mul": "×", "lt": "＜", "le": "≤", "gt": "＞", "ge": "≥", "eq": "＝", "ne": "≠",
    "and": " 且 ", "or": " 或 ", "in": " 属于 ",
}  # fmt: skip
BINDING = {
    "or": 1,
    "and": 2,
    "in": 4,
    "lt": 4,
    "le": 4,
    "gt": 4,
    "ge": 4,
    "eq": 4,
    "ne": 4,
    "add": 5,
    "sub": 5,
    "mul": 6,
}
WHOLE = 9


def formula(root: Node, label_of: LabelOf) -> str:
    """The formula of a tree, with the labels of what it reads."""
    return _text(root, label_of)[0]


def _text(root: Node, label_of: LabelOf) -> tuple[str, int]:
    """The text and how tightly it binds."""

    def part(each: Node, above: int = 0) -> str:
        text, binding = _text(each, label_of)
        return f"（{text}）" if binding < above else text

    op, args = root.op, root.args
    if op in ("fact", "rule", "parameter"):
        return label_of(root), WHOLE
    if op == "const":
        return str(root.value), WHOLE
    if op in INFIX:
        binding = BINDING[op]
        right = binding + (op in ("sub", "lt", "le", "gt", "ge", "eq", "ne", "in"))
        return part(args[0], binding) + INFIX[op] + part(args[1], right), binding
    if op == "scale":
        return _text(args[0], label_of)
    if op == "where":
        return _cases(root, part), WHOLE if args[0].op == "const" else 0
    if op in ("divide", "quotient", "times"):
        return _arithmetic(root, part), 6
    return _function(root, part), WHOLE


def _cases(root: Node, part: Callable[..., str]) -> str:
    condition, then, otherwise = root.args
    return f"{part(condition, 1)} 时为 {part(then, 1)}，否则为 {part(otherwise, 1)}"


def _arithmetic(root: Node, part: Callable[..., str]) -> str:
    rounding = ROUNDING_WORDS.get(root.name, "")
    first = part(root.args[0], 6)
    if root.op == "times":
        return f"{first}×{root.value}"
    if root.op == "quotient":
        return f"{first}÷{part(root.args[1], 7)}（{rounding}）"
    months = root.value // root.args[0].scale
    return f"{first}÷{months}（{rounding}）" if months > 1 else f"{first}（{rounding}）"


def _function(root: Node, part: Callable[..., str]) -> str:
    inner = "，".join(part(each) for each in root.args)
    if root.op in ("max", "min"):
        if root.args[-1].op == "const" and len(root.args) == 2:
            bound = "不低于" if root.op == "max" else "不高于"
            return f"{part(root.args[0], WHOLE)}（{bound} {root.args[-1].value}）"
        return f"{'最大' if root.op == 'max' else '最小'}（{inner}）"
    if root.op == "not":
        return f"非（{inner}）"
    if root.op == "age":
        return f"{part(root.args[0])}至{part(root.args[1])}的周岁"
    if root.op == "months":
        return f"{part(root.args[0])}至{part(root.args[1])}的整月数"
    return {
        "known": f"已知（{inner}）",
        "total": f"各成员合计（{inner}）",
        "count": f"成员人数（{inner}）",
        "any": f"任一成员（{inner}）",
        "all": f"全部成员（{inner}）",
        "max_of": f"成员中最大（{inner}）",
        "min_of": f"成员中最小（{inner}）",
    }[root.op]


def value_text(value: Any, unit: Unit, words: Sequence[tuple[int, str]] = ()) -> str:
    """A value with its unit as a person reads it; unknown is 未知."""
    if value is None:
        return "未知"
    if isinstance(value, list):
        return "、".join(value_text(each, unit, words) for each in value)
    if unit.base == CODES or isinstance(value, tuple):
        return "、".join(dict(words).get(each, str(each)) for each in value)
    if unit.base == BOOL:
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if unit.base == CODE:
        return dict(words).get(value, str(value))
    if unit.base == MONEY:
        return f"{yuan(value)} 元{_per(unit)}"
    if unit.base == RATIO:
        return f"{(Decimal(value) / RATIO_SCALE).normalize():f} 倍"
    return f"{value} {unit.base}"


@cache
def _per(unit: Unit) -> str:
    """What a unit is counted per, with its slash."""
    return str(Unit("", unit.per))
