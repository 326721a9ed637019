"""The three roles, made or checked: owner (migrations), engine (loads and month runs), runtime (the web).

owner    creates databases for tests, owns the tables; not superuser; may become engine or runtime (SET
ROLE), and
         inherits nothing of them (from PostgreSQL 16 on)
engine   bypasses row security; everything on every table of the owner
runtime  neither; only what migrations grant it table by table, and Django's own tables
"""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from minzheng.config.database import home, server
from minzheng.config.database.connection import ENGINE, OWNER, ROLES, RUNTIME, connect, is_embedded, role_url
from minzheng.kernel.errors import Refusal

OPTIONS = {
    OWNER: sql.SQL("LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS"),
    ENGINE: sql.SQL("LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE BYPASSRLS"),
    RUNTIME: sql.SQL("LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS"),
}
#: Options of a granted membership ("WITH INHERIT FALSE") came with this version.
MEMBERSHIP_OPTIONS_SINCE = 160000
#: The builtin locale provider came with this version; before it, order by code point and letters of C.UTF-8.
BUILTIN_SINCE = 170000
LOCALE = sql.SQL("LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")
LOCALE_BEFORE = sql.SQL("LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")


class RolesRefusal(Refusal):
    """The roles are missing and cannot be made."""

    exit_code = 1


def ensure() -> None:
    """Make roles and database on the server in use when they are missing; idempotent, safe when two run at
    once.
    """
    if is_embedded():
        with server.locked():
            passwords = home.keep_passwords(tuple(ROLES.values()))
            with server.superuser() as connection:
                _prepare(connection, server.DATABASE, passwords)
    elif all(map(role_url, ROLES)):
        return
    else:
        _ensure_elsewhere()


def administrator(database: str | None = None) -> psycopg.Connection:
    """As whoever may make roles: the embedded server's superuser, or the user of DATABASE_URL."""
    if is_embedded():
        return server.superuser(database or "postgres")
    named: dict[str, Any] = dict(conninfo_to_dict(os.environ["DATABASE_URL"]))
    if database:
        named["dbname"] = database
    return psycopg.connect(**({"connect_timeout": 10} | named), autocommit=True)


def _ensure_elsewhere() -> None:
    address = os.environ["DATABASE_URL"]
    passwords = home.keep_passwords(tuple(ROLES.values()))
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise RolesRefusal("DATABASE_URL 所指的数据库连不上。请检查地址、口令和网络。") from error
    with connection:
        try:
            _prepare(connection, connection.info.dbname, passwords)
        except psycopg.errors.InsufficientPrivilege as error:
            names = "、".join(ROLES.values())
            raise RolesRefusal(
                f"DATABASE_URL 的用户无权建立角色。请由管理员建立 {names},"
                "并用 MINZHENG_OWNER_URL、MINZHENG_ENGINE_URL、MINZHENG_RUNTIME_URL 给出各自的地址。"
            ) from error


def _prepare(connection: psycopg.Connection, database: str, passwords: dict[str, str]) -> None:
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('minzheng roles'))")
        present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, options in OPTIONS.items():
            verb = sql.SQL("ALTER" if role in present else "CREATE")
            if role in present and _can_sign_in(role):
                continue
            if role in present and not is_embedded():
                raise RolesRefusal(
                    f"数据库里已有角色 {role}，但口令与 {home.password_file()} 不符（可能由另一台机器建立）。"
                    f"请把那台机器的口令文件复制过来，或用 MINZHENG_{_short(role).upper()}_URL 给出地址。"
                )
            statement = sql.SQL("{} ROLE {} {} PASSWORD {}")
            connection.execute(
                statement.format(verb, sql.Identifier(role), options, sql.Literal(passwords[role]))
            )
        _lend(connection)
    _own_database(connection, database)


def _can_sign_in(role: str) -> bool:
    """Whether the kept password opens the role, though there be no database for it yet."""
    try:
        connect(_short(role)).close()
    except psycopg.OperationalError as error:
        return "does not exist" in str(error) and "database" in str(error)
    return True


def _short(role: str) -> str:
    return next(name for name, full in ROLES.items() if full == role)


def _lend(connection: psycopg.Connection) -> None:
    """Let the owner act as engine and as runtime by SET ROLE (tests do), without inheriting their rights.

    Before 16 only a whole role can be kept from inheriting, and then it is no longer the owner of its
    database's public schema either. There the owner inherits: rights on its own tables, which it has anyway.
    """
    for role in (ENGINE, RUNTIME):
        lent = sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(OWNER))
        if connection.info.server_version >= MEMBERSHIP_OPTIONS_SINCE:
            lent += sql.SQL(" WITH INHERIT FALSE, SET TRUE")
        connection.execute(lent)


def _own_database(connection: psycopg.Connection, database: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    if not known:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' {}").format(
                name, owner, LOCALE if connection.info.server_version >= BUILTIN_SINCE else LOCALE_BEFORE
            )
        )
    else:
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in (ENGINE, RUNTIME):
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(role))
        )
