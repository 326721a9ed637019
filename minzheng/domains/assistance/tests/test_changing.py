"""A review in which something changed: stated anew, found, decided, paid otherwise from the month after."""

from datetime import date

import pytest

from minzheng.core.access.actor import ActRefusal, StaleRefusal
from minzheng.core.cases import actions as cases
from minzheng.core.cases import reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.people.terms import IncomeKind
from minzheng.domains.assistance.actions import changing, reviewing, steps
from minzheng.domains.assistance.reads import determined
from minzheng.domains.assistance.tests.test_casework import business_date, declared_case, rows, walk
from minzheng.domains.assistance.tests.test_workflow import web

__all__ = ["business_date"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("listed_areas")]
WAGES = f"income:{int(IncomeKind.wages)}"


@pytest.fixture
def review(monkeypatch):
    """A review that has begun, of a couple who get dibao since 2024-11; its key."""
    walk(declared_case(), monkeypatch, "publish")
    monkeypatch.setenv("MINZHENG_TODAY", "2025-05-06")
    with web("township_clerk") as scope:
        assert reviewing.plan(scope.lo, scope.hi, scope.user) == 1
    ((case,),) = rows("SELECT id FROM cases_case WHERE procedure = 'dibao_review'")
    with web("township_clerk") as scope:
        cases.take(case, "dibao_review.begin", scope, 1)
    return case


def family(case):
    with web("township_clerk") as scope:
        return reads.case(case, scope).applicant, [person for person, _ in reads.people(case)]


def state(case, what, person, value="", words="入户核实，有证明"):
    with web("township_clerk") as scope:
        changing.state(case, scope, reads.case(case, scope).version, what, person, value, words)


def found(case):
    with web("township_clerk") as scope:
        return determined.found(reads.case(case, scope).household, date(2025, 5, 6))


def decide(case, key, post, reasons=(), **extra):
    with web(post) as scope:
        matter = reads.case(case, scope)
        key = f"dibao_review.{key}"
        return steps.perform(steps.Deed(matter, key, scope, matter.version, "已核实", tuple(reasons), extra))


def rights():
    return rows(
        "SELECT amount, lower(valid), upper(valid) FROM benefits_entitlement ORDER BY lower(valid), id"
    )


def test_more_income_gives_less_from_the_month_after(review):
    applicant, _ = family(review)
    before = found(review).amount
    state(review, WAGES, applicant, "3,600")
    after = found(review).amount
    assert after == before - (360_000 - 240_000) // 12
    decide(review, "propose", "township_clerk", outcome="change")
    with pytest.raises(CaseRefusal, match="不能维持"):
        decide(review, "keep", "county_approver")
    decide(review, "change", "county_approver", ("收入增加",))
    assert rights() == [
        (before, date(2024, 11, 1), date(2025, 6, 1)),
        (after, date(2025, 6, 1), None),
    ]
    ((body,),) = rows("SELECT body ->> 'before' FROM cases_event WHERE step = 'dibao_review.change'")
    assert int(body) == before


def test_a_death_takes_the_member_out_and_stays_on_record(review):
    applicant, members = family(review)
    other = next(each for each in members if each != applicant)
    assert len(found(review).persons) == 2
    state(review, "death", other, "2025-04-30")
    assert found(review).persons == (applicant,)
    ((source,),) = rows("SELECT source FROM people_death")
    assert source.startswith("核实 DIBAOREVIEW-")


def test_the_third_refusal_of_work_in_a_row_takes_one_s_own_part(review):
    applicant, _ = family(review)
    whole = found(review).amount
    for _ in range(2):
        state(review, "refusal", applicant)
        assert found(review).amount == whole
    state(review, "refusal", applicant)
    assert found(review).amount < whole


def test_too_much_income_ends_the_right(review):
    applicant, _ = family(review)
    state(review, WAGES, applicant, "96000")
    assert found(review).eligible is False
    decide(review, "propose", "township_clerk", outcome="stop")
    decide(review, "stop", "county_approver", ("收入超过标准",))
    assert rights()[0][2] == date(2025, 6, 1)


@pytest.mark.parametrize(
    ("what", "value", "words", "told"),
    [
        (WAGES, "很多", "入户看到的", "金额"), (WAGES, "-5", "入户看到的", "负数"),
        ("death", "昨天", "医院证明", "日期"),
        ("death", "2025-05-07", "医院证明", "晚于今天"), ("grade:4", "9", "残疾人证", "1 到 4"),
        ("nothing", "", "入户看到的", "变化的是什么"), ("illness", "", "无", "依据"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(review, what, value, words, told):
    with pytest.raises(CaseRefusal, match=told):
        state(review, what, family(review)[0], value, words)


def test_only_a_member_only_in_time_only_by_the_township(review):
    with pytest.raises(CaseRefusal, match="哪一位"):
        state(review, "illness", 999_999)
    applicant, _ = family(review)
    with web("county_approver") as scope, pytest.raises(ActRefusal):
        changing.state(review, scope, 2, "illness", applicant, "", "入户看到的")
    decide(review, "propose", "township_clerk", outcome="keep")
    with pytest.raises(StaleRefusal):
        state(review, "illness", applicant)
