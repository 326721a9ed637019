"""The month's changes: what the law finds differs from what is paid, and who decided on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minzheng.core.people import masks
from minzheng.portal.reads.query import one, rows, stream


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


def kinds(lo: int, hi: int, state: str) -> tuple[tuple[str, int], ...]:
    """How many changes of each kind there are in `state` within [lo, hi]."""
    values = {"lo": lo, "hi": hi, "state": state, "kind": ""}
    counted = "SELECT c.kind, count(*)" + FROM + " GROUP BY 1 ORDER BY 1"
    return rows(lambda key, count: (key, count), counted, values)


def changes(
    lo: int, hi: int, state: str, kind: str, order: str, limit: int | None, offset: int
) -> Iterable[Change]:
    """The changes in `state` and of `kind` ("" is any) within [lo, hi], in this order (SQL).

    `limit` from `offset` on; all, as a stream, where it is None.
    """
    values: dict[str, Any] = {"lo": lo, "hi": hi, "state": state, "kind": kind}
    chosen = f"{FROM} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"
    sql = f"{SHOWN.format(chosen=chosen)} ORDER BY {order}"
    return (stream if limit is None else rows)(_change, sql, values | {"limit": limit, "offset": offset})


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
