"""A small Spark, and facts of a drawn population in files, made without a database."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from minzheng.config.cluster import layout
from minzheng.config.month import finding
from minzheng.config.province import making
from minzheng.kernel.cluster.tests.conftest import spark as spark
from minzheng.kernel.module import registry
from minzheng.kernel.periods import Month

MONTH = Month(2024, 10)
KNOWN = datetime(2024, 10, 1, tzinfo=UTC)
SCALE, SEED = 0.001, 7


@pytest.fixture(scope="session")
def population() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Some thousand persons and their households, with every fact that the law of assistance reads."""
    drawn = making.judge(SCALE, SEED, date(2024, 9, 30), lambda stage, done: None)
    return drawn.persons.sort("household", "relation", "person"), drawn.homes.sort("household")


@pytest.fixture(scope="session")
def drawn_facts(
    population: tuple[pl.DataFrame, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The population as a province's exported facts; a test that spoils them works on a copy."""
    folder = tmp_path_factory.mktemp("facts")
    persons, households = population
    households = households.filter(pl.col("area") < 530_500_000_000)
    persons = persons.join(households, on="household", how="semi", maintain_order="left")
    module = next(each for each in registry.modules() if each.programmes)
    statute = finding.law_of(module).on(MONTH.first)
    names = [statute.facts[name] for name in statute.leaves("fact") if name not in ("day", "area")]
    own = [each.name for each in names if each.grain == "person" and each.name in persons.columns]
    home = [each.name for each in names if each.grain != "person"]
    columns = list(dict.fromkeys(["person", "household", "relation", *own]))
    persons = persons.select(columns).with_columns(has_account=pl.col("person") % 5 > 0)
    households = households.select("household", "area", *home).with_columns(
        facts=pl.col("household").cast(pl.Int64), standing=pl.lit(None, pl.List(pl.String))
    )
    areas = households.select("household", county=pl.col("area") // layout.COUNTY)
    for table, frame in (("persons", persons), ("households", households)):
        parts = frame.join(areas, on="household", maintain_order="left").partition_by(
            "county", as_dict=True, include_key=False
        )
        for (county,), part in parts.items():
            place = layout.facts_of(folder, MONTH, module.key, table, 53) / f"county={county}"
            place.mkdir(parents=True)
            part.write_parquet(place / "part-0.parquet", compression="zstd")
    rows = {module.key: {"persons": persons.height, "households": households.height}}
    said = {"format": layout.FORMAT, "month": str(MONTH), "known": KNOWN.isoformat(), "rows": rows}
    layout.write_json(layout.label_of(folder, MONTH, 53), said)
    return folder
