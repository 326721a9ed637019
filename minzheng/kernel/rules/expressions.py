"""Trees as Polars expressions, with what is known about their values: bounds and whether they may be unknown.

The bounds decide where a guard is needed. Polars wraps integers silently, answers `when(null)` with the
other branch and ignores nulls in horizontal extremes; where the bounds and the null counts of the actual
columns show that none of this can happen, the plain expression is used, and everywhere else the guarded
one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.facts import LIMIT
from minzheng.kernel.parameters import ParameterValue
from minzheng.kernel.rules.tree import Node
from minzheng.kernel.rules.units import RuleRefusal

EPOCH = date(1970, 1, 1)
LONGEST_TABLE = 200_000  # days: some 550 years


@dataclass(frozen=True)
class Part:
    """An expression; `lo` and `hi` bound its known values (days since 1970 of a date), `null`: it may be
    unknown.

    const: the value, if it is one and the same for every row; narrow: integers of fewer than 64 bits.
    """

    expr: pl.Expr
    lo: int
    hi: int
    null: bool
    const: Any = None
    narrow: bool = False

    def wide(self) -> pl.Expr:
        """The expression in 64 bits, for arithmetic."""
        if type(self.const) is int:
            return pl.lit(self.const, dtype=pl.Int64)
        return self.expr.cast(pl.Int64) if self.narrow else self.expr


Leaf = Callable[[Node], Part]
Check = Callable[[pl.Expr], None]


def constant(value: ParameterValue) -> Part:
    """One value for every row."""
    if isinstance(value, tuple):
        return Part(pl.lit(None), 0, 0, False, value)
    if isinstance(value, bool):
        return Part(pl.lit(value), int(value), int(value), False, value)
    if isinstance(value, date):
        days = (value - EPOCH).days
        return Part(pl.lit(value, dtype=pl.Date), days, days, False, value)
    return Part(pl.lit(value), value, value, False, value)


def unknown(dtype: pl.DataType | type[pl.DataType]) -> Part:
    """Unknown in every row."""
    return Part(pl.lit(None, dtype=dtype), 0, 0, True)


class Builder:
    """Makes the expression of a tree: `leaf` gives facts, rules, parameters and sums over members, `check`
    refuses.

    check is called with an expression that is true in the rows whose value is out of range; it evaluates it
    at once.
    """

    def __init__(self, leaf: Leaf, check: Check) -> None:
        self.leaf, self.check = leaf, check

    def part(self, root: Node) -> Part:
        """The expression of a tree, bottom up."""
        made: Part = getattr(self, f"_{root.op}", self.leaf)(root)
        return made

    def _const(self, root: Node) -> Part:
        return constant(root.value)

    def _parts(self, root: Node) -> list[Part]:
        return [self.part(each) for each in root.args]

    def _ranged(self, expr: pl.Expr, bounds: tuple[int, int], null: bool, wrong: pl.Expr) -> Part:
        """A number that may be out of range is checked row by row only if its bounds allow it."""
        lo, hi = bounds
        if lo <= -LIMIT or hi >= LIMIT:
            self.check(wrong)
            lo, hi = max(lo, 1 - LIMIT), min(hi, LIMIT - 1)
        return Part(expr, lo, hi, null)

    def _add(self, root: Node) -> Part:
        a, b = self._parts(root)
        expr = a.wide() + b.wide()
        return self._ranged(expr, (a.lo + b.lo, a.hi + b.hi), a.null or b.null, expr.abs() >= LIMIT)

    def _sub(self, root: Node) -> Part:
        a, b = self._parts(root)
        expr = a.wide() - b.wide()
        return self._ranged(expr, (a.lo - b.hi, a.hi - b.lo), a.null or b.null, expr.abs() >= LIMIT)

    def _mul(self, root: Node) -> Part:
        a, b = self._parts(root)
        corners = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        # In floating point a product of whole numbers below 2^53 reaches 2^53 exactly when the true one does.
        wrong = (a.wide().cast(pl.Float64) * b.wide().cast(pl.Float64)).abs() >= float(LIMIT)
        return self._ranged(a.wide() * b.wide(), (min(corners), max(corners)), a.null or b.null, wrong)

    def _scale(self, root: Node) -> Part:
        a, factor = self.part(root.args[0]), root.value
        wrong = (a.wide().cast(pl.Float64) * float(factor)).abs() >= float(LIMIT)
        expr = a.wide() * pl.lit(factor, dtype=pl.Int64)
        return self._ranged(expr, (a.lo * factor, a.hi * factor), a.null, wrong)

    _times = _scale

    def _divide(self, root: Node) -> Part:
        return self._rounded(self.part(root.args[0]), constant(root.value), root.name)

    def _quotient(self, root: Node) -> Part:
        a, b = self._parts(root)
        if b.lo <= 0 <= b.hi:
            b = replace(b, expr=pl.when(b.wide() != 0).then(b.wide()), null=True, const=None, narrow=False)
        return self._rounded(a, b, root.name)

    def _rounded(self, a: Part, b: Part, rounding: str) -> Part:
        """The quotient, its magnitude rounded as declared and its sign put back."""
        n = a.wide() if a.lo >= 0 else a.wide().abs()
        d = b.wide() if b.lo >= 0 else b.wide().abs()
        if rounding == "half_up":
            even = type(b.const) is int and b.const > 0 and b.const % 2 == 0
            expr = (n + b.const // 2) // d if even else (n * 2 + d) // (d * 2)
        elif rounding == "up":
            expr = (n + d - 1) // d
        elif rounding == "down":
            expr = n // d
        else:
            whole, rest = n // d, (n % d) * 2
            expr = whole + ((rest > d) | ((rest == d) & (whole % 2 == 1))).cast(pl.Int64)
        if a.lo < 0 or b.lo < 0:
            expr = expr * a.wide().sign() * b.wide().sign()
        top = max(abs(a.lo), abs(a.hi))
        return Part(expr, 0 if a.lo >= 0 and b.lo >= 0 else -top, top, a.null or b.null)

    def _compare(self, root: Node) -> Part:
        a, b = self._parts(root)
        apply = {
            "lt": "__lt__",
            "le": "__le__",
            "gt": "__gt__",
            "ge": "__ge__",
            "eq": "__eq__",
            "ne": "__ne__",
        }[root.op]
        return Part(getattr(a.expr, apply)(b.expr), 0, 1, a.null or b.null)

    _lt = _le = _gt = _ge = _eq = _ne = _compare

    def _in(self, root: Node) -> Part:
        value, listed = self._parts(root)
        if isinstance(listed.const, tuple):
            return Part(value.expr.is_in(list(listed.const)), 0, 1, value.null)
        found = listed.expr.list.contains(value.wide())
        return Part(pl.when(value.expr.is_not_null()).then(found), 0, 1, value.null)

    def _and(self, root: Node) -> Part:
        a, b = self._parts(root)
        return Part(a.expr & b.expr, 0, 1, a.null or b.null)

    def _or(self, root: Node) -> Part:
        a, b = self._parts(root)
        return Part(a.expr | b.expr, 0, 1, a.null or b.null)

    def _not(self, root: Node) -> Part:
        a = self.part(root.args[0])
        return Part(~a.expr, 0, 1, a.null)

    def _known(self, root: Node) -> Part:
        a = self.part(root.args[0])
        return Part(a.expr.is_not_null(), 0, 1, False) if a.null else constant(True)

    def _where(self, root: Node) -> Part:
        c, a, b = self._parts(root)
        number = root.unit is None or root.unit.is_number or root.unit.base == "码"
        then, other = (a.wide(), b.wide()) if number else (a.expr, b.expr)
        null = c.null or a.null or b.null
        lo, hi = min(a.lo, b.lo), max(a.hi, b.hi)
        if not c.null:
            return Part(pl.when(c.expr).then(then).otherwise(other), lo, hi, null)
        # An unknown condition leaves only what both branches agree on.
        expr = pl.when(c.expr).then(then).when(~c.expr).then(other).when(then == other).then(then)
        return Part(expr, lo, hi, True)

    def _max(self, root: Node) -> Part:
        parts = self._parts(root)
        lo, hi = max(each.lo for each in parts), max(each.hi for each in parts)
        return self._extreme(parts, pl.max_horizontal, "lower_bound", (lo, hi))

    def _min(self, root: Node) -> Part:
        parts = self._parts(root)
        lo, hi = min(each.lo for each in parts), min(each.hi for each in parts)
        return self._extreme(parts, pl.min_horizontal, "upper_bound", (lo, hi))

    def _extreme(
        self, parts: list[Part], apply: Callable[..., pl.Expr], bound: str, bounds: tuple[int, int]
    ) -> Part:
        lo, hi = bounds
        null = any(each.null for each in parts)
        numbers = [each for each in parts if type(each.const) is int]
        if len(parts) == 2 and len(numbers) == 1:
            rest = next(each for each in parts if each is not numbers[0])
            return Part(rest.wide().clip(**{bound: pl.lit(numbers[0].const, dtype=pl.Int64)}), lo, hi, null)
        wide = [each.expr if isinstance(each.const, date) else each.wide() for each in parts]
        expr = apply(*wide)
        if null:
            expr = pl.when(pl.all_horizontal([each.is_not_null() for each in wide])).then(expr)
        return Part(expr, lo, hi, null)

    def _age(self, root: Node) -> Part:
        born, day = self._parts(root)
        years = born.hi // 365 + 1 - born.lo // 366 + day.hi // 365 + 1 - day.lo // 366 + 20_000
        return replace(self._dated(born, day, _age_expr), lo=-years, hi=years)

    def _months(self, root: Node) -> Part:
        start, end = self._parts(root)
        return replace(self._dated(start, end, _months_expr), lo=-200_000, hi=200_000)

    def _dated(self, a: Part, b: Part, apply: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Part:
        """A function of two dates; when one is the same for all rows, looked up in a table of all the days
        between.
        """
        null = a.null or b.null
        days = b if a.const is not None else a
        if (a.const is None) == (b.const is None) or days.hi - days.lo > LONGEST_TABLE:
            return Part(apply(a.expr, b.expr), 0, 0, null)
        column = pl.int_range(days.lo, days.hi + 1, dtype=pl.Int32, eager=True).cast(pl.Date).to_frame("d")
        one, two = (a.expr, pl.col("d")) if a.const is not None else (pl.col("d"), b.expr)
        table = column.select(apply(one, two)).to_series().cast(pl.Int32)
        at = (days.expr.to_physical() - days.lo).cast(pl.UInt32)
        return Part(pl.lit(table).gather(at), 0, 0, null, narrow=True)


def _age_expr(born: pl.Expr, day: pl.Expr) -> pl.Expr:
    years = day.dt.year().cast(pl.Int64) - born.dt.year().cast(pl.Int64)
    return years - (_in_year(day) < _in_year(born)).cast(pl.Int64)


def _in_year(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int64) * 32 + day.dt.day().cast(pl.Int64)


def _months_expr(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    years = end.dt.year().cast(pl.Int64) - start.dt.year().cast(pl.Int64)
    months = end.dt.month().cast(pl.Int64) - start.dt.month().cast(pl.Int64)
    short = (end.dt.day() < start.dt.day()) & (end.dt.day() != end.dt.month_end().dt.day())
    return years * 12 + months - short.cast(pl.Int64)


def dtype_of(root: Node) -> type[pl.DataType]:
    """The column type of a leaf's values."""
    base = root.unit.base if root.unit else ""
    if base == "码表":
        raise RuleRefusal("一组代码不能成为一列。")
    return {"是否": pl.Boolean, "日期": pl.Date}.get(base, pl.Int64)
