"""Months, working days and legal periods.

Counting follows the Civil Code, articles 201 to 203: the day of the event is not counted; a period of months
or years ends on the corresponding day, or on the last day of a month that has none; a last day that is a rest
day moves to the next working day. Working days are the State Council's calendar (rest days and make-up
working days), with local holidays of autonomous areas layered on it by area: the nearest area that says
something about a day decides.

A deadline is provisional where a day it rests on is not settled: the year's calendar is not published, or the
local holiday is an estimate, or nothing is recorded of the area's local holidays in that year.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, get_args

from minzheng.kernel.areas import AreaRefusal, ancestors, level
from minzheng.kernel.errors import Refusal

PeriodUnit = Literal["working_day", "day", "month", "year"]
PERIOD_UNITS: tuple[PeriodUnit, ...] = get_args(PeriodUnit)
REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
NATIONAL = REFERENCE / "cn_holidays_2004_2026.json"
_DAY = timedelta(days=1)
# Rest days that the holiday regulation (revised 2024) ties to the solar calendar: known in any year.
_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
# The calendar of year Y+1 has several times settled 29 to 31 December of year Y (2007, 2018, 2022).
_SETTLED_UNTIL = (12, 28)
_LONGEST = 10_000


class PeriodRefusal(Refusal):
    """A period that cannot be counted, a month that cannot be read, or a calendar file with a fault."""


@dataclass(frozen=True, order=True)
class Month:
    """One calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 9999 and 1 <= self.month <= 12):
            raise PeriodRefusal(f"没有“{self.year}年{self.month}月”这个月份，请核对。")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """`2024-10`, `2024/10`, `202410` or `2024年10月`; raises PeriodRefusal."""
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        found = re.fullmatch(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月|([0-9]{2}))", plain)
        if found is None:
            raise PeriodRefusal(f"月份“{text}”无法识别，请写成 2024-10 的样子。")
        return cls(int(found[1]), int(found[2] or found[3] or found[4]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month in which the day lies."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return add_months(self.first, 1) - _DAY

    @property
    def label(self) -> str:
        """`2024年10月`."""
        return f"{self.year}年{self.month}月"

    def next(self, count: int = 1) -> "Month":
        """The month `count` months later (earlier when negative)."""
        return Month(*_shifted(self.year, self.month, count))

    def previous(self) -> "Month":
        """The month before."""
        return self.next(-1)

    def until(self, end: "Month") -> Iterator["Month"]:
        """This month and the following ones before `end` (half-open)."""
        month = self
        while month < end:
            yield month
            month = month.next()

    def __sub__(self, other: "Month") -> int:
        return (self.year - other.year) * 12 + self.month - other.month

    def __contains__(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def _shifted(year: int, month: int, count: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def add_months(day: date, count: int) -> date:
    """The corresponding day `count` months on, or the last day of that month where it has none."""
    year, month = _shifted(day.year, day.month, count)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, min(day.day, 28))


def months_between(start: date, end: date) -> int:
    """Whole months completed from `start` to `end`; 31 January to 28 February is one. Negative when `end` is
    earlier.
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


@dataclass(frozen=True, order=True)
class Deadline:
    """The last day of a period; `provisional` while a calendar that it rests on may still change."""

    day: date
    provisional: bool

    def __str__(self) -> str:
        return self.day.isoformat() + ("（暂定）" if self.provisional else "")


@dataclass(frozen=True)
class LocalDay:
    """A row of local_holidays.csv: a rest day or a make-up working day of one area; `estimated` until
    announced.
    """

    area: int
    day: date
    name: str
    rests: bool
    estimated: bool
    source: str


class Calendar:
    """Rest and working days, national and local. Build with `Calendar.load`."""

    def __init__(
        self, rest: Mapping[date, str], work: Mapping[date, str], local: tuple[LocalDay, ...] = ()
    ) -> None:
        self._rest, self._work = dict(rest), dict(work)
        years = {day.year for day in self._rest}
        if not years or years != set(range(min(years), max(years) + 1)):
            raise PeriodRefusal("节假日数据缺少整年的安排，请补齐中间缺的年份。")
        self.first_day = date(min(years), 1, 1)
        self.settled_until = date(max(years), *_SETTLED_UNTIL)
        self._local: dict[int, dict[date, LocalDay]] = {}
        for row in local:
            days = self._local.setdefault(row.area, {})
            if row.day in days:
                raise PeriodRefusal(f"地方假日里 {row.area} 在 {row.day.isoformat()} 有两行，请只留一行。")
            days[row.day] = row
        self._local_years = {area: {day.year for day in days} for area, days in self._local.items()}

    @classmethod
    def load(cls, path: Path | str = NATIONAL, local: Path | str | None = None) -> "Calendar":
        """Read the national file and the local one (`local_holidays.csv` beside it unless named; none if
        absent).
        """
        national = Path(path)
        beside = Path(local) if local is not None else national.with_name("local_holidays.csv")
        rest, work = _read_national(national)
        return cls(rest, work, _read_local(beside) if local is not None or beside.exists() else ())

    def rests(self, day: date, area: int | None = None) -> str | None:
        """Why the day is a rest day in the area (a holiday's name or 周末), or None when people work; raises
        PeriodRefusal.
        """
        if day < self.first_day:
            year = self.first_day.year
            raise PeriodRefusal(
                f"{year} 年以前没有工作日历，无法计算 {day.isoformat()} 是否工作日，请改用人工认定的日期。"
            )
        for own in self._layers(area):
            if row := self._local[own].get(day):
                return row.name if row.rests else None
        if day in self._rest:
            return self._rest[day]
        if day in self._work:
            return None
        if day.year > self.settled_until.year and (day.month, day.day) in _FIXED:
            return "法定假日"
        return "周末" if day.weekday() >= 5 else None

    def is_working(self, day: date, area: int | None = None) -> bool:
        """Whether people work on that day in the area."""
        return self.rests(day, area) is None

    def is_settled(self, day: date, area: int | None = None) -> bool:
        """Whether the calendars that decide about the day are published, national and local."""
        if day > self.settled_until:
            return False
        for own in self._layers(area):
            row = self._local[own].get(day)
            if day.year not in self._local_years[own] or (row is not None and row.estimated):
                return False
        return True

    def _layers(self, area: int | None) -> tuple[int, ...]:
        return () if area is None else tuple(own for own in ancestors(area) if own in self._local)

    def working_days_after(self, start: date, n: int, area: int | None = None) -> date:
        """The n-th working day after `start`, which is not counted itself; n = 0: the first working day from
        `start` on.
        """
        return self.deadline(start, n, "working_day", area).day

    def working_days_between(self, start: date, end: date, area: int | None = None) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        span = (end - start).days
        return sum(self.is_working(start + timedelta(days=n), area) for n in range(1, span + 1))

    def deadline(
        self, start: date, n: int, unit: PeriodUnit, area: int | None = None, rollover: bool = True
    ) -> Deadline:
        """The last day of a period of n units that begins on `start` (not counted); raises PeriodRefusal.

        `rollover=False` leaves a last day on a rest day where it is (periods that the law lets end on any
        day).
        """
        if unit not in PERIOD_UNITS:
            raise PeriodRefusal(f"期间单位“{unit}”不认识，只能是 {'、'.join(PERIOD_UNITS)}。")
        if not 0 <= n <= _LONGEST:
            raise PeriodRefusal(f"期间长度“{n}”应在 0 到 {_LONGEST} 之间，请核对。")
        try:
            if unit == "working_day":
                return self._count(start, n, area)
            return self._rolled(_natural_end(start, n, unit), area, rollover)
        except (OverflowError, ValueError) as error:
            raise PeriodRefusal("期间的末日超出了可表示的日期，请核对起算日和长度。") from error

    def _count(self, start: date, n: int, area: int | None) -> Deadline:
        if n == 0:
            return self._rolled(start, area, rollover=True)
        day, left, settled = start, n, True
        while left:
            day += _DAY
            settled = settled and self.is_settled(day, area)
            left -= self.is_working(day, area)
        return Deadline(day, not settled)

    def _rolled(self, day: date, area: int | None, rollover: bool) -> Deadline:
        if not rollover:
            return Deadline(day, False)
        settled = self.is_settled(day, area)
        while not self.is_working(day, area):
            day += _DAY
            settled = settled and self.is_settled(day, area)
        return Deadline(day, not settled)


def _natural_end(start: date, n: int, unit: PeriodUnit) -> date:
    if unit == "day":
        return start + timedelta(days=n)
    return add_months(start, n if unit == "month" else 12 * n)


def _read_national(path: Path) -> tuple[dict[date, str], dict[date, str]]:
    """Sections `holidays` and `workdays` of the file: day → "English,中文,days"; the Chinese name is kept."""
    try:
        sections = json.loads(path.read_text(encoding="utf-8"))
        rest, work = (
            {date.fromisoformat(day): str(text).split(",")[1] for day, text in sections[name].items()}
            for name in ("holidays", "workdays")
        )
    except OSError as error:
        raise PeriodRefusal(f"读不到节假日文件 {path}（{error.strerror}），请核对路径。") from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise PeriodRefusal(f"节假日文件 {path} 的内容不对（{error}），请换回原文件。") from error
    if both := sorted(rest.keys() & work.keys()):
        raise PeriodRefusal(f"节假日文件 {path} 里 {both[0].isoformat()} 既是假日又是上班日，请核对。")
    return rest, work


_KINDS = {"rest": True, "work": False}
_BASES = {"公布": False, "推算": True}


def _read_local(path: Path) -> tuple[LocalDay, ...]:
    """Columns area (12 digits), date, name, kind (rest | work), basis (公布 | 推算), source."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PeriodRefusal(f"读不到地方假日文件 {path}（{error}），请核对路径和编码（UTF-8）。") from error
    return tuple(
        _local_day(row, f"地方假日文件 {path} 第 {line} 行") for line, row in enumerate(rows, start=2)
    )


def _local_day(row: dict[str, str], where: str) -> LocalDay:
    try:
        area, day = int(row["area"]), date.fromisoformat(row["date"])
        level(area)
        rests, estimated = _KINDS[row["kind"]], _BASES[row["basis"]]
        name, source = row["name"], row["source"]
    except (KeyError, ValueError, TypeError, AreaRefusal) as error:
        raise PeriodRefusal(
            f"{where}不对（{error}）：应有区划、日期、名称、rest 或 work、公布或推算、来源。"
        ) from error
    if not name or not source:
        raise PeriodRefusal(f"{where}缺少名称或来源，请补全。")
    return LocalDay(area, day, name, rests, estimated, source)
