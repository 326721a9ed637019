"""Reviews generated as work, what is overdue told upwards, the longer limit."""

from datetime import date

import pytest

from minzheng.core.access.actor import StaleRefusal
from minzheng.core.cases import actions as cases
from minzheng.core.cases import reads, urging
from minzheng.core.cases.actions import CaseRefusal
from minzheng.domains.assistance.actions import reviewing
from minzheng.domains.assistance.reads import reviews
from minzheng.domains.assistance.tests.test_casework import (
    business_date,
    declared_case,
    perform,
    rows,
    walk,
)
from minzheng.domains.assistance.tests.test_workflow import TOWN, web

__all__ = ["business_date"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("listed_areas")]


def on(monkeypatch, day):
    monkeypatch.setenv("MINZHENG_TODAY", day)


def due():
    with web("township_clerk") as scope:
        return reviews.due(scope.lo, scope.hi)


@pytest.mark.parametrize(
    ("day", "count"),
    [
        ("2024-11-29", 0), ("2025-04-30", 0), ("2025-05-01", 1), ("2025-05-31", 1), ("2025-06-01", 0),
        ("2025-11-03", 1),
    ],
)  # fmt: skip
def test_where_somebody_can_work_the_review_is_half_yearly(monkeypatch, day, count):
    """The right begins in 2024-11; the review is due in whole half years from then."""
    walk(declared_case(), monkeypatch, "publish")
    on(monkeypatch, day)
    assert len(due()) == count


def test_a_review_is_opened_once_and_walks_to_its_end(monkeypatch):
    walk(declared_case(), monkeypatch, "publish")
    on(monkeypatch, "2025-05-06")
    with web("township_clerk") as scope:
        assert reviews.by_township(reviews.due(scope.lo, scope.hi)) == (reviews.Township(TOWN, 1),)
        assert reviewing.plan(scope.lo, scope.hi, scope.user) == 1
        assert reviewing.plan(scope.lo, scope.hi, scope.user) == 0
    ((case, state, due_on, people),) = rows(
        "SELECT c.id, c.state, c.due_on, (SELECT count(*) FROM cases_involved i WHERE i.case_id = c.id)"
        " FROM cases_case c WHERE c.procedure = 'dibao_review'"
    )
    assert (state, due_on, people) == ("待复核", date(2025, 5, 20), 2)
    with web("township_clerk") as scope:
        taken = cases.take(case, "dibao_review.begin", scope, 1)
    assert taken.state == "复核调查"
    on(monkeypatch, "2025-05-30")
    assert due() == []


def messages():
    return rows(
        "SELECT to_post, area FROM notices_message WHERE kind LIKE 'urge/%%' ORDER BY kind, to_post, area"
    )


def test_what_is_overdue_is_told_one_post_higher_the_longer_it_lasts(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "submit")
    on(monkeypatch, "2024-10-10")
    with web("province_supervisor", 530000000000):
        assert urging.urge() == urging.Urged(0, 0)
    on(monkeypatch, "2024-10-11")
    for _ in range(2):
        urged()
    assert messages() == [("county_reviewer", 530602000000), ("township_clerk", TOWN)]
    on(monkeypatch, "2024-10-18")
    urged()
    assert ("prefecture_supervisor", 530600000000) in messages()
    on(monkeypatch, "2024-11-01")
    urged()
    assert ("province_supervisor", 530000000000) in messages()
    with web("township_clerk") as scope:
        assert reads.case(case, scope).urged_on == date(2024, 11, 1)
    perform(case, "accept", "township_clerk")
    with web("township_clerk") as scope:
        assert reads.case(case, scope).urged_on is None


def urged():
    """As the platform does it every day, over the whole province."""
    from minzheng.core.access.scope import Scope, acting

    with acting(Scope(530000000000, 539999999999)):
        return urging.urge()


def test_the_whole_is_prolonged_once_with_a_reason(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "accept")
    with web("township_clerk") as scope:
        before = reads.case(case, scope)
        with pytest.raises(CaseRefusal, match="特殊情形"):
            cases.prolong(case, scope, before.version, " ")
        cases.prolong(case, scope, before.version, "跨省核对，对方尚未答复")
        after = reads.case(case, scope)
        assert before.whole_due_on < after.whole_due_on
        assert (after.special, after.special_reason) == (True, "跨省核对，对方尚未答复")
        with pytest.raises(StaleRefusal):
            cases.prolong(case, scope, after.version, "再延")
