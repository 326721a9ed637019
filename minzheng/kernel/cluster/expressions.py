"""Trees as Spark SQL text over named columns, with what is known about their values.

Text, since a column built call by call crosses to Java at every operator, and one parsed there does not.
Nothing here depends on Spark's ANSI setting: sums stay below 2^54 as every operand is below 2^53, a product
or a rescaling that may leave the range is looked at in floating point before it is made, and no division by
zero is ever asked. What is used twice, or must be looked at, is bound to a column of its own first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.kernel.facts import LIMIT
from minzheng.kernel.parameters import ParameterValue
from minzheng.kernel.rules.tree import COMPARISONS, Node

EPOCH = date(1970, 1, 1)
YEARS = 20_000
MONTHS = 240_000


@dataclass(frozen=True)
class Part:
    """SQL text; `lo` and `hi` bound its known values (days since 1970 of a date), `null`: it may be unknown.

    const: the value, if it is one and the same for every row; level: the layer of columns that must stand
    before the text can be evaluated.
    """

    sql: str
    lo: int
    hi: int
    null: bool
    const: Any = None
    level: int = 0


Leaf = Callable[[Node], Part]
Bind = Callable[[Part], Part]
Refuse = Callable[[Part], None]


def literal(value: ParameterValue) -> str:
    """A value as SQL text; a list of codes as an array."""
    if isinstance(value, tuple):
        return (
            f"array({', '.join(literal(each) for each in value)})"
            if value
            else "CAST(array() AS ARRAY<BIGINT>)"
        )
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f"date_from_unix_date({(value - EPOCH).days})"
    return f"{value}L" if value >= 0 else f"(-{-value}L)"


def constant(value: ParameterValue) -> Part:
    """One value for every row."""
    if isinstance(value, tuple):
        return Part(literal(value), 0, 0, False, value)
    number = (value - EPOCH).days if isinstance(value, date) else int(value)
    return Part(literal(value), number, number, False, value)


class Builder:
    """Makes the text of a tree: `leaf` gives facts, rules, parameters and reductions over members; `bind`
    makes a column of a part; `refuse` takes a yes-or-no column that is true where a value is out of range.
    """

    def __init__(self, leaf: Leaf, bind: Bind, refuse: Refuse) -> None:
        self.leaf, self.bind, self.refuse = leaf, bind, refuse

    def part(self, root: Node) -> Part:
        """The text of a tree, bottom up."""
        made: Part = getattr(self, f"_{root.op}", self.leaf)(root)
        return made

    def _const(self, root: Node) -> Part:
        return constant(root.value)

    def _parts(self, root: Node) -> list[Part]:
        return [self.part(each) for each in root.args]

    def _once(self, part: Part) -> Part:
        """The part as something short enough to be written twice."""
        return part if part.const is not None or part.sql.isidentifier() else self.bind(part)

    def _ranged(self, a: Part, b: Part, op: str, bounds: tuple[int, int]) -> Part:
        """`a op b`; looked at before it is made only if its bounds allow it to leave the range."""
        (lo, hi), null = bounds, a.null or b.null
        if lo > -LIMIT and hi < LIMIT:
            return _made(f"({a.sql} {op} {b.sql})", lo, hi, null, a, b)
        a, b = self._once(a), self._once(b)
        # In floating point a result reaches 2^53 exactly when the true one of whole numbers below 2^53 does.
        far = f"abs(CAST({a.sql} AS DOUBLE) {op} CAST({b.sql} AS DOUBLE)) >= {LIMIT}D"
        wrong = self.bind(_made(f"coalesce({far}, false)", 0, 1, False, a, b))
        self.refuse(wrong)
        text = f"CASE WHEN NOT {wrong.sql} THEN {a.sql} {op} {b.sql} END"
        return _made(text, max(lo, 1 - LIMIT), min(hi, LIMIT - 1), True, wrong)

    def _add(self, root: Node) -> Part:
        a, b = self._parts(root)
        return self._ranged(a, b, "+", (a.lo + b.lo, a.hi + b.hi))

    def _sub(self, root: Node) -> Part:
        a, b = self._parts(root)
        return self._ranged(a, b, "-", (a.lo - b.hi, a.hi - b.lo))

    def _mul(self, root: Node) -> Part:
        a, b = self._parts(root)
        corners = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return self._ranged(a, b, "*", (min(corners), max(corners)))

    def _scale(self, root: Node) -> Part:
        a, factor = self.part(root.args[0]), root.value
        return self._ranged(a, constant(factor), "*", (a.lo * factor, a.hi * factor))

    _times = _scale

    def _divide(self, root: Node) -> Part:
        return self._rounded(self.part(root.args[0]), constant(root.value), root.name)

    def _quotient(self, root: Node) -> Part:
        a, b = self._parts(root)
        if b.lo <= 0 <= b.hi:
            b = _made(f"nullif({b.sql}, 0L)", b.lo, b.hi, True, b)
        return self._rounded(a, b, root.name)

    def _rounded(self, a: Part, b: Part, rounding: str) -> Part:
        """The quotient, its magnitude rounded as declared and its sign put back."""
        a, b = self._once(a), self._once(b)
        n = a.sql if a.lo >= 0 else f"abs({a.sql})"
        d = b.sql if b.lo >= 0 else f"abs({b.sql})"
        if rounding == "half_up":
            text = f"(({n} * 2L + {d}) div ({d} * 2L))"
        elif rounding == "up":
            text = f"(({n} + {d} - 1L) div {d})"
        elif rounding == "down":
            text = f"({n} div {d})"
        else:
            whole, twice = f"({n} div {d})", f"({n} % {d}) * 2L"
            odd = f"({whole} % 2L = 1L)"
            text = f"({whole} + CASE WHEN {twice} > {d} OR {twice} = {d} AND {odd} THEN 1L ELSE 0L END)"
        if a.lo < 0 or b.lo < 0:
            text = f"CASE WHEN ({a.sql} < 0L) <> ({b.sql} < 0L) THEN -{text} ELSE {text} END"
        top = max(abs(a.lo), abs(a.hi))
        return _made(text, 0 if a.lo >= 0 and b.lo >= 0 else -top, top, a.null or b.null, a, b)

    def _compare(self, root: Node) -> Part:
        a, b = self._parts(root)
        op = {"eq": "=", "ne": "<>"}.get(root.op, COMPARISONS[root.op])
        return _made(f"({a.sql} {op} {b.sql})", 0, 1, a.null or b.null, a, b)

    _lt = _le = _gt = _ge = _eq = _ne = _compare

    def _in(self, root: Node) -> Part:
        value, listed = self._parts(root)
        if not isinstance(listed.const, tuple):
            return _made(f"array_contains({listed.sql}, {value.sql})", 0, 1, value.null, value, listed)
        if not listed.const:
            return _made(f"({value.sql} IS NULL AND NULL)", 0, 1, value.null, value)
        codes = ", ".join(literal(each) for each in listed.const)
        return _made(f"({value.sql} IN ({codes}))", 0, 1, value.null, value)

    def _and(self, root: Node) -> Part:
        a, b = self._parts(root)
        return _made(f"({a.sql} AND {b.sql})", 0, 1, a.null or b.null, a, b)

    def _or(self, root: Node) -> Part:
        a, b = self._parts(root)
        return _made(f"({a.sql} OR {b.sql})", 0, 1, a.null or b.null, a, b)

    def _not(self, root: Node) -> Part:
        a = self.part(root.args[0])
        return _made(f"(NOT {a.sql})", 0, 1, a.null, a)

    def _known(self, root: Node) -> Part:
        a = self.part(root.args[0])
        return _made(f"({a.sql} IS NOT NULL)", 0, 1, False, a) if a.null else constant(True)

    def _where(self, root: Node) -> Part:
        c, a, b = self._parts(root)
        lo, hi, null = min(a.lo, b.lo), max(a.hi, b.hi), c.null or a.null or b.null
        if not c.null:
            return _made(f"CASE WHEN {c.sql} THEN {a.sql} ELSE {b.sql} END", lo, hi, null, c, a, b)
        c, a, b = self._once(c), self._once(a), self._once(b)
        # An unknown condition leaves only what both branches agree on.
        branches = (
            f"WHEN {c.sql} THEN {a.sql} WHEN NOT {c.sql} THEN {b.sql} WHEN {a.sql} = {b.sql} THEN {a.sql}"
        )
        return _made(f"CASE {branches} END", lo, hi, True, c, a, b)

    def _max(self, root: Node) -> Part:
        parts = self._parts(root)
        return self._extreme(
            parts, "greatest", max(each.lo for each in parts), max(each.hi for each in parts)
        )

    def _min(self, root: Node) -> Part:
        parts = self._parts(root)
        return self._extreme(parts, "least", min(each.lo for each in parts), min(each.hi for each in parts))

    def _extreme(self, parts: list[Part], function: str, lo: int, hi: int) -> Part:
        parts = [self._once(each) if each.null else each for each in parts]
        text = f"{function}({', '.join(each.sql for each in parts)})"
        unsure = [each.sql for each in parts if each.null]
        if unsure:
            # Spark's greatest and least leave out what is unknown.
            known = " AND ".join(f"{each} IS NOT NULL" for each in unsure)
            text = f"CASE WHEN {known} THEN {text} END"
        return _made(text, lo, hi, bool(unsure), *parts)

    def _age(self, root: Node) -> Part:
        born, day = (self._once(each) for each in self._parts(root))
        early = (
            f"{_of('month', day)} * 32 + {_of('day', day)} < {_of('month', born)} * 32 + {_of('day', born)}"
        )
        years = f"{_of('year', day)} - {_of('year', born)} - CASE WHEN {early} THEN 1 ELSE 0 END"
        return _made(f"CAST({years} AS BIGINT)", -YEARS, YEARS, born.null or day.null, born, day)

    def _months(self, root: Node) -> Part:
        start, end = (self._once(each) for each in self._parts(root))
        months = (
            f"({_of('year', end)} - {_of('year', start)}) * 12 + {_of('month', end)} - {_of('month', start)}"
        )
        short = f"{_of('day', end)} < {_of('day', start)} AND {end.sql} <> last_day({end.sql})"
        text = f"CAST({months} - CASE WHEN {short} THEN 1 ELSE 0 END AS BIGINT)"
        return _made(text, -MONTHS, MONTHS, start.null or end.null, start, end)


def _made(text: str, lo: int, hi: int, null: bool, *of: Part) -> Part:
    return Part(text, lo, hi, null, None, max((each.level for each in of), default=0))


def _of(what: str, day: Part) -> str:
    """The year, month or day of the month of a date."""
    return str(getattr(day.const, what)) if isinstance(day.const, date) else f"{what}({day.sql})"
