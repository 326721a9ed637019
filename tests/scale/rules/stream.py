"""Thirty-five million persons from files, part after part: `python -m tests.scale stream`.

Ten provinces are drawn (different seeds) and written as two Parquet files. Ours reads them in a process of
its own, whose peak memory is its own. OpenFisca-Core has no way to read a part at a time, so it is handed
the same parts, cut by our cutter, one after another; every result of every part is compared, and the
comparing is not counted.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from minzheng.kernel.rules import Law, Statute
from minzheng.kernel.rules.stream import Frames, clustered
from tests.scale.page import ROOT, machine, write_section
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
    standard,
)

PROVINCES, ROW_GROUP = 10, 500_000
TOGETHER = 4
REACH_S, REACH_MB, REACH_TIMES = 5.0, 2500, 8.0


def main(words: list[str]) -> int:
    """Draw, measure ours by itself, then the others with the comparison; 1 where a reach is missed."""
    parser = argparse.ArgumentParser(prog="stream")
    parser.add_argument("--provinces", type=int, default=PROVINCES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument(
        "--ours", type=Path, help="measure ours on the files of a folder (a process of its own)"
    )
    told = parser.parse_args(words)
    if told.ours:
        print(json.dumps(ours(told.ours)))
        return 0
    with tempfile.TemporaryDirectory(prefix="minzheng-stream-") as name:
        folder = Path(name)
        draw(folder, told.provinces)
        command = [sys.executable, "-m", "tests.scale.rules.stream", "--ours", str(folder)]
        alone = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
        result = alone | engines(folder)
    result["times"] = {
        "set-up included": round(result["openfisca_s"] / result["engine_s"], 1),
        "calculation only": round(result["openfisca_results_s"] / result["engine_s"], 1),
        "files to results": round((result["openfisca_s"] + result["reading_s"]) / result["seconds"], 1),
    }
    print(json.dumps(result))
    if told.write:
        write_section("stream", _markdown(result))
    missed = result["seconds"] > REACH_S or result["peak_mb"] > REACH_MB
    return int(missed or result["times"]["set-up included"] < REACH_TIMES or not result["identical"])


def draw(folder: Path, provinces: int) -> None:
    """Persons and households of some provinces as Parquet, ascending by household."""
    writers: dict[str, pq.ParquetWriter] = {}
    for at in range(provinces):
        people, homes = population(PERSONS, HOUSEHOLDS, seed=at + 1)
        persons = pl.DataFrame({"person": np.arange(PERSONS) + at * PERSONS, **people})
        for name, frame in (("persons", persons), ("households", pl.DataFrame(homes))):
            table = frame.with_columns(pl.col("household") + at * HOUSEHOLDS).to_arrow()
            if name not in writers:
                path = folder / f"{name}.parquet"
                writers[name] = pq.ParquetWriter(path, table.schema, compression="lz4")
            writers[name].write_table(table, row_group_size=ROW_GROUP)
    for writer in writers.values():
        writer.close()


def parts(folder: Path, *more: str) -> Iterator[Frames]:
    """The files cut into parts: the keys and what the rules read (`more`: of households besides)."""
    persons = pl.scan_parquet(folder / "persons.parquet")
    households = pl.scan_parquet(folder / "households.parquet")
    return clustered(persons, households if "county" in more else households.drop("county"))


def statute() -> tuple[Statute, list[str]]:
    """The twelve rules of the day, and their names."""
    found = Law.load([book], FACTS, parameters()).on(DAY)
    return found, list(found.articles)


def ours(folder: Path) -> dict[str, Any]:
    """From files to results: the best of three, the reading of the files alone, and the peak memory."""
    law, want = statute()
    seconds, reading = [], []
    for _ in range(3):
        began, paid, persons = time.perf_counter(), 0, 0
        for people, homes in law.stream(parts(folder), want):
            persons += people.height
            paid += int(homes["book.amount"].sum())
        seconds.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    for _ in range(2):
        began = time.perf_counter()
        deque(parts(folder), maxlen=0)
        reading.append(time.perf_counter() - began)
    return {
        "bench": "stream", "persons": persons, "paid_fen": paid, "peak_mb": peak,
        "seconds": round(min(seconds), 2), "reading_s": round(min(reading), 2),
    }  # fmt: skip


def engines(folder: Path) -> dict[str, Any]:
    """Seconds of the three engines over every part in memory, some parts in turn; and whether all agree."""
    from tests.scale.rules.peer import peer

    law, want = statute()
    standards = np.array([standard(at) for at in range(COUNTIES)])
    took: dict[str, float] = defaultdict(float)
    identical, coming = True, parts(folder, "county")
    while held := list(islice(coming, TOGETHER)):
        plain = [(people, homes.drop("county")) for people, homes in held]
        found = _timed(took, "ours", lambda given: list(law.stream(given, want)), plain)
        for (people, homes), frames in zip(held, found, strict=True):
            given = _arrays(people), _arrays(homes), standards
            by_hand = _timed(took, "floor", floor, *given)
            prepare, compute = peer(*given)
            theirs = _timed(took, "peer", compute, _timed(took, "peer_setup", prepare))
            identical &= _same(frames, by_hand, theirs)
    return {
        "engine_s": round(took["ours"], 2), "floor_s": round(took["floor"], 2),
        "openfisca_s": round(took["peer_setup"] + took["peer"], 2),
        "openfisca_results_s": round(took["peer"], 2), "identical": identical,
    }  # fmt: skip


def _timed(took: dict[str, float], which: str, work: Callable[..., Any], *given: Any) -> Any:
    began = time.perf_counter()
    result = work(*given)
    took[which] += time.perf_counter() - began
    return result


def _arrays(frame: pl.DataFrame) -> Arrays:
    return {name: frame[name].to_numpy() for name in frame.columns}


def _same(frames: Frames, *others: Arrays) -> bool:
    """Whether the others have the very results of ours: the same rules, the same numbers."""
    mine = {
        name.partition(".")[2]: a for frame in frames for name, a in _arrays(frame).items() if "." in name
    }
    return all(
        other.keys() == mine.keys() and all(np.array_equal(mine[name], other[name]) for name in mine)
        for other in others
    )


def _markdown(result: dict[str, Any]) -> str:
    times, engine = result["times"], result["engine_s"]
    slower = round(engine / result["floor_s"], 2)
    return f"""## More persons than memory holds

Twelve shared rules over {result["persons"]:,} persons, ten provinces, in Parquet files (LZ4) in the page
cache; the files are read, cut between households and computed part after part by two threads, and the
amounts summed ({result["paid_fen"]:,} fen a month). {machine()}. Run it with
`python -m tests.scale stream --write` in an environment with `requirements/bench.txt`.

| measure | result | reach |
|---|---|---|
| files to results, a process of its own, best of three | {result["seconds"]} s | {REACH_S:g} s |
| of which reading and cutting alone take | {result["reading_s"]} s | |
| peak resident memory of that process | {result["peak_mb"]:,} MB | 2,500 MB |

The engines over the same parts in memory, in one process, turn by turn; every result of every part is
compared and is the same. OpenFisca-Core and NumPy use one thread, as they do by themselves; ours uses
both cores.

| engine | seconds | beside ours |
|---|---|---|
| Minzheng, parts by two threads | {engine} | 1 |
| NumPy by hand, one thread | {result["floor_s"]} | ours takes {slower} times as long |
| OpenFisca-Core, its set-up from the columns included | {result["openfisca_s"]} | ours is \
{times["set-up included"]} times faster (reach: {REACH_TIMES:g}) |
| OpenFisca-Core, its calculation only, all inputs set | {result["openfisca_results_s"]} | ours is \
{times["calculation only"]} times faster |

With the reading of the files counted for both (OpenFisca fed by our reader), ours is
{times["files to results"]} times faster."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
