"""Indicators: what agreement means, at scale 1 and in a sample."""

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.indicators import Indicator, IndicatorRefusal, agrees, resolution

FIGURES = Path(__file__).resolve().parents[3] / "data" / "reference" / "figures.csv"


@pytest.mark.parametrize(
    ("computed", "stated", "match", "expected"),
    [
        (2_691_800, 2_691_800, "exact", True),
        (2_691_801, 2_691_800, "exact", False),
        ("2691800.2", 2_691_800, "exact", False),
        (2_691_849, 2_691_800, "to_100", True),
        (2_691_850, 2_691_800, "to_100", False),  # rounds to the next hundred
        (2_691_750, 2_691_800, "to_100", True),
        (2_691_749, 2_691_800, "to_100", False),
        (19.25, "19.3", "to_0.1", True),
        (19.35, "19.3", "to_0.1", False),
        (Fraction(728 - 610, 610) * 100, "19.3", "to_0.1", True),  # 19.344…
        (Fraction(6038 - 4200, 4200) * 100, "43.8", "to_0.1", True),  # 43.76…
        (37 * 10**10 + 4_999_999_999, 370_000_000_000, "to_1e10", True),
        (37 * 10**10 + 5_000_000_000, 370_000_000_000, "to_1e10", False),
        (26_000, 26_000, "at_least", True),
        (26_400, 26_000, "at_least", True),
        (25_999, 26_000, "at_least", False),
        (None, 0, "exact", False),
        (19.3, "19.3", "exact", True),
        (Decimal("88.7"), 88.7, "exact", True),
    ],
)
def test_agreement_at_full_scale(computed, stated, match: str, expected: bool) -> None:
    assert agrees(computed, stated, match) is expected


def test_tolerance_is_for_samples_only() -> None:
    assert not agrees(2_700_000, 2_691_800, "to_100", scale=1, tolerance="0.5")
    assert agrees(27_000, 2_691_800, "to_100", scale="0.01", tolerance="0.01")
    assert not agrees(28_000, 2_691_800, "to_100", scale="0.01", tolerance="0.01")


def test_a_sample_counts_whole_records() -> None:
    # At 1 in 100, 2,691,800 is 26,918 records; one more or one fewer stands for a hundred people.
    assert agrees(26_918, 2_691_800, "exact", scale=0.01)
    assert agrees(50, 5_050, "exact", scale=0.01)  # 50.5 records do not exist
    assert not agrees(26_919, 2_691_800, "exact", scale=0.01)
    assert agrees(26_919, 2_691_800, "to_100", scale=0.01)
    assert not agrees(26_920, 2_691_800, "to_100", scale=0.01)


def test_averages_are_not_divided_by_the_scale() -> None:
    assert agrees(72_800, 72_800, "exact", scale=0.01, counted=False)
    assert not agrees(728, 72_800, "exact", scale=0.01, counted=False)
    assert not agrees(72_801, 72_800, "exact", scale=0.01, counted=False)
    assert agrees(72_849, 72_800, "exact", scale=0.01, tolerance="0.001", counted=False)
    assert not agrees(72_880, 72_800, "exact", scale=0.01, tolerance="0.001", counted=False)


numbers = st.integers(min_value=0, max_value=10**9)
units = st.sampled_from(["exact", "at_least", "to_1", "to_100", "to_1e4", "to_0.1"])
scales = st.sampled_from(["0.001", "0.01", "0.1", "1"])


@given(numbers, units)
def test_a_figure_agrees_with_itself(number: int, match: str) -> None:
    assert agrees(number, number, match)


@given(numbers, units, scales)
def test_the_nearest_whole_sample_agrees(number: int, match: str, scale: str) -> None:
    nearest = (2 * Fraction(number) * Fraction(scale) + 1) // 2
    assert agrees(nearest, number, match, scale)


@given(numbers, numbers, st.sampled_from([1, 10, 100, 1000]))
def test_to_n_is_rounding_half_up(computed: int, stated: int, unit: int) -> None:
    stated -= stated % unit
    rounded = (2 * computed + unit) // (2 * unit) * unit
    assert agrees(computed, stated, f"to_{unit}") == (rounded == stated)


@given(numbers, numbers, units, scales, st.sampled_from(["0", "0.001", "0.1"]))
def test_more_tolerance_never_agrees_less(
    computed: int, stated: int, match: str, scale: str, more: str
) -> None:
    assert agrees(computed, stated, match, scale) <= agrees(computed, stated, match, scale, more)


@pytest.mark.parametrize(
    "call",
    [
        lambda: agrees(1, 1, "about"),
        lambda: agrees(1, 1, "to_0"),
        lambda: agrees(1, 1, "to_-1"),
        lambda: agrees(1, 1, "exact", scale=0),
        lambda: agrees(1, 1, "exact", scale=2),
        lambda: agrees(1, 1, "exact", tolerance=-1),
        lambda: agrees("many", 1, "exact"),
        lambda: agrees(float("nan"), 1, "exact"),
    ],
)
def test_what_cannot_be_compared_is_refused(call) -> None:
    with pytest.raises(IndicatorRefusal, match="。"):
        call()


def test_every_way_of_matching_in_the_reference_figures_is_known() -> None:
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 60
    for row in rows:
        resolution(row["match"])
        assert agrees(row["value"], row["value"], row["match"]), row["key"]


def indicator(**fields) -> Indicator:
    whole = {
        "key": "dibao_persons",
        "label": "低保对象",
        "unit": "人",
        "read": "minzheng.kernel.money.yuan",
        "match": "to_100",
    }
    return Indicator(**{**whole, **fields})


def test_an_indicator_brings_its_own_terms() -> None:
    assert indicator().reader()(100) == "1.00"
    assert indicator(tolerance="0.01").agrees(27_000, 2_691_800, "0.01")
    assert not indicator().agrees(27_000, 2_691_800, "0.01")
    assert indicator(counted=False).agrees(2_691_800, 2_691_800, "0.01")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"key": ""}, "缺少编号"),
        ({"label": ""}, "缺少名称"),
        ({"unit": ""}, "缺少单位"),
        ({"read": "count"}, "点分名称"),
        ({"records": "rows"}, "明细函数"),
        ({"match": "near"}, "“near”不认识"),
        ({"tolerance": "-0.1"}, "不能为负"),
    ],
)
def test_an_incomplete_indicator_is_refused(fields: dict, says: str) -> None:
    with pytest.raises(IndicatorRefusal, match=says):
        indicator(**fields)


@pytest.mark.parametrize(
    "read", ["minzheng.kernel.nowhere.count", "minzheng.kernel.money.nothing", "minzheng.kernel.money.YUAN"]
)
def test_a_read_that_does_not_exist_is_named(read: str) -> None:
    with pytest.raises(IndicatorRefusal, match=read):
        indicator(read=read).reader()
