"""Past months looked at again: of whom, and of which standard, something became known since the last run.

For such households only the law is read twice for each past month, by what is known now and by what was
known at the last run. Where the two differ, `benefits.revising` settles the month once somebody, or the law
that the manifest names, has decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

import polars as pl

from minzheng.config.month.sources import Bounds
from minzheng.core.benefits import determining, runs
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.people import late
from minzheng.kernel.parameters import NATION, Parameters, chain
from minzheng.kernel.periods import Month

KEYS = ["household", "person", "programme"]
COUNTY = 10**6
SCHEMA = pl.Schema({
    "month": pl.Date(), "household": pl.Int64(), "person": pl.Int64(), "programme": pl.String(),
    "payee": pl.Int64(), "amount": pl.Int64(), "was": pl.Int64(), "persons": pl.List(pl.Int64),
    "area": pl.Int64(), "same_facts": pl.Boolean(),
})  # fmt: skip
Found = Callable[[MonthRun, Sequence[int]], pl.DataFrame]
"""(run with the day and the knowledge asked for, households) → `determining.COLUMNS`."""


class Past:
    """What past months look like now, for one run; what became known late is asked once a run."""

    def __init__(self, found: Found, parameters: Sequence[Parameters], paying: Sequence[str]) -> None:
        self.found, self.parameters, self.paying = found, parameters, list(paying)
        self.learnt: tuple[int, pl.DataFrame] | None = None

    def __call__(self, run: MonthRun, bounds: Bounds) -> pl.DataFrame:
        """The rows of `revising.COLUMNS` for the areas [lo, hi]."""
        before = runs.before(run)
        if before is None:
            return SCHEMA.to_frame()
        first, known = before
        if self.learnt is None or self.learnt[0] != run.id:
            self.learnt = run.id, late.households(known, run.known, run.month)
        asked = self._asked(run, bounds, known)
        months = [
            self._month(replace(run, day=month.first), known, of)
            for month in _months(first, run.month)
            if (of := _touched(asked, month))
        ]
        return pl.concat([SCHEMA.to_frame(), *months])

    def _asked(self, run: MonthRun, bounds: Bounds, known: datetime) -> pl.DataFrame:
        """Households with a right in the area: `household`, `since` (null: from ever)."""
        assert self.learnt is not None
        rights = determining.known_subjects(bounds)["household"].unique()
        facts = self.learnt[1].filter(pl.col("area").is_between(*bounds)).select("household", "since")
        frames = [facts.filter(pl.col("household").is_in(rights.implode()))]
        since = self._standards(run, bounds, known)
        if since is not None:
            frames.append(pl.DataFrame({"household": rights}).with_columns(since=pl.lit(since)))
        return pl.concat(frames)

    def _standards(self, run: MonthRun, bounds: Bounds, known: datetime) -> date | None:
        """The first day of a parameter of this area that was recorded since; None where there is none."""
        counties = range(bounds[0] // COUNTY * COUNTY, bounds[1], COUNTY)
        areas = {NATION, *(code for county in counties for code in chain(county))}
        rows = [row for each in self.parameters for series in each.series.values() for row in series]
        days = [
            row.since
            for row in rows
            if row.recorded and known.date() < row.recorded <= run.known.date() and row.area in areas
        ]
        return min(days, default=None)

    def _month(self, run: MonthRun, known: datetime, households: list[int]) -> pl.DataFrame:
        """One month by the two knowledges; what either leaves undetermined changes nothing."""
        now, then = self._wanted(run, households), self._wanted(replace(run, known=known), households)
        both = now.join(then, on=KEYS, how="full", coalesce=True, suffix="_then", maintain_order="left_right")
        unknown = pl.col("unknown").fill_null(False) | pl.col("unknown_then").fill_null(False)
        amount = pl.col("amount").fill_null(0)
        rows = both.filter(~unknown & (amount != pl.col("amount_then").fill_null(0)))
        return rows.select(
            pl.lit(run.day).alias("month"), *KEYS, pl.coalesce("payee", "payee_then").alias("payee"),
            amount.alias("amount"), pl.col("amount_then").fill_null(0).alias("was"),
            pl.col("persons").fill_null([]).alias("persons"),
            pl.coalesce("area", "area_then").alias("area"),
            (pl.col("facts") == pl.col("facts_then")).fill_null(False).alias("same_facts"),
        ).cast(SCHEMA)  # fmt: skip

    def _wanted(self, run: MonthRun, households: list[int]) -> pl.DataFrame:
        frame = self.found(run, households).filter(pl.col("programme").is_in(self.paying))
        right = pl.col("eligible").fill_null(False)
        return frame.select(
            *KEYS, "payee", "area", "facts", unknown=pl.col("eligible").is_null(),
            amount=pl.when(right).then("amount").otherwise(0),
            persons=pl.when(right).then("persons").otherwise([]),
        )  # fmt: skip


def _months(first: date, last: date) -> list[Month]:
    return [Month.of(first).next(n) for n in range(Month.of(last) - Month.of(first) + 1)]


def _touched(asked: pl.DataFrame, month: Month) -> list[int]:
    since = pl.col("since")
    return asked.filter(since.is_null() | (since <= month.first))["household"].unique().sort().to_list()
