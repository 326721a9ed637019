"""Frames straight from PostgreSQL, by ADBC; the way for a county or a province of facts."""

from urllib.parse import quote, urlencode

import polars as pl
from adbc_driver_postgresql import dbapi
from django.db import connection
from psycopg import sql

WORK_MEMORY = "192MB"  # a county's facts are put together in memory


def frame(query: sql.Composed) -> pl.DataFrame:
    """The rows of a query. Inside a transaction the transaction's own connection reads, so that it sees its
    rows.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(text(query))
            names = [column.name for column in cursor.description]
            return pl.DataFrame(cursor.fetchall(), schema=names, orient="row", infer_schema_length=None)
    with dbapi.connect(uri()) as own, own.cursor() as cursor:
        cursor.execute(f"SET work_mem = '{WORK_MEMORY}'")
        cursor.execute(text(query))
        found = pl.from_arrow(cursor.fetch_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def text(query: sql.Composed) -> str:
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
