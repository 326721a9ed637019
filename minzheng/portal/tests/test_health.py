"""The probe's address: one word for strangers, true when the database is away or behind."""

import pytest
from django.db import OperationalError, connection

from minzheng.portal.pages import health


@pytest.mark.django_db
def test_a_stranger_is_told_ok_and_nothing_else(client, django_assert_num_queries):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
    with django_assert_num_queries(1):
        answer = client.get("/healthz", headers={"Host": "10.0.0.9"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer.headers["Content-Type"] == "text/plain"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert (client.head("/healthz").status_code, client.post("/healthz").status_code) == (200, 405)


@pytest.mark.django_db
def test_a_missing_migration_is_not_ok(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ledger' AND name LIKE '0001%'")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"not ok\n")


def test_a_database_that_is_away_is_not_ok(client, monkeypatch):
    def away():
        raise OperationalError("connection to server failed: secret words")

    monkeypatch.setattr(health.connection, "cursor", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"not ok\n")
