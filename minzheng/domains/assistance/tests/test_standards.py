"""The counties' standards: weighted by recipients they give the published averages, and they only rise."""

import csv
import importlib.util
from datetime import date
from pathlib import Path

import pytest

from minzheng.domains.assistance.rules import PARAMETERS, law

ROOT = Path(__file__).parents[4]
SCRIPT = ROOT / "data/demonstration/standards.py"


def script():
    spec = importlib.util.spec_from_file_location("standards_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("kind", "name", "day", "target"),
    [
        ("urban", "standard_urban_monthly", date(2019, 12, 31), 610),
        ("urban", "standard_urban_monthly", date(2023, 12, 31), 728),
        ("rural", "standard_rural_yearly", date(2019, 12, 31), 4200),
        ("rural", "standard_rural_yearly", date(2023, 12, 31), 6038),
    ],
)
def test_the_weighted_average_is_the_published_one(kind, name, day, target):
    weights = {county: people[kind] for county, people in script().recipients().items()}
    total = sum(
        weight * law().parameters.at(name, int(county) * 10**6, day).value
        for county, weight in weights.items()
    )
    assert len(weights) == 129
    assert abs(total / sum(weights.values()) - 100 * target) < 1


def test_the_table_is_what_the_script_writes():
    with (PARAMETERS / "standards.csv").open(encoding="utf-8", newline="") as file:
        table = [tuple(row.values()) for row in csv.DictReader(file)]
    assert table == [tuple(str(each) for each in row) for row in script().rows()]


def test_no_county_s_standard_ever_falls_and_the_spread_is_modest():
    for name in ("standard_urban_monthly", "standard_rural_yearly"):
        by_area: dict[int, list[int]] = {}
        for row in law().parameters.series[name]:
            by_area.setdefault(row.area, []).append(row.value)
        assert len(by_area) == 130
        assert all(values == sorted(values) for values in by_area.values())
        latest = [values[-1] for values in by_area.values()]
        assert max(latest) < 1.1 * min(latest)
