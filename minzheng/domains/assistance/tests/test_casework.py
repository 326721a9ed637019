"""An application from what is declared to the right that it gives, as the web takes it; what is refused."""

import json
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from minzheng.core.access.actor import StaleRefusal
from minzheng.core.areas.day import today
from minzheng.core.cases import actions as cases
from minzheng.core.cases import posting, reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.people.terms import AssetKind, IncomeKind
from minzheng.domains.assistance.actions import applying, steps, verifying, visiting
from minzheng.domains.assistance.models import Inquiry
from minzheng.domains.assistance.reads import declared
from minzheng.domains.assistance.terms import CHECKLIST
from minzheng.domains.assistance.tests.test_workflow import VILLAGE, opened, web
from minzheng.kernel.identity import check_digit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("listed_areas")]
WAY = (
    ("submit", "village_worker"), ("accept", "township_clerk"), ("start_survey", "township_clerk"),
    ("start_check", "county_clerk"), ("finish_check", "county_clerk"), ("visited", "township_clerk"),
    ("agree", "township_clerk"), ("close_notice", "township_clerk"), ("review", "county_reviewer"),
    ("confirm", "county_approver"), ("publish", "township_clerk"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def business_date(monkeypatch):
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-09")


def number(born="19700101", order="001"):
    plain = f"530602{born}{order}"
    return plain + check_digit(plain)


def form(wages=240_000, **more):
    """A couple of working age; of the old and the disabled the law also asks who must support them."""
    members = [
        applying.Declared(
            "木演示", 0, number(), sex=1, can_work=True, incomes={int(IncomeKind.wages): wages}
        ),
        applying.Declared("和演示", 1, number("19720101", "002"), sex=2, can_work=True),
    ]
    return applying.Form(
        False, members, {int(AssetKind.deposits): 100_000}, promised=True, authorised=True, **more
    )


def declared_case(**more):
    case = opened().case
    with web("village_worker") as scope:
        applying.declare(case, scope, form(**more))
    return case


def perform(case, key, post, words="经调查核实", reasons=(), **extra):
    with web(post) as scope:
        if key == "finish_check":
            for inquiry in Inquiry.objects.filter(case_id=case, state="open").values_list("pk", flat=True):
                verifying.answer(inquiry, scope, (), "相符")
        found = reads.case(case, scope)
        deed = steps.Deed(found, f"dibao.{key}", scope, found.version, words, tuple(reasons), extra)
        return steps.perform(deed)


def visit(case, post="township_clerk", second="village_worker", key=None):
    """A visit of today, confirmed by a second person where there is one; its key."""
    with web(post) as scope:
        answers = dict.fromkeys((name for name, _, _ in CHECKLIST), "与申报一致")
        key = key or f"{uuid4()}"
        made = visiting.record(case, scope, key, f"{today()}", answers, "")
    if second:
        with web(second) as scope:
            visiting.confirm(made, scope)
    return made


def walk(case, monkeypatch, last, way=WAY):
    for key, post in way[: [key for key, _ in way].index(last) + 1]:
        if key == "close_notice":
            monkeypatch.setenv("MINZHENG_TODAY", "2024-10-18")
        if key == "visited":
            visit(case)
        perform(case, key, post)


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_an_application_becomes_a_right_from_the_month_after(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "publish")
    with web("county_approver") as scope:
        home = reads.case(case, scope).household
    ((amount, since, persons),) = rows(
        "SELECT e.amount, lower(e.valid), (SELECT count(*) FROM benefits_entitlementperson p"
        " WHERE p.entitlement_id = e.id) FROM benefits_entitlement e WHERE e.household = %s", home
    )  # fmt: skip
    assert since == date(2024, 11, 1)
    assert persons == 2
    # The yearly rural standard of two, less the wages of 2,400 yuan, a twelfth of it.
    ((basis,),) = rows("SELECT basis FROM benefits_decision WHERE household = %s", home)
    basis = json.loads(basis)
    assert basis["case"] == case
    assert basis["new"] == amount > 0
    assert {"law", "facts"} <= basis.keys()
    with web("township_clerk"):
        posted = {each.kind: each for each in posting.posted(case)}
    assert (posted["notice"].members, posted["list"].amount) == (2, amount)
    assert posted["list"].name == "木**"


def test_what_was_declared_is_in_the_register_with_its_source(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "accept")
    with web("township_clerk") as scope:
        found = reads.case(case, scope)
        assert len(reads.people(case)) == 2
    ((wages, source),) = rows(
        "SELECT yearly, source FROM people_incomeitem WHERE person_id = %s AND kind = %s"
        " AND superseded_at IS NULL",
        found.applicant, int(IncomeKind.wages),
    )  # fmt: skip
    assert (wages, source) == (240_000, f"申报 {found.number}")


def test_whose_turn_it_is_is_told(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "start_survey")
    told = rows(
        "SELECT to_post, area, link FROM notices_message WHERE about_key = %s AND to_post <> '' ORDER BY id",
        case,
    )
    page = f"/assistance/cases/{case}/"
    assert told == [
        ("township_clerk", 530602001000, page),
        ("township_clerk", 530602001000, page),
        ("county_clerk", 530602000000, page),
    ]


def test_numbers_of_a_declaration_are_encrypted_and_masked():
    case = declared_case()
    with web("township_clerk"):
        shown = declared.declaration(case)
    assert [each.name for each in shown.members] == ["木**", "和**"]
    assert all(each.number.count("*") == 14 for each in shown.members)
    ((cipher,),) = rows("SELECT number_cipher FROM assistance_member WHERE position = 0")
    assert number().encode() not in bytes(cipher)


def test_who_is_not_eligible_gets_no_agreement_and_no_confirmation(monkeypatch):
    case = declared_case(wages=9_000_000)
    walk(case, monkeypatch, "visited")
    with pytest.raises(CaseRefusal, match="不符合"):
        perform(case, "agree", "township_clerk")
    perform(case, "disagree", "township_clerk")
    perform(case, "review", "county_reviewer")
    with pytest.raises(CaseRefusal):
        perform(case, "confirm", "county_approver")
    perform(case, "refuse", "county_approver", reasons=("共同生活家庭成员人均收入不低于当地低保标准",))
    perform(case, "deliver", "township_clerk", on="2024-10-09")
    assert rows("SELECT count(*) FROM benefits_entitlement") == [(0,)]


def test_a_notice_runs_seven_days_and_an_objection_stops_it(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "agree")
    with pytest.raises(CaseRefusal, match="期满"):
        perform(case, "close_notice", "township_clerk")
    with web("township_clerk"):
        posting.add_objection(case, VILLAGE, "", "", "他在县城有房")
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-18")
    with pytest.raises(CaseRefusal, match="异议"):
        perform(case, "close_notice", "township_clerk")
    perform(case, "object", "township_clerk")
    perform(case, "agree_again", "township_clerk")
    with pytest.raises(CaseRefusal, match="入户"):
        perform(case, "review", "county_reviewer")
    visit(case, "county_reviewer", second="")
    perform(case, "review", "county_reviewer")


def test_verification_waits_for_every_source(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "start_check")
    with web("county_clerk") as scope:
        found = reads.case(case, scope)
        with pytest.raises(CaseRefusal, match="没有答复"):
            steps.perform(steps.Deed(found, "dibao.finish_check", scope, found.version))


def test_a_difference_that_is_taken_over_corrects_the_register(monkeypatch):
    case = declared_case()
    walk(case, monkeypatch, "start_check")
    with web("county_clerk") as scope:
        found = reads.case(case, scope)
        inquiry = Inquiry.objects.filter(case_id=case).order_by("pk").first().pk
        line = verifying.Line(found.applicant, "income", int(IncomeKind.wages), 600_000)
        verifying.answer(inquiry, scope, (line,))
        (difference,) = rows("SELECT id FROM assistance_answer WHERE state = 'open'")[0]
        verifying.settle(difference, scope, True, "以工资发放记录为准")
        with pytest.raises(StaleRefusal):
            verifying.settle(difference, scope, True, "再来一次")
    wages = rows(
        "SELECT yearly FROM people_incomeitem WHERE person_id = %s AND kind = %s AND superseded_at IS NULL",
        found.applicant, int(IncomeKind.wages),
    )  # fmt: skip
    assert wages == [(600_000,)]


@pytest.mark.parametrize(
    ("change", "told"),
    [({"members": []}, "申请人"), ({"account": "12", "bank": "YN01"}, "账号")],
)
def test_a_form_that_cannot_be_kept_says_why(change, told):
    case = opened().case
    with web("village_worker") as scope, pytest.raises(CaseRefusal, match=told):
        applying.declare(case, scope, applying.Form(False, **{"members": form().members, **change}))


def test_what_is_lacking_is_said_at_acceptance():
    case = opened().case
    with web("village_worker") as scope:
        applying.declare(case, scope, applying.Form(False, form().members))
    perform(case, "submit", "village_worker")
    with pytest.raises(CaseRefusal, match="授权"):
        perform(case, "accept", "township_clerk")


def test_declaring_again_replaces_what_was_declared():
    wages, pension, cars = int(IncomeKind.wages), int(IncomeKind.basic_pension), int(AssetKind.vehicles)
    first, second = form().members
    third = applying.Declared("杨演示", 2, number("20000101", "003"), sex=1, incomes={wages: 500_000})
    case = opened().case
    with web("village_worker") as scope:
        second = replace(second, incomes={wages: 300_000, pension: 100_000})
        whole = applying.Form(False, (first, second, third), {cars: 1}, promised=True)
        applying.declare(case, scope, whole)
        applying.declare(case, scope, replace(whole, members=(first, third), assets={}, authorised=True))
        shown = declared.declaration(case)
    assert [each.name for each in shown.members] == ["木**", "杨**"]
    assert [each.value for each in shown.members[1].incomes] == [500_000]
    assert shown.assets == ()
    with web("village_worker") as scope:
        applying.declare(case, scope, whole)
        shown = declared.declaration(case)
    assert [each.name for each in shown.members] == ["木**", "和**", "杨**"]
    assert [each.value for each in shown.members[1].incomes] == [300_000, 100_000]


def test_a_declaration_is_closed_once_it_is_sent():
    case = declared_case()
    perform(case, "submit", "village_worker")
    with web("village_worker") as scope, pytest.raises(StaleRefusal):
        applying.declare(case, scope, form())


def test_cases_keep_their_number_apart():
    first, second = opened(), opened()
    with web("village_worker") as scope:
        assert reads.case(first.case, scope).number != reads.case(second.case, scope).number
    assert cases.procedure_of("dibao").label == "低保申请"
