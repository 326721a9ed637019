"""The same photo sent twice at the same moment, by two workers of the site: one document, one file."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.core.access import actions as access
from minzheng.core.access.scope import Scope, acting
from minzheng.core.areas.models import Area
from minzheng.core.documents import actions, files
from minzheng.core.documents.models import Document
from minzheng.core.documents.tests import made
from minzheng.core.documents.tests.conftest import COUNTY, THINGS
from minzheng.kernel.areas import subtree

SINCE = date(2020, 1, 1)


@pytest.fixture
def scope(transactional_db):
    Area.objects.create(
        code=COUNTY, level=3, name="演示县", pinyin="yan", kind="district", bigrams=[], source="test",
        valid=DateRange(SINCE, None),
    )  # fmt: skip
    user = access.ensure_user("at-once", "试用", "甲", "!")
    access.appoint(user, "county_clerk", COUNTY, SINCE)
    low, high = subtree(COUNTY)
    return Scope(low, high, user=user, post="county_clerk", area=COUNTY, natural_person="甲", name="试用")


def test_two_at_once_are_one(scope, things, monkeypatch):
    content, meeting, write = made.photo(), threading.Barrier(2, timeout=20), files.write

    def together(found):
        digest = write(found)
        meeting.wait()  # both have written; both go on to look for the row
        return digest

    monkeypatch.setattr(files, "write", together)

    def send(_):
        try:
            with acting(scope):
                return actions.keep(ContentFile(content, "a.jpg"), "thing", 1, "identity", THINGS[1], scope)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, range(2))
    assert first == second
    assert Document.unscoped.count() == 1
    assert len([path for path in things.rglob("*") if path.is_file()]) == 1
