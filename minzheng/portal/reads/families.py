"""Households of an area and programme, as a list and one by one. Numbers leave this module masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.core.people import crypto, masks
from minzheng.portal.reads.query import one, rows, stream

NUMBER = "people_person.number"

STANDING = """
    SELECT e.id, e.household, e.programme, e.payee, e.amount, e.area, lower(e.valid) AS since,
           (SELECT count(*) FROM benefits_entitlementperson p WHERE p.entitlement_id = e.id) AS persons
      FROM benefits_entitlement e
     WHERE e.area BETWEEN %(lo)s AND %(hi)s AND e.valid @> %(day)s::date
       AND (%(programme)s = '' OR e.programme = %(programme)s)
    UNION ALL
    SELECT d.id, d.household, d.programme, d.payee, 0, d.area, d.day, cardinality(d.persons)
      FROM benefits_determination d
     WHERE d.area BETWEEN %(lo)s AND %(hi)s AND d.current AND d.eligible AND d.programme = ANY(%(statuses)s)
       AND %(programme)s IN ('', d.programme)
"""
TOTAL = f"""
    SELECT count(*), coalesce(sum(persons), 0)::bigint, coalesce(sum(amount), 0)::bigint FROM ({STANDING}) s
"""
SHOWN = f"""
    SELECT s.household, s.programme, s.payee, s.amount, s.area, s.since, s.persons, p.name, p.number_cipher,
           coalesce(p.provisional_code, '')
      FROM (SELECT * FROM ({STANDING}) s ORDER BY <order> LIMIT %(limit)s OFFSET %(offset)s) s
      LEFT JOIN people_person p ON p.id = s.payee ORDER BY <order>
"""


@dataclass(frozen=True)
class Family:
    """One household that stands in a programme: its payee's masked name and number, persons"
    " covered, fen a month."""

    household: int
    programme: str
    area: int
    since: date
    persons: int
    amount: int
    name: str
    number: str


@dataclass(frozen=True)
class Member:
    """A member of a household on a day."""

    person: int
    relation: int
    name: str
    number: str
    sex: int
    born: date
    ethnicity: int
    died: date | None
    account: str


@dataclass(frozen=True)
class Household:
    """A household as its page shows it."""

    id: int
    area: int
    urban: bool
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Right:
    """An entitlement of a household, past or present, with the decision that it rests on."""

    programme: str
    amount: int
    since: date
    until: date | None
    kind: str
    by: str
    law: str
    persons: int


@dataclass(frozen=True)
class Payment:
    """A due line of a household with what became of its payment."""

    month: date
    programme: str
    amount: int
    state: str
    reason: str
    sent: str | None
    code: str | None


def totals(lo: int, hi: int, day: date, programme: str, statuses: list[str]) -> tuple[int, int, int]:
    """How many households stand in `programme` ("" is any) on `day` within [lo, hi], persons, fen a month.

    `statuses` are the programmes that pay nothing: there one stands by what the law finds.
    """
    values = {"lo": lo, "hi": hi, "day": day, "programme": programme, "statuses": statuses}
    count, persons, amount = one(TOTAL, values)
    return count, persons, amount


def families(
    lo: int,
    hi: int,
    day: date,
    programme: str,
    statuses: list[str],
    order: str,
    limit: int | None,
    offset: int,
) -> Iterable[Family]:
    """Those households in this order (SQL), `limit` from `offset` on; all, as a stream, where it is None."""
    values: dict[str, Any] = {"lo": lo, "hi": hi, "day": day, "programme": programme, "statuses": statuses}
    sql = SHOWN.replace("<order>", order)
    return (stream if limit is None else rows)(_family, sql, values | {"limit": limit, "offset": offset})


def household(key: int, day: date, lo: int, hi: int) -> Household | None:
    """The household with its members of the day; None where there is none within the range."""
    found = one(
        "SELECT id, area, urban FROM people_household WHERE id = %(key)s AND area BETWEEN %(lo)s AND %(hi)s",
        {"key": key, "lo": lo, "hi": hi},
    )
    if not found:
        return None
    members = rows(
        _member,
        "SELECT p.id, m.relation, p.name, p.number_cipher, coalesce(p.provisional_code, ''), p.sex,"
        " p.born, p.ethnicity,"
        " (SELECT lower(d.valid) FROM people_death d WHERE d.person_id = p.id AND d.superseded_at"
        " IS NULL LIMIT 1),"
        " (SELECT a.last4 FROM people_account a WHERE a.person_id = p.id AND a.superseded_at IS NULL"
        "   AND a.valid @> %(day)s::date LIMIT 1)"
        " FROM people_membership m JOIN people_person p ON p.id = m.person_id"
        " WHERE m.household_id = %(key)s AND m.superseded_at IS NULL AND m.valid @> %(day)s::date"
        " ORDER BY m.relation, p.id",
        {"key": key, "day": day},
    )
    return Household(found[0], found[1], found[2], members)


def rights(key: int) -> tuple[Right, ...]:
    """Every entitlement of the household, newest first."""
    return rows(
        Right,
        "SELECT e.programme, e.amount, lower(e.valid), upper(e.valid), d.kind, coalesce(u.name, d.by), d.law,"
        " (SELECT count(*) FROM benefits_entitlementperson p WHERE p.entitlement_id = e.id)"
        " FROM benefits_entitlement e JOIN benefits_decision d ON d.id = e.decision_id"
        " LEFT JOIN LATERAL (SELECT name FROM access_user WHERE natural_person = d.by ORDER BY id"
        " LIMIT 1) u ON true"
        " WHERE e.household = %(key)s AND NOT isempty(e.valid) ORDER BY lower(e.valid) DESC, e.id"
        " DESC LIMIT 24",
        {"key": key},
    )


def payments(key: int) -> tuple[Payment, ...]:
    """The household's last due lines and their payments."""
    return rows(
        Payment,
        "SELECT d.month, d.programme, d.amount, d.state, d.reason, i.state, t.code FROM benefits_dueline d"
        " LEFT JOIN LATERAL (SELECT id, state FROM ledger_instruction i WHERE i.due_line_id = d.id"
        "   AND i.household = d.household ORDER BY id DESC LIMIT 1) i ON true"
        " LEFT JOIN ledger_attempt t ON t.instruction_id = i.id"
        " WHERE d.household = %(key)s ORDER BY d.month DESC, d.id DESC LIMIT 24",
        {"key": key},
    )


def masked(person: int | None, cipher: bytes | None, code: str) -> str:
    """An identity number through the one mask; a person without one by the provisional code."""
    if person is None or cipher is None:
        return code
    return masks.number(crypto.provider().decrypt(NUMBER, person, bytes(cipher)))


def _family(
    household: int, programme: str, payee: int, amount: int, area: int, since: date, persons: int,
    name: str | None, cipher: bytes | None, code: str,
) -> Family:  # fmt: skip
    shown = masks.name(name) if name else "—"
    return Family(household, programme, area, since, persons, amount, shown, masked(payee, cipher, code))


def _member(
    person: int, relation: int, name: str, cipher: bytes | None, code: str, sex: int, born: date,
    ethnicity: int, died: date | None, last4: str | None,
) -> Member:  # fmt: skip
    account = masks.account(last4) if last4 else ""
    return Member(
        person, relation, masks.name(name), masked(person, cipher, code), sex, born, ethnicity, died, account
    )
