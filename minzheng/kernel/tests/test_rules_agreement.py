"""The readings agree: on random trees and on the toy law, with unknowns and extremes."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from minzheng.kernel.rules.agreement import disagreements, random_cases
from minzheng.kernel.tests import random_law, toy_law

AREAS = [toy_law.PANLONG + 1001, toy_law.WUHUA + 2, toy_law.YUNNAN, 532301000000]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_law.statutes(), random_law.cases())
def test_readings_agree_on_random_trees(statute, cases):
    assert disagreements(statute, cases) == []


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2024, 10, 1), date(2026, 2, 28)])
@pytest.mark.parametrize("seed", range(5))
def test_readings_agree_on_the_toy_law(day, seed):
    statute = toy_law.law().on(day)
    cases = random_cases(statute, AREAS, seed)
    assert disagreements(statute, cases) == []
    more = cases + random_cases(statute, AREAS, seed + 100, 800)
    outcomes = {statute.decide(case)["toy.eligible"] for case in more}
    assert outcomes == {True, False, None}
