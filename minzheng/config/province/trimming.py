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
    cells = [low + np.flatnonzero(among[low:high]) for low, high in itertools.pairwise(starts)]
    carry = 0
    for own, target in zip(cells, wanted, strict=True):
        carry += target
        carry -= _take(stay, persons, own, carry)
    for own in cells:  # what the last cells lack, the first ones may still have
        carry -= _take(stay, persons, own[int(stay[own].sum()) :], carry) if carry > MOST_LEFT else 0
    if abs(carry) > MOST_LEFT:
        raise TrimRefusal(f"抽取的家庭不够：还差 {carry} 人。请换一个随机种子，或加大抽取余量。")
    _settle(stay, persons, cells, carry)
    return stay


def _take(stay: Flags, persons: Ints, own: NDArray[np.intp], target: int) -> int:
    """Keep the shortest prefix of `own` that comes nearest to the target; how many persons are in it."""
    sums = np.concatenate([[0], persons[own].cumsum()])
    length = int(np.argmin(np.abs(sums - target)))
    stay[own[:length]] = True
    return int(sums[length])


def _settle(stay: Flags, persons: Ints, cells: Sequence[NDArray[np.intp]], carry: int) -> None:
    """Make up for the last few persons with one household at the edge of some cell's prefix."""
    for own in cells if carry else ():
        edge = int(stay[own].sum())
        if carry > 0 and edge < len(own) and persons[own[edge]] == carry:
            stay[own[edge]] = True
            return
        if carry < 0 and edge > 0 and persons[own[edge - 1]] == -carry:
            stay[own[edge - 1]] = False
            return
