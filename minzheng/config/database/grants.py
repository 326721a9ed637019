"""Rights that hold in every database of the platform, a test's too: given around `migrate`, by the owner.

Before: whatever the owner makes from now on, the engine may use; the runtime gets nothing by itself.
After: the runtime may use Django's own tables (sessions, groups, sign-in addresses), which no migration of
ours makes.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from minzheng.config.database.connection import ENGINE, OWNER, RUNTIME

STAGING = "staging"

BEFORE = f"""
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT ALL ON TABLES TO {ENGINE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT ALL ON SEQUENCES TO {ENGINE};
GRANT USAGE ON SCHEMA public TO {ENGINE}, {RUNTIME};
CREATE SCHEMA IF NOT EXISTS {STAGING};
GRANT USAGE, CREATE ON SCHEMA {STAGING} TO {ENGINE};
"""

READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE, DELETE"
#: Tables of Django and allauth → what the runtime may do with them.
DJANGO_TABLES = {
    "django_session": WRITE,
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_permission": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "account_emailaddress": WRITE,
    "account_emailconfirmation": WRITE,
    "mfa_authenticator": WRITE,
}


def before(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Default privileges, before the first table is made."""
    with connections[using].cursor() as cursor:
        if _has_roles(cursor):
            cursor.execute(BEFORE)


def after(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Django's own tables for the runtime, after the last one is made."""
    with connections[using].cursor() as cursor:
        if not _has_roles(cursor):
            return
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        present = {row[0] for row in cursor.fetchall()}
        for table, rights in DJANGO_TABLES.items():
            if table in present:
                cursor.execute(f"GRANT {rights} ON {table} TO {RUNTIME}")
        cursor.execute(
            "SELECT pg_get_serial_sequence(quote_ident(tablename), 'id') FROM pg_tables"
            " JOIN information_schema.columns ON table_name = tablename AND column_name = 'id'"
            " WHERE schemaname = 'public' AND table_schema = 'public' AND tablename = ANY(%s)",
            [list(DJANGO_TABLES)],
        )
        for (sequence,) in cursor.fetchall():
            if sequence:
                cursor.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {RUNTIME}")


def _has_roles(cursor: Any) -> bool:
    """Whether the connection is the owner of a server with our roles (it is, wherever `setup` ran)."""
    cursor.execute("SELECT current_user = %s AND count(*) = 2 FROM pg_roles WHERE rolname IN (%s, %s)",
                   [OWNER, ENGINE, RUNTIME])  # fmt: skip
    return bool(cursor.fetchone()[0])
