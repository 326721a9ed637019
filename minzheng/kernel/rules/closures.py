"""Trees as closures on plain values: the machine of the case reading.

A tree becomes nested functions `f(house, member) -> value`; both map names to values, and `house`
has the list of its members under `MEMBERS`. Made once for each node and kept.
"""

from collections.abc import Callable
from typing import Any

from minzheng.kernel.rules import exact
from minzheng.kernel.rules.tree import Node

Values = dict[str, Any]
Reader = Callable[[Values, Values], Any]
MEMBERS = "members of the household"


def compiled(root: Node) -> Reader:
    """A tree as nested closures."""
    args = [compiled(each) for each in root.args]
    op = root.op
    if op == "const":
        constant = root.value
        return lambda house, member: constant
    if op in ("fact", "rule", "parameter"):
        return _leaf(root)
    if op in ("total", "count", "any", "all", "max_of", "min_of"):
        return _over(exact.OVER[op], args[0])
    if op in ("divide", "scale", "times"):
        return _with(exact.WITH[op], args[0], root.value, root.name)
    if op == "quotient":
        return _quotient(args[0], args[1], root.name)
    if op == "where":
        return _where(*args)
    if len(args) == 1:
        return _one(exact.PLAIN[op], args[0])
    if len(args) == 2:
        return _two(exact.PLAIN[op], args[0], args[1])
    return _many(exact.PLAIN[op], args)


def _leaf(root: Node) -> Reader:
    name = root.name
    if root.grain == "person":
        return lambda house, member: member.get(name)
    return lambda house, member: house.get(name)


def _one(apply: Callable[[Any], Any], arg: Reader) -> Reader:
    return lambda house, member: apply(arg(house, member))


def _two(apply: Callable[[Any, Any], Any], left: Reader, right: Reader) -> Reader:
    return lambda house, member: apply(left(house, member), right(house, member))


def _many(apply: Callable[..., Any], args: list[Reader]) -> Reader:
    return lambda house, member: apply(*[arg(house, member) for arg in args])


def _where(condition: Reader, then: Reader, otherwise: Reader) -> Reader:
    return lambda house, member: exact.where(
        condition(house, member), then(house, member), otherwise(house, member)
    )


def _with(apply: Callable[[Any, int, str], Any], arg: Reader, value: int, rounding: str) -> Reader:
    return lambda house, member: apply(arg(house, member), value, rounding)


def _quotient(left: Reader, right: Reader, rounding: str) -> Reader:
    return lambda house, member: exact.divide(left(house, member), right(house, member), rounding)


def _over(apply: Callable[[list[Any]], Any], arg: Reader) -> Reader:
    return lambda house, member: apply([arg(house, each) for each in house[MEMBERS]])
