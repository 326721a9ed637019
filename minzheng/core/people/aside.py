"""Indexes and keys laid aside for a bulk load into empty tables, and put back over all rows at once.

The owner's functions of migration 0007 do it for the engine: only for empty tables, and a transaction that
does not put everything back cannot commit.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

#: Of the session that builds: two gigabytes are enough to sort the largest table's keys without the disk.
ROOM = "1GB"
Building = Callable[[str, int, int], None]


@contextmanager
def aside(tables: Sequence[str], building: Building = lambda table, number, of: None) -> Iterator[None]:
    """Within the block the tables have no index, key or reference, only their checks; after it they do again.

    Call inside the transaction that fills them (engine). `building` hears (table, which of its
    indexes is next, of how many in all). A row that breaks a key is refused when the key is put back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_lay_aside(%s)", [list(tables)])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [ROOM])
        cursor.execute("SELECT place, relation FROM people_aside_list()")
        kept = cursor.fetchall()
        for number, (place, relation) in enumerate(kept, 1):
            building(relation, number, len(kept))
            cursor.execute("SELECT people_put_back(%s)", [place])
