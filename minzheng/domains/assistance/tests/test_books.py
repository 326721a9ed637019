"""The books hold together: readings agree on any household, amounts move the right way, every name is
explained.
"""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.assistance.rules import BOOKS, law
from minzheng.domains.assistance.rules.programmes import PROGRAMMES
from minzheng.domains.assistance.terms import FACTS, usual
from minzheng.kernel.rules import Case
from minzheng.kernel.rules.agreement import disagreements, random_cases
from minzheng.kernel.rules.definition import rules_of

ROOT = Path(__file__).parents[4]
DAY = date(2024, 10, 1)
AREA = 530000000000
AREAS = (AREA, 530102001001, 533401101201)
HOUSE = {fact.name: usual(fact) for fact in FACTS if fact.grain == "household"}
PERSON = {fact.name: usual(fact) for fact in FACTS if fact.grain == "person"}

WANT = (
    "dibao.amount_monthly",
    "dibao.meets",
    "dibao.base",
    "dibao.withheld",
    "dibao.shortfall",
    "marginal.eligible",
    "income.own",
)
EXEMPT = (
    "preferential_pension",
    "family_planning_aid",
    "scholarship",
    "bravery_award",
    "social_aid",
    "disability_subsidies",
    "child_subsidy",
    "basic_pension",
)
fen = st.integers(0, 3_000_000)
people = st.lists(
    st.fixed_dictionaries(
        {
            "relation": st.sampled_from([0, 1, 2, 5, 8]),
            "born": st.dates(date(1920, 1, 1), DAY),
            "wages": fen,
            "work_costs": st.integers(0, 1_000_000),
            "basic_pension": fen,
            "disability_grade": st.integers(0, 4),
            "severe_illness": st.booleans(),
            "imprisoned": st.booleans(),
            "can_work": st.booleans(),
            "job_refusals": st.integers(0, 4),
        }
    ),
    min_size=1,
    max_size=5,
)
houses = st.fixed_dictionaries({"urban": st.booleans(), "deposits": st.integers(0, 6_000_000)})


def decide(house, members, day=DAY):
    case = Case(day, AREA, HOUSE | house, [PERSON | member for member in members])
    return law().on(day).decide(case, WANT)


@pytest.mark.parametrize(
    "day",
    [
        date(2021, 7, 1),
        date(2024, 2, 29),
        DAY,
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2025, 12, 31),
        date(2026, 1, 1),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_the_readings_agree_on_random_households(day, seed):
    statute = law().on(day)
    assert disagreements(statute, random_cases(statute, AREAS, seed, 150)) == []


@settings(max_examples=60, deadline=None)
@given(houses, people, st.integers(1, 2_000_000))
def test_more_income_never_raises_what_the_family_gets(house, members, more):
    richer = [members[0] | {"wages": members[0]["wages"] + more}, *members[1:]]
    assert decide(house, richer)["dibao.base"] <= decide(house, members)["dibao.base"]


@settings(max_examples=60, deadline=None)
@given(houses, people, st.integers(1, 6_000_000))
def test_more_deposits_never_help(house, members, more):
    richer = house | {"deposits": house["deposits"] + more}
    assert decide(richer, members)["dibao.amount_monthly"] <= decide(house, members)["dibao.amount_monthly"]


@settings(max_examples=60, deadline=None)
@given(houses, people)
def test_a_raised_standard_never_lowers_what_the_family_gets(house, members):
    before, after = (
        decide(house, members, day)["dibao.base"] for day in (date(2024, 6, 30), date(2024, 7, 1))
    )
    assert after >= before


@settings(max_examples=60, deadline=None)
@given(houses, people)
def test_nobody_gets_a_negative_amount_and_a_family_is_never_both_on_dibao_and_marginal(house, members):
    outcome = decide(house, members)
    assert outcome["dibao.amount_monthly"] >= 0
    assert not (outcome["dibao.meets"] and outcome["marginal.eligible"])


@settings(max_examples=60, deadline=None)
@given(houses, people)
def test_the_order_of_members_does_not_matter(house, members):
    first, second = decide(house, members), decide(house, members[::-1])
    assert first["dibao.amount_monthly"] == second["dibao.amount_monthly"]


@settings(max_examples=40, deadline=None)
@given(houses, people, st.sampled_from(sorted(PERSON)))
def test_what_is_known_with_a_fact_unknown_stays_so_when_it_is_learnt(house, members, name):
    vague = decide(house, [members[0] | {name: None}, *members[1:]])["dibao.amount_monthly"]
    assert vague is None or vague == decide(house, members)["dibao.amount_monthly"]


@settings(max_examples=60, deadline=None)
@given(houses, people, st.sampled_from(EXEMPT), st.integers(1, 5_000_000))
def test_what_the_article_leaves_out_changes_nothing_in_the_plan_s_years(house, members, name, more):
    """A wrong sign or a double exemption would show: the household's answers are the same to the fen."""
    given_more = [members[0] | {name: members[0].get(name, 0) + more}, *members[1:]]
    before, after = decide(house, members), decide(house, given_more)
    assert all(before[each] == after[each] for each in WANT)


@settings(max_examples=60, deadline=None)
@given(houses, people, st.integers(1, 3_000_000))
def test_from_2026_the_basic_pension_counts_once(house, members, more):
    day = date(2026, 1, 1)
    given_more = [members[0] | {"basic_pension": members[0]["basic_pension"] + more}, *members[1:]]
    before, after = (decide(house, each, day)["income.own"] for each in (members, given_more))
    assert after[0] - before[0] == more
    assert after[1:] == before[1:]


@settings(max_examples=60, deadline=None)
@given(houses, people, st.integers(1, 3_000_000), st.sampled_from(["rigid_expense", "transfer_payments"]))
def test_costs_never_lower_what_the_family_gets(house, members, more, name):
    burdened = [members[0] | {name: more}, *members[1:]]
    assert decide(house, burdened)["dibao.base"] >= decide(house, members)["dibao.base"]


@settings(max_examples=60, deadline=None)
@given(houses, people)
def test_a_year_is_divided_once_and_no_head_is_rounded(house, members):
    outcome = decide(house, members)
    assert abs(12 * outcome["dibao.base"] - outcome["dibao.shortfall"]) <= 6


@settings(max_examples=60, deadline=None)
@given(houses, people)
def test_what_is_withheld_is_never_more_than_there_is_and_all_of_it_when_all_refuse(house, members):
    outcome = decide(house, members)
    assert not outcome["dibao.meets"] or 0 <= outcome["dibao.withheld"] <= outcome["dibao.base"]
    grown = [member | {"born": date(1990, 1, 1), "can_work": True, "job_refusals": 3} for member in members]
    all_refuse = decide(house, grown)
    if all_refuse["dibao.meets"]:
        assert all_refuse["dibao.withheld"] == all_refuse["dibao.base"]


@settings(max_examples=40, deadline=None)
@given(houses, people)
def test_being_able_to_work_refuses_nobody(house, members):
    able = [member | {"can_work": True, "job_refusals": 0} for member in members]
    unable = [member | {"can_work": False, "job_refusals": 0} for member in members]
    assert all(decide(house, able)[each] == decide(house, unable)[each] for each in WANT)


RIGID = ("rigid_expenditure.eligible", "rigid_expenditure.ratio_exceeded", "rigid_expenditure.expenses")
TIERS = ("tekun.eligible", "dibao.covered", "marginal.covered", "rigid_expenditure.covered")
both_laws = st.sampled_from([date(2024, 12, 31), date(2025, 1, 1)])


@settings(max_examples=60, deadline=None)
@given(houses, people, st.integers(0, 9_000_000), both_laws)
def test_a_person_has_one_status_and_it_is_the_first_that_holds(house, members, bills, day):
    burdened = [members[0] | {"medical_bills": bills}, *members[1:]]
    case = Case(day, AREA, HOUSE | house, [PERSON | member for member in burdened])
    outcome = law().on(day).decide(case, (*TIERS, "status.primary"))
    for at, code in enumerate(outcome["status.primary"]):
        held = [number for number, tier in enumerate(TIERS, 1) if outcome[tier][at]]
        assert held == ([code] if code else [])


@settings(max_examples=60, deadline=None)
@given(houses, people, st.integers(0, 5_000_000), st.integers(1, 5_000_000), both_laws)
def test_more_bills_never_end_the_hardship_and_what_is_paid_back_never_begins_it(
    house, members, bills, more, day
):
    def found(spent, back):
        burdened = [members[0] | {"medical_bills": spent, "medical_reimbursed": back}, *members[1:]]
        case = Case(day, AREA, HOUSE | house, [PERSON | member for member in burdened])
        return law().on(day).decide(case, RIGID)

    before, burdened, repaid = found(bills, 0), found(bills + more, 0), found(bills, more)
    assert burdened[RIGID[0]] >= before[RIGID[0]] >= repaid[RIGID[0]]
    assert burdened[RIGID[2]] >= before[RIGID[2]] >= repaid[RIGID[2]] >= 0


def known_on(day, known, members, rule, **house):
    return law().on(day, known).decide(Case(day, AREA, HOUSE | house, members), [rule])[rule]


def test_a_corrected_rule_is_replayed_as_it_was_known():
    """The deposit limit was corrected on 2026-11-23: known before, a day gives what it gave then."""
    day, two = date(2024, 3, 1), [PERSON | {"relation": 0, "born": date(1980, 1, 1)}] * 2
    known = (day, date(2026, 11, 22), date(2026, 11, 23), None)
    limits = [known_on(day, each, two, "assets.deposit_limit") for each in known]
    assert limits == [2_415_192, 2_415_192, 2_415_200, 2_415_200]
    before, after = (law().on(day, each).hash for each in (date(2026, 11, 22), None))
    assert before != after == law().on(day, date(2027, 1, 1)).hash


def test_a_changed_law_is_a_second_version_whatever_is_known():
    """The central basic pension is left out to the end of 2025 and no day longer; this was always known."""
    old = [PERSON | {"relation": 0, "born": date(1950, 1, 1), "basic_pension": 171_600}]
    for known in (date(2021, 7, 1), date(2025, 6, 30), None):
        assert known_on(date(2025, 12, 31), known, old, "income.own") == [0]
        assert known_on(date(2026, 1, 1), known, old, "income.own") == [171_600]


def test_every_rule_cites_an_article_or_section_and_labels_are_not_shared():
    rules = [rule for book in BOOKS for rule in rules_of(book)]
    assert [rule.qualified for rule in rules if not any(mark in rule.law for mark in "〔》T")] == []
    named = {(rule.qualified, rule.label) for rule in rules}
    labels = [label for _, label in named]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_every_parameter_is_read_and_says_where_it_is_from():
    parameters = law().parameters.series
    unread = set(parameters)
    for day in (DAY, date(2026, 1, 1)):
        unread -= set(law().on(day).leaves("parameter"))
    assert unread == set()
    for rows in parameters.values():
        for row in rows:
            assert "待配置" not in row.source or "演示" in row.source


def test_every_fact_is_read_by_a_rule():
    silent = {"sex"}
    assert {fact.name for fact in FACTS} - set(law().on(DAY).leaves("fact")) <= silent


def test_every_refusal_rule_is_a_reason_of_its_programme():
    named = {reason.rule for programme in PROGRAMMES for reason in programme.reasons}
    refusals = {
        rule.qualified for book in BOOKS for rule in rules_of(book) if rule.name.startswith("refused_for_")
    }
    assert refusals <= named


def test_every_name_of_the_law_is_in_the_glossary():
    with (ROOT / "glossary.csv").open(encoding="utf-8", newline="") as file:
        known = {row["identifier"] for row in csv.DictReader(file)}
    names = {rule.name for book in BOOKS for rule in rules_of(book)} | set(law().parameters.series)
    names |= {fact.name for fact in FACTS} | {programme.key for programme in PROGRAMMES}
    assert names - known == set()


def test_the_hash_of_the_law_is_the_same_for_a_day_asked_twice_and_for_days_of_one_version():
    assert law().on(DAY).hash == law().on(date(2024, 1, 1)).hash
