"""The three roles as the server knows them, and what each may do with a table of the owner."""

import psycopg
import pytest
from django.db import connection, transaction

from minzheng.config.database.connection import ENGINE, OWNER, ROLES, RUNTIME, connect

ATTRIBUTES = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = %s"


@pytest.mark.parametrize(
    ("role", "attributes"),
    [(OWNER, (False, False, True, False)), (ENGINE, (False, True, False, False)), (RUNTIME, (False,) * 4)],
)
def test_roles_have_no_more_than_they_need(role, attributes):
    with connect("owner") as session:
        assert session.execute(ATTRIBUTES, [role]).fetchone() == attributes


@pytest.mark.parametrize(("short", "name"), ROLES.items())
def test_each_role_signs_in_with_its_own_password(short, name):
    with connect(short) as session:
        assert session.execute("SELECT current_user").fetchone() == (name,)


@pytest.mark.django_db
def test_tests_run_as_owner_and_may_become_the_others():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (OWNER,)
        for role in (ENGINE, RUNTIME):
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (role,)
            cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_engine_may_use_every_table_and_runtime_none_by_itself():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (id bigint)")
        cursor.execute(f"SET LOCAL ROLE {ENGINE}")
        cursor.execute("INSERT INTO probe VALUES (1)")
        cursor.execute("RESET ROLE")
        cursor.execute(f"SET LOCAL ROLE {RUNTIME}")
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT * FROM probe")
        cursor.execute("SELECT count(*) FROM django_session")


def test_a_wrong_password_is_not_trusted_on_the_socket():
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**{**_parameters(), "passfile": "/dev/null", "password": "wrong"})


def _parameters():
    from minzheng.config.database.connection import parameters

    return parameters("runtime")
