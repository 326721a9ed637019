"""How an area stands: who is covered, what is due and what was paid, by the areas one level below it."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from minzheng.core.areas import reads as areas
from minzheng.core.areas.memo import once
from minzheng.core.indicators import reads as indicators
from minzheng.portal.map.shapes import REFERENCE
from minzheng.portal.reads.query import one, rows

WIDTHS = {1: 10**10, 2: 10**8, 3: 10**6, 4: 10**3, 5: 1}
RENAMED = {532331: 532302}  # 禄丰: the census still has the code of before 2021


@dataclass(frozen=True)
class Counts:
    """What stands in one area on a day: money in fen a month, persons and households of the register."""

    code: int
    households: int = 0
    persons: int = 0
    tekun: int = 0
    marginal: int = 0
    monthly: int = 0


@dataclass(frozen=True)
class Paid:
    """What a month's payments came to in one area: fen planned and paid, payments that failed."""

    code: int
    due: int = 0
    paid: int = 0
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Line:
    """One area below the one that is shown; `rate` is dibao persons per thousand residents of the census."""

    code: int
    name: str
    population: int | None
    rate: float | None
    counts: Counts
    paid: Paid


@dataclass(frozen=True)
class Standing:
    """An area's lines with their sum."""

    place: areas.Place
    lines: tuple[Line, ...]
    whole: Line
    month: date | None
    waiting_changes: int
    day: date


COUNTS = """
    WITH entitled AS (
        SELECT id, programme, amount, area / %(width)s * %(width)s AS code FROM benefits_entitlement
         WHERE area BETWEEN %(lo)s AND %(hi)s AND valid @> %(day)s::date),
    covered AS (
        SELECT e.code, count(*) FILTER (WHERE e.programme = 'dibao') AS dibao,
               count(*) FILTER (WHERE e.programme = 'tekun') AS tekun
          FROM entitled e JOIN benefits_entitlementperson p ON p.entitlement_id = e.id GROUP BY 1),
    near AS (
        SELECT area / %(width)s * %(width)s AS code, sum(cardinality(persons)) AS persons
          FROM benefits_determination
         WHERE current AND eligible AND programme = 'marginal' AND area BETWEEN %(lo)s AND %(hi)s GROUP BY 1),
    money AS (
        SELECT code, count(*) FILTER (WHERE programme = 'dibao') AS households, sum(amount) AS monthly
          FROM entitled GROUP BY 1)
    SELECT coalesce(m.code, n.code), coalesce(m.households, 0), coalesce(c.dibao, 0), coalesce(c.tekun, 0),
           coalesce(n.persons, 0)::bigint, coalesce(m.monthly, 0)::bigint
      FROM money m LEFT JOIN covered c USING (code) FULL JOIN near n USING (code)
"""

PAID = """
    WITH due AS (
        SELECT area / %(width)s * %(width)s AS code, sum(amount) FILTER (WHERE state = 'due') AS due
          FROM benefits_dueline WHERE month = %(month)s AND area BETWEEN %(lo)s AND %(hi)s GROUP BY 1),
    sent AS (
        SELECT i.area / %(width)s * %(width)s AS code, sum(i.amount) FILTER (WHERE i.state = 'paid') AS paid,
               count(*) FILTER (WHERE i.state IN ('ready', 'filed')) AS waiting,
               count(*) FILTER (WHERE i.state = 'failed' AND r.id IS NULL) AS failed
          FROM ledger_instruction i LEFT JOIN ledger_instruction r ON r.reissue_of_id = i.id
         WHERE i.month = %(month)s AND i.area BETWEEN %(lo)s AND %(hi)s GROUP BY 1)
    SELECT code, coalesce(d.due, 0)::bigint, coalesce(s.paid, 0)::bigint, coalesce(s.waiting, 0),
           coalesce(s.failed, 0) FROM due d FULL JOIN sent s USING (code)
"""


def standing(place: areas.Place, day: date) -> Standing:
    """The areas below `place` (none below a village) and their sum, on `day`; three questions asked."""
    lo, hi = areas.subtree(place.code)
    width = WIDTHS[min(place.level + 1, 5)]
    month = month_of()
    values = {"lo": lo, "hi": hi, "day": day, "width": width, "month": month}
    counts = {each.code: each for each in counted_below(lo, hi, width, day)}
    paid = {each.code: each for each in rows(Paid, PAID, values)} if month else {}
    below = areas.children(place.code, day) if place.level < 5 else (place,)
    share = float(indicators.scale())
    lines = tuple(_line(p.code, p.name, counts.get(p.code), paid.get(p.code), share) for p in below)
    waiting = one(
        "SELECT count(*) FROM benefits_change WHERE state = 'waiting' AND area BETWEEN %(lo)s AND %(hi)s",
        values,
    )[0]
    total, settled = _counted(place.code, counts.values()), _paid(place.code, paid.values())
    whole = _line(place.code, place.name, total, settled, share)
    return Standing(place, lines, whole, month, waiting, day)


def county_rates(lo: int, hi: int, day: date) -> dict[int, float | None]:
    """Dibao persons per thousand residents by county (12-digit code)."""
    share = float(indicators.scale())
    found = {each.code: each.persons for each in by_width(lo, hi, WIDTHS[3], day)}
    return {
        code * 10**6: _rate(found.get(code * 10**6, 0), people, share)
        for code, people in _census().items()
        if lo <= code * 10**6 <= hi
    }


def counted_below(lo: int, hi: int, width: int, day: date) -> tuple[Counts, ...]:
    """What stands in [lo, hi] by areas of this width; prefectures are the sums of their counties, which the
    map needs anyway.
    """
    if width <= WIDTHS[3]:
        return by_width(lo, hi, width, day)
    parts: dict[int, list[Counts]] = {}
    for each in by_width(lo, hi, WIDTHS[3], day):
        parts.setdefault(each.code // width * width, []).append(each)
    return tuple(_counted(code, held) for code, held in parts.items())


@once
def by_width(lo: int, hi: int, width: int, day: date) -> tuple[Counts, ...]:
    """What stands in [lo, hi] by areas of this width, as counted in the records."""
    return rows(Counts, COUNTS, {"lo": lo, "hi": hi, "day": day, "width": width})


def month_of() -> date | None:
    """The month of the last run; None before the first."""
    found = one("SELECT max(month) FROM benefits_run", {})[0]
    assert found is None or isinstance(found, date)
    return found


@cache
def _census() -> dict[int, int]:
    with (REFERENCE / "yunnan_census2020_county.csv").open(encoding="utf-8", newline="") as file:
        found = {int(row["code"]): int(row["pop"]) for row in csv.DictReader(file)}
    return {RENAMED.get(code, code): people for code, people in found.items()}


def residents(code: int) -> int | None:
    """Residents of the 2020 census of a county, prefecture or province; None below the county."""
    lo, hi = areas.subtree(code)
    return sum(people for county, people in _census().items() if lo <= county * 10**6 <= hi) or None


def _line(code: int, name: str, counts: Counts | None, paid: Paid | None, share: float) -> Line:
    people, counted = residents(code), counts or Counts(code)
    return Line(code, name, people, _rate(counted.persons, people, share), counted, paid or Paid(code))


def _rate(persons: int, people: int | None, share: float) -> float | None:
    return persons / share / people * 1000 if people else None


def _counted(code: int, parts: Iterable[Counts]) -> Counts:
    held = list(parts)
    return Counts(
        code,
        sum(each.households for each in held),
        sum(each.persons for each in held),
        sum(each.tekun for each in held),
        sum(each.marginal for each in held),
        sum(each.monthly for each in held),
    )


def _paid(code: int, parts: Iterable[Paid]) -> Paid:
    held = list(parts)
    return Paid(
        code,
        sum(each.due for each in held),
        sum(each.paid for each in held),
        sum(each.waiting for each in held),
        sum(each.failed for each in held),
    )
