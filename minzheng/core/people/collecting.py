"""The facts of many households as two frames: their members are laid out and counted first, then read."""

from collections.abc import Mapping
from datetime import date, datetime

import numpy as np
import polars as pl
from psycopg import sql

from minzheng.core.people import arrow, facts
from minzheng.core.people.terms import IncomeKind

Columns = Mapping[str, str]
AS_IS = {f"f.{kind.name}": kind for kind in IncomeKind}
"""What a caller may ask of an income as it is: summed here, where twenty-four sums a person cost the database
more than all its other facts together."""


def frames(
    scope: sql.Composable, day: date, known: datetime | None, person: Columns, household: Columns
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(persons, households) of a scope over `people_household h`, sorted by household. As engine.

    Members by area and members by range of keys are nearly the same rows, which a planner takes for
    independent: in one statement it expects a few persons where there are forty thousand, and joins them by
    reading everything for each.
    """
    incomes = {name: AS_IS[expression] for name, expression in person.items() if expression in AS_IS}
    others = {name: expression for name, expression in person.items() if name not in incomes}
    others |= {"collected": "f.person"}
    with arrow.session() as session:
        homes = session.frame(sql.SQL(facts.HOMES).format(scope=scope))["key"].to_list()
        near = facts.Near(households=facts.ranges(homes))
        session.stage(facts.STAGED, facts.members(scope, day, known, near))
        people = session.frame(sql.SQL(facts.PEOPLE))["key"].to_list()
        near = facts.Near(facts.ranges(people), near.households)
        persons = session.frame(facts.compose(facts.PERSON, others, scope, day, known, near, staged=True))
        if incomes:
            items = session.frame(facts.items(day, known, near))
            persons = persons.with_columns(summed(items, persons["collected"], incomes))
        homes_found = facts.compose(facts.HOUSEHOLD, household, scope, day, known, near, staged=True)
        return persons.select(list(person)), session.frame(homes_found)


def summed(items: pl.DataFrame, persons: pl.Series, wanted: Mapping[str, IncomeKind]) -> list[pl.Series]:
    """The yearly sum of each wanted kind (column → kind) for each of the persons, as `facts.PERSON` sums: 0
    where there is none, unknown where one of them is. `items`: `person`, `kind`, `yearly` in fen.
    """
    yearly = pl.col("yearly").cast(pl.Int64)
    whole = pl.when(yearly.null_count() == 0).then(yearly.sum())
    rows = pl.DataFrame({"person": persons.cast(pl.Int64)}).with_row_index("row")
    sums = items.with_columns(pl.col("person").cast(pl.Int64)).group_by("person", "kind").agg(sum=whole)
    by_kind = sums.join(rows, on="person").partition_by("kind", as_dict=True)
    found = []
    for name, kind in wanted.items():
        column = np.zeros(len(persons), dtype=np.int64)
        part = by_kind.get((int(kind),))
        if part is None:
            found.append(pl.Series(name, column))
            continue
        column[part["row"].to_numpy()] = part["sum"].fill_null(0).to_numpy()
        unknown = part.filter(pl.col("sum").is_null())["row"]
        found.append(pl.Series(name, column).scatter(unknown, None))
    return found
