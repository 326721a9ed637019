"""The reading of a province in columns: frames in and out, and what it refuses."""

import polars as pl
import pytest

from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import LIMIT
from minzheng.kernel.rules.agreement import frames
from minzheng.kernel.tests import toy_law

STATUTE = toy_law.law().on(toy_law.DAY)
WANT = ["toy.amount", "toy.counted", "toy.members"]


def two():
    persons, households = frames(STATUTE, [toy_law.household(), toy_law.household()])
    return persons, households


def test_frames_out():
    persons, households = STATUTE.columns(*two(), WANT)
    assert persons.columns == ["person", "household", "toy.counted"]
    assert households.columns == ["household", "area", "toy.amount", "toy.members"]
    assert households["toy.amount"].to_list() == [74467, 74467]
    assert persons["toy.counted"].to_list() == [True, True, False] * 2


def test_households_in_any_order_and_without_members():
    persons, households = two()
    households = pl.concat(
        [households, households.head(1).with_columns(household=pl.lit(7, pl.Int64))]
    ).reverse()
    _, found = STATUTE.columns(persons, households, WANT)
    assert found["household"].to_list() == [7, 1, 0]
    assert found["toy.members"].to_list() == [0, 2, 2]


def test_no_households_at_all():
    persons, households = two()
    first, second = STATUTE.columns(persons.clear(), households.clear(), WANT)
    assert (first.height, second.height) == (0, 0)


def test_a_column_that_is_not_there_is_unknown():
    persons, households = two()
    _, found = STATUTE.columns(persons.drop("wages"), households, WANT)
    assert found["toy.amount"].to_list() == [None, None]
    assert found["toy.members"].to_list() == [2, 2]


def test_narrow_columns_do_not_wrap():
    persons, households = two()
    narrow = persons.with_columns(
        pl.col("relation").cast(pl.Int8), pl.col("wages").clip(0, 127).cast(pl.Int8)
    )
    wide = persons.with_columns(pl.col("wages").clip(0, 127))
    assert STATUTE.columns(narrow, households, WANT)[1].equals(STATUTE.columns(wide, households, WANT)[1])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda p, h: (p.reverse(), h), "从小到大"),
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
def test_wrong_frames_are_refused(change, word):
    with pytest.raises(Refusal, match=word):
        STATUTE.columns(*change(*two()), WANT)
