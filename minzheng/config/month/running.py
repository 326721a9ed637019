"""The stages of a month's run, in their order."""

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.db import connection, connections, transaction

from minzheng.config.month import reporting
from minzheng.config.month.folder import FolderRefusal as FolderRefusal
from minzheng.config.month.folder import claim
from minzheng.config.month.reporting import Report as Report
from minzheng.config.month.sources import Sources
from minzheng.config.month.stages import Course
from minzheng.core.access.actor import ScopeLike
from minzheng.core.benefits import actions, determining, due, revising, runs
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.ledger import answering, cutting, filing, locking, reconciling
from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Month

COUNTY_SPAN = 999_999
CHUNK = 40_000
AHEAD = 2
FILES_OF = 8
FINISHED = (
    "已运行到 {latest}，本月不再重新测算，只续办未发完的款项；要更正以前月份，请先登记更正的事实，"
    "再运行 minzheng month {latest}，差额会随之补发或登记。"
)
Tell = Callable[[str, int, int], None]
"""Progress: stage, chunks done, chunks in all."""


Findings = tuple[pl.DataFrame, pl.DataFrame | None]
"""What the law finds for the month, and for past months otherwise than was known."""


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
    course = report.course
    _pay(month.first, bank_dir, sources, course, tell)
    if unattended and bank and reporting.unanswered(month.first):
        with course.stage("银行"):
            serve_bank_once(bank_dir)
    with course.stage("回盘") as stage:
        stage.rows = answering.read_folder(bank_dir).settled
        cutting.advance_plans(month.first)
    with course.stage("对账") as stage:
        report.ledger = reconciling.reconcile(month.first, bank_dir)
        reporting.sum_up(this, report)
        stage.rows = sum(report.payments.values())
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
    with report.course.stage("测算") as stage:
        stage.rows = _determine(this, sources, tell)
    if unattended:
        with report.course.stage("确认") as stage:
            stage.rows = _confirm(this, unattended.officers)
    with report.course.stage("应发") as stage:
        stage.rows = _due_lines(this, sources, tell)
    with report.course.stage("计划") as stage:
        stage.rows = _freeze(this, sources, freeze or unattended is not None, report)
        if unattended:
            _approve(this.month, unattended)


def _determine(this: MonthRun, sources: Sources, tell: Tell) -> int:
    """Determine the counties that are not determined yet; returns the households looked at."""
    if sources.found is None:
        return 0
    counties, done = sources.counties(), runs.done(this, "determine")
    finished = len(done)
    with closing(_prepared(this, _chunks(counties, done), sources)) as prepared:
        for chunk, frame, past in prepared:
            _determine_chunk(this, chunk, sources, frame, past)
            finished += len(chunk)
            tell("测算", finished, len(counties))
    return sum(households for county, households in counties if county not in done)


def _prepared(
    this: MonthRun, chunks: Iterable[list[int]], sources: Sources
) -> Generator[tuple[list[int], pl.DataFrame, pl.DataFrame | None]]:
    """Each chunk with what the law finds in it. The next ones are read and judged while this one is stored:
    no chunk's findings depend on another's.
    """
    if connection.in_atomic_block:  # another connection would not see what this one has written
        yield from ((chunk, *_found(this, chunk, sources)) for chunk in chunks)
        return
    waiting: deque[tuple[list[int], Future[Findings]]] = deque()
    with ThreadPoolExecutor(AHEAD, "facts") as pool:
        try:
            for chunk in chunks:
                waiting.append((chunk, pool.submit(_found_apart, this, chunk, sources)))
                if len(waiting) > AHEAD:
                    ready, coming = waiting.popleft()
                    yield ready, *coming.result()
            while waiting:
                ready, coming = waiting.popleft()
                yield ready, *coming.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _found_apart(this: MonthRun, counties: Sequence[int], sources: Sources) -> Findings:
    try:
        return _found(this, counties, sources)
    finally:
        connections.close_all()  # this thread's own


def _found(this: MonthRun, counties: Sequence[int], sources: Sources) -> Findings:
    assert sources.found is not None
    bounds = (counties[0], counties[-1] + COUNTY_SPAN)
    return sources.found(this, bounds), sources.past(this, bounds) if sources.past else None


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


def _determine_chunk(
    this: MonthRun,
    counties: Sequence[int],
    sources: Sources,
    frame: pl.DataFrame,
    past: pl.DataFrame | None,
) -> None:
    """Determinations, changes, and the acts that follow by law, of some counties in one transaction."""
    bounds = (counties[0], counties[-1] + COUNTY_SPAN)
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


def _confirm(this: MonthRun, officers: Sequence[ScopeLike]) -> int:
    return sum(actions.confirm_changes(this.id, officer) for officer in officers)


def _due_lines(this: MonthRun, sources: Sources, tell: Tell) -> int:
    counties, done = due.entitled(this.month), runs.done(this, "due")
    finished, written = len(done), 0
    for chunk in _chunks(counties, done):
        with transaction.atomic(), connection.cursor() as cursor:
            lines = due.write_lines(cursor, this, chunk, sources.groups, sources.register.dead)
            for county in chunk:
                runs.mark(cursor, this, "due", county, lines.get(county, 0))
        finished += len(chunk)
        written += sum(lines.values())
        tell("应发", finished, len(counties))
    return written


def _freeze(this: MonthRun, sources: Sources, anyway: bool, report: Report) -> int:
    waiting, held, frozen = due.waiting_changes(this), 0, 0
    if due.drafts(this):
        due.find_shared_accounts(this, sources.alike())
    with transaction.atomic():
        for plan, area in due.drafts(this):
            if waiting.get(area) and not anyway:
                held += 1
            else:
                frozen += due.freeze(plan)
    if held:
        report.waiting.append(
            f"{held} 个县有共 {sum(waiting.values())} 项变动等待确认；确认后再运行，"
            "或用 --freeze 先按现有待遇冻结计划（之后确认的变动下月生效）。"
        )
        report.state = "waiting_people"
    return frozen


def _approve(month: date, unattended: Approvers) -> None:
    """Both approvals through the one action that a page uses."""
    for step, scopes in ((1, unattended.first), (2, unattended.second)):
        for scope in scopes:
            with transaction.atomic():
                for plan, version in due.to_approve(month, scope.lo, scope.hi, step):
                    actions.approve(plan, scope, version)


def _pay(month: date, bank_dir: Path, sources: Sources, course: Course, tell: Tell) -> None:
    locking.require_agreement(bank_dir)
    with course.stage("支付指令") as stage:
        counties = cutting.counties(month)
        finished = 0
        for chunk in _chunks(counties, set()):
            bounds = (chunk[0], chunk[-1] + COUNTY_SPAN)
            stage.rows += cutting.cut(month, bounds, sources.register).instructions
            finished += len(chunk)
            tell("支付指令", finished, len(counties))
    with course.stage("银行文件") as stage:
        unwritten = filing.unwritten(month)
        for at in range(0, len(unwritten), FILES_OF):
            chunk = unwritten[at : at + FILES_OF]
            stage.rows += filing.write(month, chunk, bank_dir, sources.register, dict(sources.labels))
            tell("银行文件", at + len(chunk), len(unwritten))


def serve_bank_once(folder: Path) -> None:
    """Let the stand-in bank, a process of its own, take and answer what lies in the folder."""
    command = [sys.executable, "-m", "minzheng.config.month.counter", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BankRefusal(f"演示银行没有完成：{done.stderr.strip()[-300:] or '进程被终止'}。请再运行一次。")
