"""What a month's run asks of the register and the law, behind one object, so that a test can bring its
own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from minzheng.core.benefits.runs import MonthRun
from minzheng.core.ledger.payees import Register

Bounds = tuple[int, int]


def nobody() -> pl.DataFrame:
    """No account that several persons hold."""
    return pl.DataFrame(schema={"person": pl.Int64, "account": pl.Int64})


@dataclass(frozen=True)
class Sources:
    """`counties()` are the counties with the number of households in each, in order; `found(run, bounds)`
    is the frame of `benefits.determining.COLUMNS` for the areas [lo, hi], whole counties;
    `moved(households, bounds)` those of the households that live outside these areas now;
    `past(run, bounds)` what the law finds for past months otherwise than was known (`revising.COLUMNS`);
    `alike()` the persons whose accounts bear one number (see `due.find_shared_accounts`). `paying` are
    the programmes with an amount, `groups` their exclusive groups, `lawful` the changes that follow by a
    named law, by (programme, kind).
    """

    register: Register
    paying: tuple[str, ...]
    labels: Mapping[str, str]
    groups: Mapping[str, str] = field(default_factory=dict)
    lawful: Mapping[tuple[str, str], str] = field(default_factory=dict)
    counties: Callable[[], list[tuple[int, int]]] = list
    found: Callable[[MonthRun, Bounds], pl.DataFrame] | None = None
    moved: Callable[[Sequence[int], Bounds], list[int]] = lambda households, bounds: []
    alike: Callable[[], pl.DataFrame] = nobody
    past: Callable[[MonthRun, Bounds], pl.DataFrame] | None = None
