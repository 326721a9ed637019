"""Whose turn it is in a county: lines are drafted, or decisions take effect, never both at once.

A decision starts no earlier than the month after the last line that is written, so it must see it.
Locks of the transaction; both sides take counties in order, so that neither waits for the other in a ring.
"""

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

COUNTY = 10**6
LOCK = 720_024


def take(cursor: CursorWrapper, counties: Iterable[int]) -> None:
    """Draft lines of some counties (12-digit codes) alone, until the transaction ends."""
    _lock(cursor, "pg_advisory_xact_lock", counties)


def join(cursor: CursorWrapper, counties: Iterable[int]) -> None:
    """Let decisions of some counties take effect, beside others who do so, until the transaction ends."""
    _lock(cursor, "pg_advisory_xact_lock_shared", counties)


def _lock(cursor: CursorWrapper, function: str, counties: Iterable[int]) -> None:
    for county in sorted({code // COUNTY for code in counties}):
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, county])
