"""`keep_history(table)`: a migration operation after which every change of the table's rows is kept.

    dependencies = [("audit", "0002_rights"), ...]
    operations = [..., keep_history("people_person"), keep_history("people_income", inserts="statement")]

Statement-level triggers with transition tables call one function (migration 0002) that belongs to the owner
and runs with the owner's rights: the runtime and the engine can neither write, change nor delete history,
nor switch it off. The triggers are always on: a replica's session does not silence them either.
Why not pghistory: docs/decisions/row-history.md.
"""

import re
from typing import Literal

from django.db.migrations import RunSQL

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class KeepHistory(RunSQL):
    """The operation, with the table and what is left out: `verifying` reads here what must be kept."""

    def __init__(self, table: str, omit: tuple[str, ...], made: str, dropped: str) -> None:
        super().__init__(made, dropped)
        self.table, self.omit = table, omit


def keep_history(
    table: str,
    area: str | None = "area",
    inserts: Literal["rows", "statement"] = "rows",
    omit: tuple[str, ...] = (),
    anonymous: bool = False,
) -> "KeepHistory":
    """History for `table`, whose key is the bigint column `id`.

    `area`: the column that scopes the history, None where there is none (then the web sees none of it).
    `inserts`: "rows" one entry an inserted row, "statement" one entry for each statement that inserts, with a
    count (bulk tables). `omit`: columns that are not kept and whose change alone is no change.
    `anonymous`: the runtime may change rows before it has signed anybody in (only the user table).
    """
    for name in (table, *omit, *([area] if area else [])):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain SQL name")
    argument = ", ".join(
        f"'{value}'"
        for value in (area or "", inserts, "{" + ",".join(omit) + "}", "anonymous" if anonymous else "")
    )
    made = "\n".join(
        f"CREATE TRIGGER history_{event.lower()} AFTER {event} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION audit_keep_history({argument});\n"
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER history_{event.lower()};"
        for event, tables in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        )
    )
    dropped = "\n".join(
        f"DROP TRIGGER history_{event} ON {table};" for event in ("insert", "update", "delete")
    )
    return KeepHistory(table, omit, made, dropped)
