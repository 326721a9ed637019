"""What about money waits to be looked at, with the households that it is about, and how it was settled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minzheng.core.page import Page, page
from minzheng.portal.reads.query import rows


@dataclass(frozen=True)
class Finding:
    """One finding. `households` are those of the range alone; `by` is "" where the system settled it."""

    id: int
    kind: str
    text: str
    area: int
    state: str
    at: datetime
    file: str
    line: str
    fen: int | None
    households: tuple[int, ...]
    by: str
    settled_at: datetime | None
    reason: str


@dataclass(frozen=True)
class Findings:
    """A page of findings, with how many of each kind there are in the state that is shown."""

    rows: tuple[Finding, ...]
    page: Page
    kinds: tuple[tuple[str, int], ...]


FROM = """
      FROM benefits_finding f WHERE f.area BETWEEN %(lo)s AND %(hi)s AND f.state = %(state)s
       AND (%(kind)s = '' OR f.kind = %(kind)s)
"""
#: Evidence names households, or a right, a due line or a payment of theirs.
SHOWN = """
    SELECT f.id, f.kind, f.text, f.area, f.state, f.at, coalesce(f.evidence ->> 'file', ''),
           coalesce(f.evidence ->> 'row', ''), (f.evidence ->> 'fen')::bigint,
           ARRAY(SELECT h.id FROM people_household h WHERE h.area BETWEEN %(lo)s AND %(hi)s AND h.id IN (
                 SELECT (f.evidence ->> 'household')::bigint
                 UNION SELECT e::bigint
                   FROM jsonb_array_elements_text(coalesce(f.evidence -> 'households', '[]')) e
                 UNION SELECT e.household FROM benefits_entitlement e
                  WHERE e.id IN ((f.evidence ->> 'entitlement')::bigint, (f.evidence ->> 'other')::bigint)
                 UNION SELECT i.household FROM ledger_instruction i
                  WHERE i.id = CASE WHEN f.evidence ->> 'instruction' ~ '^[0-9]{{1,18}}$'
                                    THEN (f.evidence ->> 'instruction')::bigint END)
                 ORDER BY h.id LIMIT 20),
           CASE WHEN f.settled_by = '' THEN '' ELSE coalesce(u.name, '不详') END, f.settled_at,
           f.settled_reason
      FROM (SELECT f.* {chosen}) f
      LEFT JOIN LATERAL (SELECT name FROM access_user WHERE natural_person = f.settled_by ORDER BY id
             LIMIT 1) u ON true
     ORDER BY f.at DESC, f.id DESC
"""


def findings(lo: int, hi: int, state: str, kind: str, number: int) -> Findings:
    """Page `number` of the findings in `state` and of `kind` ("" is any) within [lo, hi], newest first."""
    values: dict[str, Any] = {"lo": lo, "hi": hi, "state": state, "kind": ""}
    kinds = rows(
        lambda key, count: (key, count), "SELECT f.kind, count(*)" + FROM + " GROUP BY 1 ORDER BY 1", values
    )
    values["kind"] = kind
    shown = page(number, sum(count for key, count in kinds if kind in ("", key)))
    chosen = FROM + " ORDER BY f.at DESC, f.id DESC LIMIT %(limit)s OFFSET %(offset)s"
    return Findings(rows(_finding, SHOWN.format(chosen=chosen), values | shown.bounds()), shown, kinds)


def finding(key: int, lo: int, hi: int) -> Finding | None:
    """One finding, or None where there is none within the range."""
    chosen = "FROM benefits_finding f WHERE f.id = %(key)s AND f.area BETWEEN %(lo)s AND %(hi)s"
    found = rows(_finding, SHOWN.format(chosen=chosen), {"key": key, "lo": lo, "hi": hi})
    return found[0] if found else None


def _finding(
    key: int, kind: str, text: str, area: int, state: str, at: datetime, file: str, line: str,
    fen: int | None, households: list[int], by: str, settled_at: datetime | None, reason: str,
) -> Finding:  # fmt: skip
    return Finding(
        key, kind, text, area, state, at, file, line, fen, tuple(households), by, settled_at, reason
    )
