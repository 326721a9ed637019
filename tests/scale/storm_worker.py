"""What the storm runs as processes of their own: prepare, work MONTH BANK_DIR, books MONTH… -- BANK_DIR,
stop.
"""

import json
import sys
from pathlib import Path

from minzheng.config.database import server, startup
from tests.scale.storm import COUNTIES


def prepare(households: int) -> None:
    """A platform of its own with standing recipients and three natural persons who act."""
    startup.begin("owner", make=True)
    from minzheng.config.command.migrate import migrate

    migrate()
    startup.begin("engine")
    from minzheng.config.month.tests import synthetic

    synthetic.COUNTIES = COUNTIES
    if households:
        synthetic.load(households)
    synthetic.users()


def work(name: str, bank: Path) -> str:
    """One life of the worker: everything of the month that can be done now."""
    startup.begin("engine")
    from minzheng.config.month.running import Approvers, run
    from minzheng.config.month.tests import synthetic
    from minzheng.kernel.periods import Month

    synthetic.COUNTIES = COUNTIES
    month = Month.parse(name)
    count = _households()
    # Every tenth household's amount differs from month to month, so that changes are found, confirmed and
    # applied.
    moved = {h: 40000 + month.month * 100 + h % 50 for h in range(10 - month.month % 10, count + 1, 10)}
    found = synthetic.frame(range(1, count + 1), amount=moved)
    keys = synthetic.users()
    people = Approvers(
        [synthetic.Scope(keys[0], post="county_clerk")],
        [synthetic.Scope(keys[2], post="province_approver")],
        [synthetic.Scope(keys[3], post="province_approver")],
    )
    return run(month, bank, synthetic.sources(synthetic.Register(), found), people, bank=False).state


def books(names: list[str], bank: Path) -> dict[str, object]:
    """What the platform says of the months."""
    startup.begin("engine")
    from django.db import connection

    from minzheng.core.ledger.reconciling import reconcile
    from minzheng.kernel.periods import Month

    differences = [d for name in names for d in reconcile(Month.parse(name).first, bank).differences]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(amount)::bigint FROM benefits_dueline WHERE state = 'due'),"
            " (SELECT count(*) FROM ledger_attempt WHERE code = '')"
        )
        due, unanswered = cursor.fetchone()
    return {"due": due, "unanswered": unanswered, "differences": differences}


def _households() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT household) FROM benefits_entitlement")
        return int(cursor.fetchone()[0])


def main(words: list[str]) -> None:
    """Do what the words say."""
    if words[0] == "prepare":
        prepare(int(words[1]))
    elif words[0] == "work":
        sys.stdout.write(work(words[1], Path(words[2])) + "\n")
    elif words[0] == "books":
        sys.stdout.write(json.dumps(books(words[1 : words.index("--")], Path(words[-1]))) + "\n")
    elif words[0] == "stop":
        server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
