"""The deeds on any case: open it, take a step of its procedure, take it in hand, keep a draft, object.

A step is taken in one transaction that holds the case's row and carries the version that was read: who comes
second is told who was first (409). The same table of steps draws the button and guards the act.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.core.access.actor import (
    Actor,
    ActRefusal,
    MissingRefusal,
    SegregationRefusal,
    StaleRefusal,
    allowed,
)
from minzheng.core.access.grants import may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import clocks, reads
from minzheng.core.cases.models import CHANNELS, Case, Draft, Event, Involved, Pause
from minzheng.core.people.crypto import provider
from minzheng.kernel.module import registry
from minzheng.kernel.states import Procedure, Step

LONGEST_WORDS = 2000
PROLONG = "cases.prolong"


class CaseRefusal(ActRefusal):
    """What was given for a step does not do; the page shows it beside the form."""

    status = 422


@dataclass(frozen=True)
class Taken:
    """A case after a step: its key, new state and version."""

    case: int
    state: str
    version: int


def open_case(
    procedure: str,
    scope: Scope,
    area: int,
    title: str,
    channel: str,
    *,
    household: int | None = None,
    applicant: int | None = None,
    people: Mapping[int, str] | None = None,
) -> Taken:
    """Open a case in the procedure's first state; `people` are persons of the register with their roles.

    Whoever may take a first step may open. A household has one open case of a procedure: the other is named.
    """
    table = procedure_of(procedure)
    first = table.steps_from(table.start)
    who = _first_allowed(scope, first, area)
    if channel not in CHANNELS:
        raise CaseRefusal(f"受理渠道“{channel}”不认识，只能是 {'、'.join(CHANNELS.values())}。")
    if not title.strip():
        raise CaseRefusal("请填写申请人姓名。")
    with transaction.atomic():
        if household is not None:
            _one_open(household, table)
        day = today()
        row = Case(
            procedure=procedure, number=numbers(table, (area,), day)[0], title=title.strip()[:60], area=area,
            household=household, applicant=applicant, channel=channel, state=table.start, since=day,
            opened_by=who.user, opened_on=day,
        )  # fmt: skip
        aim(row, table, (), day)
        row.save(force_insert=True)
        involve(row.pk, area, people or {})
    return Taken(row.pk, row.state, row.version)


def take(
    case: int,
    key: str,
    scope: Scope,
    version: int,
    *,
    words: str = "",
    reasons: Sequence[str] = (),
    body: Mapping[str, Any] | None = None,
    special: bool | None = None,
) -> Taken:
    """Take a step: checks right, reach, state, version and who did what before; writes the event and clock.

    A step that stops the clock says in `reasons` what is missing, all at once (一次性告知). Raises ActRefusal
    (403, 404, 409) and CaseRefusal (422).
    """
    with transaction.atomic():
        row = locked(case, scope)
        table = procedure_of(row.procedure)
        step = table.step(key)
        who = allowed(scope, key)
        if not may(scope, key, row.area):
            raise ActRefusal("这个案件不在您这一步的办理范围内，请转交有权限的岗位。")
        _fresh(row, version)
        if not table.may(row.state, key):
            raise StaleRefusal(f"案件现在是“{row.state}”，不能“{step.label}”。{_first(row)}")
        _held_by_other(row, who)
        _segregate(row, table, step, who)
        _said(step, words, reasons)
        day = today()
        _write(row, step, scope, who, day, words, reasons, body)
        _run_clock(row, step, day, reasons)
        row.state, row.since, row.version = step.target, day, row.version + 1
        row.holder, row.urged_on, row.urged_stage = None, None, 0
        row.special = row.special if special is None else special
        if table.whole and key == table.whole.since and row.whole_since is None:
            row.whole_since = day
        aim(row, table, clocks.pauses_of(case), day)
        row.save()
    return Taken(row.pk, row.state, row.version)


def take_in_hand(case: int, scope: Scope, version: int) -> Taken:
    """Take a case over: from now on the steps of one's post on it are one's own, until the next step."""
    with transaction.atomic():
        row = locked(case, scope)
        table = procedure_of(row.procedure)
        who = _first_allowed(scope, table.steps_from(row.state), row.area)
        _fresh(row, version)
        row.holder, row.version = who.user, row.version + 1
        row.save(update_fields=["holder", "version"])
    return Taken(row.pk, row.state, row.version)


def prolong(case: int, scope: Scope, version: int, words: str) -> Taken:
    """The whole takes the longer limit of the law (特殊情形延长), with the reason; once, while it runs."""
    if not words.strip():
        raise CaseRefusal("请写明延长办理期限的特殊情形。")
    with transaction.atomic():
        row = locked(case, scope)
        table = procedure_of(row.procedure)
        allowed(scope, PROLONG)
        if not may(scope, PROLONG, row.area):
            raise ActRefusal("这个案件不在您的办理范围内。")
        _fresh(row, version)
        if table.whole is None or row.whole_since is None or row.closed_on is not None:
            raise CaseRefusal("受理以后、办结以前才能延长全程期限。")
        if row.special:
            raise StaleRefusal(f"这个案件的全程期限已经延长为 {table.whole.special} 个工作日。")
        row.special, row.version = True, row.version + 1
        row.special_reason = words.strip()[:200]
        aim(row, table, clocks.pauses_of(case), today())
        row.save()
    return Taken(row.pk, row.state, row.version)


def register_kin(case: int, scope: Scope, version: int, words: str) -> Taken:
    """近亲属备案: who is kin to whom; from now on the county visits the household itself."""
    if not words.strip():
        raise CaseRefusal("请写明与哪位经办人员或村（居）委会成员是什么近亲属关系。")
    with transaction.atomic():
        row = locked(case, scope)
        table = procedure_of(row.procedure)
        _first_allowed(scope, table.steps_from(row.state), row.area)
        _fresh(row, version)
        row.kin, row.version = words.strip()[:200], row.version + 1
        row.save(update_fields=["kin", "version"])
    return Taken(row.pk, row.state, row.version)


def bind(case: int, scope: Scope, household: int, applicant: int, people: Mapping[int, str]) -> None:
    """Tie a case to the household and persons that the register now has for it; within another deed."""
    with transaction.atomic():
        row = locked(case, scope)
        table = procedure_of(row.procedure)
        if row.household is None:
            _one_open(household, table)
        row.household, row.applicant = household, applicant
        row.save(update_fields=["household", "applicant"])
        involve(case, row.area, people)


def involve(case: int, area: int, people: Mapping[int, str]) -> None:
    """Add persons of the register to a case; one who is there already stays as they are."""
    rows = [Involved(case_id=case, person=person, role=role, area=area) for person, role in people.items()]
    Involved.objects.bulk_create(rows, ignore_conflicts=True)


def save_draft(scope: Scope, key: str, fields: Mapping[str, Any], area: int) -> None:
    """Keep what is typed into a form, encrypted; the last one of this user and form."""
    with transaction.atomic():
        row, _ = Draft.objects.update_or_create(
            user=_user(scope), key=key[:120], defaults={"cipher": b"", "area": area}
        )
        text = json.dumps(dict(fields), ensure_ascii=False)
        row.cipher = provider().encrypt("cases_draft.cipher", [row.pk], [text])[0]
        row.save(update_fields=["cipher"])


def drop_draft(scope: Scope, key: str) -> None:
    """Forget a draft that was sent: its text is emptied (rows are not deleted)."""
    Draft.objects.filter(user=_user(scope), key=key[:120]).update(cipher=b"")


def procedure_of(key: str) -> Procedure:
    """The procedure of this key; LookupError where no subject declares it."""
    return registry.procedures()[key]


def locked(case: int, scope: Scope) -> Case:
    """The case's row, held for the transaction; what is out of scope does not exist."""
    row = reads.visible(scope).select_for_update().filter(pk=case).first()
    if row is None:
        raise MissingRefusal("找不到这个案件。")
    assert isinstance(row, Case)
    return row


def _first_allowed(scope: Scope, steps: Sequence[Step], area: int) -> Actor:
    if not any(may(scope, step.key, area) for step in steps):
        raise ActRefusal("您现在的岗位不能办理这一步，请换到有此权限的岗位。")
    return allowed(scope, next(step.key for step in steps if may(scope, step.key, area)))


def _one_open(household: int, table: Procedure) -> None:
    other = Case.unscoped.filter(household=household, procedure=table.key, closed_on=None).first()
    if other is not None:
        raise CaseRefusal(f"这户已有一件办理中的{table.label}（{other.number}），请在那一件里继续办理。")


def numbers(table: Procedure, places: Sequence[int], day: date) -> list[str]:
    """A fresh number for a case in each of these areas."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number') FROM generate_series(1, %s)", [len(places)])
        serials = [row[0] for row in cursor.fetchall()]
    head = table.key.upper().replace("_", "")
    return [
        f"{head}-{area // 10**6}-{day:%Y}-{serial:06d}" for area, serial in zip(places, serials, strict=True)
    ]


def _fresh(row: Case, version: int) -> None:
    if row.version != version:
        raise StaleRefusal(f"案件已被更新，请刷新后按最新内容再办。{_first(row)}")


def _first(row: Case) -> str:
    last = Event.objects.filter(case_id=row.pk).order_by("-sequence").first()
    if last is None:
        return ""
    label = procedure_of(row.procedure).step(last.step).label
    return f"先办理的是{last.name}（{last.on}“{label}”）。"


def _held_by_other(row: Case, who: Actor) -> None:
    if row.holder is not None and row.holder != who.user:
        raise StaleRefusal(f"这个案件已由{reads.user_name(row.holder)}接办，如需办理请先点“接办”。")


def _segregate(row: Case, table: Procedure, step: Step, who: Actor) -> None:
    before = Event.objects.filter(
        case_id=row.pk, step__in=step.apart, natural_person=who.natural_person
    ).first()
    if before is not None:
        label = table.step(before.step).label
        raise SegregationRefusal(f"您在这个案件里办理过“{label}”，“{step.label}”须由另一名自然人办理。")


def _said(step: Step, words: str, reasons: Sequence[str]) -> None:
    if step.clock == "pause" and not [each for each in reasons if each.strip()]:
        raise CaseRefusal("请一次性列明需要补正的全部内容，至少一项。")
    if step.reason and not words.strip() and not reasons:
        raise CaseRefusal(f"请写明“{step.label}”的理由。")
    if len(words) > LONGEST_WORDS:
        raise CaseRefusal(f"说明最多 {LONGEST_WORDS} 字，现在有 {len(words)} 字，请精简。")


def _write(
    row: Case, step: Step, scope: Scope, who: Actor, day: date, words: str, reasons: Sequence[str],
    body: Mapping[str, Any] | None,
) -> None:  # fmt: skip
    Event.objects.create(
        case_id=row.pk, sequence=row.version, step=step.key, source=row.state, target=step.target,
        user=who.user, natural_person=who.natural_person, name=scope.name, post=scope.post or "", on=day,
        words=words.strip(), reasons=[each.strip() for each in reasons if each.strip()],
        body=dict(body or {}), area=row.area,
    )  # fmt: skip


def _run_clock(row: Case, step: Step, day: date, reasons: Sequence[str]) -> None:
    if step.clock == "pause":
        Pause.objects.create(
            case_id=row.pk,
            since=day,
            missing=[each.strip() for each in reasons if each.strip()],
            area=row.area,
        )
    if step.clock == "resume":
        Pause.objects.filter(case_id=row.pk, until=None).update(until=day)


def aim(row: Case, table: Procedure, pauses: tuple[Any, ...], day: date) -> None:
    """Which step the case now waits for, whose it is, and until when."""
    step = table.due_from(row.state)
    row.waits_for, row.post = (step.key, step.post) if step else ("", "")
    row.paused = any(pause.until is None for pause in pauses)
    row.closed_on = None if step else day
    due = clocks.due(row, table, pauses, day)
    row.due_on, row.whole_due_on, row.provisional = due.step, due.whole, due.provisional


def _user(scope: Scope) -> int:
    if scope.user is None:
        raise ActRefusal("请先登录再办理。")
    return scope.user
