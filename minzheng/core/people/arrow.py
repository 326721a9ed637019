"""Frames straight from PostgreSQL, by ADBC; the way for a county or a province of facts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl
from adbc_driver_postgresql import dbapi
from django.db import connection
from psycopg import sql

WORK_MEMORY = "192MB"  # a county's facts are put together in memory


@dataclass(frozen=True)
class Session:
    """One connection: what it laid out (`stage`) is there for the queries that follow (`frame`)."""

    frame: Callable[[sql.Composable], pl.DataFrame]
    run: Callable[[sql.Composable], Any]

    def stage(self, table: str, query: sql.Composable) -> None:
        """Keep a query's rows in a temporary table, counted, so that the planner knows how many there are."""
        name = sql.Identifier(table)
        self.run(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(name))
        self.run(sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS {}").format(name, query))
        self.run(sql.SQL("ANALYZE {}").format(name))


@contextmanager
def session() -> Iterator[Session]:
    """A session. Inside a transaction it is the transaction's own connection, so that it sees its rows."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield Session(lambda query: _plain(cursor, query), lambda query: cursor.execute(text(query)))
        return
    with dbapi.connect(uri()) as own, own.cursor() as cursor:
        cursor.execute(f"SET work_mem = '{WORK_MEMORY}'")
        yield Session(lambda query: _arrow(cursor, query), lambda query: cursor.execute(text(query)))


def text(query: sql.Composable) -> str:
    """The SQL with its literals, quoted as the server wants them."""
    connection.ensure_connection()
    return query.as_string(connection.connection)


def uri() -> str:
    """libpq's address of the database and role that Django is signed in to."""
    own = connection.settings_dict
    options = {"host": own["HOST"], "port": own["PORT"], "user": own["USER"], "password": own["PASSWORD"]}
    kept = ("passfile", "sslmode", "sslrootcert")
    extra = {key: value for key, value in own["OPTIONS"].items() if key in kept}
    named = {key: str(value) for key, value in (options | extra).items() if value}
    return f"postgresql:///{quote(str(own['NAME']), safe='')}?{urlencode(named, quote_via=quote)}"


def _plain(cursor: Any, query: sql.Composable) -> pl.DataFrame:
    cursor.execute(text(query))
    names = [column.name for column in cursor.description]
    return pl.DataFrame(cursor.fetchall(), schema=names, orient="row", infer_schema_length=None)


def _arrow(cursor: Any, query: sql.Composable) -> pl.DataFrame:
    cursor.execute(text(query))
    found = pl.from_arrow(cursor.fetch_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found
