"""From the drawn columns to the rows of the register: one table for each kind of fact, dated and marked
演示.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import numpy as np
import polars as pl

from minzheng.core.people.terms import (
    BANKS,
    AbsenceKind,
    AssetKind,
    ConditionKind,
    EnrolmentLevel,
    IncomeKind,
    LabelKind,
)

SOURCE = "演示·合成"
CHINA = timezone(timedelta(hours=8))
ADULT = 18
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Times:
    """When the facts of the demonstration began, were recorded, changed, and were reported changed."""

    as_of: date

    @property
    def since(self) -> date:
        """The twelve months that incomes are counted over began."""
        return self.years_before(1) + timedelta(days=1)

    @property
    def recorded(self) -> datetime:
        """The register was written, before the as-of day."""
        return _instant(self.as_of - timedelta(days=41))

    @property
    def happened(self) -> date:
        """Something changed, before the as-of day, and nobody knew."""
        return self.as_of - timedelta(days=10)

    @property
    def reported(self) -> datetime:
        """It was reported, after the as-of day."""
        return _instant(self.as_of + timedelta(days=8))

    def years_before(self, years: int) -> date:
        """The same day so many years earlier; the 28th for a 29th of February."""
        day = 28 if (self.as_of.month, self.as_of.day) == (2, 29) else self.as_of.day
        return self.as_of.replace(year=self.as_of.year - years, day=day)


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)


def tables(persons: pl.DataFrame, homes: pl.DataFrame, times: Times) -> Tables:
    """All tables of the kept people; `persons` and `homes` carry their keys as `person` and `household`."""
    found = {"person": _persons(persons, times), "household": _homes(homes, times)}
    found |= _belonging(persons, times)
    found |= {
        "incomeitem": _incomes(persons, times),
        "asset": _assets(homes, times),
        "disability": _disabilities(persons, times),
        "condition": _conditions(persons, times),
        "label": _labels(persons, times),
        "enrolment": _enrolments(persons, times),
        "absence": _absences(persons, times),
        "employment": _employments(persons, times),
        "obligor": _obligors(persons, times),
    }
    return found


def dated(frame: pl.DataFrame, since: pl.Expr | date, recorded: datetime) -> pl.DataFrame:
    """A fact's dates and source; `since` is a date or an expression over the frame."""
    start = since if isinstance(since, pl.Expr) else pl.lit(since)
    return frame.with_columns(
        valid_from=start,
        valid_to=pl.lit(None, pl.Date),
        recorded_at=pl.lit(recorded),
        superseded_at=pl.lit(None, pl.Datetime("us", "Asia/Shanghai")),
        source=pl.lit(SOURCE),
    )


def holders(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    """Who has an account: a grown head or spouse, and whoever is grown and destitute, who is paid himself."""
    named = pl.col("relation").is_in([0, 1])
    if "tekun.eligible" in persons.columns:
        named |= pl.col("tekun.eligible").fill_null(False)
    return persons.filter(named & (pl.col("born") <= times.years_before(ADULT)))


def accounts(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    """The accounts of `holders`, `number` in clear (it goes straight to encryption)."""
    payees = holders(persons, times)
    codes = pl.Series(list(BANKS))
    return dated(
        payees.select(
            pl.col("person").alias("id"),
            pl.col("person").alias("person_id"),
            "area",
            bank=pl.lit(codes).gather(pl.col("bank").cast(pl.Int64) - 1),
            number=pl.concat_str(pl.lit("629"), "bank", pl.col("account").cast(pl.String)),
        ),
        times.since,
        times.recorded,
    )


def _persons(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    kind = pl.when("fifteen").then(pl.lit("演示·15位旧号升位")).otherwise(pl.lit(SOURCE))
    return persons.select(
        pl.col("person").alias("id"),
        "name",
        "name_note",
        "sex",
        "born",
        "ethnicity",
        "number",
        "area",
        provisional_code="provisional",
        recorded_at=pl.lit(times.recorded),
        source=kind,
    )


def _homes(homes: pl.DataFrame, times: Times) -> pl.DataFrame:
    return homes.select(
        pl.col("household").alias("id"),
        "area",
        "urban",
        kind=pl.lit(0, pl.Int64),
        recorded_at=pl.lit(times.recorded),
        source=pl.lit(SOURCE),
    )


def _belonging(persons: pl.DataFrame, times: Times) -> Tables:
    start = pl.max_horizontal(pl.lit(times.since), pl.col("born"))
    base = persons.select(
        pl.col("person").alias("person_id"), "area", "born", "household", "relation", "hukou", "urban"
    )
    member = base.select("person_id", "area", "born", pl.col("household").alias("household_id"), "relation")
    place = base.select("person_id", "area", "born", pl.col("hukou").alias("place"), "urban")
    return {
        "membership": dated(member, start, times.recorded).drop("born"),
        "residence": dated(base.select("person_id", "area", "born"), start, times.recorded).drop("born"),
        "hukou": dated(place, start, times.recorded).drop("born"),
    }


def _long(persons: pl.DataFrame, columns: dict[str, int], value: str) -> pl.DataFrame:
    """Columns to rows (person, kind, value), leaving out zero; null stays, as it means unknown."""
    parts = [
        persons.select("person", "area", kind=pl.lit(kind, pl.Int64), value=pl.col(name).cast(pl.Int64))
        for name, kind in columns.items()
    ]
    whole = pl.concat(parts).filter(pl.col("value").is_null() | (pl.col("value") != 0))
    return whole.sort("person", "kind").rename({"person": "person_id", "value": value})


def _incomes(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    return dated(
        _long(persons, {kind.name: int(kind) for kind in IncomeKind}, "yearly"), times.since, times.recorded
    )


def _assets(homes: pl.DataFrame, times: Times) -> pl.DataFrame:
    columns = {kind.name: int(kind) for kind in AssetKind}
    renamed = homes.rename({"household": "person"})
    return dated(
        _long(renamed, columns, "amount").rename({"person_id": "household_id"}), times.since, times.recorded
    )


def _disabilities(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    first = persons.filter(pl.col("disability_kind") > 0)
    second = persons.filter(pl.col("disability_second") > 0)
    rows = [
        first.select(person_id="person", area="area", kind="disability_kind", grade="disability_grade"),
        second.select(person_id="person", area="area", kind="disability_second", grade="disability_grade"),
    ]
    return dated(pl.concat(rows).sort("person_id", "kind"), times.since, times.recorded)


def _conditions(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    flags = persons.with_columns(apart=~pl.col("living_together"), obligor_survey="surveyed")
    names = ("severe_illness", "self_care_lost", "independent", "single_applicant", "chose_child_programme")
    columns = {name: int(ConditionKind[name]) for name in (*names, "obligor_survey")}
    found = _long(flags, columns, "value")
    apart = flags.filter("apart").select(
        person_id="person",
        area="area",
        kind=pl.lit(int(ConditionKind.living_together), pl.Int64),
        value=pl.lit(0, pl.Int64),
    )
    return dated(pl.concat([found, apart]).sort("person_id", "kind"), times.since, times.recorded)


def _labels(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    """Who stands on another office's list; a person may stand on several."""
    parts = [
        persons.filter(kind.name).select(person_id="person", area="area", kind=pl.lit(int(kind), pl.Int64))
        for kind in LabelKind
    ]
    return dated(pl.concat(parts).sort("person_id", "kind"), times.since, times.recorded)


def _enrolments(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    pupils = persons.filter(pl.col("study_level") > 0)
    full = pl.col("student_full_time") | (pl.col("study_level") < EnrolmentLevel.degree)
    return dated(
        pupils.select(person_id="person", area="area", level="study_level", full_time=full),
        times.since,
        times.recorded,
    )


def _absences(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    parts = [
        persons.filter(name).select(
            person_id="person",
            area="area",
            kind=pl.lit(int(kind), pl.Int64),
            since=pl.col("clergy_since") if kind is AbsenceKind.clergy else pl.lit(times.since),
        )
        for name, kind in {
            "imprisoned": AbsenceKind.prison,
            "in_detox": AbsenceKind.detox,
            "declared_missing": AbsenceKind.missing,
            "clergy": AbsenceKind.clergy,
        }.items()
    ]
    return dated(pl.concat(parts).sort("person_id", "kind"), pl.col("since"), times.recorded).drop("since")


def _employments(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    workers = persons.filter("can_work")
    return dated(
        workers.select(
            person_id="person",
            area="area",
            can_work="can_work",
            job_refusals="job_refusals",
            employed_since=pl.lit(None, pl.Date),
        ),
        times.since,
        times.recorded,
    )


def _obligors(persons: pl.DataFrame, times: Times) -> pl.DataFrame:
    """As many rows as were drawn, the able ones first; a child's obligors are parents, an old person's
    children.
    """
    bound = persons.filter(pl.col("surveyed") & (pl.col("obligors") > 0)).select(
        "person", "area", "born", "obligors_able", number=pl.int_ranges(0, pl.col("obligors").cast(pl.Int64))
    )
    rows = bound.explode("number").select(
        person_id="person",
        area="area",
        relation=pl.when(pl.col("born") > times.years_before(ADULT))
        .then(pl.lit(5, pl.Int64))
        .otherwise(pl.lit(2, pl.Int64)),
        able=pl.col("number") < pl.col("obligors_able"),
    )
    return dated(rows.sort("person_id"), times.since, times.recorded)


def as_keys(count: int) -> pl.Series:
    """1, 2, 3, … as keys."""
    return pl.Series(np.arange(1, count + 1), dtype=pl.Int64)
