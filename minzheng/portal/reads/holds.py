"""Changes of account that wait for another person, and the failed payment that one of them sets right."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minzheng.core.page import Page, page
from minzheng.core.people import masks
from minzheng.portal.reads.query import one, rows


@dataclass(frozen=True)
class Hold:
    """A changed account: what was paid into before, what is asked for, by whom, and who decided on it."""

    id: int
    household: int | None
    name: str
    area: int
    old_bank: str
    old: str
    bank: str
    account: str
    state: str
    version: int
    by: str
    at: datetime
    approved_by: str
    approved_at: datetime | None


@dataclass(frozen=True)
class Holds:
    """A page of changes of account."""

    rows: tuple[Hold, ...]
    page: Page


@dataclass(frozen=True)
class Refused:
    """A failed payment: who should have got it, what the bank said, which account is current now."""

    id: int
    payee: int
    household: int
    name: str
    area: int
    programme: str
    month: date
    amount: int
    state: str
    code: str
    bank: str
    account: str
    again: bool
    now_bank: str
    now: str
    hold: str


#: The word that the month's run writes where no person changed the account.
BY_REGISTER = "登记册变更"
FROM = """
      FROM ledger_hold h WHERE h.area BETWEEN %(lo)s AND %(hi)s AND h.state = %(state)s
"""
#: A hold keeps the natural person, who may have several accounts; a page says a name and nothing else.
SHOWN = """
    SELECT h.id, i.household, p.name, h.area, coalesce(i.bank, ''), coalesce(o.last4, ''),
           coalesce(a.bank, ''), coalesce(a.last4, ''), h.state, h.version,
           CASE WHEN h.by = %(register)s THEN h.by ELSE coalesce(u.name, '不详') END, h.at,
           CASE WHEN h.approved_by = '' THEN '' ELSE coalesce(v.name, '不详') END, h.approved_at
      FROM (SELECT h.* {chosen}) h LEFT JOIN people_person p ON p.id = h.person
      LEFT JOIN people_account a ON a.id = h.account
      LEFT JOIN LATERAL (SELECT household, account, bank FROM ledger_instruction i
             WHERE i.payee = h.person AND i.account <> h.account AND i.area BETWEEN %(lo)s AND %(hi)s
             ORDER BY id DESC LIMIT 1) i ON true
      LEFT JOIN people_account o ON o.id = i.account
      LEFT JOIN LATERAL (SELECT name FROM access_user WHERE natural_person = h.by ORDER BY id LIMIT 1) u
             ON true
      LEFT JOIN LATERAL (SELECT name FROM access_user WHERE natural_person = h.approved_by ORDER BY id
             LIMIT 1) v ON true
     ORDER BY h.area, h.id
"""
REFUSED = """
    SELECT i.id, i.payee, i.household, p.name, i.area, i.programme, i.month, i.amount, i.state,
           coalesce(t.code, ''), i.bank, coalesce(a.last4, ''),
           EXISTS (SELECT FROM ledger_instruction r WHERE r.reissue_of_id = i.id),
           coalesce(n.bank, ''), coalesce(n.last4, ''),
           coalesce((SELECT h.state FROM ledger_hold h WHERE h.person = i.payee ORDER BY h.id DESC LIMIT 1),
                    '')
      FROM ledger_instruction i LEFT JOIN people_person p ON p.id = i.payee
      LEFT JOIN ledger_attempt t ON t.instruction_id = i.id
      LEFT JOIN people_account a ON a.id = i.account
      LEFT JOIN LATERAL (SELECT bank, last4 FROM people_account n WHERE n.person_id = i.payee
             AND n.superseded_at IS NULL AND upper_inf(n.valid) ORDER BY id DESC LIMIT 1) n ON true
     WHERE i.id = %(key)s AND i.area BETWEEN %(lo)s AND %(hi)s
"""


def holds(lo: int, hi: int, state: str, number: int) -> Holds:
    """Page `number` of the changes of account in `state` within [lo, hi]."""
    values: dict[str, Any] = {"lo": lo, "hi": hi, "state": state, "register": BY_REGISTER}
    shown = page(number, int(one("SELECT count(*)" + FROM, values)[0]))
    chosen = FROM + " ORDER BY h.area, h.id LIMIT %(limit)s OFFSET %(offset)s"
    return Holds(rows(_hold, SHOWN.format(chosen=chosen), values | shown.bounds()), shown)


def hold(key: int, lo: int, hi: int) -> Hold | None:
    """One change of account, or None where there is none within the range."""
    chosen = "FROM ledger_hold h WHERE h.id = %(key)s AND h.area BETWEEN %(lo)s AND %(hi)s"
    values = {"key": key, "lo": lo, "hi": hi, "register": BY_REGISTER}
    found = rows(_hold, SHOWN.format(chosen=chosen), values)
    return found[0] if found else None


def refused(key: int, lo: int, hi: int) -> Refused | None:
    """The payment with this key, or None where there is none within the range."""
    found = rows(_refused, REFUSED, {"key": key, "lo": lo, "hi": hi})
    return found[0] if found else None


def _hold(
    key: int, household: int | None, name: str | None, area: int, old_bank: str, old: str, bank: str,
    last4: str, *rest: Any,
) -> Hold:  # fmt: skip
    return Hold(key, household, _masked(name), area, old_bank, _ending(old), bank, _ending(last4), *rest)


def _refused(
    key: int, payee: int, household: int, name: str | None, area: int, programme: str, month: date,
    amount: int, state: str, code: str, bank: str, last4: str, again: bool, now_bank: str, now: str,
    hold: str,
) -> Refused:  # fmt: skip
    return Refused(
        key, payee, household, _masked(name), area, programme, month, amount, state, code, bank,
        _ending(last4), again, now_bank, _ending(now), hold,
    )  # fmt: skip


def _masked(name: str | None) -> str:
    return masks.name(name) if name else "—"


def _ending(last4: str) -> str:
    return masks.account(last4) if last4 else ""
