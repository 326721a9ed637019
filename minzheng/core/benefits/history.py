"""What the members of a household held, and when: from decisions where money is paid, else from what the
law found.

Rows of the web, under its scope. Both times: a range is of days on which it held; `known` leaves out what was
decided or found later, and shows a range still open whose end was decided later.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

RIGHTS = """
    SELECT p.person, e.programme, lower(e.valid) AS since,
           CASE WHEN %(known)s::timestamptz IS NULL OR EXISTS (
                  SELECT FROM benefits_decision x WHERE x.id > n.id AND x.kind <> 'past'
                     AND x.at <= %(known)s
                     AND (x.household, x.person, x.programme) = (e.household, e.person, e.programme))
                THEN upper(e.valid) END AS until,
           n.at, coalesce(nullif(c.reason, ''), n.law) AS began, '' AS ended
      FROM benefits_entitlement e
      JOIN benefits_entitlementperson p ON p.entitlement_id = e.id
      JOIN benefits_decision n ON n.id = e.decision_id
      LEFT JOIN benefits_change c ON c.id = n.change_id
     WHERE e.household = %(household)s AND NOT isempty(e.valid)
       AND (%(known)s::timestamptz IS NULL OR n.at <= %(known)s)
"""

FOUND = """
    WITH listed AS (
        SELECT d.*, lead(d.day) OVER own AS until, lead(d.reasons) OVER own AS after
          FROM benefits_determination d
         WHERE d.household = %(household)s AND d.programme = ANY(%(unpaid)s)
           AND (%(known)s::timestamptz IS NULL OR d.known <= %(known)s)
        WINDOW own AS (PARTITION BY d.household, d.person, d.programme ORDER BY d.day, d.id)
    )
    SELECT covered.person, l.programme, l.day AS since, l.until, l.known AS at, '' AS began,
           coalesce(array_to_string(l.after, '；'), '') AS ended
      FROM listed l, unnest(l.persons) AS covered(person)
     WHERE l.eligible AND (l.until IS NULL OR l.until > l.day)
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A person held something over [since, until), None still; `known` since when, and in words why it began
    and ended.
    """

    person: int
    programme: str
    since: date
    until: date | None
    known: datetime
    began: str
    ended: str


def held(household: int, unpaid: tuple[str, ...], known: datetime | None = None) -> list[Held]:
    """Everything that members of a household in scope held; `unpaid`: programmes without money."""
    values = {"household": household, "unpaid": list(unpaid), "known": known}
    with connection.cursor() as cursor:
        cursor.execute(f"{RIGHTS} UNION ALL ({FOUND}) ORDER BY 1, 3, 2", values)
        return [Held(*row) for row in cursor.fetchall()]
