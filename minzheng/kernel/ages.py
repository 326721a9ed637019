"""Completed years of age (周岁) on a day, with the declared policy for leap-day birthdays.

By default a person has reached an age on the birthday itself, as services count. Criminal law counts from the
next day; `reached="next_day"` serves rules that borrow that way of counting.
"""

from datetime import date, timedelta
from typing import Literal

from minzheng.kernel.errors import Refusal

LeapDay = Literal["03-01", "02-28"]
Reached = Literal["birthday", "next_day"]
_IN_COMMON_YEAR: dict[str, tuple[int, int]] = {"03-01": (3, 1), "02-28": (2, 28)}


class AgeRefusal(Refusal):
    """A day before birth, or a policy that does not exist."""


def birthday(born: date, age: int, feb29: LeapDay = "03-01") -> date:
    """The day on which the person turns `age`; `feb29` places a leap-day birthday in a common year."""
    if feb29 not in _IN_COMMON_YEAR:
        raise AgeRefusal(f"2 月 29 日生日的处理方式“{feb29}”不认识，只能是 03-01 或 02-28。")
    if age < 0 or born.year + age > date.max.year:
        raise AgeRefusal(f"年龄“{age}”不在可计算的范围内，请核对。")
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, *_IN_COMMON_YEAR[feb29])


def age_on(born: date, day: date, feb29: LeapDay = "03-01", reached: Reached = "birthday") -> int:
    """Completed years on `day`; raises AgeRefusal when `day` is before birth."""
    if day < born:
        raise AgeRefusal(f"计算年龄的日期（{day.isoformat()}）早于出生日期，请核对两个日期。")
    if reached not in ("birthday", "next_day"):
        raise AgeRefusal(f"满岁的算法“{reached}”不认识，只能是 birthday 或 next_day。")
    years = day.year - born.year
    if years == 0:
        return 0
    # The birthday before this one was completed by New Year's Day at the latest, whichever way it is counted.
    late = timedelta(days=1) if reached == "next_day" else timedelta(0)
    return years if birthday(born, years, feb29) + late <= day else years - 1
