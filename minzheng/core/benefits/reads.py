"""What was found and what is due, by household: determinations as known then, and due lines with revisions.

Under the web's role row security applies; the caller checks the step.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection


@dataclass(frozen=True)
class Found:
    """A stored determination: `person` 0 is the household; `facts` the digest of what was read, `law` the
    hash of the rule versions.
    """

    programme: str
    person: int
    eligible: bool | None
    amount: int
    reasons: list[str]
    day: date
    known: datetime
    facts: int
    law: str


@dataclass(frozen=True)
class Line:
    """One revision of a due line. `amount` is what it orders; `before` and `after` (null at revision 0) are
    what was ordered for the month and what is due; `state` also tells what is overpaid.
    """

    month: date
    programme: str
    revision: int
    code: str
    reason: str
    amount: int
    before: int | None
    after: int | None
    state: str

    @property
    def difference(self) -> int:
        """Fen more (arrears) or less (overpaid, waiting) than was ordered before."""
        return 0 if self.before is None or self.after is None else self.after - self.before


FOUND = """
    SELECT DISTINCT ON (d.programme, d.person) d.programme, d.person, d.eligible, d.amount, d.reasons, d.day,
           d.known, d.facts, d.law
      FROM benefits_determination d
     WHERE d.household = %(household)s AND d.day <= %(day)s
       AND (%(known)s::timestamptz IS NULL OR d.known <= %(known)s)
     ORDER BY d.programme, d.person, d.day DESC, d.known DESC, d.id DESC
"""

LINES = """
    SELECT month, programme, revision, code, reason, amount, before, after, state FROM benefits_dueline
     WHERE household = %(household)s ORDER BY month DESC, programme, entitlement_id, revision
"""


def found(household: int, day: date, known: datetime | None = None) -> tuple[Found, ...]:
    """The determinations in force for a day, as known at an instant (None: now), by programme and person.

    A determination holds until the next one, as only what differs is stored.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"household": household, "day": day, "known": known})
        return tuple(Found(*row) for row in cursor.fetchall())


def due_lines(household: int) -> tuple[Line, ...]:
    """Every due line of a household with its revisions, newest month first."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"household": household})
        return tuple(Line(*row) for row in cursor.fetchall())
