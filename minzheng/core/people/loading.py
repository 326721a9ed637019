"""Bulk loading of the register as engine: COPY into staging of the transaction, then INSERT … SELECT, all
or nothing.

COPY and not ADBC: ADBC signs in by itself, so its rows would be there before the transaction that they
belong to. Measured: docs/explanation/demonstration.md.
"""

from collections.abc import Callable, Mapping, Sequence

import polars as pl
from django.db import connection, transaction

from minzheng.core.people import crypto, names
from minzheng.kernel.errors import Refusal

ORDER = (
    "person", "household", "membership", "residence", "hukou", "incomeitem", "asset", "disability",
    "condition", "label",
    "enrolment", "absence", "employment", "obligor", "death", "account", "sourcekey",
)  # fmt: skip
FACT = "daterange(valid_from, valid_to) AS valid"


class LoadRefusal(Refusal):
    """A frame does not fit the register."""


def load(
    tables: Mapping[str, pl.DataFrame], tell: Callable[[str, int], None] = lambda table, rows: None
) -> int:
    """Insert frames by table name (without `people_`); returns the rows. One transaction, or the caller's.

    Fact frames hold `valid_from` and `valid_to` instead of `valid`; binary columns are bytes. Keys are the
    caller's, and the sequences are moved behind them.
    """
    unknown = tables.keys() - set(ORDER)
    if unknown:
        raise LoadRefusal(f"登记库没有这些表：{'、'.join(sorted(unknown))}。")
    total = 0
    with transaction.atomic():
        for table in ORDER:
            if table in tables and tables[table].height:
                total += _insert(table, tables[table])
                tell(table, tables[table].height)
    return total


def sealed(persons: pl.DataFrame) -> pl.DataFrame:
    """Persons with `number` (null for none) → with cipher, blind index, grams and pinyin; the number is
    gone.
    """
    with_number = persons.filter(pl.col("number").is_not_null())
    ciphers, indexes = crypto.encrypt_many(
        "people_person.number", with_number["id"].to_list(), with_number["number"].to_list()
    )
    grams, pinyin = names.keys(persons["name"].to_list())
    keyed = pl.DataFrame(
        {"id": with_number["id"], "number_cipher": ciphers, "number_index": indexes},
        schema_overrides={"number_cipher": pl.Binary, "number_index": pl.Binary},
    )
    return (
        persons.drop("number")
        .with_columns(
            bigrams=pl.Series(grams, dtype=pl.List(pl.String)), pinyin=pl.Series(pinyin, dtype=pl.String)
        )
        .join(keyed, on="id", how="left", maintain_order="left")
    )


def sealed_accounts(accounts: pl.DataFrame) -> pl.DataFrame:
    """Accounts with `number` → with cipher, blind index and last four digits; the number is gone."""
    numbers = accounts["number"].to_list()
    ciphers, indexes = crypto.encrypt_many("people_account.number", accounts["id"].to_list(), numbers)
    return accounts.with_columns(
        last4=pl.col("number").str.slice(-4),
        number_cipher=pl.Series(ciphers, dtype=pl.Binary),
        number_index=pl.Series(indexes, dtype=pl.Binary),
    ).drop("number")


def empty(labels: Sequence[str]) -> None:
    """Empty every table of these apps in the transaction (engine; only what the demonstration made)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I', tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND split_part(tablename, '_', 1) = ANY(%s)",
            [list(labels)],
        )
        tables = cursor.fetchone()[0]
        if tables:
            cursor.execute(f"TRUNCATE {tables}")


def _insert(table: str, frame: pl.DataFrame) -> int:
    staged = f"staged_{table}"
    columns = [name for name in frame.columns if name not in ("valid_from", "valid_to")]
    shape = ", ".join(f"{name} {_kind(table, name, frame.schema[name])}" for name in frame.columns)
    targets, sources = list(columns), list(columns)
    if "valid_from" in frame.columns:
        targets.append("valid")
        sources.append(FACT)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {staged} ({shape}) ON COMMIT DROP")
        data = frame.select(_plain(frame, name) for name in frame.columns).write_csv(include_header=False)
        with cursor.copy(f"COPY {staged} FROM STDIN (FORMAT csv)") as copy:
            copy.write(data)
        cursor.execute(
            f"INSERT INTO people_{table} ({', '.join(targets)}) SELECT {', '.join(sources)} FROM {staged}"
        )
        rows = cursor.rowcount
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('people_{table}', 'id'),"
            f" greatest((SELECT max(id) FROM people_{table}), 1))"
        )
        cursor.execute(f"DROP TABLE {staged}")
    return int(rows)


def _kind(table: str, column: str, kind: pl.DataType) -> str:
    found = {
        pl.Boolean: "boolean", pl.Date: "date", pl.Binary: "bytea", pl.String: "text", pl.Int64: "bigint",
    }.get(kind.base_type())  # fmt: skip
    if isinstance(kind, pl.Datetime):
        return "timestamptz"
    if isinstance(kind, pl.List):
        return "text[]"
    if kind == pl.Null:
        return "text"
    if found is None:
        raise LoadRefusal(f"表 {table} 的列 {column} 类型不支持：{kind}。")
    return found


def _plain(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Bytes as `\\x…`, lists of short texts as `{a,b}`, instants with their zone."""
    kind = frame.schema[name]
    if kind == pl.Binary:
        return pl.concat_str(pl.lit("\\x"), pl.col(name).bin.encode("hex")).alias(name)
    if isinstance(kind, pl.List):
        return pl.concat_str(pl.lit('{"'), pl.col(name).list.join('","'), pl.lit('"}')).alias(name)
    if isinstance(kind, pl.Datetime):
        return pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%z").alias(name)
    return pl.col(name)
