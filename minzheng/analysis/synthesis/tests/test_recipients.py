"""The calibration table adds up, stays within the counties and is what its script writes."""

from pathlib import Path

import pytest

from minzheng.analysis.synthesis import recipients

DATA = Path(__file__).resolve().parents[4] / "data"


def test_the_committed_table_is_what_the_script_writes(tmp_path: Path) -> None:
    target = tmp_path / "recipients.csv"
    recipients.write(DATA / "reference", target)
    assert target.read_bytes() == (DATA / "demonstration" / "recipients.csv").read_bytes()


def test_sums_and_ceilings() -> None:
    counties = recipients.counties(DATA / "reference")
    rows = recipients.spread(counties)
    assert len(rows) == 129
    assert sum(row[1] for row in rows) == 380_000
    assert sum(row[2] for row in rows) == 2_311_800
    for county, (code, urban, rural) in zip(counties, rows, strict=True):
        assert code == county.code
        assert 0 < urban <= county.urban * recipients.CEILING
        assert 0 < rural <= county.rural * recipients.CEILING


@pytest.mark.parametrize(
    ("total", "weights", "ceilings", "expected"),
    [
        (10, [1, 1, 1], [10, 10, 10], [4, 3, 3]),
        (10, [8, 1, 1], [4, 10, 10], [4, 3, 3]),
        (0, [1, 2], [1, 1], [0, 0]),
    ],
)
def test_apportion(total: int, weights: list[float], ceilings: list[int], expected: list[int]) -> None:
    assert recipients.apportion(total, weights, ceilings) == expected
