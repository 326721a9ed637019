"""Changes that keep the amount, and changes that meet the drafting of lines."""

import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection, transaction

from minzheng.config.month.running import Report, run
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.benefits import actions, due
from minzheng.core.benefits.runs import MonthRun
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = Month(2024, 10)


@pytest.fixture(autouse=True)
def everyone_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grants are tested in `access`."""
    monkeypatch.setattr(actor, "may", lambda scope, step: True)
    monkeypatch.setattr(actions, "today", lambda: date(2024, 9, 30))


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def unattended(folder: Path, month: Month, found: pl.DataFrame | None) -> Report:
    sources = synthetic.sources(synthetic.Register(), found)
    return run(month, folder, sources, synthetic.approvers(synthetic.users()))


def test_a_phase_out_is_asked_once_and_ends_in_a_stop(tmp_path: Path) -> None:
    """The amount goes on unchanged, and still a person must know of it; after the limit the right stops."""
    synthetic.load(3)
    during = synthetic.frame(range(1, 4), phase_out={2: True}, facts={2: 777})
    unattended(tmp_path, OCTOBER, during)
    assert rows("SELECT household, kind, old = new, needs_person, decided_by FROM benefits_change") == [
        (2, "phase_out", True, True, "甲")
    ]
    later = OCTOBER.next()
    assert unattended(tmp_path, later, during).changes == {}
    over = synthetic.frame(range(1, 4), eligible={2: False}, amount={2: 0}, facts={2: 778})
    assert unattended(tmp_path, later.next(), over).changes == {"stop": 1}


def test_a_change_confirmed_while_lines_are_drafted_starts_after_them(tmp_path: Path) -> None:
    """Otherwise October would be drafted by the old decision and owed by the new one."""
    synthetic.load(3)
    found = synthetic.frame(range(1, 4), amount={3: 50000})
    (user, *_) = synthetic.users()
    drafting, gone_on = threading.Event(), threading.Event()
    original = due.write_lines

    def slowly() -> None:
        this = MonthRun(*rows("SELECT id, month, sequence, day, known FROM benefits_run")[0])
        with transaction.atomic(), connection.cursor() as cursor:
            original(cursor, this, synthetic.COUNTIES, {}, lambda persons: [])
            drafting.set()
            gone_on.wait(0.5)  # the confirmation runs meanwhile, and must wait for us
        connection.close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(due, "write_lines", lambda *given: {})
        run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register(), found))
    worker = threading.Thread(target=slowly)
    worker.start()
    drafting.wait(10)
    (change, version) = rows("SELECT id, version FROM benefits_change")[0]
    actions.confirm_change(change, synthetic.Scope(user), version)
    gone_on.set()
    worker.join()
    assert rows("SELECT month, amount FROM benefits_dueline WHERE household = 3") == [
        (date(2024, 10, 1), synthetic.amount_of(3))
    ]
    assert rows("SELECT starts FROM benefits_decision WHERE change_id = %s", change) == [(date(2024, 11, 1),)]


def test_many_households_on_one_account_are_one_finding_of_each_county(tmp_path: Path) -> None:
    synthetic.load(9)
    shared = pl.DataFrame({"person": [10, 20, 30, 40, 50], "account": [10, 10, 10, 40, 40]})
    found = synthetic.sources(synthetic.Register())
    sources = type(found)(**{**vars(found), "alike": lambda: shared})
    for _ in range(2):
        run(OCTOBER, tmp_path, sources, freeze=True)
    assert rows("SELECT kind, evidence -> 'households' FROM benefits_finding ORDER BY area") == [
        ("shared_account", f"[{household}]") for household in (3, 1, 2)
    ]
