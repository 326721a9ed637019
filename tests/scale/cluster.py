"""What a shard costs on Spark: twelve shared rules, and the whole month of assistance, beside Polars.

`python -m tests.scale cluster [--persons N] [--memory 6g] [--write]`, in an environment with
`requirements/test.txt` and Java 17. Everything is on this machine, Spark as `local[2]`: from Parquet files to
results, the results of both compared by their sums. The population of assistance is drawn once and
repeated under new numbers.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django
import polars as pl

from tests.scale.page import write_section
from tests.scale.rules import book
from tests.scale.rules.population import DAY, FACTS, HOUSEHOLDS, PERSONS, parameters, population

CORES, REPEATED = 2, 0.02
COUNTY = 10**6


def main(words: list[str]) -> int:
    """Draw, measure each engine in a process of its own, compare; 1 where the sums differ."""
    parser = argparse.ArgumentParser(prog="cluster")
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--memory", default="6g")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--part", nargs=2)
    told = parser.parse_args(words)
    if told.part:
        print(json.dumps(PARTS[told.part[0]](Path(told.part[1]), told.memory)))
        return 0
    with tempfile.TemporaryDirectory(prefix="minzheng-cluster-") as name:
        found = {"persons": told.persons} | _part("draw", name, told.memory, str(told.persons))
        for part in ("rules-polars", "rules-spark", "month-polars", "month-spark"):
            found[part] = _part(part, name, told.memory)
            sys.stderr.write(f"{part} {json.dumps(found[part])}\n")
    print(json.dumps(found))
    if told.write:
        write_section("cluster", _markdown(found))
    same = all(
        found[f"{which}-polars"]["sum"] == found[f"{which}-spark"]["sum"] for which in ("rules", "month")
    )
    return int(not same)


def _part(part: str, folder: str, memory: str, persons: str = "") -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.scale.cluster", "--memory", memory, "--part", part, folder]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"BENCH_PERSONS": persons}
    )
    if done.returncode:
        raise RuntimeError(f"{part}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def draw(folder: Path, memory: str) -> dict[str, Any]:
    """The files of both measurements, and how large they are."""
    persons = int(os.environ["BENCH_PERSONS"])
    people, homes = population(persons, persons * HOUSEHOLDS // PERSONS)
    first = pl.DataFrame({"person": range(persons), **people})
    second = pl.DataFrame(homes).drop("county")
    for name, frame in (("persons", first), ("households", second)):
        (folder / name).mkdir()
        for at, part in enumerate(frame.iter_slices(-(-frame.height // 8))):
            part.write_parquet(folder / name / f"part-{at}.parquet", compression="zstd")
    return _month_files(folder / "facts", persons)


def _month_files(folder: Path, persons: int) -> dict[str, Any]:
    _ready()
    from minzheng.config.cluster import layout
    from minzheng.config.province import making
    from minzheng.kernel.periods import Month

    month = Month(2024, 10)
    drawn = making.judge(REPEATED, 1, date(2024, 9, 30), lambda stage, done: None)
    people = drawn.persons.with_columns(has_account=pl.lit(True)).sort("household", "relation", "person")
    homes = drawn.homes.with_columns(facts=pl.lit(1, pl.Int64), standing=pl.lit(None, pl.List(pl.String)))
    areas = homes.select("household", county=pl.col("area") // COUNTY)
    times, rows = -(-persons // people.height), {}
    for table, frame in (("persons", people), ("households", homes)):
        whole = frame.join(areas, on="household", maintain_order="left")
        keys = [key for key in ("household", "person") if key in frame.columns]
        rows[table] = frame.height * times
        for (county,), part in whole.partition_by("county", as_dict=True, include_key=False).items():
            place = layout.facts_of(folder, month, "assistance", table, 53) / f"county={county}"
            place.mkdir(parents=True)
            copies = [part.with_columns(pl.col(keys).cast(pl.Int64) + at * 10**9) for at in range(times)]
            pl.concat(copies).write_parquet(place / "part-0.parquet", compression="zstd")
    said = {"format": layout.FORMAT, "month": str(month), "known": "2024-10-01T00:00:00+00:00"}
    layout.write_json(layout.label_of(folder, month, 53), said | {"rows": {"assistance": rows}})
    return {
        "month_persons": rows["persons"],
        "month_households": rows["households"],
        "facts_bytes": _size(folder),
    }


def rules_polars(folder: Path, memory: str) -> dict[str, Any]:
    """Twelve rules by the columns reading, from files to results."""
    from minzheng.kernel.rules import Law

    statute = Law.load([book], FACTS, parameters()).on(DAY)

    def work() -> int:
        persons, households = (pl.read_parquet(folder / name) for name in ("persons", "households"))
        _, found = statute.columns(persons, households, list(statute.articles))
        return int(found["book.amount"].sum())

    return _timed(work, 3)


def rules_spark(folder: Path, memory: str) -> dict[str, Any]:
    """Twelve rules by the cluster reading, from files to every result of every member's row."""
    from minzheng.kernel.cluster.reading import read
    from minzheng.kernel.rules import Law

    statute = Law.load([book], FACTS, parameters()).on(DAY)
    spark, began = _spark(memory)

    def reading() -> Any:
        frames = [spark.read.parquet(str(folder / name)) for name in ("persons", "households")]
        return read(statute, frames[0], frames[1], list(statute.articles))

    def work() -> int:
        reading().sound().write.format("noop").mode("overwrite").save()
        return 0

    found = _timed(work, 3) | {"start": began}
    total = reading().frames()[1].selectExpr("sum(`book.amount`)").first()
    return found | {"sum": int(total[0]), "peak_mb": _peak()}


def month_polars(folder: Path, memory: str) -> dict[str, Any]:
    """Every rule that the programmes of assistance need, by the columns reading, county by county."""
    _ready()
    from minzheng.config.cluster import layout
    from minzheng.config.month import finding
    from minzheng.kernel.module import registry
    from minzheng.kernel.periods import Month

    module = next(each for each in registry.modules() if each.programmes)
    statute = finding.law_of(module).on(Month(2024, 10).first)
    want = finding.wanted(module.programmes, statute)
    place = folder / "facts" / "month=2024-10" / "assistance"

    def work() -> int:
        total = 0
        for path in sorted(place.glob("persons/province=53/county=*")):
            persons = pl.read_parquet(path / "part-0.parquet").sort("household", "relation", "person")
            homes = pl.read_parquet(place / "households" / "province=53" / path.name / "part-0.parquet")
            _, found = statute.columns(persons, homes.sort("household"), want)
            total += int(found.filter("dibao.eligible")["dibao.amount_monthly"].sum())
        return total

    assert layout.FORMAT == 1
    return _timed(work, 1) | {"rules": len(statute.plan(want))}


def month_spark(folder: Path, memory: str) -> dict[str, Any]:
    """What `minzheng month --engine spark` does for a province, from checking files to putting in place."""
    _ready()
    from minzheng.config.cluster import layout, running
    from minzheng.kernel.periods import Month

    spark, began = _spark(memory)
    month, reports = Month(2024, 10), []

    def work() -> int:
        reports[:] = running.run(month, folder / "facts", spark, lambda stage, done, all_of_them: None)
        return 0

    found = _timed(work, 1) | {"start": began, "peak_mb": _peak()}
    place = layout.results_of(folder / "facts", month, 53)
    rows = pl.scan_parquet(place / "county=*" / "*.parquet", hive_partitioning=False)
    dibao = rows.filter(pl.col("programme") == "dibao").select(pl.col("amount").sum()).collect().item()
    return found | {"sum": int(dibao), "rows": reports[0].rows, "bytes": _size(place)}


PARTS: dict[str, Callable[[Path, str], dict[str, Any]]] = {
    "draw": draw,
    "rules-polars": rules_polars,
    "rules-spark": rules_spark,
    "month-polars": month_polars,
    "month-spark": month_spark,
}


def _timed(work: Callable[[], int], rounds: int) -> dict[str, Any]:
    """The first time and the best of all, the least processor time of a round in seconds (this process and
    its Java), and this process's peak memory.
    """
    took, used, total = [], [], 0
    for _ in range(rounds):
        start, spent = time.perf_counter(), _processor()
        total = work()
        took.append(round(time.perf_counter() - start, 2))
        used.append(round(_processor() - spent, 2))
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
    return {"first": took[0], "best": min(took), "cpu": min(used), "sum": total, "peak_mb": peak}


def _spark(memory: str) -> tuple[Any, float]:
    from minzheng.kernel.cluster.session import session

    start = time.perf_counter()
    settings = {
        "spark.master": f"local[{CORES}]",
        "spark.driver.memory": memory,
        "spark.sql.shuffle.partitions": "16",
    }
    return session(settings), round(time.perf_counter() - start, 1)


def _java() -> Path | None:
    """The folder under /proc of this process's Java, if it has one."""
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            text = path.read_text()
        except OSError:
            continue
        if text.startswith("Name:\tjava\n") and f"PPid:\t{os.getpid()}\n" in text:
            return path.parent
    return None


def _peak() -> int:
    """The most memory, in MB, that Java had at any time."""
    java = _java()
    return int((java / "status").read_text().split("VmHWM:")[1].split()[0]) // 1024 if java else 0


def _processor() -> float:
    """Processor seconds so far of this process and of its Java."""
    java, spent = _java(), time.process_time()
    if java is not None:
        fields = (java / "stat").read_text().rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def _ready() -> None:
    """The registered subjects, without a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.config.settings")
    django.setup()
    from minzheng.config import modules

    modules.register()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def _row(name: str, persons: int, part: dict[str, Any]) -> str:
    best = part["best"]
    return f"| {name} | {part['first']} | {best} | {persons / best:,.0f} | {part['peak_mb']} |"


def _markdown(found: dict[str, Any]) -> str:
    persons, month = found["persons"], found["month_persons"]
    spark, polars = found["month-spark"], found["month-polars"]
    return f"""## A shard on Spark

Spark 4.3 as `local[{CORES}]` beside Polars in the same run, each in a process of its own, from Parquet to
results; the sums are equal. {datetime.now(UTC).date()}, 2 cores, on a machine that others used as well.
Run it with `python -m tests.scale cluster --write`.

| work | first, s | best, s | persons a second | peak, MB |
|---|---|---|---|---|
{_row(f"12 shared rules over {persons:,} persons, Polars", persons, found["rules-polars"])}
{_row("the same, Spark", persons, found["rules-spark"])}
{_row(f"{polars['rules']} rules of assistance over {month:,} persons, Polars", month, polars)}
{_row("`month --engine spark`, facts to determinations in place", month, spark)}

Starting Spark takes {spark["start"]} s more. Facts: {found["facts_bytes"] / month:.0f} bytes a person
(persons and households together); determinations: {spark["rows"]:,} rows,
{spark["bytes"] / spark["rows"]:.0f} bytes a row. The population of assistance is one drawn at 2 % of the
province and repeated, so that files compress as well as repeated files do.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
