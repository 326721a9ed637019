"""The past brought in by set: a standing recipient's decision, entitlement and covered persons, and what the
law found.
"""

from datetime import date, datetime

import polars as pl
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits import determining
from minzheng.core.benefits.staging import stage

COLUMNS = {
    "household": "bigint",
    "person": "bigint",
    "programme": "text",
    "payee": "bigint",
    "amount": "bigint",
    "persons": "bigint[]",
    "starts": "date",
    "area": "bigint",
    "source": "text",
}

KEYED = """
    CREATE TEMPORARY TABLE imported ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('benefits_decision', 'id')) AS decision,
           nextval(pg_get_serial_sequence('benefits_entitlement', 'id')) AS entitlement, r.*
      FROM (SELECT DISTINCT ON (household, person, programme) * FROM imported_rows
             ORDER BY household, person, programme, starts) r
     WHERE NOT EXISTS (SELECT FROM benefits_entitlement e WHERE upper_inf(e.valid)
                        AND (e.household, e.person, e.programme) = (r.household, r.person, r.programme))
     ORDER BY r.area, r.household
"""

STEPS = (
    "INSERT INTO benefits_decision (id, household, person, programme, kind, amount, starts, by, law, basis,"
    " area)"
    " SELECT decision, household, person, programme, 'import', amount, starts, '', source,"
    " jsonb_build_object('source', source), area FROM imported",
    "INSERT INTO benefits_entitlement (id, household, person, programme, payee, amount, valid, decision_id,"
    " area)"
    " SELECT entitlement, household, person, programme, payee, amount, daterange(starts, NULL), decision,"
    " area"
    " FROM imported",
    "INSERT INTO benefits_entitlementperson (entitlement_id, person, area)"
    " SELECT entitlement, p.person, area FROM imported CROSS JOIN unnest(persons) p(person)",
)


def load(cursor: CursorWrapper, frame: pl.DataFrame) -> int:
    """Import rows (COLUMNS) whose subject has no open entitlement of that programme; returns how many."""
    stage(cursor, "imported_rows", COLUMNS, frame)
    cursor.execute(KEYED)
    for step in STEPS:
        cursor.execute(step)
    return int(cursor.rowcount and _count(cursor))


FOUND = {
    name: determining.COLUMNS[name]
    for name in ("household", "person", "programme", "payee", "eligible", "amount", "persons", "law", "area")
}


def determined(cursor: CursorWrapper, frame: pl.DataFrame, day: date, known: datetime) -> int:
    """Import findings (FOUND) for `day`, known at `known`, of subjects without any; returns how many."""
    stage(cursor, "determined_rows", FOUND, frame)
    cursor.execute(
        "INSERT INTO benefits_determination (household, person, programme, payee, eligible, amount, persons,"
        " reasons, facts, law, day, known, area, current)"
        " SELECT household, person, programme, payee, eligible, amount, persons, '{}', 0, law, %(day)s,"
        " %(known)s, area, true FROM determined_rows r WHERE NOT EXISTS (SELECT FROM benefits_determination d"
        " WHERE (d.household, d.person, d.programme) = (r.household, r.person, r.programme))",
        {"day": day, "known": known},
    )
    return int(cursor.rowcount)


def _count(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT count(*) FROM imported")
    return int(cursor.fetchone()[0])
