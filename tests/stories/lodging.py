"""Databases of their own for stories, on the server that DATABASE_URL names, as its administrator makes them.

Without DATABASE_URL every story has the embedded server of its own folder, and a database's name is "".
"""

import os

import psycopg
from psycopg import sql

from minzheng.config.database import connection

URL = os.environ.get("DATABASE_URL", "")
# As deploy/postgresql/roles.sql makes it.
AS_SERVED = "ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


def given() -> bool:
    """Whether another server was named."""
    return bool(URL)


def session(database: str = "postgres") -> psycopg.Connection:
    """As the administrator of the server that was named."""
    return psycopg.connect(URL, dbname=database, autocommit=True)


def make(name: str, template: str = "") -> str:
    """A database, empty or a copy of `template`; its name, "" where stories have the embedded server."""
    if not given():
        return ""
    database = name.replace("-", "_")
    statement = "CREATE DATABASE {} OWNER {} TEMPLATE {}" + ("" if template else f" {AS_SERVED}")
    named = map(sql.Identifier, (database, connection.OWNER, template or "template0"))
    if template:
        disconnect(template)
    with session() as administrator:
        administrator.execute(sql.SQL(statement).format(*named))
    return database


def addresses(database: str) -> dict[str, str]:
    """What tells a process where the database is: one address for each role, with the passwords' file."""
    if not database:
        return {}
    return {f"MINZHENG_{role.upper()}_URL": connection.uri(role, database) for role in connection.ROLES}


def disconnect(database: str) -> None:
    """End every session in it, as its administrator may at any time."""
    with session() as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [database]
        )


def drop(database: str) -> None:
    """Forget it."""
    with session() as administrator:
        administrator.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )
