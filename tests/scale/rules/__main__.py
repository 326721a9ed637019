"""Run by `make bench`: `python -m tests.scale.rules [--persons N]` in an environment with
requirements/bench.txt.

Prints one JSON object, and with `--write` puts the section "rules" into docs/reference/benchmarks.md.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from minzheng.kernel.rules import Law
from tests.scale.page import write_section
from tests.scale.rules import book
from tests.scale.rules.floor import floor
from tests.scale.rules.population import (
    COUNTIES,
    DAY,
    FACTS,
    HOUSEHOLDS,
    PERSONS,
    Arrays,
    parameters,
    population,
)
from tests.scale.rules.population import standard as standard_of


def main() -> int:
    """Measure, compare to the fen, report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    try:
        from tests.scale.rules.peer import peer
    except ImportError:
        print(
            "没有安装 OpenFisca-Core：请在按 requirements/bench.txt 建立的环境里运行（make bench）。",
            file=sys.stderr,
        )
        return 2
    people, homes = population(options.persons, round(options.persons * HOUSEHOLDS / PERSONS))
    standards = np.array([standard_of(at) for at in range(COUNTIES)])
    ours = _ours(people, homes)
    names = sorted(each.partition(".")[2] for each in ours[1])
    best: dict[str, float] = {}
    results = {
        "minzheng": _arrays(_timed(best, "minzheng", ours[0], options.rounds)),
        "numpy": _timed(best, "numpy", lambda: floor(people, homes, standards), options.rounds),
    }
    for _ in range(2):
        prepare, compute = peer(people, homes, standards)
        whole: dict[str, float] = {}
        made = _timed(whole, "prepare", prepare, 1)
        results["openfisca"] = _timed(whole, "compute", partial(compute, made), 1)
        best["openfisca"] = min(best.get("openfisca", 1e9), sum(whole.values()))
        best["openfisca_results"] = min(best.get("openfisca_results", 1e9), whole["compute"])
    for name in names:
        for which in ("numpy", "openfisca"):
            if not np.array_equal(results["minzheng"][name], results[which][name]):
                print(f"{name}：与 {which} 的结果不同。", file=sys.stderr)
                return 1
    report = _report(best, options.persons, len(homes["household"]), results["minzheng"])
    print(json.dumps(report, ensure_ascii=False))
    if options.write:
        write_section("rules", _markdown(report))
    return 0


def _timed(best: dict[str, float], which: str, work: Callable[[], Any], rounds: int) -> Any:
    """Run some rounds, keep the best time, give the last result."""
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        best[which] = min(best.get(which, 1e9), time.perf_counter() - start)
    return result


def _ours(people: Arrays, homes: Arrays) -> tuple[Callable[[], Any], list[str]]:
    persons = pl.DataFrame({"person": np.arange(len(people["household"])), **people})
    households = pl.DataFrame(homes).drop("county")
    statute = Law.load([book], FACTS, parameters()).on(DAY)
    want = list(statute.articles)
    return lambda: statute.columns(persons, households, want), want


def _arrays(frames: tuple[pl.DataFrame, pl.DataFrame]) -> Arrays:
    return {c.partition(".")[2]: frame[c].to_numpy() for frame in frames for c in frame.columns if "." in c}


def _report(best: dict[str, float], persons: int, households: int, results: Arrays) -> dict[str, Any]:
    ours = best["minzheng"]
    return {
        "bench": "rules",
        "day": datetime.now(UTC).date().isoformat(),
        "persons": persons,
        "households": households,
        "rules": len(results),
        "seconds": {which: round(seconds, 3) for which, seconds in best.items()},
        "times_faster_than_openfisca": round(best["openfisca"] / ours, 1),
        "times_the_numpy_floor": round(ours / best["numpy"], 2),
        "identical": True,
        "paid_fen": int(results["amount"].sum()),
    }


def _markdown(report: dict[str, Any]) -> str:
    seconds, paid = report["seconds"], report["paid_fen"]
    persons, households = report["persons"], report["households"]
    slower, faster = report["times_the_numpy_floor"], report["times_faster_than_openfisca"]
    return f"""## Rules in columns

Twelve shared rules over {persons:,} persons in {households:,} households. Each engine starts
from plain columns in memory, persons with the number of their household, and ends with all twelve results;
these are identical ({paid:,} fen a month). Best of several runs in one process, warm, {report["day"]}.
Run it with `python -m tests.scale.rules --write` in an environment with `requirements/bench.txt`.

| engine | seconds | beside ours |
|---|---|---|
| Minzheng, columns reading | {seconds["minzheng"]} | 1 |
| NumPy by hand (the floor) | {seconds["numpy"]} | ours takes {slower} times as long (reach: 3) |
| OpenFisca-Core | {seconds["openfisca"]} | ours is {faster} times faster (reach: 8) |

OpenFisca's time includes making its simulation from the columns, as ours includes finding the households; its
results alone, with all inputs set, take it {seconds["openfisca_results"]} seconds.
"""


if __name__ == "__main__":
    sys.exit(main())
