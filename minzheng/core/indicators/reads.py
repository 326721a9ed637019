"""The figures: each computed from records by its indicator's own read, then laid beside the stated one.

`data/reference/figures.csv` is read here and nowhere else. No indicator sees a stated value.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

from minzheng.core.areas.day import today
from minzheng.core.areas.memo import once
from minzheng.core.indicators.models import Sample
from minzheng.kernel.indicators import Indicator
from minzheng.kernel.module import registry

STATED = Path(__file__).parents[3] / "data" / "reference" / "figures.csv"
PROVINCE = (530000000000, 539999999999)


@dataclass(frozen=True)
class Stated:
    """One row of figures.csv: what the article says."""

    key: str
    system: str
    label: str
    value: str
    unit: str
    match: str
    as_of: str
    note: str


@dataclass(frozen=True)
class Figure:
    """A stated figure beside what the records say. `computed` is None while no part computes it (尚未).

    `agrees` is None where nothing is computed or the range is not the whole province. `read` names the
    function that computed it, `records` the one that lists the rows behind it.
    """

    key: str
    system: str
    label: str
    unit: str
    stated: str
    match: str
    computed: Fraction | None
    agrees: bool | None
    scale: Fraction
    tolerance: str
    counted: bool
    day: date
    read: str
    records: str
    note: str
    partial: bool

    @property
    def value_text(self) -> str:
        """The computed figure as a person reads it, in the figure's unit; 尚未 where there is none."""
        return "尚未" if self.computed is None else plain(self.computed)

    @property
    def estimate_text(self) -> str:
        """In a sample, the figure extrapolated to the whole province; otherwise the figure itself."""
        if self.computed is None or not self.counted:
            return self.value_text
        return plain(Fraction(round(self.computed / self.scale)))

    @property
    def stated_text(self) -> str:
        return plain(Fraction(self.stated))

    @property
    def verdict(self) -> str:
        """符合, 不符, 未全 (part of it has no programme yet) or 尚未 in words."""
        if self.partial:
            return "未全"
        return {True: "符合", False: "不符", None: "尚未"}[self.agrees]


def plain(number: Fraction) -> str:
    """Whole numbers with thousands separated, others to one decimal."""
    return f"{number.numerator:,}" if number.denominator == 1 else f"{round(number, 1).__float__():,.1f}"


@cache
def stated() -> tuple[Stated, ...]:
    """Every figure that the article states, in the file's order."""
    with STATED.open(encoding="utf-8", newline="") as file:
        return tuple(
            Stated(**{name: row[name] or "" for name in Stated.__dataclass_fields__})
            for row in csv.DictReader(file)
        )


def scale() -> Fraction:
    """The share of the province that the register holds; 1 where no sample was recorded."""
    share = _sampled()
    return Fraction(1) if share is None else Fraction(share, 1_000_000)


def made_up() -> bool:
    """Whether the register was made up (演示): a making records what share of the province it made."""
    return _sampled() is not None


@once
def _sampled() -> int | None:
    return Sample.objects.values_list("per_million", flat=True).first()


def figures(lo: int = PROVINCE[0], hi: int = PROVINCE[1], *, only_computed: bool = False) -> list[Figure]:
    """All stated figures with what the records within the area range [lo, hi] say, in the article's order."""
    known = {indicator.key: indicator for indicator in registry.indicators()}
    share = scale()
    return [
        _figure(row, known.get(row.key), lo, hi, share)
        for row in stated()
        if row.key in known or not only_computed
    ]


def _figure(row: Stated, indicator: Indicator | None, lo: int, hi: int, share: Fraction) -> Figure:
    day = _day(row.as_of)
    value = indicator.reader()(day, lo, hi) if indicator else None
    computed = None if value is None else Fraction(value)
    judged = (lo, hi) == PROVINCE and value is not None
    return Figure(
        key=row.key,
        system=row.system,
        label=row.label,
        unit=row.unit,
        stated=row.value,
        match=row.match,
        computed=computed,
        agrees=indicator.agrees(computed, row.value, share)
        if indicator and judged and not indicator.partial
        else None,
        scale=share,
        tolerance=indicator.tolerance if indicator else "0",
        counted=indicator.counted if indicator else True,
        day=day,
        read=indicator.read if indicator else "",
        records=indicator.records if indicator else "",
        note=(indicator.note if indicator else "") or row.note,
        partial=bool(indicator and indicator.partial),
    )


def _day(as_of: str) -> date:
    """The day a figure speaks of: its own where the article gives one, else the end of last month.

    Counts of persons are statistics of a closed month; the current one still moves.
    """
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        return today().replace(day=1) - timedelta(days=1)
