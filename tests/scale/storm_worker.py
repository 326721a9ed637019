"""What the storm runs as processes of their own: prepare, work MONTH BANK_DIR, books MONTH… -- BANK_DIR,
stop.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import polars as pl

from minzheng.config.database import server, startup
from tests.scale.storm import COUNTIES


def prepare(households: int) -> None:
    """A platform of its own with standing recipients and three natural persons who act."""
    startup.begin("owner", make=True)
    from minzheng.config.command.migrate import migrate

    migrate()
    startup.begin("engine")
    from minzheng.config.month.tests import synthetic
    from minzheng.core.benefits import actions

    if households:
        standing = frame(1, households, 0).select(
            "household", "person", "programme", "payee", "amount", "persons", "area"
        )
        actions.import_decisions(
            standing.with_columns(pl.lit(date(2024, 1, 1)).alias("starts"), pl.lit("演示").alias("source"))
        )
    synthetic.users()


def frame(first: int, last: int, month: int) -> pl.DataFrame:
    """What the law finds for households first..last, as `synthetic.frame` does, for a million of them.

    Every tenth household's amount differs from month to month (0: none), so that changes are found,
    confirmed and applied.
    """
    h = pl.col("household")
    usual = 30000 + h * 7 % 40000
    moved = pl.when((h + month) % 10 == 0).then(40000 + month * 100 + h % 50).otherwise(usual)
    persons = pl.when(h % 3 == 0).then(pl.concat_list(h * 10))
    for more in (1, 2):
        persons = persons.when(h % 3 == more).then(pl.concat_list([h * 10 + k for k in range(more + 1)]))
    return (
        pl.int_range(first, last + 1, eager=True)
        .to_frame("household")
        .with_columns(
            pl.lit(0, pl.Int64).alias("person"), pl.lit("dibao").alias("programme"), (h * 10).alias("payee"),
            pl.lit(True).alias("eligible"), (moved if month else usual).alias("amount"),
            persons.alias("persons"), pl.lit([], pl.List(pl.String)).alias("reasons"), h.alias("facts"),
            pl.lit("0" * 8).alias("law"), pl.lit(False).alias("raised"), pl.lit(False).alias("phase_out"),
            pl.lit(pl.Series(COUNTIES)).gather(h % len(COUNTIES)).alias("area") + 1001,
        )
    )  # fmt: skip


def work(name: str, bank: Path) -> str:
    """One life of the worker: everything of the month that can be done now; it tells where it is."""
    startup.begin("engine")
    from minzheng.config.month.running import Approvers, run
    from minzheng.config.month.tests import synthetic
    from minzheng.kernel.periods import Month

    count = _households()
    month, keys = Month.parse(name), synthetic.users()
    everything = frame(1, count, month.month)
    synthetic.COUNTIES, synthetic.WEIGHT = COUNTIES, max(8_000, count // len(COUNTIES))
    people = Approvers(
        [synthetic.Scope(keys[0], post="county_clerk")],
        [synthetic.Scope(keys[2], post="province_approver")],
        [synthetic.Scope(keys[3], post="province_approver")],
    )
    _tell_stages(bank.parent / "stage")
    return run(month, bank, synthetic.sources(synthetic.Register(), everything), people, bank=False).state


def _tell_stages(told: Path) -> None:
    """Each stage's name is in a file while it lasts, for whoever aims at it."""
    from minzheng.config.month import running
    from minzheng.core.ledger import answering, cutting, filing, reconciling

    for module, function, stage in (
        (running, "_determine", "determine"), (running, "_confirm", "confirm"),
        (running, "_due_lines", "due"), (running, "_freeze", "freeze"), (running, "_approve", "approve"),
        (cutting, "cut", "instruct"), (filing, "write", "file"), (answering, "read_folder", "answer"),
        (reconciling, "reconcile", "reconcile"),
    ):  # fmt: skip
        setattr(module, function, _telling(getattr(module, function), stage, told))


def _telling(work: Callable[..., Any], stage: str, told: Path) -> Callable[..., Any]:
    @wraps(work)
    def telling(*words: Any, **named: Any) -> Any:
        began = time.monotonic()
        told.write_text(stage)
        try:
            return work(*words, **named)
        finally:
            told.write_text("between")
            (told.parent / f"took-{stage}").write_text(f"{time.monotonic() - began:.4f}")

    return telling


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
