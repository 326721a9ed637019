"""The real frame of the synthetic people: divisions, and the 2020 census by county, as arrays.

Sources are named in `data/README.md`. Ages are those of the census day and are taken as those of the
demonstration's day: nobody has published a later structure by county.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

OLDEST = 104
RENAMED = {
    "530114": "530121", "530115": "530122", "530304": "530321", "530303": "530328", "530403": "530421",
    "530481": "530422", "530581": "530522", "530681": "530630", "532302": "532331", "532503": "532522",
    "532504": "532526", "532601": "532621", "533301": "533321", "533401": "533421",
}  # fmt: skip
"""County codes of 2023 → those of 2010 and before (`data/README.md`)."""


@dataclass(frozen=True)
class County:
    """One county: `pyramid` holds persons by sex (row 0 male, 1 female) and single year of age 0–104."""

    code: int
    name: str
    prefecture: str
    minority: float
    alone: float
    others_mean: float
    pyramid: NDArray[np.float64]
    towns: NDArray[np.int64]
    villages: NDArray[np.int64]

    def places(self, urban: bool) -> NDArray[np.int64]:
        """12-digit codes of the communities (urban) or villages; of the other kind where there is none."""
        wanted, other = (self.towns, self.villages) if urban else (self.villages, self.towns)
        return wanted if len(wanted) else other


def load(reference: Path) -> list[County]:
    """All 129 counties in ascending order of code."""
    census = pl.read_csv(reference / "yunnan_census2020_county.csv").sort("code")
    divisions = _read(reference / "yunnan_divisions_2023.csv.gz")
    names = dict(divisions.filter(pl.col("level") == 2).select("code", "name").iter_rows())
    pyramids = _pyramids(reference)
    places = divisions.filter(
        (pl.col("level") == 5) & (pl.col("code") // 1000 % 1000 < 400) & (pl.col("code") % 1000 < 400)
    ).select("code", county=pl.col("code") // 10**6, town=pl.col("code") % 1000 < 200)
    by_county = {key[0]: part for key, part in places.sort("code").group_by("county")}
    rows = []
    for row in census.iter_rows(named=True):
        part = by_county[row["code"]]
        rows.append(
            County(
                code=row["code"],
                name=row["name"],
                prefecture=names[row["code"] // 100 * 10**8],
                minority=row["minority_pct"] / 100,
                alone=row["hh_1person"] / row["hh"],
                others_mean=(row["hh_pop"] - row["hh_1person"]) / (row["hh"] - row["hh_1person"]),
                pyramid=pyramids[str(row["code"])],
                towns=part.filter("town")["code"].to_numpy(),
                villages=part.filter(~pl.col("town"))["code"].to_numpy(),
            )
        )
    return rows


def bands() -> dict[str, tuple[int, int]]:
    """Age band as the census writes it → (first, last) year of age."""
    found = {"0": (0, 0), "1-4": (1, 4), "85+": (85, OLDEST)}
    return found | {f"{low}-{low + 4}": (low, low + 4) for low in range(5, 85, 5)}


def _pyramids(reference: Path) -> Mapping[str, NDArray[np.float64]]:
    """County code of 2023 → persons by sex and year of age; even inside a band, falling after 85."""
    table = _read(reference / "yunnan_census_age_sex_2010_2020.csv.gz").filter(pl.col("year") == 2020)
    new = {old: code for code, old in RENAMED.items()}
    spans = bands()
    found: dict[str, NDArray[np.float64]] = {}
    for code, sex, age, persons in table.select("code", "sex", "age", "persons").iter_rows():
        own = found.setdefault(new.get(str(code), str(code)), np.zeros((2, OLDEST + 1)))
        low, high = spans[age]
        shape = 0.80 ** np.arange(high - low + 1) if age == "85+" else np.ones(high - low + 1)
        own[0 if sex == "male" else 1, low : high + 1] += persons * shape / shape.sum()
    return found


def _read(path: Path) -> pl.DataFrame:
    with gzip.open(path, "rb") as stream:
        return pl.read_csv(stream.read())
