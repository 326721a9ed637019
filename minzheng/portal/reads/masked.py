"""Which masked numbers a household's page shows, so that one of them can be revealed. Still masked here."""

from dataclasses import dataclass
from datetime import date

from minzheng.core.people import masks
from minzheng.portal.reads.families import masked
from minzheng.portal.reads.query import one

KINDS = {"number": "身份证号", "account": "银行账号"}
MEMBER = """
SELECT p.id, p.name, p.number_cipher, coalesce(p.provisional_code, ''), p.area, a.id, a.last4
  FROM people_household h
  JOIN people_membership m ON m.household_id = h.id AND m.superseded_at IS NULL AND m.valid @> %(day)s::date
  JOIN people_person p ON p.id = m.person_id
  LEFT JOIN LATERAL (SELECT id, last4 FROM people_account a WHERE a.person_id = p.id
     AND a.superseded_at IS NULL AND a.valid @> %(day)s::date AND a.area BETWEEN %(lo)s AND %(hi)s LIMIT 1) a
     ON true
 WHERE h.id = %(household)s AND p.id = %(person)s AND h.area BETWEEN %(lo)s AND %(hi)s
   AND p.area BETWEEN %(lo)s AND %(hi)s
"""


@dataclass(frozen=True)
class Masked:
    """One masked number of one member: `key` is the person's, or the account's."""

    kind: str
    label: str
    key: int
    name: str
    shown: str


def masked_number(household: int, person: int, kind: str, day: date, lo: int, hi: int) -> Masked | None:
    """The number of this kind of a member of the household; None where there is none within the range."""
    found = one(MEMBER, {"household": household, "person": person, "day": day, "lo": lo, "hi": hi})
    if not found or kind not in KINDS:
        return None
    key, name, cipher, code, _, account, last4 = found
    if kind == "account":
        if account is None:
            return None
        return Masked(kind, KINDS[kind], account, masks.name(name), masks.account(last4))
    if cipher is None:
        return None
    return Masked(kind, KINDS[kind], key, masks.name(name), masked(key, cipher, code))
