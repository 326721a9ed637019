"""How each role reaches the database: Django's settings, a libpq address for ADBC, a plain psycopg
connection.

Passwords never enter the settings: a connection names the file that libpq reads them from. `DATABASE_URL`
names
another server; `MINZHENG_OWNER_URL`, `MINZHENG_ENGINE_URL` and `MINZHENG_RUNTIME_URL` name it for one role
with
that role's own password.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from minzheng.config.database import home
from minzheng.config.database.server import DATABASE
from minzheng.kernel.errors import Refusal

OWNER = "minzheng_owner"
ENGINE = "minzheng_engine"
RUNTIME = "minzheng_runtime"
ROLES = {"owner": OWNER, "engine": ENGINE, "runtime": RUNTIME}


class ConnectionRefusal(Refusal):
    """An address of a database that cannot be read, or a role that does not exist."""


def is_embedded() -> bool:
    """Whether the server is ours to start: no address names another one for every role."""
    return not os.environ.get("DATABASE_URL") and not all(map(role_url, ROLES))


def role_url(role: str) -> str | None:
    return os.environ.get(f"MINZHENG_{role.upper()}_URL") or None


def parameters(role: str) -> dict[str, str]:
    """libpq's parameters for a role (owner, engine or runtime)."""
    if role not in ROLES:
        raise ConnectionRefusal(f"没有名为“{role}”的数据库角色，只有 {'、'.join(ROLES)}。")
    own, shared = role_url(role), os.environ.get("DATABASE_URL")
    if own:
        return _read(own, f"MINZHENG_{role.upper()}_URL")
    kept = {"user": ROLES[role], "passfile": str(home.password_file())}
    if shared:
        named = _read(shared, "DATABASE_URL")
        named.pop("password", None)
        return named | kept
    return {"host": str(home.socket_folder()), "port": "5432", "dbname": DATABASE} | kept


def settings(role: str) -> dict[str, Any]:
    """One entry of Django's DATABASES for a role."""
    named = parameters(role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named.pop("dbname", DATABASE),
        "USER": named.pop("user", ""),
        "PASSWORD": named.pop("password", ""),
        "HOST": named.pop("host", ""),
        "PORT": named.pop("port", ""),
        "OPTIONS": {"application_name": f"minzheng-{role}", "connect_timeout": 10} | named,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TIME_ZONE": None,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


def uri(role: str, database: str | None = None) -> str:
    """The address of a role for libraries that take one (ADBC); `database` names another, such as a
    test's.
    """
    named = parameters(role)
    if database:
        named["dbname"] = database
    path = quote(named.pop("dbname", DATABASE), safe="")
    return f"postgresql:///{path}?{urlencode(named, quote_via=quote)}"


def connect(role: str, database: str | None = None, autocommit: bool = True) -> psycopg.Connection:
    """A psycopg connection of its own, outside Django's transactions."""
    named: dict[str, Any] = dict(parameters(role))
    if database:
        named["dbname"] = database
    return psycopg.connect(**({"connect_timeout": 10} | named), autocommit=autocommit)


def _read(address: str, source: str) -> dict[str, str]:
    try:
        named = conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:
        raise ConnectionRefusal(
            f"{source} 不是有效的 PostgreSQL 地址。例如：postgresql://用户@主机/库。"
        ) from error
    return {key: str(value) for key, value in named.items() if value is not None}
