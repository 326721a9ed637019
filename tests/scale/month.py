"""A month's run on the data folder of MINZHENG_HOME, stage by stage: `python -m tests.scale month 2024-10`.

The month is run by the command, then run again with nothing changed; beside them stand the floors of
`tests.scale.floors`, measured on the same data right after. The month must not have been run before, or the
first run is no run (it says so and ends).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

from tests.scale.page import ROOT, machine, write_section

REACH_S, REACH_MB, REACH_AGAIN = 120, 6000, 30
WORDS = {
    "测算": "facts, rules, determinations, changes", "确认": "changes confirmed", "应发": "due lines",
    "计划": "plans frozen and approved twice", "支付指令": "instructions, lines of files, postings",
    "银行文件": "bank files", "银行": "the stand-in bank", "回盘": "answers", "对账": "reconciliation",
}  # fmt: skip


def main(words: list[str]) -> int:
    """Run, run again, measure the floors; 1 where a reach is missed."""
    parser = argparse.ArgumentParser(prog="month")
    parser.add_argument("month", nargs="?", default="2024-10")
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args(words)
    if not os.environ.get("MINZHENG_HOME"):
        parser.error("MINZHENG_HOME names the data folder whose month is run.")
    first = _run(told.month)
    if first["sequence"] != 1:
        parser.error(f"{told.month} was run before.")
    again = _run(told.month)
    command = [sys.executable, "-m", "tests.scale.floors", told.month]
    floors = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    result = {
        "bench": "month", "month": told.month, "payments": sum(first["payments"].values()),
        "wall_s": first["wall_s"], "peak_mb": max(first["course"]["peak_mb"], first["peak_mb"]),
        "stages": first["course"]["stages"], "again_s": again["wall_s"],
        "again_paid": sum(again["payments"].values()) - sum(first["payments"].values()), "floors": floors,
    }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False))
    if told.write:
        write_section("month", _markdown(result))
    missed = result["wall_s"] > REACH_S or result["peak_mb"] > REACH_MB or result["again_s"] > REACH_AGAIN
    return int(missed or result["again_paid"] != 0)


def _run(month: str) -> dict[str, Any]:
    """The command's report, its seconds, and the most memory that one of its processes held."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "minzheng.config", "month", month, "--unattended", "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    wall = round(time.perf_counter() - began, 1)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    report: dict[str, Any] = json.loads(done.stdout)
    return report | {"wall_s": wall, "peak_mb": peak}


def _markdown(result: dict[str, Any]) -> str:
    floors, million = result["floors"]["seconds"], 1_000_000 / max(result["floors"]["instructions"], 1)
    bare = {
        "测算": round(floors["facts out"] + floors["rules"] + floors["results in"], 2),
        "支付指令": floors["instructions"],
    }
    lines = "\n".join(
        f"| {WORDS.get(stage['name'], stage['name'])} | {stage['seconds']:.1f} | {stage['rows']:,} "
        f"| {stage['share']:.0%} | {bare.get(stage['name'], '')} |"
        for stage in result["stages"]
    )
    return f"""## A month's run

{result["payments"]:,} payments, facts to bank files, with history and ledger, by `minzheng month
{result["month"]} --unattended`; then the same command again. {machine()}.
Run it with `python -m tests.scale month {result["month"]} --write` on a data folder whose province is made.

| measure | result | reach |
|---|---|---|
| the whole command | {result["wall_s"]} s | {REACH_S} s |
| most memory of one of its processes | {result["peak_mb"]:,} MB | {REACH_MB:,} MB |
| again with nothing changed | {result["again_s"]} s, {result["again_paid"]} paid | {REACH_AGAIN} s, 0 paid |

| stage | seconds | rows | share | floor, measured after it |
|---|---|---|---|---|
{lines}

The floors are the bare work written by hand on the same rows: facts out by COPY {floors["facts out"]} s,
rules in columns {floors["rules"]} s, results in by COPY {floors["results in"]} s; instructions by one
statement under their keys, {floors["instructions"]} s ({floors["instructions"] * million:.1f} s a
million)."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
