"""The clock of a case: when a step or the whole must be done, with pauses, and how late it is.

A limit runs from the day after its start (《民法典》第201条). While the applicant mends what is missing
(补正) it stands still. Working days: the days of a pause are not counted. Natural days, months and years: the
end moves by the length of the pauses, and off a day of rest. Limits are read from the procedure's table, days
of rest from the calendar of the area; the day is given, never asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Calendar, Deadline
from minzheng.kernel.states import LIMIT_LABELS, LimitUnit

Lamp = Literal["none", "paused", "far", "near", "due", "overdue"]
LAMPS: dict[Lamp, str] = {
    "none": "不限时",
    "paused": "计时暂停",
    "far": "时间充裕",
    "near": "临近到期",
    "due": "今日到期",
    "overdue": "已经超期",
}
#: A deadline within so many working days is near.
NEAR = 3


class ClockRefusal(Refusal):
    """A pause that contradicts itself."""


@dataclass(frozen=True)
class Pause:
    """The clock stood still from `since` to `until`, both days included; `until` None: it still does."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ClockRefusal(f"暂停的结束日 {self.until} 早于开始日 {self.since}，请核对。")


@dataclass(frozen=True)
class Clock:
    """A limit that began on `start` (not counted itself), in the calendar of `area`.

    `limit` None: no limit. Pauses may touch or overlap; a day in two of them is one day of rest.
    """

    start: date
    limit: int | None
    unit: LimitUnit | None
    area: int
    pauses: tuple[Pause, ...] = ()

    def deadline(self, calendar: Calendar, day: date) -> Deadline | None:
        """The last day as seen on `day`, None without a limit; an open pause is taken to end on `day`."""
        if self.limit is None or self.unit is None:
            return None
        rest = _days(self.pauses, self.start, day)
        if self.unit == "working_day":
            return _working(calendar, self.start, self.limit, self.area, rest)
        plain = calendar.deadline(self.start, self.limit, self.unit, self.area, rollover=False).day
        return calendar.deadline(_moved(plain, rest), 0, "day", self.area)

    def paused(self, day: date) -> bool:
        """Whether the clock stands still on this day."""
        return any(p.since <= day and (p.until is None or day <= p.until) for p in self.pauses)

    def left(self, calendar: Calendar, day: date) -> int | None:
        """Working days from `day` to the last; 0 on it, negative when it is past; None without a limit."""
        deadline = self.deadline(calendar, day)
        if deadline is None:
            return None
        if day <= deadline.day:
            return calendar.working_days_between(day, deadline.day, self.area)
        return -max(1, calendar.working_days_between(deadline.day, day, self.area))

    def lamp(self, calendar: Calendar, day: date) -> Lamp:
        """Which lamp the officer sees on `day`."""
        if self.limit is None:
            return "none"
        if self.paused(day):
            return "paused"
        deadline, left = self.deadline(calendar, day), self.left(calendar, day)
        if deadline is None or left is None:
            return "none"
        if day > deadline.day:
            return "overdue"
        if day == deadline.day:
            return "due"
        return "near" if left <= NEAR else "far"

    def told(self, calendar: Calendar, day: date) -> str:
        """One Chinese sentence on where the clock stands on `day`."""
        deadline, left = self.deadline(calendar, day), self.left(calendar, day)
        if deadline is None or left is None or self.unit is None:
            return "这一步不限时。"
        limit = f"时限{self.limit}{LIMIT_LABELS[self.unit]}"
        if self.paused(day):
            return f"{limit}，等待补正，计时暂停。"
        if left < 0:
            return f"{limit}，应于 {deadline} 办结，已超期 {-left} 个工作日。"
        return f"{limit}，应于 {deadline} 办结，还有 {left} 个工作日。"


def _days(pauses: Sequence[Pause], start: date, day: date) -> frozenset[date]:
    """The days after `start` on which the clock stood still, as known on `day`."""
    found: set[date] = set()
    for pause in pauses:
        last = day if pause.until is None else pause.until
        first = max(pause.since, start + timedelta(days=1))
        found.update(first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(found)


def _working(calendar: Calendar, start: date, n: int, area: int, rest: frozenset[date]) -> Deadline:
    """The n-th working day after `start` that is no day of rest of the clock."""
    extra = 0
    while True:
        found = calendar.deadline(start, n + extra, "working_day", area)
        lost = sum(1 for day in rest if day <= found.day and calendar.is_working(day, area))
        if lost == extra:
            return found
        extra = lost


def _moved(end: date, rest: frozenset[date]) -> date:
    """The end, later by every day of rest before it, those that the move itself takes in included."""
    moved = end
    while True:
        later = end + timedelta(days=sum(1 for day in rest if day <= moved))
        if later == moved:
            return moved
        moved = later
