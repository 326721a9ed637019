"""The deeds of people on determinations and plans. Each checks who, where, which version, in one
transaction.
"""

from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.access.actor import (
    Actor,
    ActRefusal,
    MissingRefusal,
    ScopeLike,
    SegregationRefusal,
    StaleRefusal,
    allowed,
)
from minzheng.core.access.duties import keep_apart
from minzheng.core.areas.day import today
from minzheng.core.benefits import determining, due, importing, turn
from minzheng.kernel.periods import Month


def import_decisions(frame: pl.DataFrame) -> int:
    """Bring in past decisions by set (engine only); see `importing.COLUMNS`.

    A subject that already has an open entitlement of the programme is left as it is, so that loading
    twice changes nothing. Returns how many came in.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        return importing.load(cursor, frame)


def import_determinations(frame: pl.DataFrame, day: date, known: datetime) -> int:
    """Bring in what the law found for `day` when the register was made (engine only); see `importing.FOUND`.

    A subject of which something was found already is left as it is. Returns how many came in.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        return importing.determined(cursor, frame, day, known)


def confirm_change(change: int, scope: ScopeLike, version: int) -> None:
    """Confirm a waiting change: the decision and the entitlement follow, from the month after the
    decision.
    """
    _settle_change(change, scope, version, "confirmed")


def reject_change(change: int, scope: ScopeLike, version: int) -> None:
    """Leave things as they are; the change stays on record as rejected."""
    _settle_change(change, scope, version, "rejected")


def confirm_changes(run: int, scope: ScopeLike) -> int:
    """Confirm every waiting change of a run in one's scope, by set; returns how many."""
    who = allowed(scope, "benefits.confirm_change")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE benefits_change SET state = 'confirmed', version = version + 1, decided_by = %s,"
            " decided_at = now() WHERE run_id = %s AND state = 'waiting' AND area BETWEEN %s AND %s"
            " RETURNING id",
            [who.natural_person, run, who.lo, who.hi],
        )
        changes = [row[0] for row in cursor.fetchall()]
        _carry_out(cursor, run, changes)
    return len(changes)


def exclude_line(line: int, scope: ScopeLike, version: int, reason: str) -> None:
    """Take a line out of a draft plan, with a reason; `version` is the plan's. Who does so cannot approve
    the plan.
    """
    who = allowed(scope, "benefits.exclude_line")
    if not reason.strip():
        raise ActRefusal("请写明停发这一笔的原因。")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.state, p.version FROM benefits_plan p JOIN benefits_dueline d ON d.plan_id = p.id"
            " WHERE d.id = %s AND d.area BETWEEN %s AND %s FOR UPDATE OF p",
            [line, who.lo, who.hi],
        )
        plan, state, current = _found(cursor, "这一笔应发明细")
        _fresh(version, current)
        if state != "draft":
            raise StaleRefusal("计划已冻结，不能再改动明细；请在批准前退回或在下月处理。")
        cursor.execute(
            "UPDATE benefits_dueline SET state = 'withheld', reason = %s WHERE id = %s AND state = 'due'",
            [reason.strip(), line],
        )
        if not cursor.rowcount:
            raise StaleRefusal("这一笔已经停发，请刷新后再看。")
        cursor.execute(
            "INSERT INTO benefits_planedit (plan_id, natural_person, what, area)"
            " SELECT id, %s, %s, area FROM benefits_plan WHERE id = %s",
            [who.natural_person, f"停发明细 {line}：{reason.strip()}", plan],
        )
        cursor.execute("UPDATE benefits_plan SET version = version + 1 WHERE id = %s", [plan])


def settle_finding(finding: int, scope: ScopeLike, reason: str) -> None:
    """Settle an open finding: what was found out, and what was done about it. It is settled once."""
    who = allowed(scope, "benefits.settle_finding")
    if not reason.strip():
        raise ActRefusal("请写明核对的结果。")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM benefits_finding WHERE id = %s AND area BETWEEN %s AND %s FOR UPDATE",
            [finding, who.lo, who.hi],
        )
        (state,) = _found(cursor, "这个核对事项")
        if state != "open":
            raise StaleRefusal("这个核对事项已经办结。")
        cursor.execute(
            "UPDATE benefits_finding SET state = 'settled', settled_by = %s, settled_at = now(),"
            " settled_reason = %s WHERE id = %s AND state = 'open'",
            [who.natural_person, reason.strip(), finding],
        )


def freeze_plan(plan: int, scope: ScopeLike, version: int) -> None:
    """Lock a draft plan: its count, total and digest stand from now on, and it waits for two approvals.

    Refused while changes of its run wait for a person in the county: they would come too late for it.
    """
    who = allowed(scope, "benefits.freeze_plan")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, version, run_id, area FROM benefits_plan WHERE id = %s AND area BETWEEN %s AND %s"
            " FOR UPDATE",
            [plan, who.lo, who.hi],
        )
        state, current, run, area = _found(cursor, "这个发放计划")
        _fresh(version, current)
        if state != "draft":
            raise StaleRefusal("这个计划已经锁定，请刷新后再看。")
        cursor.execute(
            "SELECT count(*) FROM benefits_change WHERE run_id = %s AND state = 'waiting'"
            " AND area BETWEEN %s AND %s + 999999",
            [run, area, area],
        )
        (waiting,) = _found(cursor, "这个发放计划")
        if waiting:
            raise StaleRefusal(f"还有 {waiting} 项变动等待确认，请先逐项确认或不予变动，再锁定计划。")
        cursor.execute("SELECT count(*) FROM benefits_dueline WHERE plan_id = %s AND state = 'due'", [plan])
        if not _found(cursor, "这个发放计划")[0]:
            raise ActRefusal("这个计划里没有应发的明细，不用锁定。")
        turn.join(cursor, [area])
        due.freeze(plan)


def approve(plan: int, scope: ScopeLike, version: int) -> int:
    """Give one of the two approvals of a frozen plan; returns the plan's new version.

    The two are different natural persons, and neither edited the plan nor confirmed a change in it. The
    database holds the first two of these as well (`plan_approval_two_persons`, `plan_approval_not_editor`).
    """
    who = allowed(scope, "benefits.approve_plan")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, version, digest, run_id, area FROM benefits_plan WHERE id = %s"
            " AND area BETWEEN %s AND %s FOR UPDATE",
            [plan, who.lo, who.hi],
        )
        state, current, digest, run, area = _found(cursor, "这个发放计划")
        _fresh(version, current)
        if state not in ("frozen", "approved_once"):
            raise StaleRefusal("这个计划不在待批准状态，请刷新后再看。")
        _segregate(cursor, plan, run, area, who)
        step = 1 if state == "frozen" else 2
        _write_approval(cursor, plan, step, who, digest, area)
        cursor.execute(
            "UPDATE benefits_plan SET state = %s, version = version + 1 WHERE id = %s AND state = %s"
            " AND version = %s RETURNING version",
            ["approved_once" if step == 1 else "approved", plan, state, version],
        )
        return int(_found(cursor, "这个发放计划")[0])


def _write_approval(cursor: CursorWrapper, plan: int, step: int, who: Actor, digest: str, area: int) -> None:
    try:
        with transaction.atomic():
            cursor.execute(
                "INSERT INTO benefits_planapproval (plan_id, step, natural_person, user_key, digest, area)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [plan, step, who.natural_person, who.user, digest, area],
            )
    except IntegrityError as error:
        raise SegregationRefusal("数据库不接受这次批准：须由两名没有改动过计划的不同自然人批准。") from error


def _segregate(cursor: CursorWrapper, plan: int, run: int, area: int, who: Actor) -> None:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM benefits_planapproval WHERE plan_id = %(plan)s AND natural_person ="
        " %(who)s),"
        " EXISTS (SELECT FROM benefits_planedit WHERE plan_id = %(plan)s AND natural_person = %(who)s)"
        " OR EXISTS (SELECT FROM benefits_change WHERE run_id = %(run)s AND state = 'confirmed'"
        "            AND decided_by = %(who)s AND area BETWEEN %(area)s AND %(area)s + 999999)",
        {"plan": plan, "who": who.natural_person, "run": run, "area": area},
    )
    steps = ("benefits.approve_plan", "benefits.exclude_line")
    done = [(step, who.natural_person) for step, did in zip(steps, cursor.fetchone(), strict=True) if did]
    keep_apart("benefits.approve_plan", who.natural_person, done)


def _settle_change(change: int, scope: ScopeLike, version: int, state: str) -> None:
    who = allowed(scope, "benefits.confirm_change")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, state, run_id FROM benefits_change WHERE id = %s AND area BETWEEN %s AND %s FOR"
            " UPDATE",
            [change, who.lo, who.hi],
        )
        current, before, run = _found(cursor, "这项变动")
        _fresh(version, current)
        if before != "waiting":
            raise StaleRefusal("这项变动已经处理过，请刷新后再看。")
        cursor.execute(
            "UPDATE benefits_change SET state = %s, version = version + 1, decided_by = %s, decided_at ="
            " now()"
            " WHERE id = %s AND state = 'waiting' AND version = %s",
            [state, who.natural_person, change, version],
        )
        if state == "confirmed":
            _carry_out(cursor, run, [change])


def _carry_out(cursor: CursorWrapper, run: int, changes: list[int]) -> None:
    cursor.execute(
        "SELECT DISTINCT area / 1000000 * 1000000 FROM benefits_change WHERE id = ANY(%s)", [changes]
    )
    turn.join(cursor, [row[0] for row in cursor.fetchall()])
    cursor.execute("SELECT month FROM benefits_run WHERE id = %s", [run])
    starts = effective(cursor.fetchone()[0], today())
    determining.apply(cursor, "c.id = ANY(%(changes)s)", {"changes": changes}, starts)


def effective(month: date, decided: date) -> date:
    """The first day a decision has effect: the month after it, and not before the month that it was
    prepared for.
    """
    return max(month, Month(decided.year, decided.month).next().first)


def _found(cursor: CursorWrapper, what: str) -> tuple[Any, ...]:
    row = cursor.fetchone()
    if row is None:
        raise MissingRefusal(f"找不到{what}。")
    return tuple(row)


def _fresh(stated: int, current: object) -> None:
    if stated != current:
        raise StaleRefusal("您看到的内容已被别人更新，请刷新后按最新内容再办。")
