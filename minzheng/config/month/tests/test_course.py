"""Answers of the bank read together, and the report of the stages."""

from datetime import date
from pathlib import Path

import pytest

from minzheng.config.month.running import run
from minzheng.config.month.tests import synthetic
from minzheng.config.month.tests.test_month import HOUSEHOLDS, OCTOBER, everyone_may, rows, unattended
from minzheng.core.benefits import actions
from minzheng.core.ledger import bankfile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everyone_may")]
__all__ = ["everyone_may"]


def test_two_answers_to_one_file_read_together_settle_each_payment_once(tmp_path: Path) -> None:
    actions.import_decisions(synthetic.standing(range(3, 33, 6)))
    sources = synthetic.sources(synthetic.Register())
    run(OCTOBER, tmp_path, sources, synthetic.approvers(synthetic.users()), bank=False)
    (path,) = (tmp_path / "out").iterdir()
    file = bankfile.read_payment(path.read_bytes())
    each = [
        bankfile.Result(r.line, r.line, r.instruction, r.amount, "00", date(2024, 10, 10)) for r in file.rows
    ]
    bankfile.write_whole(tmp_path / "answer" / "a.csv", bankfile.answer_bytes(file.identity, each[:3]))
    bankfile.write_whole(tmp_path / "answer" / "b.csv", bankfile.answer_bytes(file.identity, each))
    report = run(OCTOBER, tmp_path, sources)
    assert (report.state, report.payments) == ("done", {"paid": 5})
    assert rows("SELECT settled FROM ledger_answer WHERE kind = 'answer' ORDER BY name") == [(3,), (2,)]
    assert report.ledger is not None
    assert report.ledger.differences == ()


def test_every_stage_is_reported_with_seconds_rows_and_share(tmp_path: Path) -> None:
    synthetic.load(30)
    course = unattended(tmp_path, synthetic.Register(), found=synthetic.frame(HOUSEHOLDS)).course
    rows_of = {stage.name: stage.rows for stage in course.stages}
    assert list(rows_of) == ["测算", "确认", "应发", "计划", "支付指令", "银行文件", "银行", "回盘", "对账"]
    assert [rows_of[name] for name in ("应发", "支付指令", "银行文件", "回盘")] == [30, 30, 6, 30]
    assert sum(stage.share for stage in course.stages) == pytest.approx(1, abs=0.01)
    assert {stage.name for stage in course.stages if stage.floor is not None} == {"测算", "支付指令"}
    assert course.peak_mb > 0
    assert len(course.table()) == len(course.stages) + 2
