"""Rows of a question as frozen values. A question states its range; row security holds it a second time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

Row = TypeVar("Row")
PAGE = 20


@dataclass(frozen=True)
class Page:
    """Which rows of a list are shown: `number` from 1; `count` rows in all."""

    number: int
    count: int
    size: int = PAGE

    @property
    def last(self) -> int:
        """The number of the last page; 1 where there is no row."""
        return max(1, -(-self.count // self.size))

    @property
    def first_row(self) -> int:
        """The place of the first row shown, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        """The place of the last row shown."""
        return min(self.number * self.size, self.count)

    @property
    def before(self) -> int | None:
        """The page before, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after, or None."""
        return self.number + 1 if self.number < self.last else None

    def bounds(self) -> dict[str, int]:
        """`limit` and `offset` for SQL."""
        return {"limit": self.size, "offset": (self.number - 1) * self.size}


def page(number: int, count: int, size: int = PAGE) -> Page:
    """The page of that number, or the nearest that exists."""
    wanted = Page(max(1, number), count, size)
    return wanted if wanted.number <= wanted.last else Page(wanted.last, count, size)


def rows(kind: Callable[..., Row], sql: str, values: Mapping[str, Any]) -> tuple[Row, ...]:
    """Every row as a `kind`, columns in the order of its fields."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(kind(*row) for row in cursor.fetchall())


def one(sql: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The first row as it is; an empty tuple where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() or ()


def stream(kind: Callable[..., Row], sql: str, values: Mapping[str, Any]) -> Iterator[Row]:
    """Every row as a `kind`, by a cursor of the server, some thousand at a time: for exports."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while found := cursor.fetchmany(2000):
            yield from (kind(*row) for row in found)
