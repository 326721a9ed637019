"""Rows of an import in the database: written, read and moved from state to state by set.

What was typed holds personal numbers, so it lies encrypted, bound to import and line.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from minzheng.core.people.crypto import provider
from minzheng.core.sheets.sheet import Row, Sheet

TABLE = "sheets_importrow"


def put(batch: int, area: int, sheet: Sheet, rows: Sequence[Row]) -> None:
    """Add rows, in one statement."""
    own, numbers = provider(), [row.number for row in rows]
    texts = [json.dumps([row.typed, row.values], ensure_ascii=False) for row in rows]
    marks = own.index([_marked(sheet.same, row) for row in rows])
    bunches = own.index([_marked(sheet.bunch or sheet.same, row) for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (import_id, area, number, state, cipher, mark, bunch, problems, record)"
            " SELECT %s, %s, * FROM unnest(%s::int[], %s::text[], %s::bytea[], %s::bytea[], %s::bytea[],"
            " %s::jsonb[], %s::bigint[])",
            [
                batch, area, numbers, [row.state for row in rows], own.encrypt(_label(batch), numbers, texts),
                marks, bunches, [json.dumps(row.problems, ensure_ascii=False) for row in rows],
                [row.record for row in rows],
            ],
        )  # fmt: skip


def move(batch: int, rows: Sequence[Row]) -> None:
    """Write how rows stand now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} r SET state = n.state, problems = n.problems, record = n.record"
            " FROM unnest(%s::int[], %s::text[], %s::jsonb[], %s::bigint[])"
            "   AS n (number, state, problems, record)"
            " WHERE r.import_id = %s AND r.number = n.number",
            [
                [row.number for row in rows], [row.state for row in rows],
                [json.dumps(row.problems, ensure_ascii=False) for row in rows], [row.record for row in rows],
                batch,
            ],
        )  # fmt: skip


def take(
    batch: int, state: str, limit: int, after: int = 0, lock: bool = False, offset: int = 0
) -> list[Row]:
    """Rows in a state behind a line, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, cipher, state, problems, record FROM {TABLE}"
            " WHERE import_id = %s AND state = %s AND number > %s ORDER BY number LIMIT %s OFFSET %s"
            + (" FOR UPDATE" if lock else ""),
            [batch, state, after, limit, offset],
        )
        return [_row(batch, *found) for found in cursor.fetchall()]


def bunches(batch: int, limit: int) -> list[Row]:
    """The rows that can be written of the next bunches, all of each bunch, locked.

    In two statements: one that joins the table with itself is planned without statistics, a new import's rows
    being younger than they, and then looks at each row once for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT bunch FROM {TABLE} WHERE import_id = %s AND state = 'ok'"
            " GROUP BY bunch ORDER BY min(number) LIMIT %s",
            [batch, limit],
        )
        wanted = [bytes(found[0]) for found in cursor.fetchall()]
        cursor.execute(
            f"SELECT number, cipher, state, problems, record FROM {TABLE}"
            " WHERE import_id = %s AND state = 'ok' AND bunch = ANY(%s) ORDER BY number FOR UPDATE",
            [batch, wanted],
        )
        return [_row(batch, *found) for found in cursor.fetchall()]


def repeat(batch: int, words: str) -> None:
    """Reject each row that repeats an earlier one of the file; `words` has a place for its line."""
    problem = json.dumps([{"key": "", "problem": "", "mend": "请删去重复的一行。"}], ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, first FROM (SELECT number, min(number) OVER (PARTITION BY mark) AS first"
            f" FROM {TABLE} WHERE import_id = %s) s WHERE first < number",
            [batch],
        )
        found = cursor.fetchall()
        cursor.execute(
            f"UPDATE {TABLE} r SET state = 'bad', problems = r.problems"
            "   || jsonb_set(%s::jsonb, '{0,problem}', to_jsonb(format(%s, s.first)))"
            " FROM unnest(%s::int[], %s::int[]) AS s (number, first)"
            " WHERE r.import_id = %s AND r.number = s.number AND r.state <> 'bad'",
            [problem, words, [row[0] for row in found], [row[1] for row in found], batch],
        )


def together(batch: int, problem: str, mend: str) -> None:
    """Reject the rows whose bunch holds one that is wrong."""
    told = json.dumps([{"key": "", "problem": problem, "mend": mend}], ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} r SET state = 'bad', problems = r.problems || %s::jsonb"
            " WHERE r.import_id = %s AND r.state = 'ok' AND r.bunch IN"
            f" (SELECT bunch FROM {TABLE} WHERE import_id = %s AND state IN ('bad', 'review'))",
            [told, batch, batch],
        )


def counts(batch: int) -> dict[str, int]:
    """State → rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT state, count(*) FROM {TABLE} WHERE import_id = %s GROUP BY 1", [batch])
        return dict(cursor.fetchall())


def _row(batch: int, number: int, cipher: bytes, state: str, problems: Any, record: int) -> Row:
    typed, values = json.loads(provider().decrypt(_label(batch), number, bytes(cipher)))
    told = json.loads(problems) if isinstance(problems, str) else problems
    return Row(number, typed, values, state, told, record)


def _label(batch: int) -> str:
    return f"{TABLE}.cipher|{batch}"


def _marked(keys: Sequence[str], row: Row) -> str:
    """What identifies a row; a row of which that cannot be read is like no other."""
    parts = [row.values.get(key) for key in keys]
    return "\x1f".join(map(str, parts)) if all(part is not None for part in parts) else f"line {row.number}"
