"""Opening, marking and closing a month's run. A chunk's mark is written in the chunk's own transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.areas.day import today
from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Month


class RunRefusal(Refusal):
    """A run that cannot be opened now."""


@dataclass(frozen=True)
class MonthRun:
    """An open run: `month` is the month's first day, `known` the instant whose knowledge it uses."""

    id: int
    month: date
    sequence: int
    day: date
    known: datetime


def open_run(month: date, day: date) -> MonthRun:
    """The open run of this month, or a new one.

    An open run of another month that waits for the bank only is closed (its answers are still read); one
    that waits for people is in the way: RunRefusal.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, month, sequence, day, known FROM benefits_run WHERE state = 'open' FOR UPDATE"
        )
        row = cursor.fetchone()
        if row and row[1] != month:
            _make_way(cursor, MonthRun(*row), month)
            row = None
        if not row:
            cursor.execute(
                "INSERT INTO benefits_run (month, sequence, day, known, state)"
                " SELECT %s, coalesce(max(sequence), 0) + 1, %s, now(), 'open' FROM benefits_run WHERE month"
                " = %s"
                " RETURNING id, month, sequence, day, known",
                [month, day, month],
            )
            row = cursor.fetchone()
    return MonthRun(*row)


def _make_way(cursor: CursorWrapper, other: MonthRun, month: date) -> None:
    cursor.execute(
        "SELECT count(*), count(*) FILTER (WHERE state NOT IN ('instructed', 'closed')"
        " AND (state <> 'draft' OR EXISTS (SELECT FROM benefits_dueline d WHERE d.plan_id = p.id"
        " AND d.state = 'due'))) FROM benefits_plan p WHERE run_id = %s",
        [other.id],
    )
    plans, waiting = cursor.fetchone()
    if waiting or not plans:
        raise RunRefusal(
            f"{other.month:%Y-%m} 的月度运行还没有结束，不能开始 {month:%Y-%m}。"
            f"请先运行 minzheng month {other.month:%Y-%m} 把它做完。"
        )
    cursor.execute("UPDATE benefits_run SET state = 'closed', closed_at = now() WHERE id = %s", [other.id])


def finished(month: date) -> tuple[MonthRun, date] | None:
    """The last run of a month that others followed, and the latest of these; None for the latest month.

    Such a month is not determined again: the law would look at people on a past day, and end or change
    rights that later months decided. What it left open (payments held, failed, not answered) is still done.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, month, sequence, day, known, (SELECT max(month) FROM benefits_run) AS latest"
            " FROM benefits_run WHERE month = %s AND month < (SELECT max(month) FROM benefits_run)"
            " ORDER BY sequence DESC LIMIT 1",
            [month],
        )
        row = cursor.fetchone()
    return (MonthRun(*row[:5]), row[5]) if row else None


def before(run: MonthRun) -> tuple[date, datetime] | None:
    """The first month that was ever run, and what the run before this one knew; None for the first run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT min(month) FROM benefits_run), known FROM benefits_run WHERE id < %s"
            " ORDER BY id DESC LIMIT 1",
            [run.id],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def require_turn(month: Month) -> None:
    """Months are run one after another: one that was run may be run again, else it is the next one.

    The first lies no more than a month from the business date. A month out of turn would end people's rights
    by the law of another time, or stand in the way of all months before it. Raises RunRefusal.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(month), count(*) FILTER (WHERE month = %s) FROM benefits_run", [month.first]
        )
        latest, again = cursor.fetchone()
    if again:
        return
    if latest is None:
        now = Month.of(today())
        if abs(month - now) > 1:
            raise RunRefusal(
                f"不能运行 {month}：业务日期在 {now}，第一次只能运行 {now.previous()} 到 {now.next()}。"
            )
    elif month - Month.of(latest) != 1:
        last = Month.of(latest)
        raise RunRefusal(f"不能运行 {month}：月份要逐月运行，已运行到 {last}，请运行 {last.next()}。")


def close_run(run: MonthRun) -> None:
    """Everything of this run is done; guarded, so that closing twice is nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE benefits_run SET state = 'closed', closed_at = now() WHERE id = %s AND state = 'open'",
            [run.id],
        )


def mark(cursor: CursorWrapper, run: MonthRun, stage: str, area: int, lines: int) -> None:
    """Note that `stage` is done for `area`; call it last in the chunk's transaction."""
    cursor.execute(
        "INSERT INTO benefits_progress (run_id, stage, area, lines) VALUES (%s, %s, %s, %s)",
        [run.id, stage, area, lines],
    )


def done(run: MonthRun, stage: str) -> set[int]:
    """The areas whose chunk of `stage` is finished."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT area FROM benefits_progress WHERE run_id = %s AND stage = %s", [run.id, stage])
        return {row[0] for row in cursor.fetchall()}


def lines_of(run: MonthRun) -> dict[str, int]:
    """Lines by stage so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage, sum(lines)::bigint FROM benefits_progress WHERE run_id = %s GROUP BY stage",
            [run.id],
        )
        return dict(cursor.fetchall())
