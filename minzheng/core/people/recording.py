"""What a deed brings into the register: persons, a household, who lives in it, and dated facts with a source.

For deeds of the web, in the transaction and scope of whoever acts (the runtime role). Nothing is changed in
place: a fact that is stated anew supersedes the row that said otherwise, what was true before the day stays
as a closed row, and a fact that says the same as before is left as it stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.core.people import masks, names
from minzheng.core.people.actions import RegisterRefusal, _close, change_account
from minzheng.core.people.crypto import provider
from minzheng.core.people.models import (
    Absence,
    Account,
    Asset,
    Condition,
    Death,
    Disability,
    Employment,
    Enrolment,
    Fact,
    Household,
    Hukou,
    IncomeItem,
    Membership,
    Obligor,
    Person,
    Residence,
)
from minzheng.kernel.identity import ResidentNumber

#: Word for a kind of fact → its table, and the column that tells its kinds apart ("" where one holds).
KINDS: dict[str, tuple[type[Fact], str]] = {
    "income": (IncomeItem, "kind"),
    "asset": (Asset, "kind"),
    "disability": (Disability, "kind"),
    "condition": (Condition, "kind"),
    "absence": (Absence, "kind"),
    "enrolment": (Enrolment, ""),
    "employment": (Employment, ""),
    "obligor": (Obligor, "relation"),
    "residence": (Residence, ""),
    "hukou": (Hukou, ""),
}
ELSEWHERE = "这个人已登记在您管辖范围以外的地区。请先联系原登记地，由共同的上级办理迁移或合并后再办。"


@dataclass(frozen=True)
class Who:
    """A person as a form names them; `number` in clear, "" for one without."""

    name: str
    number: str
    sex: int
    born: date
    ethnicity: int = 1
    name_note: str = ""


def person(who: Who, area: int, source: str) -> int:
    """The key of this person: found by identity number, else made in `area`.

    Refused: another name under the number, a record of the dead, a number that is registered out of sight.
    """
    name = names.clean(who.name)
    found = ResidentNumber.parse(who.number) if who.number else None
    index = provider().index([found.number])[0] if found else None
    known = Person.objects.filter(number_index=index).select_related("canonical").first() if index else None
    if known is not None:
        known = known.canonical or known
        if known.name != name:
            raise RegisterRefusal(
                f"{masks.name(name)}的身份证号在登记库中属于另一个姓名（{masks.name(known.name)}），请核对证件。"
            )
        if Death.objects.filter(person_id=known.pk, superseded_at=None).exists():
            raise RegisterRefusal(f"{masks.name(name)}在登记库中已登记死亡，请核对证件和死亡登记。")
        return int(known.pk)
    return _made(who, name, found, index, area, source)


def _made(
    who: Who, name: str, found: ResidentNumber | None, index: bytes | None, area: int, source: str
) -> int:
    row = Person(
        name=name, name_note=who.name_note, pinyin=names.pinyin(name), bigrams=names.grams(name),
        sex=found.sex if found else who.sex, born=found.born if found else who.born,
        ethnicity=who.ethnicity, area=area, source=source, number_index=index,
    )  # fmt: skip
    if found:
        row.number_cipher = b""
    else:
        row.provisional_code = f"{source}/{names.pinyin(name)}/{who.born}"[:40]
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RegisterRefusal(f"{masks.name(name)}：{ELSEWHERE}") from error
    if found:
        sealed = provider().encrypt("people_person.number", [row.pk], [found.number])[0]
        Person.objects.filter(pk=row.pk).update(number_cipher=sealed)
    return int(row.pk)


def household(area: int, urban: bool, source: str) -> int:
    """A new household that lives in `area`, under the standard of a town or of the country."""
    row = Household(area=area, urban=urban, source=source)
    row.save(force_insert=True)
    return int(row.pk)


def homes(persons: Iterable[int], day: date) -> dict[int, int]:
    """Person → household of that day, of those who have one in sight."""
    rows = Membership.objects.filter(
        person_id__in=list(persons), superseded_at=None, valid__contains=day
    ).values_list("person_id", "household_id")
    return {int(person): int(home) for person, home in rows}


def members(household: int, day: date) -> dict[int, int]:
    """Person → relation of those who belong to a household on a day."""
    rows = Membership.objects.filter(household_id=household, superseded_at=None, valid__contains=day)
    return {int(person): int(relation) for person, relation in rows.values_list("person_id", "relation")}


def join(person: int, household: int, relation: int, area: int, day: date, source: str) -> None:
    """Let a person belong to a household from a day on; another membership of that day ends with it.

    Refused where the person belongs to a household that is out of sight.
    """
    for row in Membership.objects.select_for_update().filter(
        person_id=person, superseded_at=None, valid__contains=day
    ):
        if (row.household_id, row.relation) == (household, relation):
            return
        _close(row, day)
    made = Membership(
        person_id=person, household_id=household, relation=relation, area=area, source=source,
        valid=DateRange(day, None),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise RegisterRefusal(ELSEWHERE) from error


def leave(person: int, household: int, day: date) -> None:
    """End a membership with a day; what was true before stays on record."""
    for row in Membership.objects.select_for_update().filter(
        person_id=person, household_id=household, superseded_at=None, valid__contains=day
    ):
        _close(row, day)


def state(kind: str, subject: int, area: int, day: date, source: str, values: Mapping[str, Any]) -> bool:
    """State a fact of a word in KINDS about a person (an asset: a household), true from `day` on.

    Returns whether anything was written: a fact that says the same already is left alone.
    """
    table, apart = KINDS[kind]
    rows: Any = table.objects.select_for_update().filter(
        **_whose(table, subject), superseded_at=None, valid__contains=day
    )
    standing = list(rows.filter(**{apart: values[apart]}) if apart else rows)
    if any(_same(row, values) and row.valid.upper is None for row in standing):
        return False
    for row in standing:
        _close(row, day)
    made = table(**_whose(table, subject), **values, area=area, source=source, valid=DateRange(day, None))
    made.save(force_insert=True)
    return True


def end(kind: str, subject: int, day: date, values: Mapping[str, Any] | None = None) -> int:
    """A fact holds no longer from `day` on; `values` tell which one. Returns how many rows were closed."""
    table, _ = KINDS[kind]
    rows: Any = table.objects.select_for_update().filter(
        **_whose(table, subject), superseded_at=None, valid__contains=day, **dict(values or {})
    )
    found = list(rows)
    for row in found:
        _close(row, day)
    return len(found)


def first_account(person: int, bank: str, number: str, day: date, source: str) -> bool:
    """The account of a person who has none. False where one stands already: changing that takes two persons
    (`ledger.actions.correct_account`), so it is left as it is.
    """
    if Account.objects.filter(person_id=person, superseded_at=None, valid__contains=day).exists():
        return False
    change_account(person, bank, number, day, source)
    return True


def refused_work(person: int, area: int, day: date, source: str) -> int:
    """One more offer of work was refused without good reason; returns how many in a row there are now."""
    row = Employment.objects.filter(person_id=person, superseded_at=None, valid__contains=day).first()
    count = (row.job_refusals if row else 0) + 1
    state("employment", person, area, day, source, {"can_work": True, "job_refusals": count})
    return count


def record_death(person: int, area: int, died_on: date, source: str) -> bool:
    """A person died on a day; False where that is known already."""
    _seen(person)
    if Death.objects.filter(person_id=person, superseded_at=None).exists():
        return False
    Death(person_id=person, area=area, source=source, valid=DateRange(died_on, None)).save(force_insert=True)
    return True


def _seen(person: int) -> None:
    if not Person.objects.filter(pk=person).exists():
        raise RegisterRefusal("没有查到这个人，请核对。")


def _whose(table: type[Fact], subject: int) -> dict[str, int]:
    return {"household_id" if table is Asset else "person_id": subject}


def _same(row: Fact, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())
