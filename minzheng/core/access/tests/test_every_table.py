"""The walls of the whole house, as the database has them: no table is open to the web by oversight."""

import re

import pytest
from django.db import connection

from minzheng.core.access.rows import RUNTIME

#: Tables that hold nobody's data, or Django's own; what the web may do with all their rows.
OPEN = {
    "access_seat",
    "access_user",
    "account_emailaddress",
    "account_emailconfirmation",
    "areas_area",
    "areas_businessday",
    "areas_succession",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "benefits_progress",
    "benefits_run",
    "django_content_type",
    "django_migrations",
    "django_session",
    "indicators_sample",
    "mfa_authenticator",
}
#: What gives rights: one's own, or within the area, and only an administrator writes it (test_appointing.py).
GIVEN = {"access_post", "access_substitution"}
#: What belongs to whom it is for (notices/tests/test_messages.py).
ADDRESSED = {"notices_message", "notices_seen"}
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture
def tables(db):
    """Table → (row security is on, columns, rights of the web)."""
    rights = ", ".join(f"has_any_column_privilege('{RUNTIME}', c.oid, '{r}')" for r in RIGHTS[:3])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, array_agg(a.attname::text), "
            f"ARRAY[{rights}, has_table_privilege('{RUNTIME}', c.oid, 'DELETE')]"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace"
            " GROUP BY c.oid"
        )
        return {
            name: (walled, set(columns), {r for r, has in zip(RIGHTS, held, strict=True) if has})
            for name, walled, columns, held in cursor.fetchall()
        }


def test_what_the_web_may_touch_has_row_security_or_is_listed_as_open(tables):
    touched = {name for name, (walled, _, rights) in tables.items() if rights and not walled}
    assert touched - OPEN == set()


def test_an_open_table_s_rows_belong_to_no_area(tables):
    placed = {name for name in OPEN if name in tables and "area" in tables[name][1]}
    # How far the month's run has come is no row's scope.
    assert placed <= {"benefits_progress"}


def test_the_web_deletes_nothing_but_sessions_and_sign_in_addresses(tables):
    deleting = {name for name, (_, _, rights) in tables.items() if "DELETE" in rights}
    assert deleting <= {
        "access_seat", "account_emailaddress", "account_emailconfirmation", "django_session",
        "mfa_authenticator",
    }  # fmt: skip


def test_every_policy_says_the_same(tables):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, qual FROM pg_policies WHERE qual IS NOT NULL AND policyname = 'scope'"
        )
        said = dict(cursor.fetchall())
        cursor.execute(
            "SELECT DISTINCT tablename::text FROM pg_policies"
            " WHERE qual IS NOT NULL AND policyname <> 'scope'"
        )
        assert {row[0] for row in cursor.fetchall()} == GIVEN | ADDRESSED
    assert set(said) | GIVEN | ADDRESSED == {name for name, (walled, _, _) in tables.items() if walled}
    texts = {re.sub(r"\b(area|county)\b", "AREA", text) for text in said.values()}
    (text,) = texts
    assert all(f"app.{name}" in text for name in ("lo", "hi", "ranges"))
