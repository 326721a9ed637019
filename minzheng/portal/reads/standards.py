"""The dibao standards of counties as rows, with the source of each."""

from dataclasses import dataclass
from datetime import date

from minzheng.core.areas import reads as areas
from minzheng.domains.assistance.rules import law

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)


@dataclass(frozen=True)
class Standard:
    """A county's standards on a day: fen a person a month (urban) and a year (rural)."""

    code: int
    name: str
    prefecture: str
    urban: int
    rural: int
    source: str


def of(lo: int, hi: int, on: date, known: date) -> tuple[Standard, ...]:
    """The standards on the day `on` of the counties (as they are called on `known`) that touch [lo, hi]."""
    counties = [each for each in areas.of_level(3, day=known) if lo < each.code + 10**6 and each.code <= hi]
    names = areas.names({each.code // 10**8 * 10**8 for each in counties}, known)
    parameters = law().parameters
    found = []
    for each in counties:
        urban = parameters.at("standard_urban_monthly", each.code, on)
        rural = parameters.at("standard_rural_yearly", each.code, on)
        assert isinstance(urban.value, int)
        assert isinstance(rural.value, int)
        prefecture = names.get(each.code // 10**8 * 10**8, "")
        found.append(Standard(each.code, each.name, prefecture, urban.value, rural.value, urban.source))
    return tuple(found)
