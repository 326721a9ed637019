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
        }
    ),
    min_size=1,
    max_size=5,
)
houses = st.fixed_dictionaries({"urban": st.booleans(), "deposits": st.integers(0, 6_000_000)})


def decide(house, members, day=DAY):
    case = Case(day, AREA, HOUSE | house, [PERSON | member for member in members])
    return (
        law().on(day).decide(case, ["dibao.amount_monthly", "dibao.meets", "dibao.base", "marginal.eligible"])
    )


@pytest.mark.parametrize(
    "day", [date(2021, 7, 1), date(2024, 2, 29), DAY, date(2025, 12, 31), date(2026, 1, 1)]
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


def test_every_rule_cites_an_article_or_section_and_labels_are_not_shared():
    rules = [rule for book in BOOKS for rule in rules_of(book)]
    assert [rule.qualified for rule in rules if not any(mark in rule.law for mark in "〔》T")] == []
    labels = [rule.label for rule in rules]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_every_parameter_is_read_and_says_where_it_is_from():
    parameters = law().parameters.series
    unread = set(parameters) - set(law().on(DAY).leaves("parameter"))
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
