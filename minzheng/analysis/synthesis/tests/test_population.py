"""The drawn people: the same for a seed everywhere, and as the census says."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from minzheng.analysis.synthesis import census, families, names, numbers, population
from minzheng.analysis.synthesis.population import Population, Quota

REFERENCE = Path(__file__).resolve().parents[4] / "data" / "reference"
DAY = date(2024, 9, 30)
QUOTAS = [
    Quota(530102, True, 300),
    Quota(530326, False, 900),
    Quota(533401, False, 300),
    Quota(532801, True, 300),
]
PRINT = """
from minzheng.analysis.synthesis.tests import test_population as t
print(t.digest(t.drawn(7)))
"""


def drawn(seed: int) -> Population:
    """The cells of these tests."""
    return population.draw(REFERENCE, QUOTAS, seed, DAY)


def digest(found: Population) -> str:
    """Of every value of both frames, in order."""
    whole = hashlib.sha256()
    for frame in (found.persons, found.households):
        whole.update(frame.write_csv().encode())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def people() -> Population:
    """Drawn once."""
    return drawn(7)


@pytest.mark.parametrize(
    ("hash_seed", "zone", "threads"), [("0", "UTC", "1"), ("12345", "Asia/Shanghai", "2")]
)
def test_the_same_bytes_everywhere(people: Population, hash_seed: str, zone: str, threads: str) -> None:
    surroundings = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": zone, "POLARS_MAX_THREADS": threads}
    done = subprocess.run(
        [sys.executable, "-c", PRINT], env=surroundings, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == digest(people)


def test_another_seed_is_another_province(people: Population) -> None:
    assert digest(drawn(8)) != digest(people)


def test_a_cell_does_not_depend_on_the_others() -> None:
    alone = population.draw(REFERENCE, QUOTAS[:1], 7, DAY).households.select("area", "county")
    together = drawn(7).households.filter(pl.col("county") == 530102).select("area", "county")
    assert alone.equals(together)


def test_ages_and_sexes_follow_the_census() -> None:
    county = next(c for c in census.load(REFERENCE) if c.code == 530326)
    family = families.draw(county, False, 3000, np.random.default_rng(3))
    found = np.zeros_like(county.pyramid)
    np.add.at(found, (np.where(family.male, 0, 1), family.age), 1)
    expected = county.pyramid / county.pyramid.sum() * len(family.age)
    for low, high in census.bands().values():
        band = slice(low, high + 1)
        assert np.abs(found[:, band].sum(axis=1) - expected[:, band].sum(axis=1)).max() <= 2


def test_sizes_follow_the_census() -> None:
    for county in census.load(REFERENCE)[::16]:
        sizes = np.bincount(families.draw(county, False, 4000, np.random.default_rng(3)).household)
        assert abs((sizes == 1).mean() - county.alone) < 0.025
        assert abs(sizes[sizes > 1].mean() - county.others_mean) < 0.15


def test_families_are_possible() -> None:
    county = census.load(REFERENCE)[40]
    family = families.draw(county, False, 2000, np.random.default_rng(5))
    heads = family.relation == families.HEAD
    assert heads.sum() == 2000
    assert family.age[heads].min() >= 18
    head_age = family.age[heads][family.household]
    child = np.isin(family.relation, (families.SON, families.DAUGHTER))
    assert (head_age[child] - family.age[child] >= families.PARENT).all()
    spouses = np.bincount(family.household[family.relation == families.SPOUSE], minlength=2000)
    assert spouses.max() == 1
    assert np.isin(family.place, county.villages).all()


def test_minorities_follow_the_census_and_all_25_occur() -> None:
    seen: set[int] = set()
    for county in census.load(REFERENCE):
        found = names.ethnicities(county, 4000, np.random.default_rng(county.code))
        assert abs((found != names.HAN).mean() - county.minority) < 0.04
        seen |= set(found.tolist())
    assert seen == {names.HAN, *names.CODES.values()}
    assert len(names.CODES) == 25


def test_names_keep_the_habits_that_break_systems() -> None:
    every = np.repeat(np.array([names.HAN, *names.CODES.values()]), 400)
    rng = np.random.default_rng(11)
    found, notes = names.draw(np.arange(len(every)), every, rng.random(len(every)) < 0.5, rng)
    texts = [str(name) for name in found]
    assert any("·" in name for name in texts)
    assert any(len(name) == 1 for name in texts)
    assert any(ord(c) > 0xFFFF for name in texts for c in name)
    assert any(notes)
    assert all(1 <= len(name) <= 50 for name in texts)


def test_numbers_are_unlike_and_keep_old_codes(people: Population) -> None:
    known = people.persons["number"].drop_nulls()
    assert known.n_unique() == known.len()
    assert people.persons["number"].null_count() == people.persons["provisional"].drop_nulls().len() > 0
    assert numbers.code_of_day(530326, 1990) == 532226
    assert numbers.code_of_day(530114, 1990) == 530121
    assert numbers.code_of_day(530114, 2015) == 530114
    assert numbers.code_of_day(530113, 1997) == 530200
    assert {"5322", "5303"} & set(known.str.slice(0, 4).unique())


def test_no_column_is_a_status(people: Population) -> None:
    drawn_columns = {*people.persons.columns, *people.households.columns}
    assert not {
        name
        for name in drawn_columns
        if any(word in name for word in ("dibao", "eligible", "marginal", "covered"))
    }
