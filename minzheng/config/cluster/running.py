"""A month's determinations, province by province: each is one piece of work that is done whole or not at all.

A province can be done again at any time, by itself; its partition is replaced and no other is touched. No
money is moved here: what was found is brought to the province's own register, which alone pays.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from minzheng.config.cluster import files, layout
from minzheng.config.cluster.layout import FactsRefusal
from minzheng.config.month import finding
from minzheng.kernel.cluster.session import spoken
from minzheng.kernel.module import Module, registry
from minzheng.kernel.periods import Month
from minzheng.kernel.rules.law import Statute

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REPORT = "_report.json"
Tell = Callable[[str, int, int], None]


@dataclass
class ProvinceReport:
    """What was found in a province: rows kept, rights, undetermined, fen a month, and by which law."""

    province: int
    rows: int = 0
    eligible: int = 0
    undetermined: int = 0
    amount: int = 0
    seconds: float = 0.0
    known: str = ""
    laws: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


def run(
    month: Month, folder: Path, spark: "SparkSession", tell: Tell, only: int | None = None
) -> list[ProvinceReport]:
    """Determine every province whose facts are whole (or one only). Raises Refusal; those done stay."""
    provinces = files.provinces(folder, month, only)
    modules = [module for module in registry.modules() if module.programmes]
    reports = []
    for at, province in enumerate(provinces, 1):
        reports.append(_province(month, folder, province, modules, spark))
        tell("测算", at, len(provinces))
    return reports


def _province(
    month: Month, folder: Path, province: int, modules: Sequence[Module], spark: "SparkSession"
) -> ProvinceReport:
    began = time.monotonic()
    label = files.label(folder, month, province)
    report = ProvinceReport(province, known=label["known"])
    try:
        known = datetime.fromisoformat(report.known)
    except ValueError:
        raise FactsRefusal(
            f"{layout.label_of(folder, month, province)} 的 known 不是时刻，请重新导出。"
        ) from None
    found: DataFrame | None = None
    work = f"{province:02d} 省 {month} 的测算"
    with spoken(work):
        for module in modules:
            law = finding.law_of(module)
            statute = law.on(month.first, known.date())
            report.laws[module.key] = statute.hash
            report.parameters[module.key] = law.parameters.digest
            rows = label["rows"].get(module.key)
            if rows is None:
                raise FactsRefusal(
                    f"{province:02d} 省的事实里没有“{module.label}”，请用同一版本的程序重新导出。"
                )
            each = _module(month, folder, province, module, statute, rows, spark)
            found = each if found is None else found.unionByName(each)
        if found is not None:
            _write(found, layout.results_of(folder, month, province), report, began)
    return report


def _module(
    month: Month,
    folder: Path,
    province: int,
    module: Module,
    statute: Statute,
    rows: dict[str, int],
    spark: "SparkSession",
) -> "DataFrame":
    from minzheng.config.cluster import determining

    programmes = sorted(module.programmes, key=lambda p: p.priority)
    facts = [statute.facts[name] for name in statute.leaves("fact", finding.wanted(programmes, statute))]
    places = files.checked(folder, month, module.key, province, facts, rows)
    frames = [spark.read.parquet(places[table]).drop("county") for table in layout.TABLES]
    return determining.determinations(programmes, statute, frames[0], frames[1])


def _write(found: "DataFrame", target: Path, report: ProvinceReport, began: float) -> None:
    """Write beside and put in place; `_SUCCESS` and the report are in it from the first moment."""
    with layout.replacing(target) as made:
        ordered = found.repartition("county").sortWithinPartitions(
            "county", "household", "person", "programme"
        )
        ordered.write.mode("overwrite").partitionBy("county").parquet(str(made))
        if list(made.glob("county=*/*.parquet")):
            _count(made, report)
        report.seconds = round(time.monotonic() - began, 1)
        layout.write_json(made / REPORT, report.__dict__)


def _count(made: Path, report: ProvinceReport) -> None:
    rows = pl.scan_parquet(made / "county=*" / "*.parquet", hive_partitioning=False)
    counts = rows.select(
        rows=pl.len(),
        eligible=pl.col("eligible").sum(),
        undetermined=pl.col("eligible").null_count(),
        amount=pl.col("amount").sum(),
    ).collect()
    for name, value in counts.row(0, named=True).items():
        setattr(report, name, int(value))


def report_of(folder: Path, month: Month, province: int) -> dict[str, Any] | None:
    """What the last run said of a province, if there was one."""
    with suppress(OSError, ValueError):
        text = (layout.results_of(folder, month, province) / REPORT).read_text(encoding="utf-8")
        return dict(json.loads(text))
    return None
