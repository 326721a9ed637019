"""Payees' accounts changed by set, each held until another natural person approves it, as one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from minzheng.core.access.actor import Actor, ActRefusal, ScopeLike, allowed
from minzheng.core.areas.day import today
from minzheng.core.people.accounts import Change, before_of, change_many, close_many

STEP = "ledger.correct_account"


@dataclass(frozen=True)
class Payee:
    """A payee within the scope as an account's change meets them. `account` is 0 where there is none."""

    person: int
    name: str
    area: int
    right_area: int
    account: int
    account_index: bytes
    bank: str
    waiting: bool


def payees(indexes: Sequence[bytes], scope: ScopeLike) -> dict[bytes, Payee]:
    """Blind index of an identity number → the payee, for those who are one within the scope."""
    who = allowed(scope, STEP)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.number_index, p.id, p.name, p.area, coalesce(a.id, 0),"
            " coalesce(a.number_index, ''::bytea), coalesce(a.bank, ''),"
            " EXISTS (SELECT FROM ledger_hold h WHERE h.person = p.id AND h.state = 'waiting')"
            " FROM people_person p LEFT JOIN people_account a ON a.person_id = p.id"
            "   AND a.superseded_at IS NULL AND a.valid @> %s::date"
            " WHERE p.number_index = ANY(%s) AND p.canonical_id IS NULL",
            [today(), list(indexes)],
        )
        found = cursor.fetchall()
        # One look over the scope's rights: there is no index by payee, so that a look each would be as many.
        cursor.execute(
            "SELECT DISTINCT ON (payee) payee, area FROM benefits_entitlement"
            " WHERE payee = ANY(%s) AND area BETWEEN %s AND %s ORDER BY payee, id DESC",
            [[row[1] for row in found], who.lo, who.hi],
        )
        right = dict(cursor.fetchall())
    return {
        bytes(key): Payee(person, name, area, right[person], account, bytes(index), bank, waiting)
        for key, person, name, area, account, index, bank, waiting in found
        if person in right
    }


def change(changes: Sequence[tuple[Payee, str, str]], scope: ScopeLike, source: str) -> dict[int, int]:
    """New accounts (payee, bank, number) on record, their payments held; person → key of the account."""
    who = allowed(scope, STEP)
    with transaction.atomic():
        written = change_many(
            [Change(payee.person, bank, number, payee.area) for payee, bank, number in changes],
            today(), source,
        )  # fmt: skip
        _hold({payee.person: (written[payee.person], payee.right_area) for payee, *_ in changes}, who)
    return written


def take_back(accounts: Sequence[int], scope: ScopeLike, source: str) -> set[int]:
    """Put the accounts before these back on record, where nobody has decided on these yet.

    The way back is held like any change, so it waits for another person too. Returns those taken back; one
    that was approved, refused or changed again is not among them.
    """
    who = allowed(scope, STEP)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT account, person, area FROM ledger_hold WHERE account = ANY(%s) AND state = 'waiting'"
            " AND area BETWEEN %s AND %s FOR UPDATE",
            [list(accounts), who.lo, who.hi],
        )
        open_ = {account: (person, area) for account, person, area in cursor.fetchall()}
        before = before_of(list(open_))
        close_many([account for account in open_ if account not in before])
        written = change_many(list(before.values()), today(), source)
        _hold({each.person: (written[each.person], open_[key][1]) for key, each in before.items()}, who)
    return set(open_)


def _hold(held: dict[int, tuple[int, int]], who: Actor) -> None:
    """Hold payments by person → (account, area); one that waits already goes on with the last account."""
    if any(not who.lo <= area <= who.hi for _, area in held.values()):
        raise ActRefusal("其中有不在您管辖范围内的领取人，没有写入。")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_hold (person, account, state, by, approved_by, version, area)"
            " SELECT person, account, 'waiting', %s, '', 1, area"
            "   FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS n (person, account, area)"
            " ON CONFLICT (person) WHERE state = 'waiting' DO UPDATE SET account = EXCLUDED.account,"
            " by = EXCLUDED.by, version = ledger_hold.version + 1, at = now()",
            [who.natural_person, list(held), [a for a, _ in held.values()], [a for _, a in held.values()]],
        )
