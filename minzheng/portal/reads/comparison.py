"""A plan beside the month before, line by line by kind; and the bank files that it went out in."""

from dataclasses import dataclass
from datetime import date, datetime

from minzheng.portal.reads.query import one, rows

KINDS = {
    "new": "新增",
    "up": "增发",
    "down": "减发",
    "same": "不变",
    "gone": "上月有、本月没有",
    "more": "补发以前月份",
}
# A right that a decision replaced is the same household and programme under another key.
DIFFERENCE = """
    WITH this AS (SELECT household, programme, sum(amount) AS amount FROM benefits_dueline
                   WHERE plan_id = %(key)s AND state = 'due' AND revision = 0 GROUP BY 1, 2),
         past AS (SELECT household, programme, sum(amount) AS amount FROM benefits_dueline
                   WHERE month = (%(month)s::date - interval '1 month')::date AND state = 'due'
                     AND revision = 0 AND area BETWEEN %(lo)s AND %(hi)s GROUP BY 1, 2),
         both AS (SELECT CASE WHEN p.amount IS NULL THEN 'new' WHEN t.amount IS NULL THEN 'gone'
                              WHEN t.amount > p.amount THEN 'up' WHEN t.amount < p.amount THEN 'down'
                              ELSE 'same' END AS kind,
                         coalesce(p.amount, 0) AS before, coalesce(t.amount, 0) AS after
                    FROM this t FULL JOIN past p USING (household, programme)
                  UNION ALL
                  SELECT 'more', 0, amount FROM benefits_dueline
                   WHERE plan_id = %(key)s AND state = 'due' AND revision > 0)
    SELECT kind, count(*), sum(before)::bigint, sum(after)::bigint FROM both GROUP BY kind
"""
FILES = """
    SELECT f.bank, f.identity, f.sequence, f.count, f.total, f.state, f.cut_at, f.answered_at,
           (SELECT count(*) FROM ledger_attempt a WHERE a.file_id = f.id AND a.code NOT IN ('', '00'))
      FROM ledger_bankfile f JOIN benefits_plan p ON p.run_id = f.run_id AND p.area = f.county
     WHERE p.id = %(key)s ORDER BY f.bank, f.sequence
"""


@dataclass(frozen=True)
class Difference:
    """Households and fen of one kind, before and now."""

    kind: str
    label: str
    households: int
    before: int
    after: int

    @property
    def change(self) -> int:
        """Fen more (or less) than the month before."""
        return self.after - self.before


@dataclass(frozen=True)
class File:
    """A bank file of the plan, with how many of its lines the bank could not pay."""

    bank: str
    identity: str
    sequence: int
    count: int
    total: int
    state: str
    cut_at: datetime
    answered_at: datetime | None
    failed: int


def difference(key: int, month: date, lo: int, hi: int) -> tuple[Difference, ...]:
    """The plan's lines against the month before in [lo, hi], by kind; empty where that paid nobody."""
    values = {"key": key, "month": month, "lo": lo, "hi": hi}
    (paid,) = one(
        "SELECT EXISTS (SELECT FROM benefits_dueline"
        " WHERE month = (%(month)s::date - interval '1 month')::date AND state = 'due'"
        " AND area BETWEEN %(lo)s AND %(hi)s)",
        values,
    )
    if not paid:
        return ()
    found = {row.kind: row for row in rows(_difference, DIFFERENCE, values)}
    return tuple(found[kind] for kind in KINDS if kind in found)


def files(key: int) -> tuple[File, ...]:
    """The bank files of a plan."""
    return rows(File, FILES, {"key": key})


def _difference(kind: str, households: int, before: int, after: int) -> Difference:
    return Difference(kind, KINDS[kind], households, before, after)
