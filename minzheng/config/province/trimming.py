"""How many of the drawn households are kept: cell by cell, as many as the law needs to find the quota in
them.

A cell's quota is round(scale × recipients) and what the cells before it found too many or too few. Kept is
the prefix of the random order whose finding comes nearest, so status is never drawn and the province's sum
is met.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from minzheng.analysis.synthesis.population import Quota
from minzheng.kernel.errors import Refusal

MOST_LEFT = 6


class TrimRefusal(Refusal):
    """Too few households were drawn."""

    exit_code = 1


def quotas(recipients: Path, scale: float) -> list[Quota]:
    """Cells in the order of county, town before country; rounded so that they add up to the scaled total."""
    found: list[Quota] = []
    exact = whole = 0
    for county, urban, rural in pl.read_csv(recipients).sort("county").iter_rows():
        for is_urban, persons in ((True, urban), (False, rural)):
            exact += persons
            found.append(Quota(county, is_urban, round(scale * exact) - whole))
            whole = round(scale * exact)
    return found


def kept(covered: NDArray[np.int64], cell: NDArray[np.int64], wanted: Sequence[Quota]) -> NDArray[np.bool_]:
    """Which households stay. `covered`: persons whom the law finds in each; households are sorted by cell.

    Raises TrimRefusal if the households of the last cells cannot make up for what is missing.
    """
    starts = np.searchsorted(cell, np.arange(len(wanted) + 1))
    stay = np.zeros(len(cell), dtype=bool)
    carry = 0
    for number, quota in enumerate(wanted):
        low, high = starts[number], starts[number + 1]
        target = quota.persons + carry
        sums = np.concatenate([[0], covered[low:high].cumsum()])
        length = int(np.argmin(np.abs(sums - target)))
        stay[low : low + length] = True
        carry = target - int(sums[length])
    if abs(carry) > MOST_LEFT:
        raise TrimRefusal(f"抽取的家庭不够：还差 {carry} 人。请换一个随机种子，或加大抽取余量。")
    _settle(stay, covered, starts, carry)
    return stay


def _settle(
    stay: NDArray[np.bool_], covered: NDArray[np.int64], starts: NDArray[np.intp], carry: int
) -> None:
    """Make up for the last few persons with one household at the edge of some cell's prefix."""
    if carry == 0:
        return
    for low, high in itertools.pairwise(starts):
        edge = low + int(stay[low:high].sum())
        if carry > 0 and edge < high and covered[edge] == carry:
            stay[edge] = True
            return
        if carry < 0 and edge > low and covered[edge - 1] == -carry:
            stay[edge - 1] = False
            return
