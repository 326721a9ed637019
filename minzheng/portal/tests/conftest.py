"""A county with a month's money in it, and people who act there."""

from datetime import date

import polars as pl
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg.types.json import JsonbLoader

from minzheng.core.access import actions as access
from minzheng.core.areas.models import Area, BusinessDay
from minzheng.core.benefits.actions import import_decisions

SINCE = date(2019, 1, 1)
PLACES = {
    530000000000: "云南省", 530100000000: "昆明市", 530300000000: "曲靖市", 530102000000: "五华区",
    530103000000: "盘龙区", 530302000000: "麒麟区", 530102001000: "华山街道", 530102001001: "演示社区",
}  # fmt: skip
COUNTIES = (530102000000, 530103000000, 530302000000)
HOUSEHOLDS = range(1, 91)


def standing():
    """Dibao decisions of the past, households dealt out to the counties in turn."""
    rows = [
        (key, 0, "dibao", key * 10, 30_000 + key, [key * 10], SINCE, COUNTIES[key % 3] + 1001, "test")
        for key in HOUSEHOLDS
    ]
    names = ("household", "person", "programme", "payee", "amount", "persons", "starts", "area", "source")
    return pl.DataFrame(rows, schema=names, orient="row")


@pytest.fixture
def county(db):
    """Areas, thirty households in each of three counties, their entitlements and waiting changes."""
    for code, name in PLACES.items():
        level = 1 + sum(code % width == 0 for width in (10**3, 10**6, 10**8, 10**10))
        Area.objects.create(
            code=code, level=6 - level, name=name, pinyin=name, kind="district", valid=DateRange(SINCE, None),
            bigrams=[], source="test",
        )  # fmt: skip
    BusinessDay.objects.create(only=1, day=date(2024, 10, 8))
    import_decisions(standing())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO benefits_run (month, sequence, day, known, state)"
            " VALUES ('2024-10-01', 1, '2024-10-01', now(), 'open') RETURNING id"
        )
        cursor.execute(
            "INSERT INTO benefits_change (run_id, household, person, programme, payee, kind, old, new,"
            " persons, reason, needs_person, law, state, version, decided_by, area)"
            " SELECT r.id, e.household, 0, e.programme, e.payee, 'up', e.amount, e.amount + 100,"
            " '{}', '收入变化', true, '', 'waiting', 1, '', e.area FROM benefits_run r,"
            " benefits_entitlement e"
        )


@pytest.fixture
def signed_in(county, client):
    """A function: the test client signed in with a post in an area."""

    def enter(post="county_clerk", area=530102000000):
        user = access.ensure_user(f"{post}-{area}", "试用", f"试用:{post}:{area}", make_password("x" * 12))
        access.appoint(user, post, area, SINCE)
        from minzheng.core.access.models import User

        client.force_login(User.objects.get(pk=user))
        return client

    return enter


@pytest.fixture
def queue():
    """Inside the test's transaction nobody else sees the job: the worker's queue is the same connection."""

    class Same:
        def execute(self, sql, values=None):
            cursor = connection.connection.cursor()
            return cursor.execute(sql, values)

        def cursor(self, row_factory):
            cursor = connection.connection.cursor(row_factory=row_factory)
            cursor.adapters.register_loader("jsonb", JsonbLoader)  # Django's own connection leaves it a text
            return cursor

    return Same()
