"""The facts of many households as two frames: their members are laid out and counted first, then read."""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from psycopg import sql

from minzheng.core.people import arrow, facts

Columns = Mapping[str, str]


def frames(
    scope: sql.Composable, day: date, known: datetime | None, person: Columns, household: Columns
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(persons, households) of a scope over `people_household h`, sorted by household. As engine.

    Members by area and members by range of keys are nearly the same rows, which a planner takes for
    independent: in one statement it expects a few persons where there are forty thousand, and joins them by
    reading everything for each.
    """
    with arrow.session() as session:
        homes = session.frame(sql.SQL(facts.HOMES).format(scope=scope))["key"].to_list()
        near = facts.Near(households=facts.ranges(homes))
        session.stage(facts.STAGED, facts.members(scope, day, known, near))
        people = session.frame(sql.SQL(facts.PEOPLE))["key"].to_list()
        near = facts.Near(facts.ranges(people), near.households)
        return (
            session.frame(facts.compose(facts.PERSON, person, scope, day, known, near, staged=True)),
            session.frame(facts.compose(facts.HOUSEHOLD, household, scope, day, known, near, staged=True)),
        )
