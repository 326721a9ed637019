"""Every rule of every book of assistance, over drawn and odd households: Spark as Polars."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from minzheng.domains.assistance.rules import law
from minzheng.kernel.cluster.reading import read
from minzheng.kernel.cluster.tests.frames import to_polars, to_spark
from minzheng.kernel.periods import Month
from minzheng.kernel.rules.agreement import frames, random_cases

pytestmark = pytest.mark.spark
AREAS = (530000000000, 530102001001, 533401101201)


def agree(spark, folder, statute, persons, households):
    names = list(statute.articles)
    first, second = statute.columns(persons, households, names)
    reading = read(statute, to_spark(spark, persons, folder), to_spark(spark, households, folder), names)
    members, homes = reading.frames()
    assert_frame_equal(to_polars(members, folder, "person"), first.sort("person"))
    assert_frame_equal(to_polars(homes, folder, "household").select(second.columns), second.sort("household"))
    return first, second


def test_on_a_drawn_population_to_the_fen_and_to_the_null(spark, tmp_path, population):
    persons, households = population
    assert persons.height > 4_000
    statute = law().on(Month(2024, 10).first)
    named = [name for name in statute.leaves("fact") if name in persons.columns and name != "area"]
    persons = persons.select(list(dict.fromkeys(["person", "household", *named])))
    _, second = agree(spark, tmp_path, statute, persons, households)
    assert second["dibao.amount_monthly"].sum() > 0


@pytest.mark.parametrize("month", [Month(2021, 7), Month(2026, 1)])
def test_on_odd_households(spark, tmp_path, month):
    statute = law().on(month.first)
    persons, households = frames(statute, random_cases(statute, AREAS, 11, 1200))
    first, second = agree(spark, tmp_path, statute, persons, households)
    assert pl.concat([first.null_count().transpose(), second.null_count().transpose()]).sum().item() > 0
