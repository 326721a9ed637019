"""What the reading by Spark refuses, as the columns reading does."""

import polars as pl
import pytest

from minzheng.kernel.cluster import session
from minzheng.kernel.cluster.reading import read
from minzheng.kernel.cluster.tests.frames import to_spark
from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import LIMIT
from minzheng.kernel.rules.agreement import frames
from minzheng.kernel.tests import toy_law

pytestmark = pytest.mark.spark
STATUTE = toy_law.law().on(toy_law.DAY)
WANT = ["toy.amount", "toy.counted", "toy.members"]


def outcome(spark, folder, persons, households):
    reading = read(STATUTE, to_spark(spark, persons, folder), to_spark(spark, households, folder), WANT)
    with session.spoken("测算"):
        return reading.frames()[1].orderBy("household").collect()


def two():
    return frames(STATUTE, [toy_law.household(), toy_law.household()])


def test_columns_that_are_not_there_and_households_without_members(spark, tmp_path):
    persons, households = two()
    more = pl.concat([households, households.head(1).with_columns(household=pl.lit(7, pl.Int64))])
    found = outcome(spark, tmp_path, persons.drop("wages"), more)
    assert [row["toy.members"] for row in found] == [2, 2, 0]
    assert [row["toy.amount"] for row in found] == [None, None, 0]


def test_no_households_at_all(spark, tmp_path):
    persons, households = two()
    assert outcome(spark, tmp_path, persons.clear(), households.clear()) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda p, h: (p, h.head(1)), "不在家庭表"),
        (lambda p, h: (p, pl.concat([h, h])), "重复"),
        (lambda p, h: (p.with_columns(household=None), h), "整数"),
        (lambda p, h: (p.with_columns(pl.col("wages").cast(pl.Float64)), h), "工资性收入"),
        (lambda p, h: (p.with_columns(imprisoned=pl.lit(0)), h), "服刑"),
        (lambda p, h: (p.with_columns(wages=pl.lit(LIMIT)), h), "范围"),
        (
            lambda p, h: (p.with_columns(wages=pl.lit(LIMIT - 1), pension=pl.lit(LIMIT - 1)), h),
            r"toy\.income",
        ),
        (lambda p, h: (p, h.with_columns(area=pl.lit(None, pl.Int64))), "区划"),
        (lambda p, h: (p, h.with_columns(area=pl.lit(440000000000))), "没有值"),
    ],
)
def test_wrong_frames_are_refused(spark, tmp_path, change, word):
    with pytest.raises(Refusal, match=word):
        outcome(spark, tmp_path, *change(*two()))
