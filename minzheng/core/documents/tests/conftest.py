"""Things of two counties to be about, a folder of one's own, and people who act there."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from minzheng.core.access import actions as access
from minzheng.core.access.scope import Scope, acting, current
from minzheng.core.documents import actions, subjects
from minzheng.core.documents.tests import made
from minzheng.kernel.areas import subtree

COUNTY, FOREIGN = 530602000000, 530621000000
#: Key of a thing → its area. The third is closed.
THINGS = {1: COUNTY + 1001, 2: FOREIGN + 1001, 3: COUNTY + 1001}


def find_thing(key):
    """A thing of the test, in scope."""
    area = THINGS.get(key)
    if area is None or not current().holds(area):
        return None
    return subjects.Subject("thing", key, area, f"事项 {key}", "/", ("identity", "hukou"), key != 3)


@pytest.fixture(autouse=True)
def things(monkeypatch, settings, tmp_path):
    """What there is to be about; documents lie in a folder of the test."""
    monkeypatch.setitem(subjects._finders, "thing", find_thing)
    settings.DOCUMENTS = tmp_path / "documents"
    return settings.DOCUMENTS


@pytest.fixture
def scope_of(db):
    """A function: the scope of somebody under a post in a county."""

    def come(post="county_clerk", area=COUNTY):
        user = access.ensure_user(f"{post}-{area}", f"试用{post}", f"甲{post}", "!")
        access.appoint(user, post, area, date(2020, 1, 1))
        low, high = subtree(area)
        return Scope(
            low, high, user=user, post=post, area=area, natural_person=f"甲{post}", name=f"试用{post}"
        )

    return come


@pytest.fixture
def clerk(scope_of, listed_areas):
    """A clerk of the county acts."""
    scope = scope_of()
    with acting(scope):
        yield scope


@pytest.fixture
def keep(clerk):
    """A function: the key of a document that the clerk has kept."""

    def kept(content=None, kind="identity", key=1, name="照片.jpg"):
        upload = ContentFile(made.photo() if content is None else content, name=name)
        return actions.keep(upload, "thing", key, kind, THINGS[key], clerk)

    return kept
