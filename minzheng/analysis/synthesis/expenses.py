"""What befell a person's purse in twelve months, and which lists name him: drawn by age, study and health
alone.

Nothing of incomes, standards or statuses enters; amounts are whole yuan, kept as fen. Shares and medians are
演示; that about a fifth of people are in hospital in a year is of the right order.
"""

import numpy as np
from numpy.typing import NDArray

from minzheng.analysis.synthesis.bodies import Floats, Ints, People

Columns = dict[str, NDArray[np.generic]]
STAGES = np.array([90, 80, 70, 60, 40, 30, 20, 10])
FEES = np.array([4_200.0, 900.0, 1_100.0, 2_600.0, 2_300.0, 6_800.0, 6_200.0, 9_000.0])
IN_HOSPITAL = ((3, 0.24), (18, 0.12), (45, 0.17), (60, 0.26), (75, 0.36))
UNSTABLE, MARGINAL, SUDDEN, OTHER = 0.009, 0.008, 0.006, 0.002


def draw(people: People, bodies: Columns, rng: np.random.Generator) -> Columns:
    """Columns by person: six expenses in fen, and four labels by household."""
    return (
        _medical(people, bodies, rng)
        | _school(bodies, rng)
        | _others(people, bodies, rng)
        | _lists(people, rng)
    )


def _medical(people: People, bodies: Columns, rng: np.random.Generator) -> Columns:
    """A hospital bill for some, a large one for the gravely ill; between a third and nine tenths comes back,
    for a few all of it.
    """
    count, ill = len(people), np.asarray(bodies["severe_illness"], dtype=bool)
    share = np.select(
        [people.age < limit for limit, _ in IN_HOSPITAL], [part for _, part in IN_HOSPITAL], 0.42
    )
    stays = ill | (rng.random(count) < share)
    median = np.where(ill, 110_000, 76_000)
    bill = np.where(stays, median * np.exp(0.85 * rng.standard_normal(count)), 0)
    back = np.where(rng.random(count) < 0.05, 1.0, rng.beta(4, 4, count) * 0.75)
    return {"medical_bills": _fen(bill), "medical_reimbursed": np.minimum(_fen(bill * back), _fen(bill))}


def _school(bodies: Columns, rng: np.random.Generator) -> Columns:
    """Fees by what is studied; a private kindergarten or school asks several times as much."""
    level = np.asarray(bodies["study_level"]).astype(int)
    count = len(level)
    fee = np.select([level == stage for stage in STAGES], list(FEES), 0.0)
    dear = np.where(rng.random(count) < 0.12, rng.uniform(2, 4, count), rng.uniform(0.5, 1.2, count))
    return {"education_fees": _fen(fee * dear)}


def _others(people: People, bodies: Columns, rng: np.random.Generator) -> Columns:
    """Rehabilitation of the disabled, less what comes back; and what a flood, a fire or a funeral costs."""
    count = len(people)
    disabled = np.asarray(bodies["disability_grade"]).astype(int) > 0
    costs = np.where(disabled & (rng.random(count) < 0.25), rng.gamma(2.0, 4_000, count), 0)
    back = np.where(rng.random(count) < 0.05, 1.0, rng.uniform(0, 0.8, count))
    other = np.where(rng.random(count) < 0.012, rng.gamma(2.0, 9_000, count), 0)
    return {
        "rehabilitation_costs": _fen(costs),
        "rehabilitation_subsidies": np.minimum(_fen(costs * back), _fen(costs)),
        "other_rigid_costs": _fen(other),
    }


def _lists(people: People, rng: np.random.Generator) -> Columns:
    """Which families other offices list; a few stand on two lists."""
    homes = int(people.household[-1]) + 1 if len(people) else 0
    dice = rng.random(homes)
    names = ("relapse_unstable", "relapse_borderline", "relapse_sudden")
    edges = np.cumsum([0.0, UNSTABLE, MARGINAL, SUDDEN])
    found: Columns = {
        name: ((dice >= edges[at]) & (dice < edges[at + 1]))[people.household]
        for at, name in enumerate(names)
    }
    return found | {"other_hardship": (rng.random(homes) < OTHER)[people.household]}


def _fen(yuan: Floats | NDArray[np.generic]) -> Ints:
    return np.rint(np.asarray(yuan, dtype=np.float64)).astype(np.int64) * 100
