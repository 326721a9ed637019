"""The manifest of the register of areas: what is counted of it (S79)."""

from datetime import date

from django.db.models import Count

from minzheng.core.areas.memo import once
from minzheng.core.areas.models import Area
from minzheng.kernel.indicators import Indicator
from minzheng.kernel.module import Module

PREFECTURE, COUNTY = 2, 3


def counties(day: date, lo: int, hi: int) -> int:
    """Counties, districts and county-level cities on that day."""
    return _units(COUNTY, day, lo, hi)


def prefectures(day: date, lo: int, hi: int) -> int:
    """Prefectures and prefecture-level cities on that day."""
    return _units(PREFECTURE, day, lo, hi)


def _units(level: int, day: date, lo: int, hi: int) -> int:
    return dict(_by_level(day, lo, hi)).get(level, 0)


@once
def _by_level(day: date, lo: int, hi: int) -> tuple[tuple[int, int], ...]:
    units = Area.objects.filter(
        level__in=(PREFECTURE, COUNTY), is_admin=True, valid__contains=day, code__gte=lo, code__lte=hi
    )
    return tuple(units.values_list("level").annotate(units=Count("pk")))


HERE = "minzheng.core.areas.module."
MODULE = Module(
    key="areas",
    label="行政区划",
    indicators=(
        Indicator("counties", "县级行政区", "个", HERE + "counties", "exact", counted=False),
        Indicator("prefectures", "州市", "个", HERE + "prefectures", "exact", counted=False),
    ),
)
