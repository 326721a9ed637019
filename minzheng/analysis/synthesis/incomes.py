"""Incomes and assets: what a household lives on is drawn first, then split over its members by what they
can do.

Everything is relative to one level of living for town and one for country, yuan a head and year; no
standard, no status and no quota enters. The shape (many who live on half of it, a second, better-off group)
is chosen so that the law finds about as many as it should among five million people, and refuses at least a
quarter (演示).
"""

import numpy as np
from numpy.typing import NDArray

from minzheng.analysis.synthesis.bodies import Ints, People

Columns = dict[str, NDArray[np.generic]]
LEVEL = {False: 6_200, True: 8_950}
POOR = 0.66
POOR_SHAPE = (0.52, 0.42)  # median share of the level, spread
BETTER_SHAPE = (2.3, 0.45)
PENSION = 1_476  # the least basic pension of a year, yuan
DEPOSIT_HEAD = 11_000


def draw(
    people: People, urban: NDArray[np.bool_], bodies: Columns, rng: np.random.Generator
) -> tuple[Columns, Columns]:
    """(columns by person, columns by household), fen and counts. `urban` is by household; households are
    dense.
    """
    homes = len(urban)
    better = rng.random(homes) >= POOR
    median = np.where(better, BETTER_SHAPE[0], POOR_SHAPE[0])
    spread = np.where(better, BETTER_SHAPE[1], POOR_SHAPE[1])
    share = median * np.exp(spread * rng.standard_normal(homes))
    living = np.where(urban, LEVEL[True], LEVEL[False]) * share
    # Whoever lives on his own means does not share the household's.
    apart = ~np.asarray(bodies["living_together"], dtype=bool) | np.asarray(bodies["away"], dtype=bool)
    heads = np.bincount(people.household, weights=~apart, minlength=homes).astype(np.float64)
    total = np.rint(living * heads)
    incomes = _split(people, urban, bodies, total, apart, rng)
    incomes |= _exempt(people, bodies, rng)
    unknown = rng.random(homes) < 0.004
    holder = (people.relation == 0) & unknown[people.household]
    incomes["business_unknown"] = holder
    return incomes, _assets(urban, better, heads, rng)


def _split(
    people: People, urban: NDArray[np.bool_], bodies: Columns, total: NDArray[np.float64],
    apart: NDArray[np.bool_], rng: np.random.Generator,
) -> Columns:  # fmt: skip
    """The household's income on its members: wages and farming for those who can work, transfers for the
    others.
    """
    count, homes = len(people), len(urban)
    able = np.asarray(bodies["can_work"], dtype=bool) & ~apart
    little = np.where(apart, 0.0, rng.gamma(2.0, size=count) * 0.12)
    weight = np.where(able, rng.gamma(4.0, size=count), little)
    whole = np.bincount(people.household, weights=weight, minlength=homes)[people.household]
    part = np.where(whole > 0, weight / np.maximum(whole, 1e-9), 0.0) * total[people.household]
    part = np.where(apart, rng.gamma(3.0, 9_000, count) * np.asarray(bodies["independent"], dtype=bool), part)
    country = ~urban[people.household]
    farming = np.where(country, rng.beta(2, 3, count), rng.beta(1, 8, count))
    earns = able | apart
    wages = np.where(earns, part * (1 - farming), 0)
    business = np.where(earns, part * farming, 0)
    pays = (wages > 0) & (rng.random(count) < 0.25)
    costs = np.where(wages > 0, wages * rng.uniform(0, 0.15, count), 0)
    property_net = np.where(rng.random(count) < 0.10, rng.gamma(2.0, 300, count), 0)
    disabled = np.asarray(bodies["disability_grade"]).astype(int) > 0
    ill = disabled | np.asarray(bodies["severe_illness"], dtype=bool)
    rigid = np.where(ill & (rng.random(count) < 0.4), rng.gamma(2.0, 900, count), 0)
    other = np.where(rng.random(count) < 0.03, rng.gamma(2.0, 400, count), 0)
    return {
        "wages": _fen(wages + costs),
        "work_costs": _fen(costs),
        "business_net": _fen(business),
        "property_net": _fen(property_net),
        "transfers": _fen(np.where(earns, 0, part)),
        "transfer_payments": _fen(np.where(pays, 380, 0)),
        "other_income": _fen(other),
        "rigid_expense": _fen(rigid),
    }


def _exempt(people: People, bodies: Columns, rng: np.random.Generator) -> Columns:
    """What the law names apart: it is received on top, whatever the household lives on."""
    count, age = len(people), people.age
    dice = rng.random((7, count))
    grade = np.asarray(bodies["disability_grade"]).astype(int)
    severe = (grade > 0) & (grade <= 2)
    studies = np.asarray(bodies["student_full_time"], dtype=bool) & (age >= 15)
    return {
        "preferential_pension": _fen(np.where((age >= 60) & (dice[0] < 0.008), 9_600, 0)),
        "family_planning_aid": _fen(np.where((age >= 60) & (dice[1] < 0.05), 960, 0)),
        "scholarship": _fen(np.where(studies & (dice[2] < 0.15), 2_000, 0)),
        "bravery_award": _fen(np.where(dice[3] < 0.0001, 5_000, 0)),
        "social_aid": _fen(np.where(dice[4] < 0.06, 800, 0)),
        "disability_subsidies": _fen(np.where(severe & (dice[5] < 0.9), 1_080, 0)),
        "child_subsidy": _fen(np.where(np.asarray(bodies["chose_child_programme"], dtype=bool), 16_200, 0)),
        "basic_pension": _fen(np.where((age >= 60) & (dice[6] < 0.93), PENSION, 0)),
        "old_age_allowance": _fen(np.where(age >= 80, 600, 0)),
        "social_insurance": _fen(np.where((age >= 60) & (dice[6] > 0.97), 4_000, 0)),
    }


def _assets(
    urban: NDArray[np.bool_], better: NDArray[np.bool_], heads: NDArray[np.float64], rng: np.random.Generator
) -> Columns:
    homes = len(urban)
    median = np.where(better, 0.65, 0.10) * DEPOSIT_HEAD * np.where(urban, 1.4, 1.0)
    deposits = median * np.exp(0.95 * rng.standard_normal(homes)) * np.maximum(heads, 1)
    limits = ((0.02, 0.05), (0.80, 0.88), (0.94, 0.992))
    houses = _ranked(rng, homes, *(np.where(better, rich, poor) for rich, poor in limits))
    vehicles = (rng.random(homes) < np.where(better, 0.30, 0.025)).astype(np.int64)
    vehicles += (rng.random(homes) < np.where(better, 0.05, 0.001)).astype(np.int64)
    return {
        "deposits": _fen(deposits),
        "houses": houses,
        "vehicles": vehicles,
        "registered_business": rng.random(homes) < np.where(better, 0.09, 0.012),
    }


def _ranked(rng: np.random.Generator, count: int, *limits: NDArray[np.float64]) -> Ints:
    """How many of the limits a throw passes: 0, 1, 2, 3 dwellings."""
    dice = rng.random(count)
    return np.sum([dice >= limit for limit in limits], axis=0).astype(np.int64)


def _fen(yuan: NDArray[np.generic]) -> Ints:
    """Whole yuan as fen."""
    return np.rint(np.asarray(yuan, dtype=np.float64)).astype(np.int64) * 100
