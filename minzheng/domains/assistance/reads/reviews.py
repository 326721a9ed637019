"""Reviews that the law makes due: every year, or every half year where somebody can work (57号 §31).

A right is reviewed in the month that lies a whole number of periods after the month in which it began. A
household is not asked twice in one period: a review that was opened in it, by whoever, stands for it.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.core.areas.day import today
from minzheng.core.cases.opening import Wanted
from minzheng.kernel.periods import Month

YEARLY, HALF_YEARLY = 12, 6
#: Rights on dibao in [lo, hi] that are to be reviewed in the month that begins on `month`.
DUE = """
    SELECT e.household, e.area, e.payee, p.name,
           (SELECT array_agg(q.person ORDER BY q.person) FROM benefits_entitlementperson q
             WHERE q.entitlement_id = e.id)
      FROM benefits_entitlement e
      JOIN people_person p ON p.id = e.payee
     CROSS JOIN LATERAL (SELECT min(lower(b.valid)) AS began FROM benefits_entitlement b
            WHERE (b.household, b.person, b.programme) = (e.household, 0, 'dibao') AND NOT isempty(b.valid)) f
     CROSS JOIN LATERAL (SELECT CASE WHEN EXISTS (SELECT FROM benefits_entitlementperson q
            JOIN people_employment j ON j.person_id = q.person AND j.superseded_at IS NULL
                 AND j.valid @> %(day)s::date AND j.can_work
            WHERE q.entitlement_id = e.id) THEN %(half)s ELSE %(year)s END AS months) r
     CROSS JOIN LATERAL (SELECT (date_part('year', %(month)s::date) * 12 + date_part('month', %(month)s::date)
            - date_part('year', f.began) * 12 - date_part('month', f.began))::int AS since) s
     WHERE e.programme = 'dibao' AND e.person = 0 AND upper_inf(e.valid) AND NOT isempty(e.valid)
       AND e.area BETWEEN %(lo)s AND %(hi)s
       AND s.since > 0 AND s.since %% r.months = 0
       AND NOT EXISTS (SELECT FROM cases_case c WHERE c.household = e.household
            AND c.procedure = 'dibao_review'
            AND (c.closed_on IS NULL
                 OR c.opened_on > %(month)s::date - (r.months - 1) * interval '1 month'))
     ORDER BY e.area, e.household
"""


@dataclass(frozen=True)
class Township:
    """How many reviews of a township are due and not yet opened."""

    code: int
    count: int


def due(lo: int, hi: int, day: date | None = None) -> list[Wanted]:
    """The households in [lo, hi] whose review is due this month and not yet opened."""
    day = day or today()
    with connection.cursor() as cursor:
        cursor.execute(
            DUE,
            {"lo": lo, "hi": hi, "day": day, "month": Month.of(day).first, "half": HALF_YEARLY,
             "year": YEARLY},
        )  # fmt: skip
        return [
            Wanted(household, area, name, payee, tuple(people or (payee,)))
            for household, area, payee, name, people in cursor.fetchall()
        ]


def by_township(wanted: list[Wanted]) -> tuple[Township, ...]:
    """The same by township, in order of codes."""
    counts: dict[int, int] = {}
    for each in wanted:
        code = each.area // 1000 * 1000
        counts[code] = counts.get(code, 0) + 1
    return tuple(Township(code, counts[code]) for code in sorted(counts))
