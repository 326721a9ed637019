"""Months that are past: not determined again, paid to the end."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from minzheng.config.month.running import run
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.benefits import actions
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


def test_an_earlier_month_is_not_determined_again_but_paid_to_the_end(tmp_path: Path) -> None:
    synthetic.load(3)
    register = synthetic.Register(without_account={20})
    frame = synthetic.frame(range(1, 4))
    for month in (OCTOBER, OCTOBER.next()):
        run(month, tmp_path, synthetic.sources(register, frame), synthetic.approvers(synthetic.users()))
    before = rows("SELECT max(id), count(*) FROM benefits_run")
    register.without_account.clear()
    other = synthetic.sources(register, synthetic.frame([1], amount={1: 5}))
    report = run(OCTOBER, tmp_path, other, synthetic.approvers(synthetic.users()))
    assert report.payments == {"paid": 3}
    assert "已运行到 2024-11" in report.waiting[0]
    assert rows("SELECT max(id), count(*) FROM benefits_run") == before
    assert rows("SELECT 1 FROM benefits_change") == []


def test_a_draft_whose_lines_are_all_withheld_is_in_nobodys_way(tmp_path: Path) -> None:
    synthetic.load(2)
    (user, *_) = synthetic.users()
    found = synthetic.frame([1, 2], amount={1: 50000, 2: 50000})
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register(), found))
    for line, version in rows(
        "SELECT d.id, p.version FROM benefits_dueline d JOIN benefits_plan p ON p.id = d.plan_id"
    ):
        actions.exclude_line(line, synthetic.Scope(user), version, "正在核查")
    assert run(OCTOBER.next(), tmp_path, synthetic.sources(synthetic.Register(), found)).month == "2024-11"
