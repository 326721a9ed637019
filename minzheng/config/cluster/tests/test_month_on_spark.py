"""`minzheng month --engine spark`: what it finds, where it puts it, and what it says of bad input."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from polars.testing import assert_frame_equal

from minzheng.config.cluster import exporting, files, layout, running
from minzheng.config.cluster.layout import FactsRefusal
from minzheng.config.cluster.tests.conftest import MONTH
from minzheng.config.month import finding
from minzheng.config.province import making
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.people import loading
from minzheng.kernel.cluster.session import ClusterRefusal
from minzheng.kernel.rules import RuleRefusal

pytestmark = pytest.mark.spark


def silent(*_: object) -> None:
    """No progress shown."""


def results(folder: Path, province: int = 53) -> pl.DataFrame:
    place = layout.results_of(folder, MONTH, province)
    frame = pl.concat([pl.read_parquet(each) for each in sorted(place.glob("county=*/*.parquet"))])
    return frame.select(finding.COLUMNS).sort("household", "person", "programme")


@pytest.fixture
def register(transactional_db: None) -> Iterator[datetime]:
    """A small province in the test's database, written as the engine would; the instant it is known at."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE minzheng_engine")
    making.make(0.001, 5, date(2024, 9, 30), False, silent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        known = cursor.fetchone()[0]
    yield known
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    loading.empty(making.MADE)


def test_the_register_s_month_is_the_same_by_spark_and_by_polars(register, spark, tmp_path):
    exported = exporting.export(MONTH, register, tmp_path, silent)
    run = MonthRun(0, MONTH.first, 1, MONTH.first, register)
    sources = finding.sources(MONTH.first)
    by_polars = pl.concat([sources.found(run, (c, c + exporting.SPAN)) for c, _ in sources.counties()])
    (report,) = running.run(MONTH, tmp_path, spark, silent)
    by_spark = results(tmp_path)
    assert_frame_equal(by_spark, by_polars.sort("household", "person", "programme"))
    assert report.rows == by_spark.height > 1_000
    assert report.amount == by_polars["amount"].sum() > 0
    assert by_spark["eligible"].sum() == report.eligible
    assert exported[53]["assistance"]["persons"] > 3_000
    names = pl.read_parquet_schema(next(tmp_path.glob("**/persons/**/*.parquet")))
    assert not {"name", "number", "account", "phone"} & set(names)


def test_a_second_run_replaces_its_own_partition_only(drawn_facts, spark, tmp_path):
    folder = copied(drawn_facts, tmp_path)
    other = layout.results_of(folder, MONTH, 11)
    other.mkdir(parents=True)
    (other / "_SUCCESS").touch()
    running.run(MONTH, folder, spark, silent)
    first = results(folder)
    mine = layout.results_of(folder, MONTH, 53)
    kept = {path: path.stat().st_mtime_ns for path in other.parent.iterdir()}
    (mine / "county=530102" / "stray.parquet").write_bytes(b"left over")
    running.run(MONTH, folder, spark, silent, 53)
    assert_frame_equal(results(folder), first)
    assert (mine / "_SUCCESS").exists()
    assert kept[other] == other.stat().st_mtime_ns
    assert sorted(path.name for path in other.parent.iterdir()) == ["province=11", "province=53"]
    said = json.loads((mine / running.REPORT).read_text())
    assert said["laws"] == {"assistance": first["law"][0]}
    assert said["rows"] == first.height


def test_killed_between_the_two_renames_the_old_one_comes_back(tmp_path):
    target = tmp_path / "province=53"
    with layout.replacing(target) as made:
        (made / "one").touch()
    target.rename(tmp_path / ".old-province=53")
    with pytest.raises(KeyError), layout.replacing(target):
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["province=53"]
    assert (target / "one").exists()


def copied(facts: Path, folder: Path) -> Path:
    return Path(shutil.copytree(facts, folder / "facts"))


def rewrite(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        change(pl.read_parquet(path)).write_parquet(path)

    return spoil


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("table", "spoil", "told"),
    [
        ("persons", rewrite(lambda f: f.drop("wages")), "缺少列 wages"),
        (
            "persons",
            rewrite(lambda f: f.with_columns(pl.col("wages").cast(pl.Float64))),
            "wages 类型",
        ),
        ("households", rewrite(lambda f: f.with_columns(urban=pl.lit(1))), "urban 类型是"),
        ("households", rewrite(lambda f: f.head(0)), "文件有缺失或多余"),
        ("persons", cut, "不是完整的 Parquet 文件"),
        ("persons", Path.unlink, "文件有缺失或多余"),
    ],
)
def test_files_that_are_wrong_are_named(drawn_facts, spark, tmp_path, table, spoil, told):
    folder = copied(drawn_facts, tmp_path)
    spoil(sorted(layout.facts_of(folder, MONTH, "assistance", table, 53).glob("county=*/*.parquet"))[0])
    with pytest.raises(FactsRefusal, match=told):
        running.run(MONTH, folder, spark, silent)
    assert not layout.results_of(folder, MONTH, 53).exists()


def test_pages_that_are_spoilt_end_in_a_sentence_and_leave_nothing(drawn_facts, spark, tmp_path):
    folder = copied(drawn_facts, tmp_path)
    path = sorted(layout.facts_of(folder, MONTH, "assistance", "persons", 53).glob("county=*/*.parquet"))[0]
    data = bytearray(path.read_bytes())
    data[4:300] = b"\xff" * 296
    path.write_bytes(data)
    with pytest.raises(ClusterRefusal, match="53 省 2024-10 的测算没有完成"):
        running.run(MONTH, folder, spark, silent)
    assert [p.name for p in folder.glob("determinations/**/*") if p.is_file()] == []


def test_an_amount_out_of_range_is_told_in_the_rule_s_own_words(drawn_facts, spark, tmp_path):
    folder = copied(drawn_facts, tmp_path)
    path = sorted(layout.facts_of(folder, MONTH, "assistance", "persons", 53).glob("county=*/*.parquet"))[0]
    rewrite(lambda f: f.with_columns(wages=pl.lit(2**53 - 1), basic_pension=pl.lit(2**53 - 1)))(path)
    with pytest.raises(RuleRefusal, match="超出可计算范围"):
        running.run(MONTH, folder, spark, silent)


def test_labels_that_are_wrong_are_refused(drawn_facts, tmp_path):
    folder = copied(drawn_facts, tmp_path)
    label = layout.label_of(folder, MONTH, 53)
    for text, told in (("{", "不是完整的说明"), ('{"format": 9, "month": "2024-10"}', "另一种格式")):
        label.write_text(text)
        with pytest.raises(FactsRefusal, match=told):
            files.label(folder, MONTH, 53)
