"""Families of one county, in town or country: the census gives ages, sexes and sizes, this joins them
plausibly.

Every cell (county × urban) has its own stream of random numbers, so a cell does not depend on the others.
Ages and sexes follow the county's pyramid exactly (to one person a cell of it); who lives with whom is made
up (演示).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minzheng.analysis.synthesis.census import OLDEST, County

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
ADULT = 20
LARGEST = 9
PARENT, GRANDPARENT = 16, 42  # least difference of age in years between generations
HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENTS, GRANDPARENTS, SIBLING, OTHER = range(9)


@dataclass(frozen=True)
class Families:
    """Persons of a cell, sorted by household, heads first; `place` is a household's village (12 digits)."""

    household: Ints
    relation: Ints
    age: Ints
    male: NDArray[np.bool_]
    place: Ints


def draw(county: County, urban: bool, households: int, rng: np.random.Generator) -> Families:
    """Draw families in random order; the number of persons follows from the sizes."""
    sizes = _sizes(county, households, rng)
    age, male = _people(county, int(sizes.sum()), rng)
    heads, rest = _heads(age, male, households, rng)
    heads = _loners_first(heads, age, int((sizes == 1).sum()), rng)
    sizes = np.sort(sizes)
    household = np.full(len(age), -1)
    relation = np.full(len(age), OTHER)
    household[heads] = np.arange(households)
    relation[heads] = HEAD
    married = _spouses(heads, rest, sizes, age, male, rng)
    household[married[1]] = married[0]
    relation[married[1]] = SPOUSE
    rest = rest[household[rest] < 0]
    slots = np.repeat(np.arange(households), sizes - 1 - np.bincount(married[0], minlength=households))
    _fill(rest, slots, heads, age, male, household, relation, rng)
    shuffled = rng.permutation(households)
    household = shuffled[household]
    order = np.lexsort((age * -1, relation, household))
    spots = county.places(urban)
    place = spots[rng.integers(0, len(spots), households)]
    return Families(household[order], relation[order], age[order], male[order], place)


def _sizes(county: County, households: int, rng: np.random.Generator) -> Ints:
    """1 with the county's share of one-person households, else 2 and more with the county's mean."""
    alone = rng.random(households) < county.alone
    more = np.minimum(2 + rng.poisson(max(county.others_mean - 2, 0.05), households), LARGEST)
    return np.where(alone, 1, more)


def _people(county: County, count: int, rng: np.random.Generator) -> tuple[Ints, NDArray[np.bool_]]:
    """Ages and sexes by systematic sampling of the pyramid, in random order."""
    flat = county.pyramid.ravel().cumsum()
    marks = (np.arange(count) + rng.random()) * (flat[-1] / count)
    cell = rng.permutation(np.searchsorted(flat, marks, side="right").clip(0, len(flat) - 1))
    return cell % (OLDEST + 1), cell < OLDEST + 1


def _heads(
    age: Ints, male: NDArray[np.bool_], households: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Who heads a household, by weights of age and sex; and everybody else."""
    weight = np.select([age < ADULT, age < 30, age < 60, age < 75], [1e-9, 0.3, 1.0, 0.8], 0.5)
    weight = weight * np.where(male, 1.6, 1.0)
    order = np.argsort(rng.exponential(size=len(age)) / weight, kind="stable")
    return order[:households], order[households:]


def _loners_first(heads: Ints, age: Ints, alone: int, rng: np.random.Generator) -> Ints:
    """Heads so ordered that the first `alone` live alone: the old rather than the middle-aged."""
    weight = np.select([age[heads] >= 60, age[heads] < 35], [2.5, 1.0], 0.6)
    order = np.argsort(rng.exponential(size=len(heads)) / weight, kind="stable")
    return np.concatenate([heads[order[:alone]], rng.permutation(heads[order[alone:]])])


def _spouses(
    heads: Ints, rest: Ints, sizes: Ints, age: Ints, male: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """(household, person) of spouses: other sex, nearest rank of age."""
    homes: list[Ints] = []
    persons: list[Ints] = []
    for sex, share in ((True, 0.80), (False, 0.45)):
        home = np.flatnonzero((male[heads] == sex) & (sizes > 1) & (rng.random(len(heads)) < share))
        others = rest[(male[rest] != sex) & (age[rest] >= ADULT)]
        count = min(len(home), int(len(others) * 0.9))
        home = rng.permutation(home)[:count]
        others = rng.permutation(others)[:count]
        home = home[np.argsort(age[heads[home]] + rng.normal(0, 2, count), kind="stable")]
        others = others[np.argsort(age[others] + rng.normal(0, 2, count), kind="stable")]
        homes.append(home)
        persons.append(others)
    return np.concatenate(homes), np.concatenate(persons)


def _fill(
    rest: Ints, slots: Ints, heads: Ints, age: Ints, male: NDArray[np.bool_], household: Ints, relation: Ints,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Put the others where a head of fitting age has room; the relation follows from the ages."""
    own = age[rest]
    dice = rng.random(len(rest))
    up = rng.uniform(21, 36, len(rest))
    parent = np.select([own < 18, own < 35, own < 60], [dice < 0.72, dice < 0.85, dice < 0.6], False)
    elder = (own < 18) & ~parent
    below = (own >= 60) & (dice < 0.9)
    near = rng.normal(0, 4, len(rest))
    wish = own + np.select([parent, elder, below], [up, up + 27, -up], near)
    rest = rest[np.argsort(wish, kind="stable")]
    slots = slots[np.argsort(age[heads[slots]] + rng.normal(0, 3, len(slots)), kind="stable")]
    household[rest] = slots
    gap = age[heads[slots]] - age[rest]
    child = np.where(male[rest], SON, DAUGHTER)
    relation[rest] = np.select(
        [gap >= GRANDPARENT, gap >= PARENT, gap > -PARENT, gap > -GRANDPARENT],
        [GRANDCHILD, child, SIBLING, PARENTS],
        GRANDPARENTS,
    )
