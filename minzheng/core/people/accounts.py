"""Accounts changed by set: what `actions.change_account` does for one, for a thousand in five statements.

Persons are distinct within a call. Row security and the history's triggers see each statement as any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now

from minzheng.core.people.crypto import provider
from minzheng.core.people.models import CURRENT, Account

COLUMN = "people_account.number"


@dataclass(frozen=True)
class Change:
    """Another account of a person; `area` is the person's."""

    person: int
    bank: str
    number: str
    area: int


def change_many(changes: Sequence[Change], day: date, source: str) -> dict[int, int]:
    """Another account each from a day on; those before are closed and stay on record. Person → new key."""
    persons = [each.person for each in changes]
    if len(set(persons)) != len(persons):
        raise ValueError("a person stands twice among the changes")
    with transaction.atomic():
        before = list(Account.objects.select_for_update().filter(CURRENT, person_id__in=persons))
        Account.objects.filter(pk__in=[row.pk for row in before]).update(superseded_at=Now())
        own = provider()
        held = [row for row in before if row.valid.lower is None or row.valid.lower < day]
        closed = [
            Account(
                person_id=row.person_id, area=row.area, bank=row.bank, last4=row.last4, source=row.source,
                valid=DateRange(row.valid.lower, day), number_cipher=b"", number_index=row.number_index,
            )
            for row in held
        ]  # fmt: skip
        made = [
            Account(
                person_id=each.person, area=each.area, bank=each.bank, last4=each.number[-4:], source=source,
                valid=DateRange(day, None), number_cipher=b"", number_index=index,
            )
            for each, index in zip(changes, own.index([each.number for each in changes]), strict=True)
        ]  # fmt: skip
        Account.objects.bulk_create([*closed, *made])
        clear = [own.decrypt(COLUMN, row.pk, bytes(row.number_cipher)) for row in held]
        _seal([row.pk for row in [*closed, *made]], [*clear, *(each.number for each in changes)])
    return {row.person_id: row.pk for row in made}


def before_of(accounts: Sequence[int]) -> dict[int, Change]:
    """Account key → the account that its person had before it; missing where there was none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (a.id) a.id, b.id, b.person_id, b.bank, b.number_cipher, b.area"
            " FROM people_account a JOIN people_account b ON b.person_id = a.person_id AND b.id < a.id"
            " WHERE a.id = ANY(%s) ORDER BY a.id, b.id DESC",
            [list(accounts)],
        )
        found = cursor.fetchall()
    own = provider()
    return {
        key: Change(person, bank, own.decrypt(COLUMN, old, bytes(cipher)), area)
        for key, old, person, bank, cipher, area in found
    }


def close_many(accounts: Sequence[int]) -> None:
    """Take accounts off the record as known now, where nothing was paid into them."""
    Account.objects.filter(CURRENT, pk__in=list(accounts)).update(superseded_at=Now())


def _seal(keys: Sequence[int], numbers: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_account a SET number_cipher = s.cipher"
            " FROM unnest(%s::bigint[], %s::bytea[]) AS s (id, cipher) WHERE a.id = s.id",
            [list(keys), provider().encrypt(COLUMN, keys, numbers)],
        )
