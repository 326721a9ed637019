"""How a page is answered: whole, or as the part that htmx swaps, from one template; and what every page asks.

A part is sent only to htmx and never when it restores history (the back button), and caches are told that
the two differ. Nothing with a person in it is stored by a browser: every page here is `no-store`. The frame
around a whole page is the portal's, found by its name; its values come from the portal's context processor,
which looks for `request.framed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from minzheng.core.access.scope import Scope, current
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.kernel.areas import ancestors

WHOLE, PART = "portal/frame.html", "portal/part.html"
SQUEEZE = GZipMiddleware(lambda request: HttpResponse())
GONE = "没有找到这一页，或者不在您的管辖范围内。请从左侧菜单重新进入。"


@dataclass(frozen=True)
class Crumb:
    """A step of the way to a page; without `code` it is no link."""

    name: str
    code: int | None


PAGE = 20


@dataclass(frozen=True)
class Page:
    """Which rows of a list are shown: `number` from 1; `count` rows in all."""

    number: int
    count: int
    size: int = PAGE

    @property
    def last(self) -> int:
        """The number of the last page; 1 where there is no row."""
        return max(1, -(-self.count // self.size))

    @property
    def first_row(self) -> int:
        """The place of the first row shown, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        """The place of the last row shown."""
        return min(self.number * self.size, self.count)

    @property
    def before(self) -> int | None:
        """The page before, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after, or None."""
        return self.number + 1 if self.number < self.last else None

    def bounds(self) -> dict[str, int]:
        """`limit` and `offset` for SQL."""
        return {"limit": self.size, "offset": (self.number - 1) * self.size}


def page(number: int, count: int, size: int = PAGE) -> Page:
    """The page of that number, or the nearest that exists."""
    wanted = Page(max(1, number), count, size)
    return wanted if wanted.number <= wanted.last else Page(wanted.last, count, size)


def answer(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    here: str = "",
    status: int = 200,
    part: bool = False,
) -> HttpResponse:
    """Render `template` whole or, where it has a `part` and htmx asks for it, that; `here` marks the menu.

    Compressed here: the CSRF token is masked anew and the length padded at random each time (BREACH).
    """
    swapped = part and wants_part(request)
    values = {
        "base": PART if swapped else WHOLE,
        "here": here,
        "failed_post": status in (403, 409, 422),
        **context,
    }
    vars(request)["framed"] = not swapped
    response = render(request, template, values, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, SQUEEZE.process_response(request, response))


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part to swap; what it asks to restore history with is the whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def place_of(code: int) -> tuple[Scope, areas.Place]:
    """The scope in force and the area of this code; absent and out of scope are the same 404."""
    scope = current()
    try:
        if scope.holds(code):
            return scope, areas.area(code)
    except (areas.AreaRefusal, areas.UnknownAreaRefusal):
        pass
    raise Http404(GONE)


def place_asked(request: HttpRequest, scope: Scope) -> areas.Place:
    """The area of the query string within the scope, or the scope's own."""
    asked = request.GET.get("area", "")
    if not asked:
        return areas.area(scope.area or scope.lo)
    try:
        return place_of(areas.parse(asked))[1]
    except areas.AreaRefusal as refusal:
        raise Http404(GONE) from refusal


def number_of(request: HttpRequest, name: str = "page") -> int:
    """A whole number from the query string; 1 where it is missing or no number."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def posted_number(request: HttpRequest, name: str) -> int:
    """A whole number that was sent with a form; 0 where it is missing or no number."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def chosen(request: HttpRequest, name: str, among: Mapping[str, Any] | tuple[str, ...]) -> str:
    """A word from the query string if it is one of these, else ""."""
    word = request.GET.get(name, "")
    return word if word in among else ""


def way(code: int, lo: int, hi: int, day: date | None = None) -> tuple[Crumb, ...]:
    """The areas from the province down to `code`; those within [lo, hi] can be opened."""
    line = ancestors(code)[::-1]
    known = areas.names(line, day or today())
    return tuple(Crumb(known[each], each if lo <= each <= hi else None) for each in line if each in known)


def places(codes: set[int], day: date | None = None) -> dict[int, str]:
    """Code → the names of its county, township and village, for the rows of a list."""
    wanted = {code: ancestors(code)[:-2][:3][::-1] or (code,) for code in codes}
    known = areas.names({each for line in wanted.values() for each in line}, day or today())
    return {code: " ".join(known.get(each, "") for each in line).strip() for code, line in wanted.items()}
