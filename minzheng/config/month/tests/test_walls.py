"""What holds a promise when the code above it does not: each wall by itself."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from minzheng.config.month.running import run
from minzheng.config.month.sources import Bounds
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.benefits import actions
from minzheng.core.benefits.runs import MonthRun
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = Month(2024, 10)


@pytest.fixture(autouse=True)
def everyone_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every post may do every step, so that only the money's own walls are left."""
    monkeypatch.setattr(actor, "may", lambda scope, step: True)
    monkeypatch.setattr(actions, "today", lambda: date(2024, 9, 30))


def refused(statement: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_key_alone_refuses_a_second_instruction_for_a_due_line(tmp_path: Path) -> None:
    synthetic.load(3)
    approvers = synthetic.approvers(synthetic.users())
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()), approvers, bank=False)
    refused(
        "INSERT INTO ledger_instruction (payee, run_id, kind, sequence, due_line_id, month, programme,"
        " household, amount, account, bank, state, area)"
        " SELECT payee, run_id, kind, sequence + 1, due_line_id,"
        " month, programme, household, amount, account, bank, 'ready', area FROM ledger_instruction",
        "instruction_one_regular",
    )


def test_the_key_alone_refuses_one_persons_two_approvals(tmp_path: Path) -> None:
    synthetic.load(3)
    keys = synthetic.users()
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, version FROM benefits_plan ORDER BY area LIMIT 1")
        plan, version = cursor.fetchone()
    actions.approve(plan, synthetic.Scope(keys[0]), version)
    refused(
        "INSERT INTO benefits_planapproval (plan_id, step, natural_person, user_key, digest, area)"
        " SELECT plan_id, 2, natural_person, user_key, digest, area FROM benefits_planapproval",
        "plan_approval_two_persons",
    )


def test_a_chunk_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    synthetic.load(12)
    asked: list[Bounds] = []
    sources = synthetic.sources(synthetic.Register(), synthetic.frame(range(1, 13)))

    def found(this: MonthRun, bounds: Bounds) -> pl.DataFrame:
        asked.append(bounds)
        assert sources.found is not None
        return sources.found(this, bounds)

    for _ in range(2):
        run(OCTOBER, tmp_path, replace(sources, found=found), freeze=True)
    assert len(asked) == len(set(asked)) == 2
