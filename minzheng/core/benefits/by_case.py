"""Decisions that a person takes in a case: grant, change, end. The right starts the month after (R1).

A decision rests on one event of a case, and an event carries one decision: the constraint says so, so that a
confirmation that is sent twice grants once. What the month's run found and waits for the same matter is
overtaken: a person has decided on it with the whole file before them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.types.json import Json

from minzheng.core.access.actor import Actor, ActRefusal, ScopeLike, StaleRefusal, allowed
from minzheng.core.areas.day import today
from minzheng.core.benefits import turn
from minzheng.core.benefits.actions import effective
from minzheng.kernel.periods import Month

PLANNED = """
    SELECT (max(d.month) + interval '1 month')::date FROM benefits_dueline d
      JOIN benefits_entitlement e ON e.id = d.entitlement_id
     WHERE d.household = %(household)s AND d.programme = %(programme)s AND e.person = 0 AND d.state = 'due'
"""
OPEN = """
    SELECT e.id, e.amount, e.payee FROM benefits_entitlement e WHERE e.household = %(household)s
       AND e.person = 0 AND e.programme = %(programme)s AND upper_inf(e.valid) FOR UPDATE
"""
COVERED = """
    SELECT DISTINCT e.household FROM benefits_entitlementperson p
      JOIN benefits_entitlement e ON e.id = p.entitlement_id
     WHERE p.person = ANY(%(persons)s) AND upper_inf(e.valid) AND e.programme = ANY(%(programmes)s)
       AND e.household <> %(household)s
"""
DECIDE = """
    INSERT INTO benefits_decision (household, person, programme, kind, amount, starts, by, law, basis, area)
    VALUES (%(household)s, 0, %(programme)s, %(kind)s, %(amount)s, %(starts)s, %(by)s, %(law)s, %(basis)s,
            %(area)s)
    ON CONFLICT DO NOTHING RETURNING id
"""
CLOSE = """
    UPDATE benefits_entitlement SET valid = daterange(lower(valid), greatest(lower(valid), %(starts)s))
     WHERE household = %(household)s AND person = 0 AND programme = %(programme)s AND upper_inf(valid)
"""
GRANT = """
    INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid, decision_id, area)
    VALUES (%(household)s, 0, %(programme)s, %(payee)s, %(amount)s, daterange(%(starts)s, NULL), %(decision)s,
            %(area)s) RETURNING id
"""
COVER = """
    INSERT INTO benefits_entitlementperson (entitlement_id, person, area)
    SELECT %(entitlement)s, p, %(area)s FROM unnest(%(persons)s::bigint[]) p
"""
OVERTAKE = """
    UPDATE benefits_change SET state = 'overtaken', version = version + 1
     WHERE state = 'waiting' AND (household, person, programme) = (%(household)s, 0, %(programme)s)
"""


@dataclass(frozen=True)
class Matter:
    """What is decided on, and on which event of which case: `step` is the right to decide, `persons` who is
    covered, `more` what else the basis keeps (law hash, digest of the facts).
    """

    case: int
    event: int
    step: str
    household: int
    area: int
    programme: str
    law: str
    payee: int = 0
    amount: int = 0
    persons: Sequence[int] = ()
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Decided:
    """The decision's key, the first day of its effect, the right that it gives (None: it ends one)."""

    decision: int
    starts: date
    entitlement: int | None


def grant(matter: Matter, scope: ScopeLike, exclusive: Sequence[str] = ()) -> Decided:
    """Give a household a monthly amount. `exclusive` are the programmes of which one person has one only.

    Refused: an open right of the programme, persons who are covered elsewhere, nothing to give.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        who, values = _begun(cursor, matter, scope)
        if _open(cursor, values):
            raise StaleRefusal("这户已有在保的同类待遇，不能再批准一次；金额有变化的，请办理复核。")
        _uncovered(cursor, values, exclusive)
        return _decided(cursor, "grant", values, who)


def change(matter: Matter, scope: ScopeLike, exclusive: Sequence[str] = ()) -> Decided:
    """Another amount or other persons for a household that has the right; nothing else ends it."""
    with transaction.atomic(), connection.cursor() as cursor:
        who, values = _begun(cursor, matter, scope)
        before = _open(cursor, values)
        if not before:
            raise StaleRefusal("这户没有在保的同类待遇，不能调整；要新批准的，请办理申请。")
        _uncovered(cursor, values, exclusive)
        return _decided(cursor, "change", values | {"old": before[0][1]}, who)


def end(matter: Matter, scope: ScopeLike) -> Decided:
    """End a household's right with the end of the month."""
    with transaction.atomic(), connection.cursor() as cursor:
        who, values = _begun(cursor, matter, scope)
        before = _open(cursor, values)
        if not before:
            raise StaleRefusal("这户没有在保的同类待遇，不用停发。")
        return _decided(cursor, "end", values | {"amount": 0, "old": before[0][1]}, who)


def _begun(cursor: CursorWrapper, matter: Matter, scope: ScopeLike) -> tuple[Actor, dict[str, Any]]:
    who = allowed(scope, matter.step)
    if not who.lo <= matter.area <= who.hi:
        raise ActRefusal("这个案件不在您的管辖范围内。")
    turn.join(cursor, [matter.area // turn.COUNTY * turn.COUNTY])
    values = {
        "household": matter.household, "programme": matter.programme, "area": matter.area,
        "payee": matter.payee, "amount": matter.amount, "persons": list(matter.persons), "by":
        who.natural_person, "law": matter.law,
        "basis": dict(matter.more or {}) | {"case": matter.case, "event": matter.event},
    }  # fmt: skip
    cursor.execute(PLANNED, values)
    planned = cursor.fetchone()[0]
    day = today()
    starts = effective(Month.of(day).first, day)
    return who, values | {"starts": max(starts, planned) if planned else starts}


def _open(cursor: CursorWrapper, values: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    cursor.execute(OPEN, values)
    return list(cursor.fetchall())


def _uncovered(cursor: CursorWrapper, values: Mapping[str, Any], exclusive: Sequence[str]) -> None:
    if values["amount"] <= 0 or not values["persons"]:
        raise ActRefusal("没有保障对象或金额为零，不能批准。")
    cursor.execute(COVERED, {**values, "programmes": [*exclusive, values["programme"]]})
    elsewhere = [f"{row[0]}" for row in cursor.fetchall()]
    if elsewhere:
        raise ActRefusal(f"保障对象中有人已在户 {'、'.join(elsewhere)} 享受待遇，请先在那一户办理变更。")


def _decided(cursor: CursorWrapper, kind: str, values: dict[str, Any], who: Actor) -> Decided:
    basis = values["basis"] | {"kind": values["basis"].get("kind", kind), "old": values.get("old", 0)}
    named = values | {"kind": kind, "basis": Json(basis | {"new": values["amount"]})}
    cursor.execute(DECIDE, named)
    row = cursor.fetchone()
    if row is None:
        raise StaleRefusal("这一步已经作出过决定，请刷新后再看。")
    named["decision"] = row[0]
    if kind != "grant":
        cursor.execute(CLOSE, named)
    entitlement = None
    if kind != "end":
        cursor.execute(GRANT, named)
        named["entitlement"] = entitlement = cursor.fetchone()[0]
        cursor.execute(COVER, named)
    cursor.execute(OVERTAKE, named)
    return Decided(row[0], values["starts"], entitlement)


def amount_now(household: int, programme: str) -> int:
    """What a household in scope has an open right to, fen a month; 0 where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount FROM benefits_entitlement WHERE household = %s AND person = 0 AND programme = %s"
            " AND upper_inf(valid)",
            [household, programme],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
