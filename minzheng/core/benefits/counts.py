"""How many are covered, by set. Persons count once, whatever households and counties they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.core.areas.memo import once

RECIPIENTS = """
    SELECT count(DISTINCT p.person)
      FROM benefits_entitlement e JOIN benefits_entitlementperson p ON p.entitlement_id = e.id
     WHERE e.programme = %(programme)s AND e.valid @> %(day)s::date AND e.area BETWEEN %(lo)s AND %(hi)s
"""

BY_COUNTY = """
    SELECT e.area / 1000000 * 1000000 AS county, h.urban, count(DISTINCT p.person)
      FROM benefits_entitlement e
      JOIN benefits_entitlementperson p ON p.entitlement_id = e.id
      JOIN people_household h ON h.id = e.household
     WHERE e.programme = %(programme)s AND e.valid @> %(day)s::date AND e.area BETWEEN %(lo)s AND %(hi)s
     GROUP BY 1, 2 ORDER BY 1, 2
"""

FOUND = """
    SELECT CASE WHEN EXISTS (SELECT FROM benefits_determination d WHERE d.area BETWEEN %(lo)s AND %(hi)s)
           THEN (SELECT count(DISTINCT covered.person)
                   FROM benefits_determination d, unnest(d.persons) AS covered(person)
                  WHERE d.current AND d.eligible AND d.programme = ANY(%(programmes)s)
                    AND d.area BETWEEN %(lo)s AND %(hi)s) END
"""


@dataclass(frozen=True)
class Recipients:
    """Persons covered in one county (12-digit code) under the standard of a town or of the country."""

    county: int
    urban: bool
    persons: int


def recipients(programme: str, day: date, lo: int, hi: int) -> int:
    """Persons whom a decision covers on that day, in the area range [lo, hi]."""
    return _one(RECIPIENTS, {"programme": programme, "day": day, "lo": lo, "hi": hi})


@once
def recipients_by_county(programme: str, day: date, lo: int, hi: int) -> tuple[Recipients, ...]:
    """The same by county and by standard, in code order."""
    with connection.cursor() as cursor:
        cursor.execute(BY_COUNTY, {"programme": programme, "day": day, "lo": lo, "hi": hi})
        return tuple(Recipients(*row) for row in cursor.fetchall())


def found(programmes: Sequence[str], lo: int, hi: int) -> int | None:
    """Persons whom the law, as last determined, finds in any of the programmes; None before anything was
    determined in [lo, hi], which is not the same as nobody.
    """
    return _one(FOUND, {"programmes": list(programmes), "lo": lo, "hi": hi})


def _one(statement: str, values: dict[str, object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
