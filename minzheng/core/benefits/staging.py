"""Bulk rows into temporary tables of the current transaction, by COPY, so that stages can work on them by
set.
"""

from collections.abc import Mapping, Sequence

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper


def stage(cursor: CursorWrapper, table: str, columns: Mapping[str, str], frame: pl.DataFrame) -> None:
    """Make temporary `table` (column → SQL type), fill it from `frame` in that order, drop it at commit.

    Lists are written as PostgreSQL arrays. Call inside a transaction; the caller may not be the runtime role.
    """
    kept = [_plain(frame, name) for name in columns]
    shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({shape}) ON COMMIT DROP")
    data = frame.select(kept).write_csv(include_header=False)
    with connection.cursor() as own, own.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
        copy.write(data)
    analyze(cursor, table, [name for name, kind in columns.items() if kind in ("bigint", "integer", "date")])


def analyze(cursor: CursorWrapper, table: str, columns: Sequence[str]) -> None:
    """Tell the planner how many rows there are and what its keys look like; texts and lists cost more than
    they tell.
    """
    cursor.execute(f"ANALYZE {table} ({', '.join(columns)})" if columns else f"ANALYZE {table}")


def _plain(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A list column as `{a,b}`; texts in it are quoted."""
    kind = frame.schema[name]
    if not isinstance(kind, pl.List):
        return pl.col(name)
    items = pl.col(name)
    if kind.inner == pl.String:
        quoted = pl.element().str.replace_all(r"\\", r"\\\\").str.replace_all('"', r"\"")
        items = items.list.eval(pl.concat_str(pl.lit('"'), quoted, pl.lit('"')))
    else:
        items = items.list.eval(pl.element().cast(pl.String))
    return pl.concat_str(pl.lit("{"), items.list.join(","), pl.lit("}")).alias(name)
