"""The whole dibao book over all persons of the province, in columns: `python -m tests.scale dibao`.

The persons are those that `minzheng province` draws, judges and keeps; no database is touched. Measured
beside the floor that any reading has: touching every column of facts that the book reads, once.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.rules.stream import clustered
from tests.scale.page import machine, write_section

REACH, ROUNDS = 1.0, 5
AS_OF = date(2024, 9, 30)


def main(words: list[str]) -> int:
    """Draw, measure, report; 1 where the reach is missed at scale 1."""
    parser = argparse.ArgumentParser(prog="dibao")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args(words)
    from minzheng.config.database import startup

    startup.begin("engine")
    from minzheng.config.province import making
    from minzheng.domains.assistance.rules import law

    judged = making.judge(told.scale, told.seed, AS_OF, lambda stage, done: None)
    statute = law().on(AS_OF)
    want = [name for name in statute.articles if name.startswith("dibao.")]
    read = set(statute.leaves("fact", want)) | {"person", "household", "area"}
    persons, homes = (
        frame.select([name for name in frame.columns if name in read])
        for frame in (judged.persons.drop("area"), judged.homes)
    )
    del judged
    found = statute.columns(persons, homes, want)
    result = {
        "bench": "dibao", "scale": told.scale, "persons": persons.height, "households": homes.height,
        "rules": len(statute.plan(want)), "wanted": len(want), "facts": len(read) - 3,
        "recipients": int(found[0]["dibao.covered"].sum()),
        "seconds": _best(lambda: statute.columns(persons, homes, want)),
        "parts_s": _best(lambda: list(statute.stream(clustered(persons.lazy(), homes.lazy()), want))),
        "floor_s": _best(lambda: [frame.select(pl.all().max()) for frame in (persons, homes)]),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    print(json.dumps(result))
    if told.write:
        write_section("dibao", _markdown(result))
    return int(told.scale == 1 and min(result["seconds"], result["parts_s"]) > REACH)


def _best(work: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return round(min(seconds), 3)


def _markdown(result: dict[str, Any]) -> str:
    times = round(result["seconds"] / result["floor_s"], 1)
    return f"""## The whole dibao book

All {result["wanted"]} rules of the book of dibao, with what they read of the other books
({result["rules"]} rules in all, on {result["facts"]} facts), over the {result["persons"]:,} persons in
{result["households"]:,} households of the province at scale {result["scale"]:g}, in columns;
{result["recipients"]:,} persons are found to be covered. From frames in memory, warm, best of {ROUNDS}.
{machine()}. Run it with `python -m tests.scale dibao --write`.

| work | seconds | reach |
|---|---|---|
| every rule as a column | {result["seconds"]} | {REACH:g} |
| the same in parts of a million persons, by two threads | {result["parts_s"]} | {REACH:g} |
| the floor: every column of facts read once | {result["floor_s"]} | ours takes {times} times as long |
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
