"""Alter one in a hundred source records, each kind in a transaction of its own that is rolled back.

Prints as JSON what every figure was before and after: `{alteration: {key: [before, after]}}`.
"""

import json
import sys
import tempfile
from pathlib import Path

from minzheng.config.database import startup

YEARLY = 20_000_000
WITHDRAW = "UPDATE benefits_entitlement SET valid = 'empty' WHERE id %% 100 = 1 AND programme = 'dibao'"
ENRICH = "UPDATE people_incomeitem SET yearly = %s WHERE person_id %% 100 = 1 AND yearly IS NOT NULL"
DISSOLVE = (
    "UPDATE areas_area SET valid = daterange(lower(valid), '2023-01-01') WHERE upper_inf(valid) AND code IN"
    " (SELECT code FROM (SELECT code, row_number() OVER (PARTITION BY level ORDER BY code) AS number"
    " FROM areas_area WHERE upper_inf(valid)) AS listed WHERE number %% 100 = 1)"
)


def main() -> None:
    """Everything in one process as engine; nothing of it stays."""
    startup.begin("engine")
    from django.db import connection, transaction

    before = figures()
    found = {}
    for name, statement, values in (
        ("withdrawn", WITHDRAW, []),
        ("enriched", ENRICH, [YEARLY]),
        ("dissolved", DISSOLVE, []),
    ):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                altered = cursor.rowcount
            if name == "enriched":
                determine()
            after = figures()
            found[name] = {"altered": altered} | {key: [before[key], after[key]] for key in before}
            transaction.set_rollback(True)
    assert figures() == before
    json.dump(found, sys.stdout)


def figures() -> dict[str, str]:
    """Every computed figure by its key."""
    from minzheng.core.indicators import reads

    rows = reads.figures(only_computed=True)
    return {row.key: str(row.computed) for row in rows if row.computed is not None}


def determine() -> None:
    """Let the law look at the register again: the next month's run, up to where people are asked."""
    from minzheng.config.month import finding, running
    from minzheng.kernel.periods import Month

    month = Month(2024, 11)
    with tempfile.TemporaryDirectory() as bank:
        running.run(month, Path(bank), finding.sources(month.first))


if __name__ == "__main__":
    main()
