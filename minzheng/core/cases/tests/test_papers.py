"""Papers of a case: whoever sees the case sees them; what is asked for is missing until it is there."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from minzheng.core.access import actions as access
from minzheng.core.access.actor import MissingRefusal, StaleRefusal
from minzheng.core.access.scope import Scope, acting
from minzheng.core.cases import papers
from minzheng.core.cases.models import Case
from minzheng.core.documents import actions, reads, subjects
from minzheng.core.documents.tests import made
from minzheng.kernel.areas import subtree

TOWN, VILLAGE = 530602001000, 530602001001
DAY = date(2024, 10, 8)


@pytest.fixture
def scope_of(db, listed_areas, settings, tmp_path):
    """A function: the scope of somebody under a post."""
    settings.DOCUMENTS = tmp_path / "documents"

    def come(name, post, area):
        user = access.ensure_user(name, name, name, "!")
        access.appoint(user, post, area, date(2020, 1, 1))
        low, high = subtree(area)
        return Scope(low, high, user=user, post=post, area=area, natural_person=name, name=name)

    return come


@pytest.fixture
def case_of(db):
    """A function: the key of a case that somebody has opened."""

    def opened(user, number, closed=None):
        row = Case(
            procedure="dibao", number=number, title="李四", area=VILLAGE, channel="resident", state="草稿",
            since=DAY, opened_by=user, opened_on=DAY, closed_on=closed,
        )  # fmt: skip
        row.save()
        return row.pk

    return opened


def keep(key, scope, kind="authorisation", size=(300, 200)):
    return actions.keep(ContentFile(made.photo(size), name="a.jpg"), "case", key, kind, VILLAGE, scope)


def test_a_resident_sees_the_papers_of_their_own_case_and_no_other(scope_of, case_of):
    one, other = (scope_of(name, "resident", VILLAGE) for name in ("张三", "李四"))
    clerk = scope_of("王五", "township_clerk", TOWN)
    with acting(one):
        mine = case_of(one.user, "A1")
        paper = keep(mine, one)
        assert [each.id for each in reads.of("case", mine)] == [paper]
    with acting(other):
        assert subjects.find("case", mine) is None
        assert reads.of("case", mine) == ()
        for act in (
            lambda: reads.opened(paper), lambda: reads.preview(paper), lambda: keep(mine, other),
            lambda: actions.withdraw(paper, "拍得不清楚", other),
        ):  # fmt: skip
            with pytest.raises(MissingRefusal):
                act()
    with acting(clerk):
        assert reads.opened(paper).content
        assert subjects.find("case", mine).title == "案件 A1"


def test_what_the_procedure_asks_for_is_missing_until_it_is_there(scope_of, case_of, monkeypatch):
    monkeypatch.setitem(papers._told, "dibao", (("authorisation", "medical"), "household", ""))
    clerk = scope_of("王五", "township_clerk", TOWN)
    with acting(clerk):
        key = case_of(clerk.user, "A2")
        assert subjects.seen("case", key).link == f"/households/{key}/"
        assert reads.board(subjects.seen("case", key)).missing == ("核对授权书", "病历、诊断证明")
        keep(key, clerk)
        assert reads.board(subjects.seen("case", key)).missing == ("病历、诊断证明",)


def test_of_a_closed_case_nothing_is_withdrawn(scope_of, case_of):
    clerk = scope_of("王五", "township_clerk", TOWN)
    with acting(clerk):
        key = case_of(clerk.user, "A3", closed=DAY)
        paper = keep(key, clerk)
        assert not reads.board(subjects.seen("case", key)).may_add
        with pytest.raises(StaleRefusal, match="已经办结"):
            actions.withdraw(paper, "拍得不清楚", clerk)
