"""What became known late: households of which the register learnt something about days that are past.

Every kind of fact is asked, also kinds that a later subject adds, as each is a subclass of `models.Fact`;
only accounts are not, which no rule of law reads.
"""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
from django.db import connection
from psycopg import sql

from minzheng.core.people import arrow, collecting
from minzheng.core.people.models import Account, Fact

Columns = dict[str, str]
SCHEMA = {"household": pl.Int64, "area": pl.Int64, "since": pl.Date}
OF_PERSON = """
    SELECT m.household_id AS household, lower(t.valid) AS since
      FROM {table} t JOIN people_membership m ON m.person_id = t.person_id
     WHERE {learnt} AND (lower(t.valid) IS NULL OR lower(t.valid) <= {day})
"""
OF_HOUSEHOLD = """
    SELECT t.household_id AS household, lower(t.valid) AS since FROM {table} t
     WHERE {learnt} AND (lower(t.valid) IS NULL OR lower(t.valid) <= {day})
"""
LEARNT = (
    "(t.recorded_at > {since} AND t.recorded_at <= {until}"
    " OR t.superseded_at > {since} AND t.superseded_at <= {until})"
)


def kinds() -> list[type[Fact]]:
    """The kinds of facts that rules read."""
    return sorted((kind for kind in Fact.__subclasses__() if kind is not Account), key=lambda k: k.__name__)


def households(since: datetime, until: datetime, day: date) -> pl.DataFrame:
    """Households with rows recorded or superseded in (since, until] that say something of a day up to `day`:
    `household`, `area`, `since` (the earliest such day; null where it has no beginning). As engine.
    """
    parts = [part for kind in kinds() for part in _parts(kind)]
    learnt = sql.SQL(LEARNT).format(since=sql.Literal(since), until=sql.Literal(until))
    values = {"learnt": learnt, "day": sql.Literal(day)}
    union = sql.SQL(" UNION ALL ").join(
        sql.SQL(text).format(table=sql.Identifier(table), **values) for text, table in parts
    )
    query = sql.SQL(
        "SELECT h.id, h.area, CASE WHEN bool_or(s.since IS NULL) THEN NULL ELSE min(s.since) END"
        " FROM ({}) s JOIN people_household h ON h.id = s.household GROUP BY h.id ORDER BY h.id"
    ).format(union)
    with connection.cursor() as cursor:
        cursor.execute(arrow.text(query))
        return pl.DataFrame(cursor.fetchall(), schema=SCHEMA, orient="row")


def frames_of(
    households: Sequence[int], day: date, known: datetime, person: Columns, household: Columns
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`reads.frames` of some households instead of an area."""
    scope = sql.SQL("h.id = ANY({})").format(sql.Literal(list(households)))
    return collecting.frames(scope, day, known, person, household)


def _parts(kind: type[Fact]) -> list[tuple[str, str]]:
    fields = {field.name for field in kind._meta.concrete_fields}
    table = kind._meta.db_table
    found = [(OF_HOUSEHOLD, table)] if "household" in fields else []
    return found + ([(OF_PERSON, table)] if "person" in fields else [])
