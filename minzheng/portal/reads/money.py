"""Month plans, their lines and approvals, and the payments that failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minzheng.core.people import masks
from minzheng.portal.reads.query import one, rows, stream


@dataclass(frozen=True)
class Plan:
    """A county's plan of a month: lines and fen as frozen, and how its payments stand."""

    id: int
    month: date
    area: int
    name: str
    sequence: int
    state: str
    lines: int
    total: int
    digest: str
    version: int
    frozen_at: datetime | None
    approvals: int


@dataclass(frozen=True)
class Approval:
    """One of the two approvals, by whom and when."""

    step: int
    name: str
    at: datetime
    natural_person: str


@dataclass(frozen=True)
class Part:
    """A township's share of a plan: due, withheld, paid and failed."""

    area: int
    lines: int
    due: int
    withheld: int
    paid: int
    failed: int


@dataclass(frozen=True)
class DueLine:
    """One line of a plan with its payee, masked."""

    id: int
    household: int
    name: str
    area: int
    programme: str
    amount: int
    state: str
    reason: str
    sent: str | None
    open: bool


@dataclass(frozen=True)
class Line:
    """One line beside the plan that it stands in."""

    id: int
    household: int
    name: str
    area: int
    programme: str
    month: date
    amount: int
    state: str
    reason: str
    plan: int
    plan_state: str
    version: int
    county: int


@dataclass(frozen=True)
class Steps:
    """The failed payments of a plan that still wait, by what they wait for."""

    correct: int
    approve: int
    reissue: int


@dataclass(frozen=True)
class Failure:
    """A payment that the bank could not make, and whether it was ordered again."""

    id: int
    household: int
    name: str
    area: int
    programme: str
    month: date
    amount: int
    code: str
    bank: str
    last4: str
    again: bool
    stage: str


PLANS = """
    SELECT p.id, p.month, p.area, a.name, p.sequence, p.state, p.lines, p.total, p.digest,
           p.version, p.frozen_at,
           (SELECT count(*) FROM benefits_planapproval v WHERE v.plan_id = p.id)
      FROM benefits_plan p LEFT JOIN LATERAL
           (SELECT name FROM areas_area WHERE code = p.area ORDER BY upper(valid) DESC NULLS FIRST
                  LIMIT 1) a ON true
     WHERE p.area BETWEEN %(lo)s AND %(hi)s
"""
SENT = ("paid", "waiting", "failed", "withheld")
# What became of a line: its last instruction's state, or `waiting` (none went out), `withheld` (none will).
LINES = """
      FROM (SELECT d.*, CASE WHEN d.state = 'withheld' THEN 'withheld' WHEN i.state IN ('paid',
             'failed') THEN i.state
                        ELSE 'waiting' END AS sent
              FROM benefits_dueline d LEFT JOIN LATERAL
                   (SELECT state FROM ledger_instruction i WHERE i.due_line_id = d.id AND
                          i.household = d.household
                     ORDER BY id DESC LIMIT 1) i ON true
             WHERE d.month = %(month)s AND d.area BETWEEN %(lo)s AND %(hi)s
               AND (%(key)s::bigint IS NULL OR d.plan_id = %(key)s)) l
     WHERE %(state)s = '' OR sent = %(state)s
"""
#: What a failed payment waits for, from the payee's last changed account: `correct` (none was given since),
#: `approve` (it waits for another person), `refused` (it was refused), `reissue` (it was approved).
STAGE = """
    coalesce((SELECT CASE h.state WHEN 'waiting' THEN 'approve' WHEN 'refused' THEN 'refused'
                     ELSE CASE WHEN h.account = i.account THEN 'correct' ELSE 'reissue' END END
                FROM ledger_hold h WHERE h.person = i.payee ORDER BY h.id DESC LIMIT 1), 'correct')
"""
FAILED = """
      FROM ledger_instruction i WHERE i.state = 'failed' AND i.area BETWEEN %(lo)s AND %(hi)s
       AND (%(month)s::date IS NULL OR i.month = %(month)s)
       AND (%(all)s OR NOT EXISTS (SELECT FROM ledger_instruction r WHERE r.reissue_of_id = i.id))
"""


def plans(lo: int, hi: int) -> tuple[Plan, ...]:
    """The plans of the last months within [lo, hi], newest first."""
    return rows(
        Plan,
        PLANS
        + " ORDER BY p.month DESC, p.state IN ('frozen', 'approved_once') DESC, p.area, p.sequence LIMIT 200",
        {"lo": lo, "hi": hi},
    )


def plan(key: int, lo: int, hi: int) -> Plan | None:
    """One plan, or None where there is none within the range."""
    found = rows(Plan, PLANS + " AND p.id = %(key)s", {"lo": lo, "hi": hi, "key": key})
    return found[0] if found else None


def approvals(key: int) -> tuple[Approval, ...]:
    """The approvals of a plan, first first."""
    return rows(
        Approval,
        "SELECT v.step, u.name, v.at, v.natural_person FROM benefits_planapproval v"
        " JOIN access_user u ON u.id = v.user_key WHERE v.plan_id = %(key)s ORDER BY v.step",
        {"key": key},
    )


def parts(key: int) -> tuple[Part, ...]:
    """A plan by township."""
    return rows(
        Part,
        "SELECT d.area / 1000 * 1000, count(*) FILTER (WHERE d.state = 'due'),"
        " coalesce(sum(d.amount) FILTER (WHERE d.state = 'due'), 0)::bigint, count(*) FILTER (WHERE"
        " d.state = 'withheld'),"
        " coalesce(sum(i.amount) FILTER (WHERE i.state = 'paid'), 0)::bigint,"
        " count(*) FILTER (WHERE i.state = 'failed' AND NOT EXISTS"
        "   (SELECT FROM ledger_instruction r WHERE r.reissue_of_id = i.id))"
        " FROM benefits_dueline d LEFT JOIN ledger_instruction i ON i.due_line_id = d.id AND"
        " i.state <> 'withheld'"
        " WHERE d.plan_id = %(key)s GROUP BY 1 ORDER BY 1",
        {"key": key},
    )


def due_total(lo: int, hi: int, month: date, key: int | None, state: str) -> tuple[int, int]:
    """How many lines of a month within [lo, hi], of one plan or all, in one of SENT or all (""), and fen."""
    values = {"lo": lo, "hi": hi, "month": month, "key": key, "state": state}
    count, amount = one("SELECT count(*), coalesce(sum(amount), 0)::bigint" + LINES, values)
    return count, amount


def due_lines(
    lo: int, hi: int, month: date, key: int | None, state: str, order: str, limit: int | None, offset: int
) -> Iterable[DueLine]:
    """Those lines in this order (SQL), `limit` from `offset` on; all, as a stream, where it is None."""
    values: dict[str, Any] = {"lo": lo, "hi": hi, "month": month, "key": key, "state": state}
    sql = (
        "SELECT l.id, l.household, p.name, l.area, l.programme, l.amount, l.state, l.reason, l.sent,"
        " EXISTS (SELECT FROM benefits_plan b WHERE b.id = l.plan_id AND b.state = 'draft')"
        f" FROM (SELECT * {LINES} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s) l"
        f" LEFT JOIN people_person p ON p.id = l.payee ORDER BY {order}"
    )
    return (stream if limit is None else rows)(_due_line, sql, values | {"limit": limit, "offset": offset})


def failed_total(lo: int, hi: int, month: date | None, settled: bool) -> tuple[int, int]:
    """How many payments failed, and fen; `settled` includes those that were ordered again."""
    values = {"lo": lo, "hi": hi, "month": month, "all": settled}
    count, amount = one("SELECT count(*), coalesce(sum(i.amount), 0)::bigint" + FAILED, values)
    return count, amount


def failures(
    lo: int, hi: int, month: date | None, settled: bool, order: str, limit: int | None, offset: int
) -> Iterable[Failure]:
    """Those payments in this order (SQL), `limit` from `offset` on; all, as a stream, where it is None."""
    values: dict[str, Any] = {"lo": lo, "hi": hi, "month": month, "all": settled}
    sql = (
        "SELECT i.id, i.household, p.name, i.area, i.programme, i.month, i.amount, coalesce(t.code,"
        " ''), i.bank,"
        " coalesce(a.last4, ''), EXISTS (SELECT FROM ledger_instruction r WHERE r.reissue_of_id = i.id),"
        f" {STAGE}"
        f" FROM (SELECT i.* {FAILED} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s) i"
        " LEFT JOIN people_person p ON p.id = i.payee LEFT JOIN ledger_attempt t ON t.instruction_id = i.id"
        f" LEFT JOIN people_account a ON a.id = i.account ORDER BY {order}"
    )
    return (stream if limit is None else rows)(_failure, sql, values | {"limit": limit, "offset": offset})


def line(key: int, lo: int, hi: int) -> Line | None:
    """One line with its plan, or None where there is none within the range."""
    sql = (
        "SELECT d.id, d.household, p.name, d.area, d.programme, d.month, d.amount, d.state, d.reason, b.id,"
        " b.state, b.version, b.area FROM benefits_dueline d JOIN benefits_plan b ON b.id = d.plan_id"
        " LEFT JOIN people_person p ON p.id = d.payee"
        " WHERE d.id = %(key)s AND d.area BETWEEN %(lo)s AND %(hi)s"
    )
    found = rows(_line, sql, {"key": key, "lo": lo, "hi": hi})
    return found[0] if found else None


def steps(key: int) -> Steps:
    """What the failed payments of a plan wait for."""
    sql = (
        "SELECT count(*) FILTER (WHERE stage IN ('correct', 'refused')), count(*) FILTER (WHERE stage ="
        f" 'approve'), count(*) FILTER (WHERE stage = 'reissue') FROM (SELECT {STAGE} AS stage"
        " FROM benefits_dueline d JOIN ledger_instruction i ON i.due_line_id = d.id"
        " WHERE d.plan_id = %(key)s AND i.state = 'failed'"
        " AND NOT EXISTS (SELECT FROM ledger_instruction r WHERE r.reissue_of_id = i.id)) failed"
    )
    return rows(Steps, sql, {"key": key})[0]


def _line(key: int, household: int, name: str | None, *rest: Any) -> Line:
    return Line(key, household, masks.name(name) if name else "—", *rest)


def _due_line(key: int, household: int, name: str | None, *rest: Any) -> DueLine:
    return DueLine(key, household, masks.name(name) if name else "—", *rest)


def _failure(
    key: int, household: int, name: str | None, area: int, programme: str, month: date, amount: int,
    code: str, bank: str, last4: str, again: bool, stage: str,
) -> Failure:  # fmt: skip
    shown = masks.name(name) if name else "—"
    account = masks.account(last4) if last4 else ""
    return Failure(key, household, shown, area, programme, month, amount, code, bank, account, again, stage)
