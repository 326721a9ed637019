"""Rows of a question as frozen values. A question states its range; row security holds it a second time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from django.db import connection

Row = TypeVar("Row")


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
