"""A database that forgot payments, and the bank's folder: whose it is, and what is taken in again."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from minzheng.config.month import folder as folders
from minzheng.config.month.running import FolderRefusal, run
from minzheng.config.month.tests import synthetic
from minzheng.config.month.tests.test_month import everyone_may, paid, rows, unattended
from minzheng.config.month.tests.test_revisions import NOVEMBER, OCTOBER, OLD, go, past, sources, two_months
from minzheng.core.ledger import actions as payments
from minzheng.core.ledger import locking, restoring
from minzheng.core.ledger.locking import LockedRefusal
from minzheng.core.people.loading import empty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everyone_may")]
__all__ = ["everyone_may"]
ORDERED = (
    "SELECT i.id, i.kind, i.payee, i.due_line_id, i.reissue_of_id, i.amount, i.account, i.bank, i.state,"
    " a.line, f.identity FROM ledger_instruction i JOIN ledger_attempt a ON a.instruction_id = i.id"
    " JOIN ledger_bankfile f ON f.id = a.file_id ORDER BY 1"
)
POSTED = "SELECT account, sum(debit)::bigint, sum(credit)::bigint FROM ledger_posting GROUP BY 1 ORDER BY 1"


def forget(*labels: str) -> None:
    """Empty the tables, and end the life in which payments were opened, as a restore does."""
    empty(labels)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_life (kind, system, timeline, reason, by, evidence)"
            " SELECT 'opened', system, timeline - 1, '', '', '{}' FROM ledger_life_now()"
        )


def test_arrears_and_reissues_come_back_as_what_they_were(tmp_path: Path) -> None:
    two_months(tmp_path)
    late = past([OCTOBER], OLD + 500)
    now = synthetic.frame([*range(1, 10), 99], amount={3: OLD + 500}, facts={3: 999})
    go(NOVEMBER, tmp_path, sources(now, late))
    (failed,) = rows("SELECT id FROM ledger_instruction WHERE state = 'failed'")
    user, *_ = synthetic.users()
    payments.reissue(failed[0], synthetic.Scope(user))
    go(NOVEMBER, tmp_path, sources(now, None))
    before, posted = rows(ORDERED), rows(POSTED)
    assert {row[1] for row in before} == {"regular", "arrears", "reissue"}

    forget("ledger")
    register = synthetic.Register()
    with pytest.raises(LockedRefusal, match="支付已锁定"):
        run(NOVEMBER, tmp_path, sources(now, None))
    found = restoring.recover(tmp_path, lambda month: (register, {"dibao": "低保"}))
    assert (found.payments, found.differences) == (len(before), ())
    assert (rows(ORDERED), rows(POSTED)) == (before, posted)
    assert {times for _, times in paid(tmp_path)} == {1}


def test_a_database_from_before_its_first_run_knows_its_folder_and_stays_locked(tmp_path: Path) -> None:
    synthetic.load(9)
    unattended(tmp_path, synthetic.Register())
    before = paid(tmp_path)
    empty(
        ["benefits", "ledger"]
    )  # a copy of the data folder from then has the same life: no sign but the files
    synthetic.load(9)
    for _ in range(2):
        with pytest.raises(LockedRefusal, match="不认识的代发文件"):
            unattended(tmp_path, synthetic.Register())
    assert paid(tmp_path) == before
    assert rows("SELECT count(*) FROM ledger_instruction") == [(0,)]
    assert locking.state().reason


@pytest.mark.parametrize(("days", "former"), [(-1, True), (1, False)])
def test_only_an_older_registers_folder_may_be_put_aside(tmp_path: Path, days: int, former: bool) -> None:
    marked = folders.began() + timedelta(days=days)
    (tmp_path / folders.MARKER).write_text(f"{marked.isoformat()}\n")
    with pytest.raises(FolderRefusal, match="另一个登记库") as refused:
        folders.claim(tmp_path)
    assert isinstance(refused.value, folders.FormerFolderRefusal) == former
    assert ("恢复到了" in str(refused.value)) != former


def test_a_mark_that_cannot_be_read_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / folders.MARKER).write_text("?")
    with pytest.raises(FolderRefusal) as refused:
        folders.claim(tmp_path)
    assert not isinstance(refused.value, folders.FormerFolderRefusal)


def test_a_register_made_anew_is_another_and_a_later_one() -> None:
    from fractions import Fraction

    from minzheng.core.indicators.actions import record_sample

    assert folders.began() < datetime.now(UTC)
    try:
        made = []
        for _ in range(2):
            record_sample(Fraction("0.001"), 1, date(2024, 9, 30))
            made.append(folders.began())
        assert made[0] < made[1]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM indicators_sample")
