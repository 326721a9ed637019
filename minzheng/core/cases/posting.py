"""Publicity: what is posted about a case for everybody, and what is said against it.

Only the name with the given name masked, how many persons, and the amount (民发〔2021〕57号 §19、24). The
public page of an area reads under a scope of just that area.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from minzheng.core.access.scope import Scope, current, entered
from minzheng.core.areas.day import today
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.cases.models import Case, Objection, Publicity
from minzheng.core.people import masks
from minzheng.core.people.crypto import provider

NOTICE, LIST = "notice", "list"
PHONE = "cases_objection.phone"
#: So many objections to one case are taken from the public on one day.
MOST_A_DAY = 10
LONGEST, SHORTEST = 1000, 5


@dataclass(frozen=True)
class Posted:
    """A line of the public page."""

    case: int
    kind: str
    name: str
    members: int
    amount: int
    since: date
    until: date | None
    programme: str


@dataclass(frozen=True)
class Against:
    """An objection as the officer reads it, the telephone masked."""

    id: int
    name: str
    phone: str
    words: str
    on: date
    state: str
    answer: str


def post(
    case: int, kind: str, programme: str, members: int, amount: int, since: date, until: date | None
) -> None:
    """Post a case (or post it anew after it was looked into again); within another deed."""
    row = Case.objects.get(pk=case)
    values = {
        "programme": programme, "name": masks.name(row.title), "members": members, "amount": amount,
        "since": since, "until": until, "area": row.area,
    }  # fmt: skip
    Publicity.objects.update_or_create(case_id=case, kind=kind, defaults=values)


def take_down(case: int, kind: str) -> None:
    """What was posted is no longer shown from today on."""
    Publicity.objects.filter(case_id=case, kind=kind, until=None).update(until=today())


def posted(case: int) -> tuple[Posted, ...]:
    """What is or was posted about a case in scope."""
    return tuple(_posted(row) for row in Publicity.objects.filter(case_id=case).order_by("id"))


def notice(case: int) -> Posted | None:
    """The notice of a case in scope."""
    row = Publicity.objects.filter(case_id=case, kind=NOTICE).first()
    return _posted(row) if row else None


@contextmanager
def public(area: int) -> Iterator[None]:
    """The scope of whoever reads what is posted in one village: that area, no account, no post."""
    with entered(Scope(area, area, area=area, name="公众")):
        yield


def posted_in(area: int, kind: str) -> tuple[Posted, ...]:
    """What is posted in a village today: notices that run, or the lasting list. Asks its own scope."""
    day = today()
    with public(area):
        rows = Publicity.objects.filter(area=area, kind=kind, since__lte=day).order_by("since", "id")
        return tuple(_posted(row) for row in rows if row.until is None or row.until >= day)


def object_publicly(area: int, case: int, name: str, phone: str, words: str) -> None:
    """Somebody says what they have against a notice that runs; nothing of it is public."""
    with transaction.atomic(), public(area):
        shown = {each.case for each in posted_in(area, NOTICE)}
        if case not in shown:
            raise CaseRefusal("这一户的公示已经结束，请直接向乡镇（街道）反映。")
        if Objection.objects.filter(case_id=case, on=today()).count() >= MOST_A_DAY:
            raise CaseRefusal("这一户今天收到的异议较多，请直接向乡镇（街道）反映，或改日再提交。")
        add_objection(case, area, name, phone, words)


def add_objection(case: int, area: int, name: str, phone: str, words: str) -> int:
    """Keep an objection; how to reach who says it is encrypted."""
    said = words.strip()
    if not SHORTEST <= len(said) <= LONGEST:
        raise CaseRefusal(f"请写明异议的内容（{SHORTEST} 到 {LONGEST} 字）。")
    with transaction.atomic():
        row = Objection(case_id=case, name=name.strip()[:50], words=said, on=today(), area=area)
        row.save(force_insert=True)
        if phone.strip():
            row.phone_cipher = provider().encrypt(PHONE, [row.pk], [phone.strip()[:30]])[0]
            row.save(update_fields=["phone_cipher"])
    return int(row.pk)


def objections(case: int) -> tuple[Against, ...]:
    """What was said against a case in scope, first to last."""
    return tuple(
        Against(
            row.pk, masks.name(row.name) if row.name else "未留姓名",
            masks.phone(provider().decrypt(PHONE, row.pk, row.phone_cipher)) if row.phone_cipher else "",
            row.words, row.on, row.state, row.answer,
        )
        for row in Objection.objects.filter(case_id=case).order_by("id")
    )  # fmt: skip


def answer_all(case: int, upheld: bool, words: str) -> int:
    """Settle the open objections of a case with one answer; within another deed."""
    scope = current()
    return Objection.objects.filter(case_id=case, state="open").update(
        state="upheld" if upheld else "rejected", answer=words.strip(), answered_by=scope.natural_person
    )


def _posted(row: Publicity) -> Posted:
    return Posted(
        row.case_id, row.kind, row.name, row.members, row.amount, row.since, row.until, row.programme
    )
