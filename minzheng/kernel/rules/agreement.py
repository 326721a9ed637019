"""Whether the readings agree: the same households decided one by one and in columns, compared value by value.

The tests of every law call `disagreements` with random households: unknowns, zeros, boundaries and extremes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from minzheng.kernel.facts import Fact, Value
from minzheng.kernel.rules.case import Case
from minzheng.kernel.rules.law import Statute
from minzheng.kernel.rules.units import RuleRefusal

DTYPES: Mapping[str, type[pl.DataType]] = {"bool": pl.Boolean, "date": pl.Date}
HUGE = 2**53 - 1


@dataclass(frozen=True)
class Disagreement:
    """A rule that two readings answer differently for a household (its place), or for a member of it."""

    rule: str
    household: int
    by_case: Any
    by_columns: Any


def frames(statute: Statute, cases: Sequence[Case]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The households as the two frames of the columns reading, with every fact that the statute reads."""
    read = [statute.facts[name] for name in statute.leaves("fact") if name != "day"]
    households: dict[str, Any] = {"household": pl.Series(range(len(cases)), dtype=pl.Int64)}
    households["area"] = pl.Series([case.area for case in cases], dtype=pl.Int64)
    members = [(at, member) for at, case in enumerate(cases) for member in case.members]
    persons: dict[str, Any] = {"person": pl.Series(range(len(members)), dtype=pl.Int64)}
    persons["household"] = pl.Series([at for at, _ in members], dtype=pl.Int64)
    for fact in read:
        dtype = DTYPES.get(fact.kind, pl.Int64)
        if fact.grain == "person":
            persons[fact.name] = pl.Series([member.get(fact.name) for _, member in members], dtype=dtype)
        elif fact.name != "area":
            households[fact.name] = pl.Series([case.household.get(fact.name) for case in cases], dtype=dtype)
    return pl.DataFrame(persons), pl.DataFrame(households)


def disagreements(
    statute: Statute, cases: Sequence[Case], want: Sequence[str] | None = None
) -> list[Disagreement]:
    """Where the case reading and the columns reading differ; both refusing to go on is agreement."""
    names = list(statute.articles) if want is None else list(want)
    try:
        by_case: list[dict[str, Any]] | None = [statute.decide(case, names).values for case in cases]
    except RuleRefusal:
        by_case = None
    persons, households = frames(statute, cases)
    try:
        first, second = statute.columns(persons, households, names)
    except RuleRefusal:
        return [] if by_case is None else [Disagreement("*", -1, "decided", "refused")]
    if by_case is None:
        return [Disagreement("*", -1, "refused", "decided")]
    found: list[Disagreement] = []
    for name in names:
        person = statute.articles[name].rule.grain == "person"
        column = iter((first if person else second)[name].to_list())
        for at, values in enumerate(by_case):
            given = [next(column) for _ in values[name]] if person else next(column)
            if not _same(given, values[name]):
                found.append(Disagreement(name, at, values[name], given))
    return found


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def random_cases(statute: Statute, areas: Sequence[int], seed: int, size: int = 200) -> list[Case]:
    """Households drawn to try the law: every fact that it reads, at times unknown, at times at an extreme.

    areas: codes to live in. The money drawn lies about the amounts of the parameters, so that boundaries
    are met.
    """
    drawer = _Drawer(statute, Random(seed))
    return [drawer.case(areas[at % len(areas)]) for at in range(size)]


class _Drawer:
    def __init__(self, statute: Statute, random: Random) -> None:
        self.statute, self.random = statute, random
        self.facts = [statute.facts[name] for name in statute.leaves("fact") if name not in ("day", "area")]
        self.numbers = [0, 1]
        self.codes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
        for name in statute.leaves("parameter"):
            for row in statute.parameters.series[name]:
                if isinstance(row.value, tuple):
                    self.codes += row.value
                elif type(row.value) is int:
                    self.numbers += [row.value, 12 * row.value]

    def case(self, area: int) -> Case:
        odd = self.random.random()
        members = [self.values("person", odd) for _ in range(self.random.choice((1, 1, 2, 3, 4, 6)))]
        return Case(self.statute.day, area, self.values("household", odd), members)

    def values(self, grain: str, odd: float) -> dict[str, Value]:
        unknown = 0.0 if odd < 0.4 else 0.05 if odd < 0.8 else 0.4
        listed = [fact for fact in self.facts if (fact.grain == "person") == (grain == "person")]
        return {fact.name: None if self.random.random() < unknown else self.value(fact) for fact in listed}

    def value(self, fact: Fact) -> Value:
        random = self.random
        if fact.kind == "bool":
            return random.random() < 0.5
        if fact.kind == "date":
            if random.random() < 0.1:
                return random.choice(
                    (date(1904, 2, 29), date(2004, 2, 29), date(1, 1, 1), date(9998, 12, 31))
                )
            return self.statute.day - timedelta(days=random.randrange(0, 36_000))
        if fact.kind == "code":
            return random.choice([code for code, _ in fact.words] or self.codes)
        number = random.choice(self.numbers) + random.choice((-1, 0, 0, 1))
        if fact.kind == "int":
            return number if random.random() < 0.3 else random.randrange(0, 5)
        return number if random.random() < 0.5 else random.randrange(0, 3_000_000)
