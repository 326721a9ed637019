"""Deeds on areas: loading the reference list, and fixing the demonstration's date. Not for the web."""

from datetime import date
from pathlib import Path

from django.db import connection, transaction

from minzheng.core.areas import listing
from minzheng.core.areas.models import BusinessDay

_STAGE = """
CREATE TEMPORARY TABLE staged_area (code bigint, level smallint, name text, pinyin text, kind text,
    is_admin boolean, since date, until date, bigrams text[], source text) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_change (predecessor bigint, successor bigint, on_date date, law text,
    source text) ON COMMIT DROP
"""
_CORRECT_AREAS = """
UPDATE areas_area a SET level = s.level, name = s.name, pinyin = s.pinyin, kind = s.kind,
    is_admin = s.is_admin, bigrams = s.bigrams, source = s.source
FROM staged_area s WHERE a.code = s.code AND a.valid = daterange(s.since, s.until)
AND (a.level, a.name, a.pinyin, a.kind, a.is_admin, a.bigrams::text[], a.source)
    IS DISTINCT FROM (s.level, s.name, s.pinyin, s.kind, s.is_admin, s.bigrams, s.source)
"""
_ADD_AREAS = """
INSERT INTO areas_area (code, level, name, pinyin, kind, is_admin, valid, bigrams, source)
SELECT s.code, s.level, s.name, s.pinyin, s.kind, s.is_admin, daterange(s.since, s.until), s.bigrams, s.source
FROM staged_area s WHERE NOT EXISTS (
    SELECT FROM areas_area a WHERE a.code = s.code AND a.valid = daterange(s.since, s.until))
"""
_ADD_CHANGES = """
INSERT INTO areas_succession (predecessor, successor, on_date, law, source)
SELECT predecessor, successor, on_date, law, source FROM staged_change
ON CONFLICT (predecessor, successor) DO UPDATE
SET on_date = excluded.on_date, law = excluded.law, source = excluded.source
WHERE (areas_succession.on_date, areas_succession.law, areas_succession.source)
    IS DISTINCT FROM (excluded.on_date, excluded.law, excluded.source)
"""


def load_reference(folder: Path = listing.FOLDER) -> int:
    """Bring areas and successions to what the reference files say; returns the number of rows touched.

    One transaction; a second run, even at the same time, touches none. Raises ReferenceRefusal on a bad file.
    """
    rows, (changes, _) = listing.listed(folder), listing.changes(folder)
    touched = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('minzheng areas'))")
        cursor.execute(_STAGE)
        with cursor.copy("COPY staged_area FROM STDIN") as copy:
            for row in rows:
                named = (row.code, row.level, row.name, listing.pinyin(row.name), row.kind, row.is_admin)
                copy.write_row((*named, row.since, row.until, listing.bigrams(row.name), row.source))
        with cursor.copy("COPY staged_change FROM STDIN") as copy:
            for change in changes:
                copy.write_row((change.predecessor, change.successor, change.on, change.law, change.source))
        for statement in (_CORRECT_AREAS, _ADD_AREAS, _ADD_CHANGES):
            cursor.execute(statement)
            touched += cursor.rowcount
    if touched:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE areas_area, areas_succession")
    return touched


def fix_today(day: date | None) -> None:
    """Make the business date stand still at `day` (the demonstration does), or follow the calendar again."""
    if day is None:
        BusinessDay.objects.all().delete()
    else:
        BusinessDay.objects.update_or_create(only=1, defaults={"day": day})
