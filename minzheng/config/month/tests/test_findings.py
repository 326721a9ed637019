"""What concerns two counties is a finding of each, and each is told of its own households alone."""

from pathlib import Path

import polars as pl
import pytest

from minzheng.config.month.running import run
from minzheng.config.month.tests import synthetic
from minzheng.config.month.tests.test_changes import OCTOBER, rows
from minzheng.core.benefits import actions

pytestmark = pytest.mark.django_db(transaction=True)
WUHUA, PANLONG, QILIN = synthetic.COUNTIES


def test_an_account_shared_over_counties_is_a_finding_of_each(tmp_path: Path) -> None:
    synthetic.load(9)
    # Households 3, 6 (五华) and 1 (盘龙) share one account; 2 and 5 (麒麟) another, which is not many.
    shared = pl.DataFrame({"person": [10, 30, 60, 20, 50], "account": [10, 10, 10, 20, 20]})
    found = synthetic.sources(synthetic.Register())
    sources = type(found)(**{**vars(found), "alike": lambda: shared})
    for _ in range(2):
        run(OCTOBER, tmp_path, sources, freeze=True)
    assert rows(
        "SELECT area, evidence -> 'households', text LIKE '%%别县也有%%' FROM benefits_finding ORDER BY area"
    ) == [(WUHUA + 1001, "[3, 6]", True), (PANLONG + 1001, "[1]", True)]


def test_an_account_shared_within_a_county_speaks_of_no_other(tmp_path: Path) -> None:
    synthetic.load(9)
    shared = pl.DataFrame({"person": [30, 60, 90], "account": [30, 30, 30]})
    found = synthetic.sources(synthetic.Register())
    sources = type(found)(**{**vars(found), "alike": lambda: shared})
    run(OCTOBER, tmp_path, sources, freeze=True)
    assert rows("SELECT area, evidence -> 'households', text LIKE '%%别县%%' FROM benefits_finding") == [
        (WUHUA + 1001, "[3, 6, 9]", False)
    ]


def test_a_person_covered_in_two_counties_is_a_finding_of_both(tmp_path: Path) -> None:
    synthetic.load(4)
    # Household 100 (盘龙) names a person of household 2 (麒麟).
    twice = synthetic.standing([100]).with_columns(persons=synthetic.standing([2])["persons"])
    actions.import_decisions(twice)
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()), freeze=True)
    found = rows(
        "SELECT f.area / 1000000 * 1000000, e.household, (f.evidence ->> 'other_county')::bigint,"
        " f.evidence ? 'other' FROM benefits_finding f JOIN benefits_entitlement e"
        " ON e.id = (f.evidence ->> 'entitlement')::bigint WHERE f.kind = 'covered_twice' ORDER BY f.area"
    )
    assert found == [(PANLONG, 100, QILIN, False), (QILIN, 2, PANLONG, False)]
