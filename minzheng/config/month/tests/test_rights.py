"""The money's steps as the web takes them: as the runtime role, within a scope, behind both walls."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.db import Error, connection, transaction

from minzheng.config.month.running import run
from minzheng.config.month.tests import synthetic
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.scope import Scope, acting
from minzheng.core.benefits import actions
from minzheng.core.ledger import actions as payments
from minzheng.core.ledger import bankfile
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = Month(2024, 10)
HERE, THERE = synthetic.COUNTIES[0], synthetic.COUNTIES[1]


@pytest.fixture(autouse=True)
def business_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINZHENG_TODAY", "2024-09-30")


@contextmanager
def web(user: int, post: str, county: int = HERE) -> Iterator[Scope]:
    """A request: the runtime role, in a transaction under the scope of a post."""
    scope = Scope(county, county + 999_999, user, post, area=county)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE minzheng_runtime")
        with acting(scope):
            yield scope


def one(sql: str, *values: object) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def test_confirm_change_and_reject_change(tmp_path: Path) -> None:
    synthetic.load(12)
    keys = synthetic.users()
    found = synthetic.frame(range(1, 13), amount={3: 50000, 6: 50000, 4: 50000})
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register(), found))
    (three, _), (six, _) = (
        one("SELECT id, version FROM benefits_change WHERE household = %s", h) for h in (3, 6)
    )
    with web(keys[0], "county_clerk") as scope:
        actions.confirm_change(three, scope, 1)
        actions.reject_change(six, scope, 1)
    assert one("SELECT amount FROM benefits_entitlement WHERE household = 3 AND upper_inf(valid)") == (50000,)
    assert one("SELECT state FROM benefits_change WHERE household = 6") == ("rejected",)
    (elsewhere,) = one("SELECT id FROM benefits_change WHERE household = 4")
    with pytest.raises(MissingRefusal), web(keys[0], "county_clerk") as scope:
        actions.confirm_change(elsewhere, scope, 1)
    with pytest.raises(ActRefusal), web(keys[0], "township_clerk", THERE) as scope:
        actions.confirm_change(elsewhere, scope, 1)


def test_exclude_line_and_approve_plan(tmp_path: Path) -> None:
    synthetic.load(9)
    keys = synthetic.users()
    sources = synthetic.sources(synthetic.Register(), synthetic.frame(range(1, 10), amount={3: 50000}))
    run(OCTOBER, tmp_path, sources)
    line, plan, version = one(
        "SELECT d.id, p.id, p.version FROM benefits_dueline d JOIN benefits_plan p ON p.id = d.plan_id"
        " WHERE d.household = 6"
    )
    with web(keys[0], "county_clerk") as scope:
        actions.exclude_line(line, scope, version, "正在核查")
    run(OCTOBER, tmp_path, sources, freeze=True)
    (version,) = one("SELECT version FROM benefits_plan WHERE id = %s", plan)
    with pytest.raises(ActRefusal, match="改动过"), web(keys[1], "county_approver") as scope:
        actions.approve(plan, scope, version)  # the editor under another account
    with web(keys[2], "county_approver") as scope:
        version = actions.approve(plan, scope, version)
    with pytest.raises(ActRefusal, match="另一名自然人"), web(keys[2], "county_approver") as scope:
        actions.approve(plan, scope, version)
    with web(keys[3], "county_approver") as scope:
        actions.approve(plan, scope, version)
    assert one("SELECT state, lines FROM benefits_plan WHERE id = %s", plan) == ("approved", 2)
    with pytest.raises(MissingRefusal), web(keys[2], "county_approver", THERE) as scope:
        actions.approve(plan, scope, version)


def test_freeze_plan_locks_what_two_others_approve(tmp_path: Path) -> None:
    synthetic.load(12)
    keys = synthetic.users()
    sources = synthetic.sources(synthetic.Register(), synthetic.frame(range(1, 13), amount={3: 50000}))
    run(OCTOBER, tmp_path, sources)
    plan, version = one("SELECT id, version FROM benefits_plan WHERE area = %s AND state = 'draft'", HERE)
    with web(keys[0], "county_clerk") as scope:
        with pytest.raises(ActRefusal, match="等待确认"):
            actions.freeze_plan(plan, scope, version)
        for (change,) in many("SELECT id FROM benefits_change WHERE state = 'waiting'"):
            actions.confirm_change(change, scope, 1)
    with web(keys[1], "county_approver") as scope, pytest.raises(ActRefusal):
        actions.freeze_plan(plan, scope, version)
    with web(keys[0], "county_clerk", THERE) as scope, pytest.raises(MissingRefusal):
        actions.freeze_plan(plan, scope, version)
    with web(keys[0], "county_clerk") as scope:
        actions.freeze_plan(plan, scope, version)
        with pytest.raises(ActRefusal, match="更新"):
            actions.freeze_plan(plan, scope, version)
    state, lines, digest = one("SELECT state, lines, digest FROM benefits_plan WHERE id = %s", plan)
    assert (state, len(digest)) == ("frozen", 64)
    assert lines > 0


def many(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_correct_account_approve_account_and_reissue(tmp_path: Path) -> None:
    actions.import_decisions(synthetic.standing([99]))
    keys, register = synthetic.users(), synthetic.Register()
    people = synthetic.Approvers([], [synthetic.Scope(keys[2], post="province_approver")],
                                 [synthetic.Scope(keys[3], post="province_approver")])  # fmt: skip
    run(OCTOBER, tmp_path, synthetic.sources(register), people)
    (failed,) = one("SELECT id FROM ledger_instruction WHERE state = 'failed'")
    with web(keys[0], "county_clerk") as scope:
        hold = payments.hold_account(990, 5000, scope)
    with web(keys[2], "county_approver") as scope:
        payments.approve_account(hold, scope, 1)
    with web(keys[3], "county_finance") as scope:
        payments.reissue(failed, scope)
    register.corrected[990] = 5000
    report = run(OCTOBER, tmp_path, synthetic.sources(register), people)
    assert report.payments == {"failed": 1, "paid": 1}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_posting (entry_id, account, debit, credit, area) VALUES (1, 'bank', 0, 5, %s)",
        "UPDATE ledger_instruction SET state = 'paid' WHERE area > %s",
        "UPDATE ledger_attempt SET code = '00' WHERE area > %s",
        "DELETE FROM benefits_planapproval WHERE area > %s",
        "DELETE FROM benefits_entitlement WHERE area > %s",
        "INSERT INTO benefits_dueline (month, area) VALUES ('2024-10-01', %s)",
        "INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid, decision_id,"
        " area)"
        " VALUES (1, 0, 'dibao', 1, 1, '[2024-01-01,)', 1, %s + 1000000)",
    ],
)
def test_the_web_may_not_write_money_past_the_actions(statement: str) -> None:
    (user, *_) = synthetic.users()
    with pytest.raises(Error), web(user, "county_clerk"), connection.cursor() as cursor:
        cursor.execute(statement, [HERE])


def test_a_full_disk_leaves_nothing_half_written_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic.load(3)
    keys = synthetic.users()
    people = synthetic.Approvers([], [synthetic.Scope(keys[2], post="province_approver")],
                                 [synthetic.Scope(keys[3], post="province_approver")])  # fmt: skip

    def full(handle: int) -> None:
        if "/out/" in os.readlink(f"/proc/self/fd/{handle}"):
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(bankfile.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()), people)
    assert list((tmp_path / "out").iterdir()) == []
    report = run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()), people)
    assert report.payments == {"paid": 3}
    assert report.ledger is not None
    assert report.ledger.differences == ()


def test_the_day_of_a_decision_counts_from_the_next_month() -> None:
    assert actions.effective(date(2024, 10, 1), date(2024, 9, 30)) == date(2024, 10, 1)
    assert actions.effective(date(2024, 10, 1), date(2024, 10, 8)) == date(2024, 11, 1)
