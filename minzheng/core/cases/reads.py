"""Questions about cases: one with its timeline and clocks, the inbox by deadline, counts, drafts."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least

from minzheng.core.access.grants import POSTS, may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import clocks
from minzheng.core.cases.models import CHANNELS, Case, Draft, Event, Involved, Pause
from minzheng.core.people import masks
from minzheng.core.people.crypto import provider
from minzheng.kernel import clock
from minzheng.kernel.module import registry
from minzheng.kernel.states import Step

#: Posts that see only the cases that their own account has opened.
OWN = ("resident", "relative")
SOON = clock.NEAR
PAUSED = "等待补正，计时暂停。"


@dataclass(frozen=True)
class Act:
    """A step as its page draws it: whether it may be taken now by who looks, or why not."""

    key: str
    label: str
    law: str
    reason: bool
    refused: str


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    sequence: int
    step: str
    label: str
    target: str
    name: str
    post: str
    on: date
    at: datetime
    words: str
    reasons: tuple[str, ...]
    law: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Matter:
    """A case as a page shows it. `lamp` is a key of `kernel.clock.LAMPS`, `told` its sentence."""

    id: int
    procedure: str
    label: str
    number: str
    title: str
    area: int
    household: int | None
    applicant: int | None
    channel: str
    state: str
    version: int
    waits_for: str
    waits_label: str
    waits_post: str
    post: str
    lamp: clock.Lamp
    told: str
    whole_told: str
    due_on: date | None
    whole_due_on: date | None
    provisional: bool
    opened_on: date
    closed_on: date | None
    kin: str
    special: bool
    holder: int | None
    missing: tuple[str, ...]
    opened_by: int
    urged_on: date | None
    special_reason: str


@dataclass(frozen=True)
class Line:
    """A case in a list."""

    id: int
    number: str
    procedure: str
    label: str
    title: str
    area: int
    state: str
    waits_label: str
    post: str
    lamp: clock.Lamp
    left: int | None
    due_on: date | None
    opened_on: date
    holder: str


def visible(scope: Scope) -> QuerySet[Case]:
    """The cases that one who acts may see: those in scope, of a resident only their own."""
    rows: QuerySet[Case] = Case.objects.all()
    return rows.filter(opened_by=scope.user) if scope.post in OWN else rows


def own(scope: Scope) -> tuple[Line, ...]:
    """The cases that this account has opened and has in sight, newest first; the last hundred."""
    return lines(Case.objects.filter(opened_by=scope.user).order_by("-id")[:100])


def case(key: int, scope: Scope) -> Matter | None:
    """One case in sight, or None."""
    row = visible(scope).filter(pk=key).first()
    return None if row is None else _matter(row)


def open_of(household: int, scope: Scope, procedure: str = "") -> tuple[Matter, ...]:
    """A household's cases in sight, newest first."""
    rows = visible(scope).filter(household=household).order_by("-id")
    return tuple(_matter(row) for row in (rows.filter(procedure=procedure) if procedure else rows))


def timeline(key: int, scope: Scope) -> tuple[Entry, ...]:
    """Every step taken on a case in sight, first to last."""
    row = visible(scope).filter(pk=key).first()
    if row is None:
        return ()
    table = registry.procedures()[row.procedure]
    return tuple(
        Entry(
            each.sequence, each.step, table.step(each.step).label, each.target, each.name,
            POSTS.get(each.post, each.post), each.on, each.at, each.words, tuple(each.reasons),
            table.step(each.step).law, each.body,
        )
        for each in Event.objects.filter(case_id=key).order_by("sequence")
    )  # fmt: skip


def acts(matter: Matter, scope: Scope) -> tuple[Act, ...]:
    """The steps of the present state; `refused` says why one may not be taken by who looks."""
    table = registry.procedures()[matter.procedure]
    natural = scope.natural_person
    done = set(
        Event.objects.filter(case_id=matter.id, natural_person=natural).values_list("step", flat=True)
        if natural
        else ()
    )
    return tuple(
        Act(step.key, step.label, step.law, step.reason, _why_not(step, matter, scope, done))
        for step in table.steps_from(matter.state)
    )


def inbox(
    scope: Scope, lo: int, hi: int, *, procedure: str = "", lamp: str = "", state: str = "",
    mine: bool = True, words: str = "",
) -> QuerySet[Case]:  # fmt: skip
    """Open cases in [lo, hi], the most pressing first; `mine`: those that wait for one's own post.

    Turn a page of it into lines with `lines`.
    """
    rows = visible(scope).filter(closed_on=None, area__range=(lo, hi))
    if mine:
        rows = rows.filter(waits_for__in=_steps(scope)).filter(Q(holder=None) | Q(holder=scope.user))
    if procedure:
        rows = rows.filter(procedure=procedure)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(Q(number__icontains=words) | Q(title__startswith=words))
    day = today()
    if lamp == "overdue":
        rows = rows.filter(Q(due_on__lt=day) | Q(whole_due_on__lt=day))
    elif lamp == "due":
        rows = rows.filter(due_on=day)
    elif lamp == "near":
        rows = rows.filter(due_on__gt=day, due_on__lte=clocks.calendar().working_days_after(day, SOON))
    elif lamp == "paused":
        rows = rows.filter(paused=True)
    return rows.annotate(pressing=Least("due_on", "whole_due_on")).order_by(
        F("pressing").asc(nulls_last=True), "id"
    )


def lines(rows: QuerySet[Case] | list[Case]) -> tuple[Line, ...]:
    """Cases as a list shows them; their lamps from the kept deadlines, so no further question a row."""
    day = today()
    found = list(rows)
    names = user_names({row.holder for row in found if row.holder})
    return tuple(
        Line(
            row.pk, row.number, row.procedure, registry.procedures()[row.procedure].label,
            masks.name(row.title),
            row.area, row.state, _label(row), POSTS.get(row.post, row.post), *_lamp(row, day), row.due_on,
            row.opened_on, names.get(row.holder or 0, ""),
        )
        for row in found
    )  # fmt: skip


def counts(scope: Scope, lo: int, hi: int) -> dict[str, int]:
    """How many open cases wait for one's post by lamp: overdue, due, near, paused, all. One statement."""
    day = today()
    soon = clocks.calendar().working_days_after(day, SOON)
    own = scope.user if scope.post in OWN else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE least(due_on, whole_due_on) < %(day)s),"
            " count(*) FILTER (WHERE due_on = %(day)s),"
            " count(*) FILTER (WHERE due_on > %(day)s AND due_on <= %(soon)s), count(*) FILTER (WHERE paused)"
            " FROM cases_case WHERE closed_on IS NULL AND area BETWEEN %(lo)s AND %(hi)s"
            " AND waits_for = ANY(%(steps)s) AND (holder IS NULL OR holder = %(user)s)"
            " AND (%(own)s::bigint IS NULL OR opened_by = %(own)s)",
            {
                "day": day,
                "soon": soon,
                "lo": lo,
                "hi": hi,
                "steps": _steps(scope),
                "user": scope.user,
                "own": own,
            },
        )
        return dict(zip(("all", "overdue", "due", "near", "paused"), cursor.fetchone(), strict=True))


def people(key: int) -> tuple[tuple[int, str], ...]:
    """(person, role) of those whom a case is about."""
    return tuple(Involved.objects.filter(case_id=key).order_by("id").values_list("person", "role"))


def draft(scope: Scope, key: str) -> tuple[dict[str, Any], datetime] | None:
    """What this user had typed into a form, and when it was kept; None where there is nothing."""
    row = Draft.objects.filter(user=scope.user, key=key[:120]).first()
    if row is None or not row.cipher:
        return None
    text = provider().decrypt("cases_draft.cipher", row.pk, row.cipher)
    return dict(json.loads(text)), row.saved_at


def drafts(scope: Scope, prefix: str = "") -> tuple[tuple[str, datetime], ...]:
    """(key, when) of a user's drafts that were not sent, newest first."""
    rows = Draft.objects.filter(user=scope.user, key__startswith=prefix).exclude(cipher=b"")
    return tuple(rows.order_by("-saved_at").values_list("key", "saved_at"))


def user_name(user: int) -> str:
    """An account's name."""
    return user_names({user}).get(user, "另一位经办人")


def user_names(users: set[int]) -> dict[int, str]:
    """Account → name, in one question; none where none is asked."""
    if not users:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM access_user WHERE id = ANY(%s)", [sorted(users)])
        return dict(cursor.fetchall())


def _matter(row: Case) -> Matter:
    table, day = registry.procedures()[row.procedure], today()
    pauses = clocks.pauses_of(row.pk)
    step = clocks.step_clock(row, table, pauses)
    whole = clocks.whole_clock(row, table, pauses)
    open_ = row.closed_on is None
    missing = Pause.objects.filter(case_id=row.pk, until=None).first() if row.paused else None
    return Matter(
        row.pk, row.procedure, table.label, row.number, row.title, row.area, row.household, row.applicant,
        CHANNELS[row.channel], row.state, row.version, row.waits_for, _label(row), row.post,
        POSTS.get(row.post, row.post),
        "paused" if row.paused else step.lamp(clocks.calendar(), day) if open_ else "none",
        PAUSED if row.paused else step.told(clocks.calendar(), day) if open_ else "已办结。",
        whole.told(clocks.calendar(), day) if whole and open_ else "",
        row.due_on, row.whole_due_on, row.provisional, row.opened_on, row.closed_on, row.kin, row.special,
        row.holder, tuple(missing.missing) if missing else (), row.opened_by,
        row.urged_on, row.special_reason,
    )  # fmt: skip


def _label(row: Case) -> str:
    return registry.procedures()[row.procedure].step(row.waits_for).label if row.waits_for else ""


def _lamp(row: Case, day: date) -> tuple[clock.Lamp, int | None]:
    """The lamp and the working days left, from the kept deadlines."""
    if row.paused:
        return "paused", None
    ends = [end for end in (row.due_on, row.whole_due_on) if end is not None]
    if row.closed_on is not None or not ends:
        return "none", None
    end = min(ends)
    if end < day:
        return "overdue", -max(1, clocks.calendar().working_days_between(end, day, row.area))
    left = clocks.calendar().working_days_between(day, end, row.area)
    return ("due" if end == day else "near" if left <= SOON else "far"), left


def _steps(scope: Scope) -> list[str]:
    return [
        step.key for table in registry.procedures().values() for step in table.steps if may(scope, step.key)
    ]


def _why_not(step: Step, matter: Matter, scope: Scope, done: set[str]) -> str:
    if not may(scope, step.key, matter.area):
        return f"由{'、'.join(POSTS.get(post, post) for post in step.posts)}办理"
    if matter.holder is not None and matter.holder != scope.user:
        return f"已由{user_name(matter.holder)}接办"
    if done & set(step.apart):
        return "您办理过前面的步骤，须由另一名自然人办理"
    return ""
