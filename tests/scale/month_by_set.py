"""How long each stage of a month takes by set: `python -m tests.scale.month_by_set 300000` (payments).

A server of its own, made-up households in 24 counties, everything real but the register. Prints JSON:
stage → seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
WORDS = {"支付指令": "instructions, lines of files, postings", "银行文件": "bank files"}


def measured(households: int, bank: Path) -> dict[str, float]:
    """Seconds by stage."""
    from minzheng.config.database import startup
    from tests.scale.storm import COUNTIES
    from tests.scale.storm_worker import prepare

    prepare(0)
    startup.begin("engine")
    from minzheng.config.month import running
    from minzheng.config.month.stages import Course
    from minzheng.config.month.tests import synthetic
    from minzheng.core.benefits import actions, runs
    from minzheng.core.ledger import answering, reconciling
    from minzheng.kernel.periods import Month

    synthetic.COUNTIES, synthetic.WEIGHT = COUNTIES, households // len(COUNTIES)
    month, took = Month(2024, 10), {}

    def timed(stage: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        took[stage] = round(time.perf_counter() - began, 2)

    found = synthetic.frame(range(1, households + 1))
    standing = found.select(
        "household", "person", "programme", "payee", "amount", "persons", "area"
    ).with_columns(pl.lit(month.first.replace(month=1)).alias("starts"), pl.lit("演示").alias("source"))
    timed("import of past decisions", lambda: actions.import_decisions(standing))
    keys = synthetic.users()
    people = running.Approvers(
        [],
        [synthetic.Scope(keys[2], post="province_approver")],
        [synthetic.Scope(keys[3], post="province_approver")],
    )
    this = runs.open_run(month.first, month.first)
    sources = synthetic.sources(synthetic.Register(), found)
    timed("determinations and changes", lambda: running._determine(this, sources, running.silent))
    timed("due lines", lambda: running._due_lines(this, sources, running.silent))
    timed("freeze", lambda: running._freeze(this, sources, True, running.Report("")))
    timed("approve", lambda: running._approve(month.first, people))
    course = Course()
    running._pay(month.first, bank, sources, course, running.silent)
    for stage in course.stages:
        took[WORDS[stage.name]] = round(stage.seconds, 2)
    timed("the stand-in bank", lambda: running.serve_bank_once(bank))
    timed("answers", lambda: answering.read_folder(bank))
    timed("reconciliation", lambda: reconciling.reconcile(month.first, bank))
    return took


def main(households: int) -> None:
    """Measure in a home of its own and take it away again."""
    with tempfile.TemporaryDirectory(prefix="mz-scale-") as folder:
        Path(folder).chmod(0o755)
        os.environ |= {"MINZHENG_HOME": f"{folder}/home", "MINZHENG_TODAY": "2024-09-30"}
        try:
            took = measured(households, Path(folder) / "bank")
        finally:
            with suppress(OSError):
                subprocess.run(
                    [sys.executable, "-m", "tests.scale.storm_worker", "stop"], cwd=ROOT, check=False
                )
    sys.stdout.write(
        json.dumps({"payments": households, "seconds": took}, ensure_ascii=False, indent=1) + "\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
