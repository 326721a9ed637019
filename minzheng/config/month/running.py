"""The stages of a month's run, in their order."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from minzheng.config.month.sources import Sources
from minzheng.core.benefits import actions, determining, due, revising, runs
from minzheng.core.benefits.actor import ScopeLike
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.ledger import answering, bankfile, cutting, filing, locking, reconciling
from minzheng.core.ledger.reconciling import Reconciliation
from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Month

COUNTY_SPAN = 999_999
CHUNK = 20_000
FILES_OF = 8
MARKER = "register.txt"
FINISHED = (
    "已运行到 {latest}，本月不再重新测算，只续办未发完的款项；要更正以前月份，请先登记更正的事实，"
    "再运行 minzheng month {latest}，差额会随之补发或登记。"
)
Tell = Callable[[str, int, int], None]
"""Progress: stage, chunks done, chunks in all."""


class FolderRefusal(Refusal):
    """The bank's folder belongs to another register."""


class BankRefusal(Refusal):
    """The stand-in bank did not do its work."""

    exit_code = 1


@dataclass(frozen=True)
class Approvers:
    """Who acts where nobody attends; the demonstration only. `officers` confirm changes, `first` and
    `second` approve.
    """

    officers: Sequence[ScopeLike]
    first: Sequence[ScopeLike]
    second: Sequence[ScopeLike]


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


def silent(stage: str, done: int, total: int) -> None:
    """No progress shown."""


def run(
    month: Month,
    bank_dir: Path,
    sources: Sources,
    unattended: Approvers | None = None,
    freeze: bool = False,
    bank: bool = True,
    tell: Tell = silent,
) -> Report:
    """Do all of a month's work that can be done now.

    `unattended` names who confirms and approves where the demonstration runs by itself, and makes the run
    start the stand-in bank once (`bank`). `freeze` freezes plans although changes in them wait for a
    person. Raises Refusal.
    """
    past = runs.finished(month.first)
    this = past[0] if past else runs.open_run(month.first, month.first)
    report = Report(str(month.first)[:7], this.sequence)
    claim(bank_dir)
    if past:
        report.waiting.append(FINISHED.format(latest=str(past[1])[:7]))
    else:
        _decide(this, sources, unattended, freeze, report, tell)
    _pay(month.first, bank_dir, sources, tell)
    if unattended and bank and _unanswered(month.first):
        serve_bank_once(bank_dir)
    answering.read_folder(bank_dir)
    cutting.advance_plans(month.first)
    report.ledger = reconciling.reconcile(month.first, bank_dir)
    _sum_up(this, report)
    if report.state == "done":
        runs.close_run(this)
    return report


def _decide(
    this: MonthRun,
    sources: Sources,
    unattended: Approvers | None,
    freeze: bool,
    report: Report,
    tell: Tell,
) -> None:
    """From facts to plans: what of a month is done once it is the latest."""
    _determine(this, sources, tell)
    if unattended:
        _confirm(this, unattended.officers)
    _due_lines(this, sources, tell)
    _freeze(this, sources, freeze or unattended is not None, report)
    if unattended:
        _approve(this.month, unattended)


def claim(folder: Path) -> None:
    """Mark the bank's folder as this register's; one that is marked as another's is refused, since its
    file names would be taken for ours. Raises FolderRefusal.
    """
    own, marker = _first_run(), folder / MARKER
    if marker.exists():
        if marker.read_text("utf-8") != own:
            raise FolderRefusal(
                f"银行文件目录 {folder} 里是另一个登记库的文件，不能混用。请用 --bank-dir"
                f" 指定另一个目录，或先把它移走。"
            )
    else:
        bankfile.write_whole(marker, own.encode())


def _first_run() -> str:
    """What tells this database from another that was made from the same scale and seed: its first run's
    instant.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT started_at FROM benefits_run ORDER BY id LIMIT 1")
        return f"{cursor.fetchone()[0].isoformat()}\n"


def _determine(this: MonthRun, sources: Sources, tell: Tell) -> None:
    if sources.found is None:
        return
    counties, done = sources.counties(), runs.done(this, "determine")
    finished = len(done)
    for chunk in _chunks(counties, done):
        _determine_chunk(this, chunk, sources)
        finished += len(chunk)
        tell("测算", finished, len(counties))


def _chunks(counties: Sequence[tuple[int, int]], done: set[int]) -> Iterator[list[int]]:
    """Neighbouring counties that are not done, together up to a number of households: small counties are
    quicker together, and a chunk that is killed is soon done again.
    """
    chunk: list[int] = []
    weight = 0
    for county, households in counties:
        if chunk and (county in done or weight + households > CHUNK):
            yield chunk
            chunk, weight = [], 0
        if county not in done:
            chunk.append(county)
            weight += households
    if chunk:
        yield chunk


def _determine_chunk(this: MonthRun, counties: Sequence[int], sources: Sources) -> None:
    """Determinations, changes, and the acts that follow by law, of some counties in one transaction."""
    if sources.found is None:
        return
    bounds = (counties[0], counties[-1] + COUNTY_SPAN)
    frame = sources.found(this, bounds)
    past = sources.past(this, bounds) if sources.past else None
    with transaction.atomic(), connection.cursor() as cursor:
        stored = determining.store(cursor, this, frame)
        gone = determining.unfound(cursor, bounds)
        covered = determining.covered(cursor, bounds)
        elsewhere = sources.moved(gone, bounds)
        dead = sources.register.dead(covered)
        determining.compare(cursor, this, bounds, sources.paying, sources.lawful, dead, elsewhere)
        if past is not None:
            revising.propose(cursor, this, bounds, sources.paying, past)
        where = "c.run_id = %(run)s AND c.area BETWEEN %(lo)s AND %(hi)s AND c.state = 'automatic'"
        values = {"run": this.id, "lo": bounds[0], "hi": bounds[1]}
        determining.apply(cursor, where, values, this.month)
        for county in counties:
            runs.mark(cursor, this, "determine", county, stored if county == counties[0] else 0)


def _confirm(this: MonthRun, officers: Sequence[ScopeLike]) -> None:
    for officer in officers:
        actions.confirm_changes(this.id, officer)


def _due_lines(this: MonthRun, sources: Sources, tell: Tell) -> None:
    counties, done = due.entitled(this.month), runs.done(this, "due")
    finished = len(done)
    for chunk in _chunks(counties, done):
        with transaction.atomic(), connection.cursor() as cursor:
            lines = due.write_lines(cursor, this, chunk, sources.groups)
            for county in chunk:
                runs.mark(cursor, this, "due", county, lines.get(county, 0))
        finished += len(chunk)
        tell("应发", finished, len(counties))


def _freeze(this: MonthRun, sources: Sources, anyway: bool, report: Report) -> None:
    waiting, held = due.waiting_changes(this), 0
    if due.drafts(this):
        due.find_shared_accounts(this, sources.alike())
    with transaction.atomic():
        for plan, area in due.drafts(this):
            if waiting.get(area) and not anyway:
                held += 1
            else:
                due.freeze(plan)
    if held:
        report.waiting.append(
            f"{held} 个县有共 {sum(waiting.values())} 项变动等待确认；确认后再运行，"
            "或用 --freeze 先按现有待遇冻结计划（之后确认的变动下月生效）。"
        )
        report.state = "waiting_people"


def _approve(month: date, unattended: Approvers) -> None:
    """Both approvals through the one action that a page uses."""
    for step, scopes in ((1, unattended.first), (2, unattended.second)):
        for scope in scopes:
            with transaction.atomic():
                for plan, version in due.to_approve(month, scope.lo, scope.hi, step):
                    actions.approve(plan, scope, version)


def _pay(month: date, bank_dir: Path, sources: Sources, tell: Tell) -> None:
    locking.require_agreement(bank_dir)
    counties = cutting.counties(month)
    finished = 0
    for chunk in _chunks(counties, set()):
        cutting.cut(month, (chunk[0], chunk[-1] + COUNTY_SPAN), sources.register)
        finished += len(chunk)
        tell("支付指令", finished, len(counties))
    unwritten = filing.unwritten(month)
    for at in range(0, len(unwritten), FILES_OF):
        chunk = unwritten[at : at + FILES_OF]
        filing.write(month, chunk, bank_dir, sources.register, dict(sources.labels))
        tell("银行文件", at + len(chunk), len(unwritten))


def _unanswered(month: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_bankfile WHERE month = %s AND state <> 'answered'", [month]
        )
        return int(cursor.fetchone()[0])


def serve_bank_once(folder: Path) -> None:
    """Let the stand-in bank, a process of its own, take and answer what lies in the folder."""
    command = [sys.executable, "-m", "minzheng.config.month.counter", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BankRefusal(f"演示银行没有完成：{done.stderr.strip()[-300:] or '进程被终止'}。请再运行一次。")


def _sum_up(this: MonthRun, report: Report) -> None:
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
    _waiting(report, _unanswered(this.month))


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
