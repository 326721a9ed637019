"""Past months: what becomes known late is settled by a revision of the due line, once, and never netted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from minzheng.config.month.running import Report, run
from minzheng.config.month.sources import Sources
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.benefits import actions
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2024, m) for m in (9, 10, 11, 12))
LINES = (
    "SELECT to_char(month, 'MM'), revision, code, state, amount, before, after FROM benefits_dueline"
    " WHERE household = %s ORDER BY month, revision"
)
KINDS = "SELECT kind, sum(amount)::bigint FROM ledger_instruction WHERE month = %s GROUP BY 1 ORDER BY 1"
OLD = synthetic.amount_of(3)


@pytest.fixture(autouse=True)
def everyone_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grants are tested in `access`."""
    monkeypatch.setattr(actor, "may", lambda scope, step: True)
    monkeypatch.setattr(actions, "today", lambda: date(2024, 8, 31))


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def past(months: Sequence[Month], amount: int, household: int = 3, **more: object) -> pl.DataFrame:
    """The law finds `amount` for past months of a household."""
    row = {
        "household": household, "person": 0, "programme": "dibao", "payee": household * 10, "amount": amount,
        "persons": synthetic.persons_of(household), "area": synthetic.household_area(household),
        "was": synthetic.amount_of(household), "same_facts": False,
    }  # fmt: skip
    schema = {"persons": pl.List(pl.Int64)}
    return pl.DataFrame([{"month": m.first, **row, **more} for m in months], schema_overrides=schema)


def sources(found: pl.DataFrame, late: pl.DataFrame | None, *dead: int) -> Sources:
    made = synthetic.sources(synthetic.Register(deaths=set(dead)), found)
    none = past([OCTOBER], 1).clear()

    def looked(run: object, bounds: tuple[int, int]) -> pl.DataFrame:
        return (none if late is None else late).filter(pl.col("area").is_between(*bounds))

    return replace(made, past=looked)


def go(month: Month, folder: Path, asked: Sources) -> Report:
    report = run(month, folder, asked, synthetic.approvers(synthetic.users()))
    assert report.ledger is not None
    assert report.ledger.differences == ()
    return report


def two_months(folder: Path) -> pl.DataFrame:
    """September and October are paid to nine households."""
    synthetic.load(9)
    found = synthetic.frame(range(1, 10))
    for month in (SEPTEMBER, OCTOBER):
        go(month, folder, sources(found, None))
    return found


def test_less_is_overpaid_and_waits_and_is_never_netted(tmp_path: Path) -> None:
    two_months(tmp_path)
    now = synthetic.frame(range(1, 10), amount={3: OLD - 1000}, facts={3: 999})
    late = past([OCTOBER, NOVEMBER], OLD - 1000)
    assert go(NOVEMBER, tmp_path, sources(now, late)).changes == {"down": 1}
    go(DECEMBER, tmp_path, sources(now, None))
    assert rows(LINES, 3) == [
        ("09", 0, "", "due", OLD, None, None),
        ("10", 0, "", "due", OLD, None, None),
        ("10", 1, "down", "overpaid", 0, OLD, OLD - 1000),
        ("11", 0, "", "due", OLD - 1000, None, None),
        ("12", 0, "", "due", OLD - 1000, None, None),
    ]
    everything = sum(map(synthetic.amount_of, range(1, 10)))
    assert rows(KINDS, date(2024, 12, 1)) == [("regular", everything - 1000)]
    (said,) = rows("SELECT evidence -> 'fen' FROM benefits_finding WHERE kind = 'overpaid'")
    assert int(said[0]) == 1000
    ((decided, starts, by),) = rows("SELECT kind, starts, by FROM benefits_decision WHERE kind = 'past'")
    assert (decided, starts, by) == ("past", date(2024, 10, 1), "甲")


def test_more_is_paid_as_arrears_once(tmp_path: Path) -> None:
    two_months(tmp_path)
    now = synthetic.frame(range(1, 10), amount={3: OLD + 500}, facts={3: 999})
    late = past([SEPTEMBER, OCTOBER, NOVEMBER], OLD + 500)
    go(NOVEMBER, tmp_path, sources(now, late))
    total = sum(map(synthetic.amount_of, range(1, 10))) + 500
    assert rows(KINDS, date(2024, 11, 1)) == [("arrears", 1000), ("regular", total)]
    assert rows("SELECT sequence, amount FROM ledger_instruction WHERE kind = 'arrears' ORDER BY 1") == [
        (1, 500),
        (2, 500),
    ]
    again = go(NOVEMBER, tmp_path, sources(now, late))  # the same is found again: it was settled
    assert (again.sequence, again.changes) == (2, {})
    assert rows(KINDS, date(2024, 11, 1)) == [("arrears", 1000), ("regular", total)]


def test_a_past_month_waits_for_its_decision_and_a_rejected_one_is_not_settled(tmp_path: Path) -> None:
    found = two_months(tmp_path)
    late = past([OCTOBER], OLD + 500)
    asked = sources(found, late)
    report = run(NOVEMBER, tmp_path, asked)
    assert (report.state, report.changes) == ("waiting_people", {"up": 1})
    assert rows(LINES, 3)[1:] == [
        ("10", 0, "", "due", OLD, None, None),
        ("11", 0, "", "due", OLD, None, None),
    ]
    (user, *_) = synthetic.users()
    (change, version) = rows("SELECT id, version FROM benefits_change")[0]
    actions.reject_change(change, synthetic.Scope(user), version)
    go(NOVEMBER, tmp_path, asked)
    go(DECEMBER, tmp_path, sources(found, None))
    assert [line[1] for line in rows(LINES, 3)] == [0, 0, 0, 0]
    assert rows("SELECT settled_id IS NULL FROM benefits_pastmonth") == [(False,)]


def test_what_nobody_decided_goes_on_waiting_in_the_next_month(tmp_path: Path) -> None:
    found = two_months(tmp_path)
    run(NOVEMBER, tmp_path, sources(found, past([OCTOBER], OLD + 500)), freeze=True)
    with connection.cursor() as cursor:  # nobody confirms, two others approve and the bank answers
        cursor.execute("SELECT id FROM benefits_run ORDER BY id DESC LIMIT 1")
    keys = synthetic.users()
    nobody = synthetic.Approvers([], [synthetic.Scope(keys[2])], [synthetic.Scope(keys[3])])
    run(NOVEMBER, tmp_path, sources(found, None), nobody)
    report = go(DECEMBER, tmp_path, sources(found, None))
    assert report.changes == {"up": 1}
    assert ("10", 1, "up", "due", 500, OLD, OLD + 500) in rows(LINES, 3)
    assert rows(KINDS, date(2024, 12, 1))[0] == ("arrears", 500)


def test_a_late_death_follows_by_law_and_a_late_standard_too(tmp_path: Path) -> None:
    found = two_months(tmp_path)
    (dead,) = synthetic.persons_of(3)
    now = found.filter(pl.col("household") != 3)
    late = pl.concat(
        [
            past([SEPTEMBER, OCTOBER, NOVEMBER], 0, persons=[]),
            past([OCTOBER], synthetic.amount_of(6) + 700, 6, same_facts=True),
        ]
    )
    report = run(NOVEMBER, tmp_path, sources(now, late, dead))
    assert report.changes == {"death": 1, "standard": 1}
    assert rows("SELECT DISTINCT state FROM benefits_change") == [("automatic",)]
    assert [line[1:5] for line in rows(LINES, 3)] == [
        (0, "", "due", OLD), (1, "death", "overpaid", 0), (0, "", "due", OLD), (1, "death", "overpaid", 0),
    ]  # fmt: skip
    assert rows(LINES, 6)[2][1:5] == (1, "standard", "due", 700)
    laws = rows("SELECT law FROM benefits_decision WHERE kind = 'past' ORDER BY 1")
    assert laws == [("标准的规定",), ("死亡的规定",)]
    assert rows("SELECT 1 FROM benefits_coverage WHERE person = %s", dead) == []


def test_a_late_death_that_lowers_the_amount_follows_by_law(tmp_path: Path) -> None:
    """The household goes on: the run's own month, which has no line yet, is not taken for a rise."""
    two_months(tmp_path)
    old = synthetic.amount_of(5)
    now = synthetic.frame(range(1, 10), persons={5: [50, 51]}, amount={5: old - 10}, facts={5: 999})
    late = past([OCTOBER, NOVEMBER], old - 10, 5, persons=[50, 51])
    run(NOVEMBER, tmp_path, sources(now, late, 52))
    assert rows("SELECT kind, state, law FROM benefits_change") == [("death", "automatic", "死亡的规定")]
    assert rows(LINES, 5)[1:] == [
        ("10", 0, "", "due", old, None, None),
        ("10", 1, "death", "overpaid", 0, old, old - 10),
        ("11", 0, "", "due", old - 10, None, None),
    ]


def test_less_by_what_became_known_does_not_pay_a_rise_that_was_not_decided(tmp_path: Path) -> None:
    """The law would have given more all along, and a person has not granted that."""
    two_months(tmp_path)
    old = synthetic.amount_of(5)
    now = synthetic.frame(range(1, 10), persons={5: [50, 51]}, amount={5: old - 10}, facts={5: 999})
    late = past([OCTOBER], old + 100, 5, persons=[50, 51], was=old + 200)
    run(NOVEMBER, tmp_path, sources(now, late, 52))
    assert rows("SELECT kind, state FROM benefits_change") == [("death", "automatic")]
    assert [line[1] for line in rows(LINES, 5)] == [0, 0, 0]


def test_a_right_ended_by_mistake_is_restored_with_arrears_once(tmp_path: Path) -> None:
    found = two_months(tmp_path)
    stopped = synthetic.frame(range(1, 10), eligible={3: False}, amount={3: 0}, facts={3: 998})
    go(NOVEMBER, tmp_path, sources(stopped, None))
    assert rows(LINES, 3)[2:] == []
    late = past([NOVEMBER, DECEMBER], OLD, was=0)
    report = run(DECEMBER, tmp_path, sources(found, late))
    assert (report.state, report.changes) == ("waiting_people", {"new": 1})
    go(DECEMBER, tmp_path, sources(found, late))
    again = go(DECEMBER, tmp_path, sources(found, late))
    assert again.changes == {}
    assert rows(LINES, 3)[2:] == [
        ("11", 1, "new", "due", OLD, 0, OLD),
        ("12", 0, "", "due", OLD, None, None),
    ]
    everything = sum(map(synthetic.amount_of, range(1, 10)))
    assert sum(amount for _, amount in rows(KINDS, date(2024, 12, 1))) == everything + OLD
    assert sorted({month for (month,) in rows("SELECT month FROM benefits_coverage WHERE person = 30")}) == [
        m.first for m in (SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)
    ]


def test_a_late_death_after_which_more_is_due_waits_for_a_person(tmp_path: Path) -> None:
    two_months(tmp_path)
    now = synthetic.frame(range(1, 10), persons={5: [50, 51]}, amount={5: synthetic.amount_of(5) - 10})
    late = past([OCTOBER], synthetic.amount_of(5) + 100, 5, persons=[50, 51])
    run(NOVEMBER, tmp_path, sources(now, late, 52))
    assert rows("SELECT kind, state FROM benefits_change") == [("up", "waiting")]


def test_a_dead_payees_line_is_paid_to_the_households_new_payee(tmp_path: Path) -> None:
    synthetic.load(9)
    found = synthetic.frame(range(1, 10))
    asked = sources(found, None)
    run(OCTOBER, tmp_path, asked)
    keys = synthetic.users()
    for plan, version in rows("SELECT id, version FROM benefits_plan"):
        actions.approve(
            plan, synthetic.Scope(keys[3]), actions.approve(plan, synthetic.Scope(keys[0]), version)
        )
    register = synthetic.Register(deaths={50}, without_account={51})
    go(OCTOBER, tmp_path, replace(asked, register=register))
    amount = synthetic.amount_of(5)
    assert rows(LINES, 5) == [("10", 0, "payee_dead", "withheld", amount, None, None)]
    heirs = synthetic.frame(range(1, 10), payee={5: 51}, persons={5: [51, 52]})
    after = replace(sources(heirs, None), register=register)
    go(OCTOBER, tmp_path, after)
    assert rows(LINES, 5)[1:] == [("10", 1, "new_payee", "due", amount, 0, amount)]
    open_ = "SELECT kind FROM benefits_finding WHERE state = 'open' ORDER BY 1"
    assert rows(open_) == [("no_account",), ("payee_dead",)]
    register.without_account.clear()
    go(OCTOBER, tmp_path, after)
    go(NOVEMBER, tmp_path, after)
    assert ("payee_dead",) not in rows(open_)
    paid = "SELECT payee, kind, state, amount FROM ledger_instruction WHERE household = 5 ORDER BY id"
    assert rows(paid)[0] == (51, "regular", "paid", amount)
    assert len(rows(LINES, 5)) == 3


def test_a_payee_known_to_be_dead_has_an_heir_in_the_same_month(tmp_path: Path) -> None:
    synthetic.load(9)
    heirs = synthetic.frame(range(1, 10), payee={5: 51}, persons={5: [51, 52]})
    asked = replace(sources(heirs, None, 50), register=synthetic.Register(deaths={50}))
    go(OCTOBER, tmp_path, asked)
    line = [("10", 0, "", "due", synthetic.amount_of(5), None, None)]
    assert rows(LINES, 5) == line
    paid = "SELECT payee FROM ledger_instruction WHERE household = 5"
    assert rows(paid) == [(51,)]
    go(OCTOBER, tmp_path, asked)
    assert (rows(LINES, 5), rows(paid)) == (line, [(51,)])


def test_a_rejected_phase_out_is_asked_again_only_on_another_basis(tmp_path: Path) -> None:
    synthetic.load(3)
    keys = synthetic.users()
    asked = sources(synthetic.frame(range(1, 4), phase_out={2: True}, facts={2: 777}), None)
    run(OCTOBER, tmp_path, asked)
    (change, version) = rows("SELECT id, version FROM benefits_change")[0]
    actions.reject_change(change, synthetic.Scope(keys[0]), version)
    go(OCTOBER, tmp_path, asked)
    assert go(NOVEMBER, tmp_path, asked).changes == {}
    other = sources(synthetic.frame(range(1, 4), phase_out={2: True}, facts={2: 778}), None)
    assert go(DECEMBER, tmp_path, other).changes == {"phase_out": 1}
