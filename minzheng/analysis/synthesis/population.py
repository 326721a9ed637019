"""A synthetic population: more households than needed, cell by cell (county × town or country), in random
order.

Deterministic for a seed: every cell and every step has its own stream, seeded by numbers, never by a hash
or an order of platform. Amounts are rounded to whole yuan before anything is compared.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from minzheng.analysis.synthesis import bodies, census, expenses, families, incomes, names, numbers

YIELD = {False: 1.68, True: 1.60}
"""About how many persons of a drawn household the law finds eligible; only the number drawn depends on it."""
SPARE, LEAST = 1.36, 12
FAMILIES, ETHNICITY, NAMES, NUMBERS, BODIES, INCOMES, MOVES = range(1, 8)
EXPENSES = 11


@dataclass(frozen=True)
class Quota:
    """One cell: county (6 digits), town or country, how many recipients of dibao are wanted, and how many
    persons with low income in all.
    """

    county: int
    urban: bool
    persons: int
    low_income: int = 0


@dataclass(frozen=True)
class Population:
    """Two frames keyed by `household` (dense from 0, cell by cell): persons and households, columns named
    as facts.
    """

    persons: pl.DataFrame
    households: pl.DataFrame


def wanted(quota: int, urban: bool) -> int:
    """How many households to draw so that a quota is met with room to spare."""
    return math.ceil(quota / YIELD[urban] * SPARE + LEAST)


def draw(
    reference: Path,
    quotas: Sequence[Quota],
    seed: int,
    as_of: date,
    tell: Callable[[int], None] = lambda n: None,
) -> Population:
    """Draw every cell; `tell` hears how many cells are done."""
    counties = {county.code: county for county in census.load(reference)}
    parts, homes, offset = [], [], 0
    for number, quota in enumerate(quotas):
        county, count = counties[quota.county], wanted(quota.persons, quota.urban)
        key = [quota.county, int(quota.urban)]
        family = families.draw(county, quota.urban, count, np.random.default_rng([seed, FAMILIES, *key]))
        nations = names.ethnicities(county, count, np.random.default_rng([seed, ETHNICITY, *key]))
        parts.append(_persons(family, nations, offset))
        homes.append(_homes(family, quota, number, offset))
        offset += count
        tell(1)
    return _complete(pl.concat(parts), pl.concat(homes), counties, seed, as_of)


def _persons(family: families.Families, nations: bodies.Ints, offset: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "household": family.household + offset,
            "relation": family.relation,
            "age": family.age,
            "male": family.male,
            "ethnicity": nations[family.household],
        }
    )


def _homes(family: families.Families, quota: Quota, cell: int, offset: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"household": np.arange(len(family.place)) + offset, "area": family.place}
    ).with_columns(
        urban=pl.lit(quota.urban), county=pl.lit(quota.county, pl.Int64), cell=pl.lit(cell, pl.Int64)
    )


def _complete(
    persons: pl.DataFrame, homes: pl.DataFrame, counties: dict[int, census.County], seed: int, as_of: date
) -> Population:
    """Bodies, means, birthdays, names, numbers and registered homes of everybody."""
    household = persons["household"].to_numpy()
    size = np.bincount(household)
    people = bodies.People(
        household,
        persons["relation"].to_numpy(),
        persons["age"].to_numpy(),
        persons["male"].to_numpy(),
        size[household],
    )
    urban = homes["urban"].to_numpy()
    body = bodies.draw(people, np.random.default_rng([seed, BODIES]))
    means, assets = incomes.draw(people, urban, body, np.random.default_rng([seed, INCOMES]))
    spent = expenses.draw(people, body, np.random.default_rng([seed, EXPENSES]))
    county = homes["county"].to_numpy()[household]
    who = _identities(people, persons["ethnicity"].to_numpy(), county, sorted(counties), seed, as_of)
    columns = [
        persons.select("household", "relation", "ethnicity"),
        who,
        bodies.frame(body).drop("able", "away"),
        pl.DataFrame(means),
        pl.DataFrame(spent),
    ]
    whole = (
        pl.concat(columns, how="horizontal")
        .with_row_index("draw")
        .with_columns(pl.col("draw").cast(pl.Int64))
    )
    return Population(_settled(whole, as_of), pl.concat([homes, pl.DataFrame(assets)], how="horizontal"))


def _identities(
    people: bodies.People,
    ethnicity: bodies.Ints,
    county: bodies.Ints,
    codes: list[int],
    seed: int,
    as_of: date,
) -> pl.DataFrame:
    """Birthday, name, number (null for a few), and where each is registered."""
    rng = np.random.default_rng([seed, MOVES])
    count = len(people)
    days = ((people.age + rng.random(count) * 0.999) * 365.2425).astype(np.int64)
    born = np.datetime64(as_of) - days.astype("timedelta64[D]")
    moved, abroad = rng.random(count) < 0.05, rng.random(count) < 0.008
    place = np.where(moved, rng.choice(codes, count), county)
    place = np.where(abroad, rng.choice(numbers.ELSEWHERE, count), place)
    name, note = names.draw(people.household, ethnicity, people.male, np.random.default_rng([seed, NAMES]))
    number = numbers.draw(place, born, people.male, np.random.default_rng([seed, NUMBERS]))
    without = rng.random(count) < np.where(people.age < 1, 0.15, 0.0012)
    short = (people.age >= 42) & (rng.random(count) < 0.04)
    code = rng.integers(0, 2**62, count)
    return (
        pl.DataFrame(
            {
                "born": born,
                "sex": np.where(people.male, 1, 2),
                "name": pl.Series(name, dtype=pl.String),
                "name_note": pl.Series(note, dtype=pl.String),
                "number": number,
                "without": without,
                "fifteen": short,
                "code": code,
                "hukou": place * 10**6,
                "bank": rng.integers(1, 5, count),
                "account": rng.integers(10**12, 10**13, count),
            }
        )
        .with_columns(
            number=pl.when(~pl.col("without")).then("number"),
            provisional=pl.when("without").then(pl.lit("LS") + pl.col("code").cast(pl.String).str.zfill(19)),
        )
        .drop("without", "code")
    )


def _settled(persons: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Dates and unknowns that follow from other columns."""
    since = pl.lit(as_of).dt.offset_by(pl.format("-{}y", "clergy_years"))
    return persons.with_columns(
        clergy_since=pl.when("clergy").then(since),
        business_net=pl.when(~pl.col("business_unknown")).then("business_net"),
        alive=pl.lit(True),
        on_tekun=pl.lit(False),
        took_work=pl.lit(False),
        employed_since=pl.lit(None, pl.Date),
        school_stage=pl.col("study_level").cast(pl.Int64),
        voucher_day=pl.lit(None, pl.Date),
        recognised=pl.lit(False),
        recognised_from=pl.lit(None, pl.Date),
    ).drop("clergy_years", "business_unknown")
