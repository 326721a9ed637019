"""Home visits: one records, another person confirms from an account of their own, a step rests on it.

Recording is idempotent by the key that the phone made, so that a visit which was sent twice arrived once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from minzheng.core.access.actor import ActRefusal, MissingRefusal, SegregationRefusal, StaleRefusal, allowed
from minzheng.core.access.grants import may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import reads
from minzheng.core.cases.actions import CaseRefusal, locked
from minzheng.core.cases.reads import Matter
from minzheng.domains.assistance.models import Visit
from minzheng.domains.assistance.terms import CHECKLIST

STEP = "dibao.visit"
TOWN, COUNTY = ("village_worker", "township_clerk"), ("county_reviewer",)
#: State of the case → the posts that visit then.
VISITED = {"待入户调查": TOWN, "异议复查": TOWN, "待县级审核": COUNTY}
LONGEST = 2000
TAKEN = "这次记录的编号已用于另一次入户，原来的那次已保存。请打开这一户重新登记这一次。"


@dataclass(frozen=True)
class Said:
    """What was written down at a visit."""

    on: date
    answers: dict[str, str]
    words: str


def record(case: int, scope: Scope, key: str, visited_on: str, answers: Mapping[str, str], words: str) -> int:
    """Keep a visit; returns its key. Sent again it is the same one. Raises ActRefusal, CaseRefusal (422)."""
    who = allowed(scope, STEP)
    try:
        client_key = UUID(key)
    except ValueError as error:
        raise CaseRefusal("这次记录没有编号，请刷新页面后再保存，填写的内容不会丢。") from error
    said = _said(visited_on, answers, words)
    with transaction.atomic():
        row = locked(case, scope)
        known = Visit.objects.filter(client_key=client_key).first()
        if known is not None:
            return _again(known, who.user, case, said)
        if row.procedure != "dibao" or scope.post not in VISITED.get(row.state, ()):
            raise StaleRefusal(f"案件现在是“{row.state}”，不在您登记入户调查的环节，请联系乡镇。")
        if not may(scope, STEP, row.area):
            raise MissingRefusal("找不到这个案件。")
        try:
            with transaction.atomic():
                made = Visit.objects.create(
                    case_id=case, client_key=client_key, visited_on=said.on, answers=said.answers,
                    words=said.words, post=scope.post or "", user=who.user,
                    natural_person=who.natural_person, name=scope.name, area=row.area,
                )  # fmt: skip
        except IntegrityError as error:
            raise CaseRefusal(TAKEN) from error
    return int(made.pk)


def _said(visited_on: str, answers: Mapping[str, str], words: str) -> Said:
    """What was written down, whole; raises CaseRefusal."""
    given = {name: answers.get(name, "").strip() for name, _, _ in CHECKLIST}
    lacking = [label for name, label, _ in CHECKLIST if not given[name]]
    if lacking:
        raise CaseRefusal(f"入户调查须逐项填写，还差：{'、'.join(lacking)}。没有的请写“无”。")
    if any(len(text) > LONGEST for text in (*given.values(), words)):
        raise CaseRefusal(f"每一项最多 {LONGEST} 字，请精简。")
    return Said(day_of(visited_on), given, words.strip())


def _again(known: Visit, user: int, case: int, said: Said) -> int:
    """The visit that came before under this key, if it is the same; anything else is refused."""
    same = (known.user, known.case_id, known.visited_on, known.answers, known.words)
    if same != (user, case, said.on, said.answers, said.words):
        raise CaseRefusal(TAKEN)
    return int(known.pk)


def confirm(visit: int, scope: Scope) -> int:
    """The second investigator was there, too: another natural person, from an account of their own."""
    who = allowed(scope, STEP)
    with transaction.atomic():
        row = Visit.objects.select_for_update().filter(pk=visit).first()
        matter = reads.case(row.case_id, scope) if row is not None else None
        if row is None or matter is None:
            raise MissingRefusal("找不到这次入户记录。")
        if not may(scope, STEP, row.area) or scope.post not in VISITED.get(matter.state, ()):
            raise ActRefusal("这次入户不由您的岗位确认，请由一同入户的村级协理或乡镇经办确认。")
        if row.confirmed_by:
            raise StaleRefusal(f"{row.confirmed_name}已经确认过这次入户。")
        if row.natural_person == who.natural_person:
            raise SegregationRefusal("入户调查须两人。请由一同入户的另一人用自己的账号确认。")
        Visit.objects.filter(pk=visit).update(
            confirmed_by=who.natural_person, confirmed_name=scope.name, confirmed_at=Now()
        )
    return int(row.case_id)


def rest_on(matter: Matter, posts: tuple[str, ...], *, two: bool) -> dict[str, object] | None:
    """Take the newest unused visit by one of these posts for the step that is being taken; None where there
    is none. `two`: only one that a second person has confirmed. Within the step's transaction.
    """
    rows = Visit.objects.select_for_update().filter(case_id=matter.id, used=None, post__in=posts)
    if two:
        rows = rows.exclude(confirmed_by="")
    row = rows.order_by("-id").first()
    if row is None:
        return None
    Visit.objects.filter(pk=row.pk).update(used=matter.version)
    people = [row.name, *([row.confirmed_name] if row.confirmed_name else [])]
    return {"on": f"{row.visited_on}", "people": people, "words": row.words, "visit": row.pk}


def day_of(text: str) -> date:
    """The day of a visit, not after today."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise CaseRefusal("入户日期请写成 2024-10-09 的样子。") from error
    if day > today():
        raise CaseRefusal("入户日期不能晚于今天。")
    return day
