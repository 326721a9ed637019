"""What each operation does to plain values, None being unknown: what every reading must repeat."""

import operator
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

from minzheng.kernel.facts import LIMIT
from minzheng.kernel.money import Rounding
from minzheng.kernel.money import divide as divide_money


class OutOfRange(ArithmeticError):
    """A number whose magnitude is LIMIT or more."""


def bounded(number: int) -> int:
    """The number, if it is in range."""
    if -LIMIT < number < LIMIT:
        return number
    raise OutOfRange


def _number(apply: Callable[[Any, Any], int]) -> Callable[[Any, Any], Any]:
    def strict(left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        result = apply(left, right)
        if -LIMIT < result < LIMIT:
            return result
        raise OutOfRange

    return strict


def _strict(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: None if left is None or right is None else apply(left, right)


def _extreme(apply: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if None in values else apply(values)


def both(*values: Any) -> bool | None:
    """Three-valued and."""
    return False if False in values else None if None in values else True


def either(*values: Any) -> bool | None:
    """Three-valued or."""
    return True if True in values else None if None in values else False


def where(condition: bool | None, then: Any, otherwise: Any) -> Any:
    """The chosen value; on an unknown condition None, unless the two are equal."""
    if condition is None:
        return then if then == otherwise else None
    return then if condition else otherwise


def divide(value: int | None, by: int | None, rounding: str) -> int | None:
    """The rounded quotient; None for an unknown or a division by zero."""
    if value is None or by is None or by == 0:
        return None
    return divide_money(value, by, cast(Rounding, rounding))


def age(born: date | None, day: date | None) -> int | None:
    """Whole years; a 29 February birthday falls on 1 March in common years."""
    if born is None or day is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months(start: date | None, end: date | None) -> int | None:
    """Whole months; the last day of a month stands for the days that it lacks."""
    if start is None or end is None:
        return None
    whole = (end.year - start.year) * 12 + end.month - start.month
    last = (end + timedelta(days=1)).day == 1 if end != date.max else True
    return whole - (end.day < start.day and not last)


def total(values: list[Any]) -> int | None:
    """The sum; None if any is unknown."""
    return None if None in values else bounded(sum(values))


def _over_extreme(apply: Callable[[Any], Any]) -> Callable[[list[Any]], Any]:
    return lambda values: None if not values or None in values else apply(values)


PLAIN: dict[str, Callable[..., Any]] = {
    "add": _number(operator.add),
    "sub": _number(operator.sub),
    "mul": _number(operator.mul),
    "lt": _strict(operator.lt),
    "le": _strict(operator.le),
    "gt": _strict(operator.gt),
    "ge": _strict(operator.ge),
    "eq": _strict(operator.eq),
    "ne": _strict(operator.ne),
    "in": _strict(lambda value, listed: value in listed),
    "and": both,
    "or": either,
    "not": lambda value: None if value is None else not value,
    "max": _extreme(max),
    "min": _extreme(min),
    "known": lambda value: value is not None,
    "age": age,
    "months": months,
}
OVER: dict[str, Callable[[list[Any]], Any]] = {
    "total": total,
    "count": lambda values: None if None in values else sum(values),
    "any": lambda values: either(*values),
    "all": lambda values: both(*values),
    "max_of": _over_extreme(max),
    "min_of": _over_extreme(min),
}
WITH: dict[str, Callable[[Any, int, str], Any]] = {
    "divide": divide,
    "scale": lambda value, factor, _: None if value is None else bounded(value * factor),
    "times": lambda value, factor, _: None if value is None else bounded(value * factor),
}
