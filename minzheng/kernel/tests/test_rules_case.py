"""The reading of one case: values, the unknown, the trace in words, what is missing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.ages import age_on
from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import LIMIT
from minzheng.kernel.rules import Missing, exact
from minzheng.kernel.tests import toy_law

STATUTE = toy_law.law().on(toy_law.DAY)


def changed(**facts):
    """The household with some facts of its own changed."""
    case = toy_law.household()
    return replace(case, household={**case.household, **facts})


def member(at, **facts):
    """The household with some facts of one member changed."""
    case = toy_law.household()
    return replace(
        case, members=[{**each, **facts} if i == at else each for i, each in enumerate(case.members)]
    )


def test_a_case_by_hand():
    """6,600.01 × 2 − (5,000 − 200 + 1,300 − 12 × 103) = 8,336.02 a year; ÷ 12 = 694.668… → 694.67, and 50."""
    found = STATUTE.decide(toy_law.household())
    assert found["toy.counted"] == [True, True, False]
    assert found["toy.amount"] == 69467 + 5000
    assert found.missing == ()


def test_the_trace_says_rule_values_sources_and_law_in_words():
    step = next(each for each in STATUTE.decide(toy_law.household()).trace if each.rule.name == "amount")
    assert step.text == "744.67 元/户·月"
    assert step.formula == (
        "符合条件 时为 （年标准×计入人数－家庭年收入）（不低于 0）÷12（四舍五入）"
        "＋各成员合计（老年增发），否则为 0"
    )
    assert [each.text for each in step.inputs][:3] == ["是", "6,600.01 元/人·年", "2 人"]
    assert step.inputs[1].source == "玩具文件"
    assert (step.rule.law, step.rule.since, step.member) == ("玩具法 §1", date(2021, 1, 1), None)


def test_a_household_over_a_limit_is_refused_without_asking_for_the_rest():
    found = STATUTE.decide(changed(vehicles=1, deposits=None))
    assert found["toy.assets_fit"] is False
    assert found["toy.eligible"] is False
    assert found["toy.amount"] == 0
    assert found.missing == ()


def test_an_unknown_stays_unknown_and_is_named():
    found = STATUTE.decide(member(0, wages=None))
    assert found["toy.amount"] is None
    assert found.missing == (Missing("wages", "工资性收入", 0),)
    step = next(each for each in found.trace if each.rule.name == "income_yearly")
    assert (step.text, step.missing) == ("未知", (Missing("wages", "工资性收入", 0),))


def test_an_unknown_of_one_who_does_not_count_does_no_harm():
    found = STATUTE.decide(member(2, wages=None))
    assert found["toy.amount"] == 69467 + 5000


def test_a_choice_on_an_unknown_is_unknown_unless_both_are_equal():
    assert exact.where(None, 3, 3) == 3
    assert exact.where(None, 3, 4) is None
    assert exact.where(None, None, None) is None
    assert exact.where(True, None, 4) is None


@pytest.mark.parametrize(
    ("case", "word"),
    [
        (replace(toy_law.household(), day=date(2024, 1, 1)), "认定日"),
        (replace(toy_law.household(), area=None), "区划"),
        (changed(cars=1), "cars"),
        (changed(wages=1), "wages"),
        (changed(vehicles="1"), "车辆"),
        (member(0, deposits=1), "第 1 名成员"),
        (member(1, wages=1.0), "工资性收入"),
        (member(0, wages=LIMIT), "范围"),
        (member(0, wages=LIMIT - 1, pension=LIMIT - 1), "toy.income"),
    ],
)
def test_a_wrong_case_is_refused(case, word):
    with pytest.raises(Refusal, match=word):
        STATUTE.decide(case)


def test_only_what_is_wanted_is_decided():
    found = STATUTE.decide(toy_law.household(), ["toy.members"])
    assert found.values == {"toy.members": 2}
    assert [each.rule.name for each in found.trace] == ["counted"] * 3 + ["members"]
    with pytest.raises(Refusal, match=r"书\.规则"):
        STATUTE.decide(toy_law.household(), ["members"])


@given(st.dates(), st.dates())
def test_age_is_the_kernels_age(born, day):
    if born <= day:
        assert exact.age(born, day) == age_on(born, day)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-04-30", 3),
        ("2024-01-15", "2024-07-14", 5),
        ("2024-01-15", "2024-07-15", 6),
        ("2024-07-15", "2024-01-15", -6),
        ("2024-07-15", "2024-01-14", -7),
    ],
)
def test_whole_months(start, end, months):
    assert exact.months(date.fromisoformat(start), date.fromisoformat(end)) == months


@pytest.mark.parametrize(
    ("number", "by", "rounding", "found"),
    [
        (-7, 2, "half_up", -4),
        (7, 2, "half_up", 4),
        (5, 12, "half_up", 0),
        (6, 12, "half_up", 1),
        (1, 12, "up", 1),
        (11, 12, "down", 0),
        (18, 12, "half_even", 2),
        (6, 12, "half_even", 0),
        (6, 0, "up", None),
    ],
)
def test_one_division(number, by, rounding, found):
    assert exact.divide(number, by, rounding) == found
