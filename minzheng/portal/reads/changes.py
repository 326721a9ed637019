"""The month's changes: what the law finds differs from what is paid, and who decided on it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minzheng.core.people import masks
from minzheng.portal.reads.query import Page, one, page, rows


@dataclass(frozen=True)
class Change:
    """One change; `old` and `new` are fen a month."""

    id: int
    household: int
    name: str
    area: int
    programme: str
    kind: str
    old: int
    new: int
    reason: str
    law: str
    state: str
    version: int
    month: date
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Changes:
    """A page of changes, with how many of each kind there are in the state that is shown."""

    rows: tuple[Change, ...]
    page: Page
    kinds: tuple[tuple[str, int], ...]


FROM = """
      FROM benefits_change c WHERE c.area BETWEEN %(lo)s AND %(hi)s AND c.state = %(state)s
       AND (%(kind)s = '' OR c.kind = %(kind)s)
"""
SHOWN = """
    SELECT c.id, c.household, p.name, c.area, c.programme, c.kind, c.old, c.new, c.reason, c.law,
           c.state, c.version,
           r.month, coalesce(u.name, c.decided_by), c.decided_at
      FROM (SELECT * {chosen}) c JOIN benefits_run r ON r.id = c.run_id LEFT JOIN people_person p
             ON p.id = c.payee
      LEFT JOIN LATERAL (SELECT name FROM access_user WHERE natural_person = c.decided_by ORDER BY
             id LIMIT 1) u ON true
"""


def changes(lo: int, hi: int, state: str, kind: str, number: int) -> Changes:
    """Page `number` of the changes in `state` and of `kind` ("" is any) within [lo, hi]."""
    values: dict[str, Any] = {"lo": lo, "hi": hi, "state": state, "kind": ""}
    kinds = rows(
        lambda key, count: (key, count), "SELECT c.kind, count(*)" + FROM + " GROUP BY 1 ORDER BY 1", values
    )
    values["kind"] = kind
    shown = page(number, sum(count for key, count in kinds if kind in ("", key)))
    chosen = FROM + " ORDER BY c.area, c.id LIMIT %(limit)s OFFSET %(offset)s"
    sql = SHOWN.format(chosen=chosen) + " ORDER BY c.area, c.id"
    return Changes(rows(_change, sql, values | shown.bounds()), shown, kinds)


def change(key: int, lo: int, hi: int) -> Change | None:
    """One change, or None where there is none within the range."""
    chosen = "FROM benefits_change WHERE id = %(key)s AND area BETWEEN %(lo)s AND %(hi)s"
    found = rows(_change, SHOWN.format(chosen=chosen), {"key": key, "lo": lo, "hi": hi})
    return found[0] if found else None


def waiting(lo: int, hi: int) -> int:
    """How many changes wait for a person within [lo, hi]."""
    return int(
        one(
            "SELECT count(*) FROM benefits_change WHERE state = 'waiting' AND area BETWEEN %(lo)s AND %(hi)s",
            {"lo": lo, "hi": hi},
        )[0]
    )


def _change(key: int, household: int, name: str | None, *rest: Any) -> Change:
    return Change(key, household, masks.name(name) if name else "—", *rest)
