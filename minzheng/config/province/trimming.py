"""How many of the drawn households are kept: cell by cell, as many as the law needs to find the quotas in
them.

A cell's quotas are round(scale × recipients) of dibao and as many persons with low income in all as the same
share gives, each with what the cells before it found too many or too few. Two prefixes of the random order
are kept: of the households in which the law finds dibao paid, the one that comes nearest to the quota; of
all others, the one that comes nearest to what is then lacking of low income. So status is never drawn and
both of the province's sums are met.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minzheng.analysis.synthesis.population import Quota
from minzheng.analysis.synthesis.recipients import LOW_INCOME_TOTAL
from minzheng.kernel.errors import Refusal

MOST_LEFT = 6
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class TrimRefusal(Refusal):
    """Too few households were drawn."""

    exit_code = 1


def quotas(recipients: Path, scale: float) -> list[Quota]:
    """Cells in the order of county, town before country; rounded so that they add up to the scaled totals."""
    table = pl.read_csv(recipients).sort("county")
    total = sum(table["urban"].to_list()) + sum(table["rural"].to_list())
    found: list[Quota] = []
    exact = whole = whole_low = 0
    for county, urban, rural in table.iter_rows():
        for is_urban, persons in ((True, urban), (False, rural)):
            exact += persons
            low = round(scale * LOW_INCOME_TOTAL * exact / total)
            found.append(Quota(county, is_urban, round(scale * exact) - whole, low - whole_low))
            whole, whole_low = round(scale * exact), low
    return found


def kept(covered: Ints, low_income: Ints, cell: Ints, wanted: Sequence[Quota]) -> Flags:
    """Which households stay. `covered`: persons whom the law finds and pays dibao in each; `low_income`:
    persons with any status; households are sorted by cell.

    Raises TrimRefusal if the households of the last cells cannot make up for what is missing.
    """
    starts = np.searchsorted(cell, np.arange(len(wanted) + 1))
    paid = covered > 0
    stay = _prefixes(covered, paid, starts, [quota.persons for quota in wanted])
    lacking = [
        quota.low_income - int((low_income[low:high] * stay[low:high]).sum())
        for quota, (low, high) in zip(wanted, itertools.pairwise(starts), strict=True)
    ]
    return stay | _prefixes(low_income, ~paid, starts, lacking)


def _prefixes(persons: Ints, among: Flags, starts: NDArray[np.intp], wanted: Sequence[int]) -> Flags:
    """Of the households `among`, each cell's shortest prefix that comes nearest to what is wanted of it."""
    stay = np.zeros(len(persons), dtype=bool)
    carry = 0
    for target, (low, high) in zip(wanted, itertools.pairwise(starts), strict=True):
        own = low + np.flatnonzero(among[low:high])
        sums = np.concatenate([[0], persons[own].cumsum()])
        length = int(np.argmin(np.abs(sums - (target + carry))))
        stay[own[:length]] = True
        carry += target - int(sums[length])
    if abs(carry) > MOST_LEFT:
        raise TrimRefusal(f"抽取的家庭不够：还差 {carry} 人。请换一个随机种子，或加大抽取余量。")
    _settle(stay, persons, among, starts, carry)
    return stay


def _settle(stay: Flags, persons: Ints, among: Flags, starts: NDArray[np.intp], carry: int) -> None:
    """Make up for the last few persons with one household at the edge of some cell's prefix."""
    for low, high in itertools.pairwise(starts) if carry else ():
        own = low + np.flatnonzero(among[low:high])
        edge = int(stay[own].sum())
        if carry > 0 and edge < len(own) and persons[own[edge]] == carry:
            stay[own[edge]] = True
            return
        if carry < 0 and edge > 0 and persons[own[edge - 1]] == -carry:
            stay[own[edge - 1]] = False
            return
