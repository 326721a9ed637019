"""Households and their members as offsets: reducing over members and carrying to them, without a hash
table.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from minzheng.kernel.facts import LIMIT
from minzheng.kernel.rules.exact import OutOfRange
from minzheng.kernel.rules.units import RuleRefusal

Array = np.ndarray[Any, Any]


@dataclass
class Grouping:
    """starts: where each household that has members begins among the persons; at: that household's row
    (None: all, in order); counts: how many members each of these has; height: how many households there
    are.
    """

    starts: Array
    at: Array | None
    counts: Array
    height: int
    largest: int
    _index: pl.Series | None = None

    @classmethod
    def of(cls, persons: pl.DataFrame, households: pl.DataFrame) -> "Grouping":
        """Find each household's run of persons; disorder, a stranger or a household twice refuses."""
        mine, theirs = _keys(persons, "成员"), _keys(households, "家庭")
        starts = np.flatnonzero(mine[1:] != mine[:-1]) + 1
        starts = np.concatenate((np.zeros(min(1, len(mine)), np.int64), starts))
        found = mine[starts]
        # Within a run all are equal, so whether the runs ascend says whether the persons do.
        if (found[1:] < found[:-1]).any():
            raise RuleRefusal("成员须按家庭编号从小到大排列。")
        counts = np.diff(np.append(starts, len(mine)))
        at = None if np.array_equal(found, theirs) else _places(found, theirs)
        return cls(starts, at, counts, len(theirs), int(counts.max(initial=0)))

    def carried(self, series: pl.Series) -> pl.Series:
        """A household's value for each of its members."""
        if self._index is None:
            rows = np.arange(self.height, dtype=np.uint32) if self.at is None else self.at.astype(np.uint32)
            self._index = pl.Series(np.repeat(rows, self.counts))
        return series.gather(self._index)

    def reduced(self, op: str, series: pl.Series, bounds: tuple[int, int]) -> pl.Series:
        """The reduction `op` of a person's column for each household, with unknowns as the verbs say."""
        unknowns = self._sum(series.is_null().to_numpy()) if series.null_count() else None
        if op in ("max_of", "min_of"):
            return self._extreme(op, series, unknowns)
        values = (
            series.fill_null(op == "all" if op in ("any", "all") else _zero(series))
            if unknowns is not None
            else series
        )
        if op == "all":
            values = ~values
        array = values.to_numpy()
        sums = self._exact(array, bounds, unknowns) if op == "total" else self._sum(array)
        if op in ("total", "count"):
            made = pl.Series(sums)
            return made if unknowns is None else _hidden(made, unknowns > 0)
        hit = sums > 0
        made = pl.Series(hit if op == "any" else ~hit)
        return made if unknowns is None else _hidden(made, (unknowns > 0) & ~hit)

    def _sum(self, array: Array) -> Array:
        if array.dtype == np.bool_:
            array = array.view(np.uint8)
        if not len(array):
            return self._spread(np.zeros(0, np.int64), 0)
        # Differences of a running sum: three times as fast as reduceat, and exact even where the sum wraps.
        running = np.cumsum(array, dtype=np.int64)[self.starts + (self.counts - 1)]
        return self._spread(np.diff(running, prepend=0), 0)

    def _exact(self, array: Array, bounds: tuple[int, int], unknowns: Array | None) -> Array:
        """Sums that can reach the limit are looked at before they are kept: 64 bits wrap silently."""
        most = max(abs(bounds[0]), abs(bounds[1])) * self.largest
        if most < LIMIT:
            return self._sum(array)
        wide = most >= 2**63
        sums = (
            self._spread(np.add.reduceat(array.astype(object), self.starts), 0) if wide else self._sum(array)
        )
        if unknowns is not None:
            sums = np.where(unknowns > 0, 0, sums)
        if max(sums.max(), -sums.min()) >= LIMIT:
            raise OutOfRange
        return sums.astype(np.int64)

    def _extreme(self, op: str, series: pl.Series, unknowns: Array | None) -> pl.Series:
        physical = series.to_physical().cast(pl.Int64)
        array = (physical.fill_null(0) if unknowns is not None else physical).to_numpy()
        reduce = np.maximum if op == "max_of" else np.minimum
        found = self._spread(reduce.reduceat(array, self.starts) if len(array) else np.zeros(0, np.int64), 0)
        empty = self._spread(np.ones(len(self.starts), np.int64), 0) == 0
        made = pl.Series(found)
        if series.dtype == pl.Date:
            made = made.cast(pl.Int32).cast(pl.Date)
        return _hidden(made, empty if unknowns is None else empty | (unknowns > 0))

    def _spread(self, found: Array, empty: int) -> Array:
        """Results by household row; a household without members has `empty`."""
        if self.at is None:
            return found
        spread = np.full(self.height, empty, dtype=found.dtype)
        spread[self.at] = found
        return spread

    @staticmethod
    def ranked(codes: pl.Series) -> tuple[pl.Series, list[int]]:
        """For each row the place of its code among the distinct codes, and these, ascending."""
        array = codes.to_numpy()
        if not len(array):
            return pl.Series([], dtype=pl.UInt32), []
        low = int(array.min())
        span = int(array.max()) - low + 1
        if span > 4_000_000:
            distinct, places = np.unique(array, return_inverse=True)
            return pl.Series(places.astype(np.uint32)), [int(each) for each in distinct]
        shifted = array - low
        seen = np.zeros(span, np.bool_)
        seen[shifted] = True
        table = (np.cumsum(seen) - 1).astype(np.uint32)
        return pl.Series(table[shifted]), [int(each) + low for each in np.flatnonzero(seen)]


def _keys(frame: pl.DataFrame, what: str) -> Array:
    keys = frame["household"]
    if not keys.dtype.is_integer() or keys.null_count():
        raise RuleRefusal(f"{what}表的家庭编号须是整数，不能空缺。")
    return keys.to_numpy()


def _places(found: Array, theirs: Array) -> Array:
    order = np.argsort(theirs, kind="stable")
    ordered = theirs[order]
    if (ordered[1:] == ordered[:-1]).any():
        raise RuleRefusal("家庭表里有家庭编号重复。")
    places = np.searchsorted(ordered, found)
    if len(found) and (len(theirs) == 0 or (ordered[np.minimum(places, len(theirs) - 1)] != found).any()):
        raise RuleRefusal("有成员的家庭不在家庭表里。")
    return order[places]


def _zero(series: pl.Series) -> Any:
    return False if series.dtype == pl.Boolean else 0


def _hidden(series: pl.Series, where: Array) -> pl.Series:
    """The series with unknowns where told."""
    mask = pl.Series(where)
    return pl.select(pl.when(~mask).then(series)).to_series()
