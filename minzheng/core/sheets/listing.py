"""A list declared once: its columns, filters and order, for the page and for the export alike.

`Listing.asked` turns an area and a query string into a question; the page and the export job ask the same
question of the same reads, so that an export holds what was seen: filter, columns, order, masks, scope.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import QueryDict

from minzheng.core.access.scope import Scope
from minzheng.kernel.errors import Refusal

Kind = Literal["text", "number", "money", "date"]
Names = Mapping[int, str]
SIZES = (20, 50, 100, 200)


class ListingRefusal(Refusal):
    """There is no such list, or its question makes no sense."""


@dataclass(frozen=True)
class Column:
    """One column. `value` answers plainly (text, count, fen, day) for a row and the names of areas.

    `cell` draws it on the page where that is more than the plain value; `sort` is the SQL expression that it
    is ordered by, "" where it is not; `total` is its key among the totals; `level` that of what is personal
    (2: masked or a name). A `fixed` column is always shown, a `spare` one only where it was chosen.
    """

    key: str
    label: str
    value: Callable[[Any, Names], Any]
    cell: Callable[[Any, Names], str] | None = None
    sort: str = ""
    kind: Kind = "text"
    classes: str = ""
    total: str = ""
    level: int = 1
    fixed: bool = False
    spare: bool = False


@dataclass(frozen=True)
class Asked:
    """A question to a list: the codes [lo, hi], the filters, the order in SQL, the columns."""

    lo: int
    hi: int
    code: int
    filters: Mapping[str, Any]
    order: str
    sort: str
    columns: tuple[Column, ...]
    size: int = SIZES[0]
    dense: bool = False


@dataclass(frozen=True)
class Totals:
    """How many rows in all, and the sums under the columns that have one, by column key."""

    count: int
    sums: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """One list. `filters` reads its part of a query string; `narrow` is the code range of an area.

    `order` is SQL that makes any order whole (unique columns at the end). `said` puts the filters in words.
    `address` is where an area's list is seen with a query string.
    """

    key: str
    label: str
    unit: str
    step: str
    columns: tuple[Column, ...]
    filters: Callable[[QueryDict], dict[str, Any]]
    totals: Callable[[Asked], Totals]
    rows: Callable[[Asked, int | None, int], Iterable[Any]]
    address: Callable[[int, str], str]
    order: str
    narrow: Callable[[int], tuple[int, int]]
    said: Callable[[Mapping[str, Any]], str] = lambda filters: ""
    area: Callable[[Any], int] = lambda row: int(row.area)

    def asked(self, code: int, query: QueryDict) -> Asked:
        """The question of an area and a query string; what is not understood there counts as not said."""
        lo, hi = self.narrow(code)
        sort, order = self._order(query.get("sort", ""))
        size = next((size for size in SIZES if query.get("size") == str(size)), SIZES[0])
        return Asked(
            lo, hi, code, self.filters(query), order, sort, self._chosen(query.getlist("col")), size,
            query.get("dense") == "1",
        )  # fmt: skip

    def _order(self, typed: str) -> tuple[str, str]:
        key = typed.removeprefix("-")
        column = next((each for each in self.columns if each.key == key and each.sort), None)
        if column is None:
            return "", self.order
        down = " DESC NULLS LAST" if typed.startswith("-") else " NULLS LAST"
        return typed, f"{column.sort}{down}, {self.order}"

    def _chosen(self, keys: Sequence[str]) -> tuple[Column, ...]:
        if not any(each.key in keys for each in self.columns):
            return tuple(each for each in self.columns if not each.spare)
        return tuple(each for each in self.columns if each.fixed or each.key in keys)


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Add a list; the last of a key counts."""
    _listings[listing.key] = listing
    return listing


def listing(key: str) -> Listing:
    """The list of that key; raises ListingRefusal."""
    found = _listings.get(key)
    if found is None:
        raise ListingRefusal("没有这个名单，请从名单页重新进入。")
    return found


def step_of(arguments: Mapping[str, Any]) -> str:
    """The step that one must be granted to see what a job with these arguments left."""
    found = _listings.get(str(arguments.get("listing", "")))
    return found.step if found else "sheets.import"


def within(scope: Scope, code: int) -> bool:
    """Whether an area may be asked about."""
    return scope.holds(code)
