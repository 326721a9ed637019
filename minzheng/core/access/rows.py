"""What the web may do with a table, as migration operations: the second wall of scope.

    operations = [..., rows.protect("people_person"), rows.open("people_bank")]

A protected table answers the runtime role only for rows whose area lies in the range that the transaction
has been given; without one it answers nothing and takes nothing. The owner (migrations) and the engine
(month runs; BYPASSRLS) are not bound.

Each setting is read once a statement, as a sub-select: called for every row, it made a count over a million
rows 6 times slower. `app.lo` and `app.hi` reach the index; `app.ranges` cuts holes out of that range, for an
area that has had another code (docs/explanation/scope.md has the measurements).
"""

import re

from django.db.migrations import RunSQL

RUNTIME, ENGINE = "minzheng_runtime", "minzheng_engine"
ALL = "SELECT, INSERT, UPDATE, DELETE"
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def setting(name: str, kind: str = "bigint") -> str:
    """SQL of a value that the transaction was given; NULL when it was given none (never an error)."""
    return f"nullif(current_setting('app.{name}', true), '')::{kind}"


def within(column: str) -> str:
    """SQL condition: the row's area lies in the transaction's scope; NULL, so no row, without one."""
    low, high = f"(SELECT {setting('lo')})", f"(SELECT {setting('hi')})"
    ranges = setting("ranges", "int8multirange")
    return (
        f"{column} BETWEEN {low} AND {high} AND ((SELECT {ranges} IS NULL) OR {column} <@ (SELECT {ranges}))"
    )


def protect(table: str, column: str = "area", rights: str = ALL) -> RunSQL:
    """Row security on `table` by its area `column`, and these rights (within scope) for the runtime role."""
    _plain(table, column)
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY scope ON {table} TO {RUNTIME} USING ({within(column)}) WITH CHECK ({within(column)});
        {_grants(table, rights)}"""
    reverse = f"""
        DROP POLICY scope ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        REVOKE ALL ON {table} FROM {RUNTIME};"""
    return RunSQL(forward, reverse)


def open(table: str, rights: str = "SELECT") -> RunSQL:
    """These rights for the runtime role on every row of a table that holds nobody's data."""
    _plain(table)
    return RunSQL(_grants(table, rights), f"REVOKE ALL ON {table} FROM {RUNTIME};")


def _grants(table: str, rights: str) -> str:
    return f"GRANT {rights} ON {table} TO {RUNTIME}; GRANT ALL ON {table} TO {ENGINE};"


def _plain(*names: str) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain SQL name")
