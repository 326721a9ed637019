"""Verification: sources are asked, their answers set beside what was declared, differences settled.

A corrected difference supersedes the fact in the register, with the source of the answer as its own.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO

from django.db import connection, transaction

from minzheng.core.access.actor import ActRefusal, MissingRefusal, StaleRefusal, allowed
from minzheng.core.access.grants import may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import clocks, reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.cases.reads import Matter
from minzheng.core.people import recording
from minzheng.domains.assistance.models import Answer, Inquiry
from minzheng.domains.assistance.reads.declared import ASSETS, INCOMES, MONEY
from minzheng.domains.assistance.terms import SOURCES, Source
from minzheng.kernel.money import MoneyRefusal, parse_yuan

VERIFY, OPEN_STATE = "dibao.verify", "核对中"
SOURCE = {source.key: source for source in SOURCES}
HEADINGS = ("来源", "成员序号", "项目", "答复")
REGISTERED = """
    SELECT sum(yearly) FROM people_incomeitem WHERE person_id = %s AND kind = %s AND superseded_at IS NULL
       AND valid @> %s::date HAVING count(*) = count(yearly) AND count(*) > 0
"""
OWNED = """
    SELECT sum(amount) FROM people_asset WHERE household_id = %s AND kind = %s AND superseded_at IS NULL
       AND valid @> %s::date HAVING count(*) = count(amount) AND count(*) > 0
"""


@dataclass(frozen=True)
class Line:
    """One thing that a source says: about a person of the case (0: the household), fen or a count."""

    person: int
    topic: str
    kind: int
    value: int | None


def sources_on(day: date) -> tuple[Source, ...]:
    """The sources in force on a day."""
    return tuple(s for s in SOURCES if s.since <= day and (s.until is None or day < s.until))


def ask_sources(matter: Matter) -> int:
    """Ask every source in force about a household; returns the round. Within another deed."""
    day = today()
    last = Inquiry.objects.filter(case_id=matter.id).order_by("-round").first()
    number = last.round + 1 if last else 1
    Inquiry.objects.bulk_create(
        Inquiry(
            case_id=matter.id, round=number, source=source.key, asked_on=day, area=matter.area,
            due_on=clocks.calendar().working_days_after(day, source.limit, matter.area),
        )
        for source in sources_on(day)
    )  # fmt: skip
    return number


def answer(
    inquiry: int, scope: Scope, lines: tuple[Line, ...], words: str = "", *, channel: str = "hand",
    failed: bool = False,
) -> None:  # fmt: skip
    """Enter what a source says, once; a difference from what the register has waits to be settled."""
    who = allowed(scope, VERIFY)
    with transaction.atomic():
        row, matter = _inquiry(inquiry, scope)
        if row.state != "open":
            raise StaleRefusal("这个来源的答复已经登记，请刷新后再看。")
        if failed and not words.strip():
            raise CaseRefusal("请写明这个来源不能答复的原因。")
        row.state, row.answered_on, row.channel = "failed" if failed else "answered", today(), channel
        row.words, row.by = words.strip()[:1000], who.natural_person
        row.save()
        for line in lines:
            _answered(row, matter, line)


def settle(key: int, scope: Scope, correct: bool, reason: str) -> None:
    """Settle a difference with a reason: take the answer into the register, or keep what was declared."""
    who = allowed(scope, VERIFY)
    if not reason.strip():
        raise CaseRefusal("请写明依据：为什么采信来源的数据，或者为什么维持申报。")
    with transaction.atomic():
        row = Answer.objects.select_for_update().filter(pk=key).first()
        if row is None:
            raise MissingRefusal("找不到这条核对差异。")
        inquiry, matter = _inquiry(row.inquiry_id, scope)
        if row.state != "open":
            raise StaleRefusal("这条差异已经处理，请刷新后再看。")
        row.state = "corrected" if correct else "kept"
        row.reason, row.settled_by, row.settled_on = reason.strip()[:500], who.natural_person, today()
        row.save()
        if correct:
            _correct(row, inquiry, matter)


def answer_by_file(case: int, scope: Scope, content: bytes) -> tuple[int, tuple[str, ...]]:
    """Enter the answers of a CSV file (HEADINGS; UTF-8 or GB 18030): all of it or nothing.

    Returns (sources answered, what is wrong line by line); with anything wrong nothing is entered.
    """
    matter = reads.case(case, scope)
    if matter is None:
        raise MissingRefusal("找不到这个案件。")
    rows, wrong = _read(content)
    persons = [person for person, _ in reads.people(case)]
    waiting = {row.source: row.pk for row in Inquiry.objects.filter(case_id=case, state="open")}
    found: dict[str, list[Line]] = {}
    for number, row in rows:
        line, told = _line(row, persons, waiting)
        if line is None:
            wrong.append(f"第 {number} 行：{told}")
        else:
            found.setdefault(_key(row["来源"]), []).extend([line] if line.topic else [])
    if wrong or not found:
        return 0, tuple(wrong or ["文件里没有可以登记的行。"])
    with transaction.atomic():
        for source, lines in found.items():
            answer(waiting[source], scope, tuple(lines), "由文件登记", channel="file")
    return len(found), ()


def settled(case: int) -> None:
    """Refuse where a source has not answered or a difference is not settled; within another deed."""
    rounds = Inquiry.objects.filter(case_id=case).order_by("-round").values_list("round", flat=True)
    number = rounds.first()
    if number is None:
        return
    rows = Inquiry.objects.filter(case_id=case, round=number)
    waiting = [SOURCE[row.source].label for row in rows if row.state == "open"]
    if waiting:
        raise CaseRefusal(f"还有 {len(waiting)} 个来源没有答复：{'、'.join(waiting)}。请先登记答复。")
    open_ = Answer.objects.filter(inquiry__in=rows, state="open").count()
    if open_:
        raise CaseRefusal(f"还有 {open_} 条核对差异没有处理，请逐条采信或维持并写明依据。")


def _inquiry(key: int, scope: Scope) -> tuple[Inquiry, Matter]:
    row = Inquiry.objects.select_for_update().filter(pk=key).first()
    matter = reads.case(row.case_id, scope) if row else None
    if row is None or matter is None:
        raise MissingRefusal("找不到这个核对请求。")
    if not may(scope, VERIFY, matter.area):
        raise ActRefusal("这个案件不在您的办理范围内。")
    if matter.state != OPEN_STATE:
        raise StaleRefusal(f"案件现在是“{matter.state}”，不在核对中，不能登记核对结果。")
    return row, matter


def _answered(row: Inquiry, matter: Matter, line: Line) -> None:
    declared = _registered(matter, line)
    same = declared == line.value or (declared is None and line.value == 0)
    Answer.objects.create(
        inquiry=row, person=line.person, topic=line.topic, kind=line.kind, declared=declared,
        answered=line.value, state="same" if same else "open", area=row.area,
    )  # fmt: skip


def _registered(matter: Matter, line: Line) -> int | None:
    """What the register has of it today; None where nothing or nothing known."""
    sql, subject = (OWNED, matter.household) if line.topic == "asset" else (REGISTERED, line.person)
    with connection.cursor() as cursor:
        cursor.execute(sql, [subject, line.kind, today()])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _correct(row: Answer, inquiry: Inquiry, matter: Matter) -> None:
    source = f"核对 {matter.number} {SOURCE[inquiry.source].key}"[:60]
    subject = matter.household if row.topic == "asset" else row.person
    assert subject is not None
    name = "amount" if row.topic == "asset" else "yearly"
    values = {"kind": row.kind, name: row.answered}
    recording.state(row.topic, subject, matter.area, today(), source, values)


def _read(content: bytes) -> tuple[list[tuple[int, Mapping[str, str]]], list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return [], ["文件不是 UTF-8 或 GB 18030 编码的文字，请另存为 CSV 再传。"]
    table = csv.DictReader(StringIO(text))
    if list(table.fieldnames or ()) != list(HEADINGS):
        return [], [f"第一行应为：{'、'.join(HEADINGS)}。"]
    rows: list[tuple[int, Mapping[str, str]]] = [
        (number, row) for number, row in enumerate(table, start=2) if any(row.values())
    ]
    return rows[:500], []


def _key(text: str) -> str:
    named = {source.label.partition("：")[0]: source.key for source in SOURCES}
    return named.get(text.strip(), text.strip())


def _line(row: Mapping[str, str], persons: list[int], waiting: Mapping[str, int]) -> tuple[Line | None, str]:
    source = _key(row["来源"] or "")
    if source not in waiting:
        return None, f"来源“{row['来源']}”没有待答复的请求。"
    topic, kind = kind_of(row["项目"] or "")
    if not (row["项目"] or "").strip():
        return Line(0, "", 0, None), ""
    if not topic:
        return None, f"项目“{row['项目']}”不认识。"
    place = (row["成员序号"] or "").strip()
    if topic == "income" and not (place.isdigit() and 1 <= int(place) <= len(persons)):
        return None, f"成员序号“{place}”应是 1 到 {len(persons)}。"
    value = value_of(topic, kind, row["答复"] or "")
    if value is None:
        return None, f"答复“{row['答复']}”应是数字（收入、存款为元，其余为数量）。"
    return Line(persons[int(place) - 1] if topic == "income" else 0, topic, kind, value), ""


def kind_of(label: str) -> tuple[str, int]:
    """("income" or "asset", its kind) of a word for it; ("", 0) where nobody knows it."""
    for topic, labels in (("income", INCOMES), ("asset", ASSETS)):
        for kind, name in labels.items():
            if name == label.strip():
                return topic, kind
    return "", 0


def value_of(topic: str, kind: int, text: str) -> int | None:
    """What was typed: yuan as fen for incomes and deposits, else a count; None where it is neither."""
    plain = text.strip().replace(",", "").replace("，", "")
    if topic == "income" or kind == MONEY:
        try:
            return parse_yuan(plain)
        except MoneyRefusal:
            return None
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 6 else None
