"""Deeds on the register: reveal a number, merge records and take it back, change the account that is paid
into.

Each runs in the transaction and scope of whoever acts; what is out of scope does not exist. Facts are never
changed in place: the old row is superseded, what was true of it stays, and the new row follows."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now

from minzheng.core.audit.actions import log_access
from minzheng.core.people.crypto import provider
from minzheng.core.people.models import Account, Fact, Person
from minzheng.core.people.terms import BANKS
from minzheng.kernel.errors import Refusal

SHORTEST_PURPOSE = 4


class RegisterRefusal(Refusal):
    """A deed on the register that is not possible."""


def reveal_number(person: int, purpose: str) -> str:
    """The identity number of one person in scope; no entry in the access log, no reveal."""
    with transaction.atomic():
        row = _person(person)
        log_access("people.reveal_number", f"people_person/{person}", _why(purpose))
        if not row.number_cipher:
            return row.provisional_code or ""
        return provider().decrypt("people_person.number", row.pk, row.number_cipher)


def reveal_account(account: int, purpose: str) -> str:
    """The whole number of one account in scope, logged likewise."""
    with transaction.atomic():
        row = Account.objects.filter(pk=account).first()
        if row is None:
            raise RegisterRefusal("没有查到这个账户，请核对。")
        log_access("people.reveal_account", f"people_account/{account}", _why(purpose))
        return provider().decrypt("people_account.number", row.pk, row.number_cipher)


def merge(person: int, into: int) -> None:
    """Let one record stand for another; payments and facts stay where they are, and it can be undone."""
    with transaction.atomic():
        rows = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[person, into])}
        if person == into or len(rows) != 2:
            raise RegisterRefusal("要合并的两条人员记录没有都查到，或是同一条。请核对。")
        if rows[into].canonical_id or rows[person].canonical_id:
            raise RegisterRefusal("其中一条记录已经并入别的记录。请先撤销那次合并。")
        if Person.objects.filter(canonical_id=person).exists():
            raise RegisterRefusal("已有别的记录并入这一条，不能再把它并入他人。请先撤销那些合并。")
        Person.objects.filter(pk=person).update(canonical_id=into)


def unmerge(person: int) -> None:
    """Take a merge back."""
    with transaction.atomic():
        row = _person(person)
        if not row.canonical_id:
            raise RegisterRefusal("这条人员记录没有并入别的记录，不用撤销。")
        Person.objects.filter(pk=person).update(canonical_id=None)


def change_account(person: int, bank: str, number: str, day: date, source: str) -> int:
    """Another account from a day on; the one before is closed that day and stays on record. Returns the new
    key.
    """
    digits = "".join(number.split())
    if bank not in BANKS or not digits.isascii() or not digits.isdigit() or not 10 <= len(digits) <= 25:
        raise RegisterRefusal("银行或账号不对：账号应为10到25位数字。请按存折或银行卡核对。")
    with transaction.atomic():
        area = _person(person).area
        for old in Account.objects.select_for_update().filter(person_id=person, superseded_at__isnull=True):
            _close(old, day)
        made = Account(person_id=person, area=area, bank=bank, last4=digits[-4:], source=source)
        made.valid = DateRange(day, None)
        made.number_cipher, made.number_index = b"", provider().index([digits])[0]
        made.save()
        sealed = provider().encrypt("people_account.number", [made.pk], [digits])[0]
        Account.objects.filter(pk=made.pk).update(number_cipher=sealed)
        return int(made.pk)


def _close(row: Fact, day: date) -> None:
    """Supersede a row; if it held before the day, what held goes on record as closed."""
    kind: Any = type(row)
    kind.objects.filter(pk=row.pk).update(superseded_at=Now())
    if row.valid.lower is None or row.valid.lower < day:
        values = {
            field.attname: getattr(row, field.attname)
            for field in kind._meta.concrete_fields
            if field.attname not in ("id", "recorded_at", "superseded_at", "valid")
        }
        closed = kind(**values, valid=DateRange(row.valid.lower, day))
        closed.save()
        if isinstance(row, Account):
            clear = provider().decrypt("people_account.number", row.pk, row.number_cipher)
            sealed = provider().encrypt("people_account.number", [closed.pk], [clear])[0]
            Account.objects.filter(pk=closed.pk).update(number_cipher=sealed)


def _person(person: int) -> Person:
    row = Person.objects.select_for_update().filter(pk=person).first()
    if row is None:
        raise RegisterRefusal("没有查到这个人，请核对。")
    return row


def _why(purpose: str) -> str:
    """The purpose, which has to say something."""
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise RegisterRefusal(f"查看完整号码要写明事由（至少{SHORTEST_PURPOSE}个字）。")
    return purpose.strip()
