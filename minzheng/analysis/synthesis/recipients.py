"""The calibration table of the demonstration: how many people draw dibao in each county (演示, not real).

The article gives one number for the province, 2,691,800. It is spread over the 129 counties in proportion to
the urban and rural population of the 2020 census, more thickly where a county lies far from Kunming, is rural
or has many minorities. The table steers only how many households are kept; who is eligible is for the law to
find.

Run `python -m minzheng.analysis.synthesis.recipients` to write `data/demonstration/recipients.csv` again.
"""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

URBAN_TOTAL = 380_000
RURAL_TOTAL = 2_311_800
LOW_INCOME_TOTAL = 3_542_200
CAPITAL = "530102"
CEILING = 0.30  # of a county's population of that kind


@dataclass(frozen=True)
class County:
    """One county by census and label points: persons, share of minorities (0–1), kilometres."""

    code: str
    population: int
    urban: int
    rural: int
    minority: float
    distance: float


def apportion(total: int, weights: Sequence[float], ceilings: Sequence[int]) -> list[int]:
    """Split `total` by `weights` with largest remainders, no share above its ceiling; the sum is exact."""
    shares = [0] * len(weights)
    open_ = set(range(len(weights)))
    while True:
        left = total - sum(shares[i] for i in range(len(weights)) if i not in open_)
        sum_ = math.fsum(weights[i] for i in open_)
        exact = {i: left * weights[i] / sum_ for i in open_}
        over = [i for i in open_ if exact[i] > ceilings[i]]
        if not over:
            break
        for i in over:
            shares[i] = ceilings[i]
            open_.discard(i)
    for i in open_:
        shares[i] = math.floor(exact[i])
    short = total - sum(shares)
    order = sorted(open_, key=lambda i: (shares[i] - exact[i], i))
    for i in order[:short]:
        shares[i] += 1
    return shares


def counties(reference: Path) -> list[County]:
    """Read the census and label points in `reference`; the codes are those of 2023, in ascending order."""
    with (reference / "yunnan_county_label_points.csv").open(encoding="utf-8") as stream:
        points = {row["code"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(stream)}
    with (reference / "yunnan_census2020_county.csv").open(encoding="utf-8") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: row["code"])
    home = points[CAPITAL]
    return [
        County(
            row["code"],
            int(row["pop"]),
            int(row["urban"]),
            int(row["rural"]),
            float(row["minority_pct"]) / 100,
            _kilometres(home, points[row["code"]]),
        )
        for row in rows
    ]


def spread(rows: Sequence[County]) -> list[tuple[str, int, int]]:
    """(county, urban recipients, rural recipients) at scale 1, one row a county."""
    need = [1.0 + 1.2 * row.minority + 1.5 * row.rural / row.population + row.distance / 250 for row in rows]
    urban = apportion(
        URBAN_TOTAL,
        [n * row.urban for n, row in zip(need, rows, strict=True)],
        [int(row.urban * CEILING) for row in rows],
    )
    rural = apportion(
        RURAL_TOTAL,
        [n * row.rural for n, row in zip(need, rows, strict=True)],
        [int(row.rural * CEILING) for row in rows],
    )
    return [(row.code, u, r) for row, u, r in zip(rows, urban, rural, strict=True)]


def write(reference: Path, target: Path) -> None:
    """Write the table as CSV (county, urban, rural) with a newline at the end of each row."""
    with target.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(("county", "urban", "rural"))
        out.writerows(spread(counties(reference)))


def _kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    east = (there[0] - here[0]) * 111.32 * math.cos(math.radians((here[1] + there[1]) / 2))
    north = (there[1] - here[1]) * 110.57
    return round(math.hypot(east, north), 3)


if __name__ == "__main__":
    DATA = Path(__file__).resolve().parents[3] / "data"
    write(DATA / "reference", DATA / "demonstration" / "recipients.csv")
