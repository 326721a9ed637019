"""The business date: what the platform calls today. Rules and kernel never ask; they are told a day."""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from minzheng.core.areas.memo import once
from minzheng.core.areas.models import BusinessDay
from minzheng.kernel.errors import Refusal

VARIABLE = "MINZHENG_TODAY"
_ZONE = ZoneInfo("Asia/Shanghai")


class DayRefusal(Refusal):
    """The business date given from outside is no date."""


def today() -> date:
    """MINZHENG_TODAY, else the day at which the demonstration stands still, else the date in Shanghai."""
    given = os.environ.get(VARIABLE)
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError as error:
            raise DayRefusal(
                f"环境变量 {VARIABLE} 的“{given}”不是日期，请写成 2024-10-01 的样子。"
            ) from error
    return _fixed() or datetime.now(_ZONE).date()


@once
def _fixed() -> date | None:
    return BusinessDay.objects.values_list("day", flat=True).first()
