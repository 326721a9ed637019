"""What a month's run did and what it waits for."""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from minzheng.config.month.stages import Course
from minzheng.core.benefits import runs
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.ledger import bankfile
from minzheng.core.ledger.reconciling import Reconciliation


@dataclass
class Report:
    """What a run did and what it waits for. `state`: done, waiting_people, waiting_bank."""

    month: str
    sequence: int = 0
    state: str = "done"
    stages: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    payments: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    findings: int = 0
    waiting: list[str] = field(default_factory=list)
    ledger: Reconciliation | None = None
    course: Course = field(default_factory=Course)


def sum_up(this: MonthRun, report: Report) -> None:
    """Fill the report from what stands in the tables now."""
    report.stages = runs.lines_of(this)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FROM benefits_change WHERE run_id = %s GROUP BY kind ORDER BY kind",
            [this.id],
        )
        report.changes = dict(cursor.fetchall())
        cursor.execute(
            "SELECT state, count(*) FROM benefits_plan WHERE month = %s GROUP BY state ORDER BY state",
            [this.month],
        )
        report.plans = dict(cursor.fetchall())
        cursor.execute(
            "SELECT state, count(*), sum(amount)::bigint FROM ledger_instruction WHERE month = %s GROUP BY"
            " state"
            " ORDER BY state",
            [this.month],
        )
        rows = cursor.fetchall()
        report.payments = {state: count for state, count, _ in rows}
        report.amounts = {state: amount for state, _, amount in rows}
        cursor.execute("SELECT count(*) FROM benefits_finding WHERE state = 'open'")
        report.findings = cursor.fetchone()[0]
    _waiting(report, unanswered(this.month))


def _waiting(report: Report, unanswered: int) -> None:
    frozen = report.plans.get("frozen", 0) + report.plans.get("approved_once", 0)
    if frozen:
        report.waiting.append(f"{frozen} 个发放计划已冻结，等待两名不同的自然人批准；批准后再运行。")
        report.state = "waiting_people"
    if unanswered:
        report.waiting.append(
            f"{unanswered} 个银行文件等待银行回盘（目录中 {bankfile.OUT}、{bankfile.ANSWER}）；回盘后再运行。"
        )
        report.state = report.state if frozen else "waiting_bank"
    held = _held()
    if held:
        report.waiting.append(f"{held} 名领取人的账户有变更，等待另一人批准；批准前不向其付款。")
    if report.payments.get("failed"):
        report.waiting.append(
            f"{report.payments['failed']} 笔发放失败，见失败清单；更正账户并经另一人批准后重新发放。"
        )


def _held() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_hold WHERE state = 'waiting'")
        return int(cursor.fetchone()[0])


def unanswered(month: date) -> int:
    """How many of the month's files the bank has not answered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_bankfile WHERE month = %s AND state <> 'answered'", [month]
        )
        return int(cursor.fetchone()[0])
