"""The figures of social assistance (S04-S06), each computed from records. Reads take (day, lo, hi)."""

from datetime import date
from fractions import Fraction

from minzheng.core.areas.day import today
from minzheng.core.benefits import counts
from minzheng.domains.assistance.rules import law
from minzheng.kernel.indicators import Indicator
from minzheng.kernel.money import divide

BASE_DAY = date(2019, 12, 31)
WHOLE_YUAN = 100
TIERS = ("tekun", "dibao", "marginal", "rigid_expenditure")
WEIGHT_NOTE = "各县标准按现有低保人数加权，四舍五入到元"


def dibao_persons(day: date, lo: int, hi: int) -> int:
    """Persons covered by a dibao decision on that day."""
    return counts.recipients("dibao", day, lo, hi)


def low_income_persons(day: date, lo: int, hi: int) -> int | None:
    """Persons whom the law finds destitute, on dibao, at its margin or in hardship by rigid expenditure; a
    person has one of the four. None until a month has been determined."""
    return counts.found(TIERS, lo, hi)


def standard_urban(day: date, lo: int, hi: int) -> int | None:
    """The urban standard in fen a month, averaged over counties by recipients and published in whole yuan."""
    return _average("standard_urban_monthly", True, day, lo, hi)


def standard_rural(day: date, lo: int, hi: int) -> int | None:
    """The rural standard in fen a year, averaged in the same way."""
    return _average("standard_rural_yearly", False, day, lo, hi)


def growth_urban(day: date, lo: int, hi: int) -> Fraction | None:
    """How much the published urban standard rose since the end of 2019, in per cent."""
    return _growth(standard_urban(BASE_DAY, lo, hi), standard_urban(day, lo, hi))


def growth_rural(day: date, lo: int, hi: int) -> Fraction | None:
    """How much the published rural standard rose since the end of 2019, in per cent."""
    return _growth(standard_rural(BASE_DAY, lo, hi), standard_rural(day, lo, hi))


def _average(parameter: str, urban: bool, day: date, lo: int, hi: int) -> int | None:
    rows = [r for r in counts.recipients_by_county("dibao", today(), lo, hi) if r.urban == urban]
    persons = sum(row.persons for row in rows)
    if not persons:
        return None
    parameters = law().parameters
    total = 0
    for row in rows:
        value = parameters.at(parameter, row.county, day).value
        assert isinstance(value, int)
        total += value * row.persons
    return divide(total, persons * WHOLE_YUAN, "half_up") * WHOLE_YUAN


def _growth(before: int | None, after: int | None) -> Fraction | None:
    return None if not before or after is None else Fraction(after * 100, before) - 100


HERE = "minzheng.domains.assistance.indicators."
INDICATORS = (
    Indicator(
        key="low_income_persons",
        label="认定低收入人口",
        unit="人",
        read=HERE + "low_income_persons",
        match="to_100",
        tolerance="0.01",
        note="含特困、低保、低保边缘、刚性支出困难，一人只计一次；按最近一次测算，含登记截至日以后报告的变化；防返贫等名单是标签，不另计",
    ),
    Indicator(
        key="dibao_persons",
        label="低保对象",
        unit="人",
        read=HERE + "dibao_persons",
        match="to_100",
        tolerance="0.005",
    ),
    Indicator(
        key="dibao_standard_urban",
        label="城市低保标准",
        unit="分/人·月",
        read=HERE + "standard_urban",
        match="exact",
        counted=False,
        note=WEIGHT_NOTE,
    ),
    Indicator(
        key="dibao_standard_rural",
        label="农村低保标准",
        unit="分/人·年",
        read=HERE + "standard_rural",
        match="exact",
        counted=False,
        note=WEIGHT_NOTE,
    ),
    Indicator(
        key="dibao_growth_urban",
        label="城市低保标准较2019年增长",
        unit="%",
        read=HERE + "growth_urban",
        match="to_0.1",
        counted=False,
    ),
    Indicator(
        key="dibao_growth_rural",
        label="农村低保标准较2019年增长",
        unit="%",
        read=HERE + "growth_rural",
        match="to_0.1",
        counted=False,
    ),
)
