"""Bulk loading of the register as engine: COPY straight into the tables, all or nothing.

COPY and not ADBC: ADBC signs in by itself, so its rows would be there before the transaction that they
belong to. Measured: docs/explanation/demonstration.md.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.kernel.errors import Refusal

ORDER = (
    "person", "household", "membership", "residence", "hukou", "incomeitem", "asset", "disability",
    "condition", "label",
    "enrolment", "absence", "employment", "obligor", "death", "account", "sourcekey",
)  # fmt: skip
SLICE = 250_000
"""Rows that are written as text at a time; only memory depends on it."""
Tell = Callable[[str, int], None]
PLAIN = {pl.Boolean, pl.Date, pl.String, pl.Int64, pl.Null}
RANGE = pl.concat_str(
    pl.lit("["), pl.col("valid_from").cast(pl.String), pl.lit(","),
    pl.col("valid_to").cast(pl.String).fill_null(""), pl.lit(")"),
).alias("valid")  # fmt: skip


class LoadRefusal(Refusal):
    """A frame does not fit the register."""


def load(tables: Mapping[str, pl.DataFrame], tell: Tell = lambda table, rows: None) -> int:
    """Insert frames by table name (without `people_`); returns the rows. One transaction, or the caller's.

    Fact frames hold `valid_from` and `valid_to` instead of `valid`; binary columns are bytes. Keys are the
    caller's, and the sequences are moved behind them. `tell` hears of each slice that was written.
    """
    unknown = tables.keys() - set(ORDER)
    if unknown:
        raise LoadRefusal(f"登记库没有这些表：{'、'.join(sorted(unknown))}。")
    total = 0
    with transaction.atomic():
        for table in ORDER:
            if table in tables and tables[table].height:
                total += write(table, [tables[table]], tell)
    return total


def write(table: str, frames: Iterable[pl.DataFrame], tell: Tell, fresh: bool = False) -> int:
    """Copy frames of one shape into a table, in their order, as one statement; returns the rows.

    `fresh`: the table is empty and nobody else reads it, so its rows are written as old from the start
    (COPY FREEZE) and need no vacuum before an index alone can answer. Call inside a transaction.
    """
    source = iter(frames)
    first = next(source, None)
    if first is None:
        return 0
    tell(table, 0)
    rows, last = 0, 0
    how = "FORMAT csv, FREEZE" if fresh else "FORMAT csv"
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if fresh:
            cursor.execute(f"TRUNCATE people_{table}")
        with cursor.copy(f"COPY people_{table} ({', '.join(_targets(first))}) FROM STDIN ({how})") as copy:
            for frame in itertools.chain([first], source):
                for part in frame.iter_slices(SLICE):
                    copy.write(part.select(_plain(table, part)).write_csv(include_header=False))
                    tell(table, part.height)
                rows, last = rows + frame.height, max(last, _last(frame))
        _move_sequence(cursor, table, last, fresh)
    return rows


def _last(frame: pl.DataFrame) -> int:
    """The greatest key that the caller chose; 0 where the keys come from the sequence itself."""
    return int(frame.select(pl.col("id").max()).item()) if "id" in frame.columns else 0


def empty(labels: Sequence[str]) -> None:
    """Empty every table of these apps in the transaction (engine; only what the demonstration made)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I', tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND split_part(tablename, '_', 1) = ANY(%s) AND tablename <> 'people_aside'",
            [list(labels)],
        )
        tables = cursor.fetchone()[0]
        if tables:
            cursor.execute(f"TRUNCATE {tables}")


def _move_sequence(cursor: CursorWrapper, table: str, last: int, fresh: bool) -> None:
    """Behind the last key; a table that was empty and has no index yet holds none but the caller's."""
    if last:
        highest = "%s" if fresh else f"(SELECT greatest(max(id), %s) FROM people_{table})"
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('people_{table}', 'id'), {highest})", [last])


def _targets(frame: pl.DataFrame) -> list[str]:
    """The columns that a frame fills: `valid` for the two days it is written with."""
    kept = [name for name in frame.columns if name not in ("valid_from", "valid_to")]
    return [*kept, "valid"] if "valid_from" in frame.columns else kept


def _plain(table: str, frame: pl.DataFrame) -> list[pl.Expr]:
    """Columns as COPY reads them, in the order of `_targets`."""
    return [RANGE if name == "valid" else _text(table, frame, name) for name in _targets(frame)]


def _text(table: str, frame: pl.DataFrame, name: str) -> pl.Expr:
    """Bytes as `\\x…`, lists of short texts as `{a,b}`, instants with their zone."""
    kind, column = frame.schema[name], pl.col(name)
    if kind == pl.Binary:
        return pl.concat_str(pl.lit("\\x"), column.bin.encode("hex")).alias(name)
    if isinstance(kind, pl.List):
        return pl.concat_str(pl.lit('{"'), column.list.join('","'), pl.lit('"}')).alias(name)
    if isinstance(kind, pl.Datetime):
        return _instant(frame[name])
    if kind.base_type() not in PLAIN:
        raise LoadRefusal(f"表 {table} 的列 {name} 类型不支持：{kind}。")
    return column


def _instant(column: pl.Series) -> pl.Expr:
    """Instants as text; where a slice has one only, as it nearly always has, it is written once."""
    form = "%Y-%m-%dT%H:%M:%S%.6f%z"
    if column.null_count() == len(column):
        return pl.lit(None, pl.String).alias(column.name)
    if column.null_count() == 0 and column.min() == column.max():
        return pl.lit(column.head(1).dt.strftime(form)[0]).alias(column.name)
    return pl.col(column.name).dt.strftime(form)
