"""Scopes of invented officers, the web's role, and keys of the test's own."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from minzheng.core.access import rows
from minzheng.core.access.scope import Scope, entered

COUNTY, OTHER, TOWN, PREFECTURE = 530602000000, 530621000000, 530602001000, 530600000000
WIDTHS = {COUNTY: 10**6, OTHER: 10**6, TOWN: 10**3, PREFECTURE: 10**8}


def officer(user, post="county_clerk", area=COUNTY, **more):
    return Scope(
        lo=area,
        hi=area + WIDTHS[area] - 1,
        user=user,
        post=post,
        area=area,
        natural_person=f"试用:{user}",
        **more,
    )


@pytest.fixture
def acting(db):
    """A function: the block runs as the web does for this scope; `wall=False` leaves out the second wall."""

    @contextmanager
    def act(scope, wall=True):
        with transaction.atomic(), entered(scope), connection.cursor() as cursor:
            if wall:
                cursor.execute(f"SET LOCAL ROLE {rows.RUNTIME}")
            try:
                yield cursor
            finally:
                if not connection.needs_rollback and not _failed():
                    cursor.execute("RESET ROLE")

    return act


def _failed():
    return connection.connection.info.transaction_status.name == "INERROR"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of the test's own, with keys."""
    monkeypatch.setenv("MINZHENG_HOME", str(tmp_path))
    monkeypatch.delenv("MINZHENG_KEYS", raising=False)
    (tmp_path / "keys").mkdir(mode=0o700)
    for name, length in (("field.key", 16), ("index.key", 32)):
        (tmp_path / "keys" / name).write_text("07" * length, "ascii")
    return tmp_path
