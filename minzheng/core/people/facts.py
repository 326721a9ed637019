"""The register's facts as of a day, as known at an instant: one SQL text, for a province or for one
household.

`persons` and `households` return SQL whose rows are read through ADBC into frames, or through a cursor into
plain values. A caller names the columns it wants as SQL over the alias `f`; what `f` offers is listed in
PERSON and HOUSEHOLD. What nobody knows is null: an income that exists without an amount, obligors that
nobody surveyed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import sql

from minzheng.core.people.terms import AbsenceKind, AssetKind, ConditionKind, DisabilityKind, IncomeKind

Ranges = tuple[tuple[int, int], ...]
GAP, MOST_RANGES = 2_000, 12

LIVE = "valid @> {day} AND recorded_at <= {known} AND (superseded_at IS NULL OR superseded_at > {known})"


def _sum(kind: IncomeKind) -> str:
    return (
        f"CASE WHEN coalesce(bool_or(yearly IS NULL) FILTER (WHERE kind = {kind:d}), false) THEN NULL"
        f" ELSE coalesce(sum(yearly) FILTER (WHERE kind = {kind:d}), 0)::bigint END AS {kind.name}"
    )


def _amount(kind: AssetKind) -> str:
    return (
        f"CASE WHEN coalesce(bool_or(amount IS NULL) FILTER (WHERE kind = {kind:d}), false) THEN NULL"
        f" ELSE coalesce(sum(amount) FILTER (WHERE kind = {kind:d}), 0)::bigint END AS {kind.name}"
    )


def _grade(name: str, *kinds: DisabilityKind) -> str:
    chosen = ", ".join(f"{kind:d}" for kind in kinds)
    return f"min(grade) FILTER (WHERE kind IN ({chosen})) AS {name}"


def _value(kind: ConditionKind) -> str:
    return f"max(value) FILTER (WHERE kind = {kind:d}) AS {kind.name}"


INCOMES = ",\n               ".join(_sum(kind) for kind in IncomeKind)
NO_INCOME = ", ".join(
    f"CASE WHEN i.person_id IS NULL THEN 0 ELSE i.{kind.name} END AS {kind.name}" for kind in IncomeKind
)
ASSETS = ",\n               ".join(_amount(kind) for kind in AssetKind)
NO_ASSET = ", ".join(
    f"CASE WHEN a.household_id IS NULL THEN 0 ELSE a.{kind.name} END AS {kind.name}" for kind in AssetKind
)
CONDITIONS = ",\n               ".join(_value(kind) for kind in ConditionKind)
HAS_CONDITION = ", ".join(f"c.{kind.name}" for kind in ConditionKind)
ABSENT = ", ".join(
    f"min(lower(valid)) FILTER (WHERE kind = {kind:d}) AS {kind.name}_since" for kind in AbsenceKind
)
AWAY = ", ".join(f"b.{kind.name}_since" for kind in AbsenceKind)

MEMBER_LIVE = re.sub(r"\b(valid|recorded_at|superseded_at)\b", r"m.\1", LIVE)
CANONICAL_LIVE = re.sub(r"\b(valid|recorded_at|superseded_at)\b", r"c.\1", LIVE)
# A merged record is no second member: the one that stands for it is, wherever that one lives.
STANDS = f"""m.person_id NOT IN (
               SELECT d.id FROM people_person d JOIN people_membership c ON c.person_id = d.canonical_id
                WHERE d.canonical_id IS NOT NULL AND {CANONICAL_LIVE})"""
MEMBER = f"""
        SELECT m.person_id AS person, m.household_id AS household, m.relation, h.area, h.urban
          FROM people_household h JOIN people_membership m ON m.household_id = h.id
         WHERE {{scope}}{{near_m_household_id}} AND {MEMBER_LIVE} AND {STANDS}"""

OF_MEMBERS = f"WHERE {{of_members}} AND {LIVE}"
ITEMS = f"SELECT person_id AS person, kind, yearly FROM people_incomeitem {OF_MEMBERS}"

PERSON = f"""
WITH {{members}}income AS (
        SELECT person_id, {INCOMES}
          FROM people_incomeitem {OF_MEMBERS} GROUP BY person_id
    ), able_body AS (
        SELECT person_id, min(grade) AS disability_grade, {_grade("sight_grade", DisabilityKind.sight)},
               {_grade("limb_grade", DisabilityKind.limb)},
               {_grade("mind_grade", DisabilityKind.intellect, DisabilityKind.psyche)}
          FROM people_disability {OF_MEMBERS} GROUP BY person_id
    ), condition AS (
        SELECT person_id, {CONDITIONS}, min(lower(valid)) FILTER (WHERE kind =
               {ConditionKind.rigid_recognition:d}) AS recognised_from
          FROM people_condition {OF_MEMBERS} GROUP BY person_id
    ), study AS (
        SELECT person_id, min(level) AS study_level, bool_or(full_time) AS full_time
          FROM people_enrolment {OF_MEMBERS} GROUP BY person_id
    ), absent AS (
        SELECT person_id, {ABSENT}
          FROM people_absence {OF_MEMBERS} GROUP BY person_id
    ), job AS (
        SELECT person_id, bool_or(can_work) AS can_work, max(job_refusals) AS job_refusals,
               max(employed_since) AS employed_since
          FROM people_employment {OF_MEMBERS} GROUP BY person_id
    ), bound AS (
        SELECT person_id, count(*) AS obligors,
               CASE WHEN bool_or(able IS NULL) THEN NULL ELSE count(*) FILTER (WHERE able) END AS able
          FROM people_obligor {OF_MEMBERS} GROUP BY person_id
    ), dead AS (
        SELECT person_id, min(lower(valid)) AS died_on
          FROM people_death {OF_MEMBERS} GROUP BY person_id
    ), f AS (
        SELECT m.person, m.household, m.area, m.urban, m.relation::bigint AS relation, p.sex::bigint AS sex,
        p.born,
               d.died_on, {NO_INCOME}, coalesce(g.disability_grade, 0)::bigint AS disability_grade,
               coalesce(g.sight_grade, 0)::bigint AS sight_grade, coalesce(g.limb_grade, 0)::bigint AS
               limb_grade, coalesce(g.mind_grade, 0)::bigint AS mind_grade, {HAS_CONDITION},
               c.recognised_from, s.study_level, s.full_time, {AWAY},
               j.person_id IS NOT NULL AS has_job_row, j.can_work, j.job_refusals,
               j.employed_since, coalesce(o.obligors, 0)::bigint AS obligors,
               CASE WHEN o.person_id IS NULL THEN 0 ELSE o.able END AS able
          FROM member m JOIN people_person p ON p.id = m.person
          LEFT JOIN income i ON i.person_id = m.person LEFT JOIN able_body g ON g.person_id = m.person
          LEFT JOIN condition c ON c.person_id = m.person LEFT JOIN study s ON s.person_id = m.person
          LEFT JOIN absent b ON b.person_id = m.person LEFT JOIN job j ON j.person_id = m.person
          LEFT JOIN bound o ON o.person_id = m.person LEFT JOIN dead d ON d.person_id = m.person
    )
SELECT {{columns}} FROM f ORDER BY f.household, f.relation, f.person
"""

HOUSEHOLD = f"""
WITH {{members}}home AS (SELECT DISTINCT household, area, urban FROM member), asset AS (
        SELECT household_id, {ASSETS}
          FROM people_asset WHERE {{of_homes}} AND {LIVE} GROUP BY household_id
    ), job AS (
        SELECT m.household, max(e.employed_since) AS employed_since
          FROM people_employment e JOIN member m ON m.person = e.person_id
         WHERE {{of_members}} AND e.employed_since IS NOT NULL AND {LIVE} GROUP BY m.household
    ), f AS (
        SELECT m.household, m.area, m.urban, j.employed_since, {NO_ASSET}
          FROM home m LEFT JOIN asset a ON a.household_id = m.household
          LEFT JOIN job j ON j.household = m.household
    )
SELECT {{columns}} FROM f ORDER BY f.household
"""


def in_range(lo: int, hi: int) -> sql.Composable:
    """Households that live in the area range [lo, hi]."""
    return sql.SQL("h.area BETWEEN {} AND {}").format(sql.Literal(lo), sql.Literal(hi))


def of_one(household: int) -> sql.Composable:
    """One household."""
    return sql.SQL("h.id = {}").format(sql.Literal(household))


@dataclass(frozen=True)
class Near:
    """Ranges of keys in which everybody of a scope lies; empty where there is nothing to say.

    Whoever is loaded together has neighbouring keys, so that a county's facts are read as ranges of an index
    and not by a scan of the province's. It never changes what is found.
    """

    persons: Ranges = ()
    households: Ranges = ()


ANYWHERE = Near()
HOMES = "SELECT h.id AS key FROM people_household h WHERE {scope} ORDER BY 1"
PEOPLE = "SELECT DISTINCT person AS key FROM member ORDER BY 1"
STAGED = "member"
"""The temporary table that stands for the CTE of the same name where many are read: its rows are counted, so
that the planner knows how many it joins."""


def compose(
    text: str,
    columns: Mapping[str, str],
    scope: sql.Composable,
    day: date,
    known: datetime | None,
    near: Near = ANYWHERE,
    staged: bool = False,
) -> sql.Composed:
    """The SQL of PERSON or HOUSEHOLD with the columns that the caller wants (name → SQL over `f`).

    `staged`: the members lie in the temporary table STAGED, by `members` of the same scope.
    """
    values = {"day": sql.Literal(day), "known": _instant(known), "scope": scope} | narrowed(near)
    # The caller's columns are program text, never typed by a person; they may name {day} and {known} too.
    wanted = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    member = "" if staged else f"member AS ({MEMBER}), "
    return sql.SQL(text.replace("{members}", member).replace("{columns}", wanted)).format(**values)


def items(day: date, known: datetime | None, near: Near) -> sql.Composed:
    """The SQL of the staged members' incomes one by one: person, kind, yearly."""
    values = {"day": sql.Literal(day), "known": _instant(known)} | narrowed(near)
    return sql.SQL(ITEMS).format(**values)


def members(scope: sql.Composable, day: date, known: datetime | None, near: Near) -> sql.Composed:
    """The SQL of the members themselves: person, household, relation, area, urban."""
    values = {"day": sql.Literal(day), "known": _instant(known), "scope": scope} | narrowed(near)
    return sql.SQL(MEMBER).format(**values)


def narrowed(near: Near) -> dict[str, sql.Composable]:
    """The placeholders of the texts above: what is read of a table, by ranges where there are some.

    A row of somebody else that lies in a range finds nobody to join.
    """
    homes = _between("m.household_id", near.households)
    return {
        "near_m_household_id": sql.SQL(" AND {}").format(homes) if homes else sql.SQL(""),
        "of_members": _between("person_id", near.persons)
        or sql.SQL("person_id IN (SELECT person FROM member)"),
        "of_homes": _between("household_id", near.households)
        or sql.SQL("household_id IN (SELECT household FROM home)"),
    }


def ranges(keys: Sequence[int]) -> Ranges:
    """A few ranges that hold all of the sorted keys; none where the keys lie too far apart."""
    found: list[tuple[int, int]] = []
    for key in keys:
        if found and key - found[-1][1] <= GAP:
            found[-1] = (found[-1][0], key)
        else:
            found.append((key, key))
        if len(found) > MOST_RANGES:
            return ()
    return tuple(found)


def _between(column: str, near: Ranges) -> sql.Composable | None:
    each = [
        sql.SQL(column + " BETWEEN {} AND {}").format(sql.Literal(lo), sql.Literal(hi)) for lo, hi in near
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(each)) if each else None


def _instant(known: datetime | None) -> sql.Composable:
    if known is None:
        return sql.SQL("'infinity'::timestamptz")
    return sql.SQL("{}::timestamptz").format(sql.Literal(known.isoformat()))
