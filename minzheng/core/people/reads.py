"""Questions to the register. Numbers come masked; what reveals them (`actions.reveal`) is a logged act."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Q

from minzheng.core.people import arrow, collecting, facts, masks, names
from minzheng.core.people.crypto import provider
from minzheng.core.people.models import Account, Fact, Household, Membership, Person
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import IdentityRefusal, ResidentNumber

Columns = Mapping[str, str]
Row = dict[str, Any]
MOST = 200


class SearchRefusal(Refusal):
    """What was typed is too short to search by."""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What a list shows of a person: level 2, with the number masked."""

    id: int
    name: str
    name_note: str
    sex: int
    born: date
    ethnicity: int
    number: str
    area: int
    canonical: int | None
    source: str


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A person in a household."""

    person: PersonCard
    relation: int
    since: date


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """A household on a day, as known at an instant."""

    id: int
    area: int
    urban: bool
    members: tuple[MemberCard, ...]
    source: str


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account by bank and last four digits."""

    id: int
    person: int
    bank: str
    number: str


def person_card(person: int) -> PersonCard | None:
    """One person in scope, or None."""
    found = Person.objects.filter(pk=person).first()
    return _card(found) if found else None


def by_number(number: str) -> PersonCard | None:
    """The person in scope who bears a whole identity number, or None; raises SearchRefusal."""
    return next((_card(row) for row in _by_number(number)), None)


def identity(person: int) -> tuple[str, str] | None:
    """(name, identity number in clear or "") of a person in scope, for a deed and never for a page."""
    row = Person.objects.filter(pk=person).first()
    if row is None:
        return None
    sealed = row.number_cipher
    return row.name, provider().decrypt("people_person.number", row.pk, bytes(sealed)) if sealed else ""


def household_card(household: int, day: date, known: datetime | None = None) -> HouseholdCard | None:
    """One household in scope with its members of that day, or None."""
    home = Household.objects.filter(pk=household).first()
    if home is None:
        return None
    rows = (
        Membership.objects.filter(_live(day, known), household=home)
        .select_related("person", "person__canonical")
        .order_by("relation", "person_id")
    )
    elsewhere = set(
        Membership.unscoped.filter(
            _live(day, known), person_id__in=[r.person.canonical_id for r in rows if r.person.canonical_id]
        ).values_list("person_id", flat=True)
    )
    members = tuple(
        MemberCard(_card(row.person.canonical or row.person), row.relation, row.valid.lower)
        for row in rows
        if row.person.canonical_id not in elsewhere
    )
    return HouseholdCard(home.pk, home.area, home.urban, members, home.source)


def household_of(person: int, day: date, known: datetime | None = None) -> int | None:
    """The household that a person belongs to on a day, or None; of a merged record, that of the one it is."""
    person = Person.objects.filter(pk=person).values_list("canonical_id", flat=True).first() or person
    found = Membership.objects.filter(_live(day, known), person_id=person).values_list(
        "household_id", flat=True
    )
    return found.first()


def search(text: str, limit: int = 50) -> list[PersonCard]:
    """People in scope by name (two characters of it, or a whole name of one) or by whole identity number.

    Raises SearchRefusal when there is nothing to go by. A merged record is answered by the one it points at.
    """
    typed = "".join(text.split())
    if len(typed) >= 15 and unicodedata.normalize("NFKC", typed[:15]).isascii():
        return [_card(row) for row in _by_number(typed)]
    try:
        name = names.clean(typed)
    except names.NameRefusal as refusal:
        raise SearchRefusal(
            "没有可以用来查找的内容。请输入姓名中的两个字以上，或完整的身份证号。"
        ) from refusal
    found = Person.objects.filter(pk__in=_named(names.grams(name), min(limit, MOST)))
    return [_card(row) for row in found.order_by("pinyin", "id")]


def _named(grams: list[str], most: int) -> list[int]:
    """Keys of people in scope whose names hold the grams, by an indexed function (migration 0006)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM people_named(%s, %s)", [grams, most])
        return [row[0] for row in cursor.fetchall()]


def _by_number(typed: str) -> list[Person]:
    try:
        number = ResidentNumber.parse(typed).number
    except IdentityRefusal as refusal:
        raise SearchRefusal(f"身份证号不能用来查找：{refusal}") from refusal
    index = provider().index([number])[0]
    found = Person.objects.filter(number_index=index).select_related("canonical")
    return [row.canonical or row for row in found]


def accounts_of(person: int, day: date, known: datetime | None = None) -> list[AccountCard]:
    """The accounts of a person in scope on a day, as known at an instant (None: now), masked."""
    rows = Account.objects.filter(_live(day, known), person_id=person).order_by("id")
    return [AccountCard(row.pk, row.person_id, row.bank, masks.account(row.last4)) for row in rows]


def stated(kind: type[Fact], subject: int, day: date, known: datetime | None = None) -> list[Fact]:
    """The rows of one kind of fact about a person (an asset: a household) in scope on a day, as known."""
    whose = "person_id" if any(field.name == "person" for field in kind._meta.fields) else "household_id"
    return list(kind.objects.filter(_live(day, known), **{whose: subject}).order_by("id"))


def frames(
    day: date, known: datetime | None, lo: int, hi: int, person: Columns, household: Columns
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(persons, households) in the area range [lo, hi] with the columns asked for, sorted by household.

    For stages that run as engine; `person` and `household` name columns as SQL over what `facts` offers.
    """
    return collecting.frames(facts.in_range(lo, hi), day, known, person, household)


def household_facts(
    household: int, day: date, known: datetime | None, person: Columns, household_columns: Columns
) -> tuple[Row, list[Row]] | None:
    """(household, members) of one household as plain values, by the same SQL; None if it is empty."""
    scope = facts.of_one(household)
    homes = _rows(arrow.text(facts.compose(facts.HOUSEHOLD, household_columns, scope, day, known)))
    if not homes:
        return None
    return homes[0], _rows(arrow.text(facts.compose(facts.PERSON, person, scope, day, known)))


def payees(persons: Sequence[int], day: date) -> pl.DataFrame:
    """The current account of each person who has one: `person`, `account` (key), `bank`. As engine."""
    query = (
        "SELECT person_id AS person, id AS account, bank FROM people_account"
        " WHERE person_id = ANY(%s) AND valid @> %s AND superseded_at IS NULL ORDER BY person_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [list(persons), day])
        schema = {"person": pl.Int64, "account": pl.Int64, "bank": pl.String}
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def dead(persons: Sequence[int]) -> list[int]:
    """Those of the persons whose death is known now. As engine."""
    query = (
        "SELECT person_id FROM people_death WHERE person_id = ANY(%s) AND superseded_at IS NULL"
        " ORDER BY person_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [list(persons)])
        return [row[0] for row in cursor.fetchall()]


def in_clear(accounts: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """Account key → (name, identity number or provisional code, account number); only for a bank file."""
    query = (
        "SELECT a.id, a.number_cipher, p.id, p.name, p.number_cipher, p.provisional_code"
        " FROM people_account a JOIN people_person p ON p.id = a.person_id WHERE a.id = ANY(%s)"
    )
    own = provider()
    with connection.cursor() as cursor:
        cursor.execute(query, [list(accounts)])
        found = {}
        for account, sealed, person, name, number, code in cursor.fetchall():
            shown = own.decrypt("people_person.number", person, number) if number else code or ""
            found[account] = (name, shown, own.decrypt("people_account.number", account, sealed))
        return found


def _live(day: date, known: datetime | None) -> Q:
    """True on the day, as known at the instant (None: now)."""
    if known is None:
        return Q(valid__contains=day, superseded_at__isnull=True)
    current = Q(superseded_at__isnull=True) | Q(superseded_at__gt=known)
    return Q(valid__contains=day, recorded_at__lte=known) & current


def _card(row: Person) -> PersonCard:
    number = "无（临时编码）"
    if row.number_cipher:
        number = masks.number(provider().decrypt("people_person.number", row.pk, row.number_cipher))
    return PersonCard(
        row.pk,
        row.name,
        row.name_note,
        row.sex,
        row.born,
        row.ethnicity,
        number,
        row.area,
        row.canonical_id,
        row.source,
    )


def _rows(text: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        labels = [column.name for column in cursor.description]
        return [dict(zip(labels, row, strict=True)) for row in cursor.fetchall()]
