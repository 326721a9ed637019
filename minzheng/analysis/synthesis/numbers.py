"""Resident identity numbers of people who do not exist: GB 11643 form, area codes as they were at
registration.

A number keeps the code of its day. Prefectures changed theirs between 1997 and 2003 (`domain/rules.md`
3.1), counties after 2010; of the older county codes only the prefecture's part is known here, the last two
digits stay those of 2010 (演示). No two numbers of one draw are alike.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minzheng.analysis.synthesis.census import RENAMED

Ints = NDArray[np.int64]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = np.array(list("10X98765432"))
MOVED = {
    "5303": ("5322", 1997), "5304": ("5324", 1997), "5305": ("5330", 2000), "5306": ("5321", 2001),
    "5307": ("5332", 2002), "5308": ("5327", 2003), "5309": ("5335", 2003),
}  # fmt: skip
"""Prefecture of today → (its code before, the year it changed)."""
FIRST_CARDS = 1984
RENAMED_IN = 2011
ELSEWHERE = (510107, 520103, 522422, 430124, 450102, 500101, 440306, 330106)
"""Counties of other provinces that migrants were registered in."""


def code_of_day(county: int, registered: int) -> int:
    """The county's code in the year of registration."""
    code = str(county)
    if registered < RENAMED_IN:
        code = RENAMED.get(code, code)
    old, until = MOVED.get(code[:4], ("", 0))
    if registered < until:
        code = old + code[4:]
    if county == 530113 and registered < 1998:
        code = "530200"
    return int(code)


def draw(
    county: Ints, born: NDArray[np.datetime64], male: NDArray[np.bool_], rng: np.random.Generator
) -> pl.Series:
    """One number a person: area code of the registration year, birthday, an order number of its own, check
    digit.
    """
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    registered = np.maximum(year, FIRST_CARDS)
    frame = pl.DataFrame({"county": county, "registered": registered})
    codes = frame.unique(maintain_order=True)
    known = codes.with_columns(
        area=pl.Series([code_of_day(*row) for row in codes.iter_rows()], dtype=pl.Int64)
    )
    joined = frame.join(known, on=["county", "registered"], how="left", maintain_order="left")
    area = joined["area"].to_numpy()
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]")).astype(np.int64) + 1
    birthday = year * 10_000 + month * 100 + day
    sequence = _sequence(area, birthday, male, rng)
    return _with_check(area * 10**11 + birthday * 10**3 + sequence)


def _sequence(area: Ints, birthday: Ints, male: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """Order numbers 000–999, odd for men, different for those of one area, birthday and sex."""
    start = rng.integers(0, 500, len(area))
    frame = pl.DataFrame({"area": area, "birthday": birthday, "male": male, "start": start})
    group = ["area", "birthday", "male"]
    step = frame.select((pl.col("start").first().over(group) + pl.int_range(pl.len()).over(group)) % 500)
    return step.to_series().to_numpy() * 2 + male


def _with_check(seventeen: Ints) -> pl.Series:
    rest, total = seventeen.copy(), np.zeros(len(seventeen), dtype=np.int64)
    for weight in reversed(WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    check = pl.Series(CHECK[total % 11])
    return pl.select(pl.Series(seventeen).cast(pl.String).str.zfill(17) + check).to_series()
