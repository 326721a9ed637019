"""What befell a person: disability, illness, study, custody, obligors. Drawn by age alone, never by any
status (演示).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
KINDS = np.array([1, 2, 3, 4, 5, 6, 7])
KIND_ODDS = np.array([0.14, 0.20, 0.04, 0.38, 0.08, 0.10, 0.06])
GRADE_ODDS = np.array([0.16, 0.18, 0.28, 0.38])
WORKING = (16, 60)
HEAD, SPOUSE, SON, DAUGHTER = 0, 1, 2, 3


@dataclass(frozen=True)
class People:
    """Persons by array, sorted by household: what the families drew."""

    household: Ints
    relation: Ints
    age: Ints
    male: Flags
    size: Ints

    def __len__(self) -> int:
        return len(self.age)


def draw(people: People, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """Columns by person, named as the facts are; see the module."""
    found = _disabilities(people, rng) | _studies(people, rng) | _absences(people, rng)
    found |= _conditions(people, found, rng)
    found |= _work(people, found, rng)
    return found | _obligors(people, found, rng)


def _disabilities(people: People, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """Kind 0–7 and grade 0–4; a multiple disability also has the grade of a single kind (limb or mind)."""
    count = len(people)
    bounds = [people.age < limit for limit in (18, 40, 60, 75)]
    share = np.select(bounds, [0.02, 0.04, 0.075, 0.14], 0.22)
    has = rng.random(count) < share
    kind = np.where(has, rng.choice(KINDS, count, p=KIND_ODDS), 0)
    grade = np.where(has, rng.choice(np.arange(1, 5), count, p=GRADE_ODDS), 0)
    second = np.where(kind == 7, rng.choice([4, 5], count), 0)
    return {
        "disability_kind": kind,
        "disability_second": second,
        "disability_grade": grade,
        "sight_grade": np.where(kind == 1, grade, 0),
        "limb_grade": np.where((kind == 4) | (second == 4), grade, 0),
        "mind_grade": np.where(np.isin(kind, (5, 6)) | (second == 5), grade, 0),
    }


def _studies(people: People, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """Level of GB/T 4658 (0 none), full time or not."""
    age, dice = people.age, rng.random(len(people))
    level = np.select(
        [
            (age >= 3) & (age < 6),
            (age >= 6) & (age < 12),
            (age >= 12) & (age < 15),
            (age >= 15) & (age < 18),
            (age >= 18) & (age < 23),
            (age >= 23) & (age < 27),
        ],
        [
            np.where(dice < 0.88, 90, 0),
            np.where(dice < 0.99, 80, 0),
            np.where(dice < 0.98, 70, 0),
            np.where(dice < 0.55, 60, np.where(dice < 0.90, 40, 0)),
            np.where(dice < 0.05, 60, np.where(dice < 0.24, 20, np.where(dice < 0.42, 30, 0))),
            np.where(dice < 0.03, 10, 0),
        ],
        0,
    )
    part_time = (age >= 18) & (rng.random(len(people)) < 0.05)
    return {
        "study_level": level,
        "student_full_time": (level >= 20) & ~part_time & (age >= 6),
        "postgraduate": level == 10,
        "minor_in_school": (age >= 18) & np.isin(level, (40, 60, 70)),
    }


def _absences(people: People, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    adult = people.age >= 18
    dice = rng.random(len(people))
    custody = np.where(people.male, 0.004, 0.0006)
    return {
        "imprisoned": adult & (people.age < 70) & (dice < custody),
        "in_detox": adult & (people.age < 60) & (dice > 1 - custody / 2),
        "declared_missing": adult & (dice > 0.5) & (dice < 0.5005),
        "clergy": adult & (dice > 0.6) & (dice < 0.6012),
        "clergy_years": rng.integers(1, 12, len(people)),
    }


def _conditions(
    people: People, found: dict[str, NDArray[np.generic]], rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """Illness, self-care, living together, who applies alone, who chose the programme of children."""
    count, age = len(people), people.age
    ill = rng.random(count) < np.select([age < 18, age < 50, age < 70], [0.004, 0.015, 0.04], 0.06)
    grade = found["disability_grade"].astype(np.int64)
    severe = (grade > 0) & (grade <= 2)
    lost = np.where(severe, rng.integers(0, 7, count), 0)
    lost = np.where(~severe & (age >= 75) & (rng.random(count) < 0.3), rng.integers(1, 6, count), lost)
    child = np.isin(people.relation, (SON, DAUGHTER))
    grown = child & (age >= 20) & (found["study_level"].astype(np.int64) == 0) & ~severe
    independent = grown & (rng.random(count) < 0.45)
    apart = (independent & (rng.random(count) < 0.8)) | ((people.relation >= 7) & (rng.random(count) < 0.3))
    mind = found["mind_grade"].astype(np.int64)
    needy = severe | ((mind > 0) & (mind <= 3)) | ill | found["clergy"].astype(bool)
    return {
        "severe_illness": ill,
        "self_care_lost": lost,
        "independent": independent,
        "living_together": ~apart,
        "single_applicant": needy & (age >= 18) & (rng.random(count) < 0.4),
    }


def _work(
    people: People, found: dict[str, NDArray[np.generic]], rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """Who can work, and how many offers in a row were refused."""
    grade = found["disability_grade"].astype(np.int64)
    reasons = ("imprisoned", "in_detox", "declared_missing")
    away = np.any([found[reason] for reason in reasons], axis=0)
    able = (people.age >= WORKING[0]) & (people.age < WORKING[1]) & ~((grade > 0) & (grade <= 2))
    able &= ~found["severe_illness"].astype(bool) & (found["study_level"].astype(np.int64) == 0) & ~away
    refusals = np.where(able & (rng.random(len(people)) < 0.012), rng.integers(1, 5, len(people)), 0)
    return {"can_work": able, "job_refusals": refusals, "away": away}


def _obligors(
    people: People, found: dict[str, NDArray[np.generic]], rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """How many are bound to support a person, and how many of them are able; surveyed where it can matter."""
    count, age = len(people), people.age
    surveyed = (age < 18) | (age >= 59) | (found["disability_grade"].astype(np.int64) > 0)
    alone = people.size == 1
    none = np.select(
        [age < 18, alone & (age >= 59), age >= 59], [0.013, 0.80, 0.062], np.where(alone, 0.6, 0.13)
    )
    number = np.where(rng.random(count) < none, 0, 1 + (rng.random(count) < 0.3))
    unable = rng.random(count) < np.where(age < 18, 0.01, 0.045)
    able = np.where(unable, 0, number)
    orphan = (age < 18) & (able == 0)
    return {
        "surveyed": surveyed,
        "obligors": np.where(surveyed, number, 0),
        "able": np.where(surveyed, able, 0),
        "chose_child_programme": orphan & (rng.random(count) < 0.85),
    }


def frame(columns: dict[str, NDArray[np.generic]]) -> pl.DataFrame:
    """The columns as a frame, with the facts that follow from them."""
    table = pl.DataFrame(columns)
    return table.with_columns(
        no_obligor=pl.when("surveyed").then(pl.col("obligors") == 0),
        obligors_able=pl.when("surveyed").then(pl.col("able")),
    )
