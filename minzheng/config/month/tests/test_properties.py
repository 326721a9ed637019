"""Whatever is entitled and whatever changes: each fen that is due is ordered, filed, answered and booked."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.config.month.running import run
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.benefits import actions
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = Month(2024, 10)
BOOKED = (
    "SELECT coalesce(sum({}) FILTER (WHERE p.account = ANY('{}')), 0)::bigint FROM ledger_posting p"
    " JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_bankfile f ON f.id = e.file_id WHERE f.month = %s"
)
TOTALS = {
    "instructions": "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_instruction WHERE month = %s",
    "files": "SELECT coalesce(sum(total), 0)::bigint FROM ledger_bankfile WHERE month = %s",
    "rows of files": "SELECT coalesce(sum(a.amount), 0)::bigint FROM ledger_attempt a"
    " JOIN ledger_bankfile f ON f.id = a.file_id WHERE f.month = %s",
    "owed": BOOKED.format("p.debit", "{expense}"),
    "sent": BOOKED.format("p.credit", "{transit}"),
    "settled": BOOKED.format("p.debit", "{transit}"),
    "paid or returned": BOOKED.format("p.credit", "{bank,returned}"),
}
NEVER = (
    "SELECT 1 FROM ledger_posting WHERE debit < 0 OR credit < 0",
    "SELECT 1 FROM ledger_posting GROUP BY entry_id HAVING sum(debit) <> sum(credit)",
    "SELECT 1 FROM benefits_entitlement WHERE amount <= 0",
    "SELECT 1 FROM benefits_dueline GROUP BY household, month HAVING count(*) > 1",
    "SELECT 1 FROM benefits_plan p WHERE (lines, total) <>"
    " (SELECT count(*), sum(amount) FROM benefits_dueline WHERE plan_id = p.id)",
)
households = st.sets(st.integers(1, 120), min_size=1, max_size=12)
amounts = st.integers(1, 10**9)
seen = st.fixed_dictionaries(
    {},
    optional={
        "eligible": st.sampled_from([True, False, None]),
        "amount": amounts,
        "phase_out": st.booleans(),
    },
)


@pytest.fixture(autouse=True)
def everyone_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grants are tested in `access`."""
    monkeypatch.setattr(actor, "may", lambda scope, step: True)
    monkeypatch.setattr(actions, "today", lambda: date(2024, 9, 30))


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def empty() -> None:
    """Each example begins with nothing."""
    ((tables,),) = rows(
        "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class"
        " WHERE relkind = 'r' AND relname ~ '^(benefits|ledger)_'"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}")


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(standing=households, found=st.dictionaries(st.integers(1, 120), seen, max_size=12), data=st.data())
def test_what_is_due_is_what_is_ordered_filed_and_booked(
    standing: set[int], found: dict[int, dict[str, object]], data: st.DataObject
) -> None:
    empty()
    past = data.draw(st.lists(amounts, min_size=len(standing), max_size=len(standing)))
    dead = data.draw(st.sets(st.sampled_from(sorted(h * 10 for h in standing)), max_size=2))
    frame = synthetic.standing(sorted(standing))
    actions.import_decisions(frame.with_columns(amount=pl.Series(past, dtype=pl.Int64)))
    changed = {
        name: {h: values[name] for h, values in found.items() if name in values}
        for name in ("eligible", "amount", "phase_out")
    }
    frame = synthetic.frame(sorted(standing | found.keys()), **changed)
    sources = synthetic.sources(synthetic.Register(deaths=dead), frame)
    folder = Path(tempfile.mkdtemp())
    try:
        for month in (OCTOBER, OCTOBER.next()):
            report = run(month, folder, sources, synthetic.approvers(synthetic.users()))
            assert report.ledger is not None
            assert report.ledger.differences == ()
            _agrees(month.first)
    finally:
        shutil.rmtree(folder)


def _agrees(month: date) -> None:
    ((due,),) = rows(
        "SELECT coalesce(sum(amount), 0)::bigint FROM benefits_dueline WHERE month = %s AND state = 'due'",
        month,
    )
    assert {name: rows(sql, month)[0][0] for name, sql in TOTALS.items()} == dict.fromkeys(TOTALS, due)
    for sql in NEVER:
        assert rows(sql) == [], sql
