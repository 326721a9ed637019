"""The columns reading of more households than fit in memory: part after part, cut between households.

What is kept in memory is a few parts, whatever the size of the country. Nothing carries over from one part
to the next, since no rule looks beyond a household; so the parts are read by several threads at once.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from minzheng.kernel.rules.columns import columns
from minzheng.kernel.rules.pick import Chosen
from minzheng.kernel.rules.units import RuleRefusal

SIZE = 1_000_000
WORKERS = 2
Frames = tuple[pl.DataFrame, pl.DataFrame]


def stream(
    statute: Chosen, parts: Iterable[Frames], want: Sequence[str], workers: int = WORKERS
) -> Iterator[Frames]:
    """The wanted rules of each part as `columns` gives them, in the order of the parts.

    At most `workers` + 1 parts are held at a time. Raises what `columns` raises, at the part's turn.
    """
    waiting: deque[Future[Frames]] = deque()
    with ThreadPoolExecutor(workers, "rules") as pool:
        for persons, households in parts:
            waiting.append(pool.submit(columns, statute, persons, households, want))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def clustered(persons: pl.LazyFrame, households: pl.LazyFrame, size: int = SIZE) -> Iterator[Frames]:
    """Two frames (scanned files, say), both ascending by `household`, cut into parts of whole households.

    A part has about `size` persons, and more only where one household has. Raises RuleRefusal where the
    order is not as said, which a part alone cannot show.
    """
    people, homes = _Ahead(persons, size, "成员", False), _Ahead(households, size, "家庭", True)
    while people.more():
        last = people.last_whole()
        yield people.until(last), homes.until(last)
    while homes.more():
        yield people.held, homes.until(homes.last())


class _Ahead:
    """What was read of a frame and not yet given: whole batches, in their order."""

    def __init__(self, frame: pl.LazyFrame, size: int, what: str, once: bool) -> None:
        self.batches = iter(frame.collect_batches(chunk_size=size, maintain_order=True))
        self.what, self.once, self.finished, self.top = what, once, False, -(2**63)
        self.held = frame.clear().collect()

    def more(self) -> bool:
        """Whether a row is left."""
        while self.held.is_empty() and self._read():
            pass
        return not self.held.is_empty()

    def last(self) -> int:
        """The household of the last row in hand."""
        return int(self.held["household"][-1])

    def last_whole(self) -> int:
        """The last household in hand that has no more rows to come."""
        while self.held["household"][0] == self.last() and self._read():
            pass
        keys = self.held["household"]
        return self.last() if self.finished else int(keys[int(keys.search_sorted(self.last(), "left")) - 1])

    def until(self, last: int) -> pl.DataFrame:
        """Give all rows up to a household."""
        while (self.held.is_empty() or self.last() < last) and self._read():
            pass
        cut = int(self.held["household"].search_sorted(last, "right"))
        taken, self.held = self.held[:cut], self.held[cut:]
        return taken

    def _read(self) -> bool:
        batch = next(self.batches, None)
        if batch is None:
            self.finished = True
            return False
        self._check(batch["household"])
        # One piece: the reading hands its columns to NumPy, which would copy each of them by itself.
        self.held = pl.concat((self.held, batch), rechunk=True)
        return True

    def _check(self, keys: pl.Series) -> None:
        if not keys.dtype.is_integer() or keys.null_count():
            raise RuleRefusal(f"{self.what}表的家庭编号须是整数，不能空缺。")
        ordered = keys.is_sorted() and (keys.is_empty() or int(keys[0]) >= self.top)
        if not ordered:
            raise RuleRefusal(f"{self.what}须按家庭编号从小到大排列。")
        if self.once and ((keys.diff() == 0).any() or (len(keys) and int(keys[0]) == self.top)):
            raise RuleRefusal(f"{self.what}表里有家庭编号重复。")
        self.top = int(keys[-1]) if len(keys) else self.top
