"""A list as its page draws it: heads with their order, cells, totals, and the addresses of its settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from minzheng.core.access.grants import may
from minzheng.core.access.scope import current
from minzheng.core.areas import reads as areas
from minzheng.core.page import Page, number_of, page, places
from minzheng.core.sheets import views
from minzheng.core.sheets.listing import SIZES, Asked, Column, Listing, Names, Totals
from minzheng.kernel.areas import ancestors, level

VILLAGE = 5


@dataclass(frozen=True)
class Head:
    """A column's head: `sort` is the query that orders by it ("" where none does), `sorted` how it is."""

    label: str
    kind: str
    sort: str
    sorted: str


@dataclass(frozen=True)
class Line:
    """A row with its cells: (what is shown, classes, label on a phone, whether it heads the row)."""

    row: Any
    cells: tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True)
class Table:
    """Everything that `portal/table.html` draws."""

    listing: Listing
    asked: Asked
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    page: Page
    sums: tuple[tuple[str, str, int], ...]
    kept: tuple[views.Kept, ...]
    choices: tuple[tuple[str, str, bool, bool], ...]
    others: tuple[tuple[str, str], ...]
    sizes: tuple[int, ...]
    path: str
    query: str
    may_export: bool
    up: tuple[str, str] | None
    below: tuple[tuple[str, str], ...]


Draw = Callable[[str, Any], str]


def table(request: HttpRequest, found: Listing, code: int, draw: Draw) -> Table:
    """A page of a list under the scope in force; `draw` puts a plain value of a kind into words."""
    asked = found.asked(code, request.GET)
    totals = found.totals(asked)
    shown_page = page(number_of(request), totals.count, asked.size)
    rows = list(found.rows(asked, asked.size, shown_page.first_row - 1)) if totals.count else []
    names = places({found.area(row) for row in rows})
    shown = {column.key for column in asked.columns}
    return Table(
        found, asked,
        tuple(_head(request.GET, asked, column) for column in asked.columns),
        tuple(Line(row, tuple(_cell(column, row, names, draw) for column in asked.columns)) for row in rows),
        shown_page, _sums(asked, totals, draw), views.kept(found),
        tuple((each.key, each.label, each.key in shown, each.fixed) for each in found.columns),
        tuple((name, value) for name, value in _pairs(request.GET) if name not in SET),
        SIZES, found.address(code, "").partition("?")[0], _without(request.GET, "page", "area"),
        may(current(), "sheets.export"),
        *_around(found, code, _without(request.GET, "page", "area")),
    )  # fmt: skip


#: What the form of settings says anew.
SET = ("col", "size", "dense", "page")


def _cell(column: Column, row: Any, names: Names, draw: Draw) -> tuple[str, str, str, bool]:
    plain = column.value(row, names)
    text = column.cell(row, names) if column.cell else draw(column.kind, plain)
    numeric = "n" if column.kind in ("number", "money") else ""
    label = column.label if column.kind != "text" else ""
    return text, f"{numeric} {column.classes}".strip(), label, column.fixed


def _head(query: QueryDict, asked: Asked, column: Column) -> Head:
    if not column.sort:
        return Head(column.label, column.kind, "", "")
    up, down = asked.sort == column.key, asked.sort == f"-{column.key}"
    changed = query.copy()
    changed.pop("page", None)
    changed["sort"] = f"-{column.key}" if up else column.key
    return Head(
        column.label,
        column.kind,
        f"?{changed.urlencode()}",
        "ascending" if up else "descending" if down else "",
    )


def _sums(asked: Asked, totals: Totals, draw: Draw) -> tuple[tuple[str, str, int], ...]:
    """The cells under the columns from the first with a sum on: (text, label, columns spanned before it)."""
    found, gap = [], 0
    for column in asked.columns:
        if column.total in totals.sums:
            found.append((draw(column.kind, totals.sums[column.total]), column.label, gap))
            gap = 0
        else:
            gap += 1
    return (*found, ("", "", gap))


def _pairs(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.lists() for value in values]


def _without(query: QueryDict, *names: str) -> str:
    changed = query.copy()
    for name in names:
        changed.pop(name, None)
    return changed.urlencode()


def _around(
    found: Listing, code: int, query: str
) -> tuple[tuple[str, str] | None, tuple[tuple[str, str], ...]]:
    """The same list of the area above, where one may see it, and of those below."""
    scope = current()
    line = ancestors(code)
    above = line[1] if len(line) > 1 and scope.holds(line[1]) else None
    below = areas.children(code) if level(code) < VILLAGE else ()
    named = areas.names(line) if above else {}  # the page's way asks the same
    up = (named.get(above, ""), found.address(above, query)) if above else None
    return up, tuple((each.name, found.address(each.code, query)) for each in below if scope.holds(each.code))
