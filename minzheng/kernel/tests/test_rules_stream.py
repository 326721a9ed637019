"""The reading in parts is the reading of the whole, wherever the cuts fall."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.rules import RuleRefusal
from minzheng.kernel.rules.agreement import frames, random_cases
from minzheng.kernel.rules.stream import clustered
from minzheng.kernel.tests import toy_law

STATUTE = toy_law.law().on(toy_law.DAY)
WANT = list(STATUTE.articles)
PERSONS, HOUSEHOLDS = frames(STATUTE, random_cases(STATUTE, [toy_law.WUHUA, toy_law.PANLONG], 1, 60))


def streamed(persons: pl.DataFrame, households: pl.DataFrame, size: int, workers: int = 2):
    parts = list(STATUTE.stream(clustered(persons.lazy(), households.lazy(), size), WANT, workers))
    return pl.concat([one for one, _ in parts]), pl.concat([two for _, two in parts]), len(parts)


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 200), workers=st.integers(1, 3))
def test_parts_give_what_the_whole_gives(size, workers):
    first, second, parts = streamed(PERSONS, HOUSEHOLDS, size, workers)
    whole = STATUTE.columns(PERSONS, HOUSEHOLDS, WANT)
    assert parts >= min(PERSONS.height // size // 4, 1)
    assert first.equals(whole[0])
    assert second.equals(whole[1])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_households_without_members_are_not_lost(size):
    kept = PERSONS.filter(pl.col("household") % 3 == 1)
    first, second, _ = streamed(kept, HOUSEHOLDS, size)
    whole = STATUTE.columns(kept, HOUSEHOLDS, WANT)
    assert first.equals(whole[0])
    assert second.equals(whole[1])


def test_no_person_at_all():
    _, second, _ = streamed(PERSONS.clear(), HOUSEHOLDS, 7)
    assert second.equals(STATUTE.columns(PERSONS.clear(), HOUSEHOLDS, WANT)[1])


@pytest.mark.parametrize("size", [1, 10, 1000])
@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda p, h: (p.reverse(), h), "从小到大"),
        (lambda p, h: (p, h.reverse()), "从小到大|不在家庭表"),
        (lambda p, h: (pl.concat([p, p.head(1)]), h), "从小到大"),
        (lambda p, h: (p, h.head(20)), "不在家庭表"),
        (lambda p, h: (p, pl.concat([h.head(20), h.tail(-19)])), "重复"),
        (lambda p, h: (p.with_columns(household=None), h), "整数"),
        (lambda p, h: (p, h.with_columns(pl.col("household").cast(pl.Float64))), "整数"),
    ],
)
def test_disorder_is_refused_though_it_lies_between_two_parts(change, word, size):
    with pytest.raises(RuleRefusal, match=word):
        streamed(*change(PERSONS, HOUSEHOLDS), size)


def test_parts_are_read_as_they_are_taken():
    taken = []

    def parts():
        for at, part in enumerate(clustered(PERSONS.lazy(), HOUSEHOLDS.lazy(), 10)):
            taken.append(at)
            yield part

    next(STATUTE.stream(parts(), WANT, 2))
    assert len(taken) <= 3
