"""Where things stand: the home page, an area, the figures of the article, the county standards."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from minzheng.core.access import guarded, may
from minzheng.core.access.guards import oneself
from minzheng.core.access.scope import Scope, current, find
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.core.indicators import reads as indicators
from minzheng.core.page import answer, number_of, place_of, way
from minzheng.kernel.areas import PREFECTURE, PROVINCE
from minzheng.kernel.money import yuan
from minzheng.portal.frame import links
from minzheng.portal.map.picture import Picture, coverage
from minzheng.portal.pages.inbox import waiting
from minzheng.portal.reads import money, standards, standing

BELOW = {1: "州市", 2: "县区", 3: "乡镇（街道）", 4: "村（社区）", 5: ""}
# Figure → the rows that it was counted from, as an address within the scope.
ROWS = {"dibao_persons": "dibao", "low_income_persons": ""}
STANDARDS = ("dibao_standard_urban", "dibao_standard_rural", "dibao_growth_urban", "dibao_growth_rural")


@oneself
def home(request: HttpRequest) -> HttpResponseBase:
    """Where one begins: the workbench, or for those who only act for themselves the first page they have."""
    first = None if may(find(), "figures.view") else next(iter(links()), None)
    return HttpResponseRedirect(reverse(first.address)) if first else workbench(request)


@guarded("figures.view")
def workbench(request: HttpRequest) -> HttpResponse:
    """The scope's own area with the month's plans; of the province also what the records already say."""
    scope = current()
    place = areas.area(scope.area or scope.lo)
    context = {**picture_of(place, scope), **waiting(scope)}
    if place.level == PROVINCE:
        found = [
            f for f in indicators.figures(scope.lo, scope.hi, only_computed=True) if f.computed is not None
        ]
        context["figures"] = [(spoken(figure), rows_behind(figure, scope)) for figure in found]
    if may(scope, "benefits.view") and context["standing"].month:
        states = Counter(
            p.state for p in money.plans(scope.lo, scope.hi) if p.month == context["standing"].month
        )
        context["plans"] = list(states.items())
    return answer(request, "portal/area.html", {**context, "heading": f"{place.name}工作台"}, here="home")


@guarded("figures.view")
def area(request: HttpRequest, code: int) -> HttpResponse:
    """One area, with the areas below it."""
    scope, place = place_of(code)
    context = picture_of(place, scope)
    return answer(request, "portal/area.html", {**context, "heading": place.name}, here="home")


@guarded("figures.view")
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure of the article: what the records say, what it states, and whether they agree."""
    scope = current()
    found = indicators.figures(scope.lo, scope.hi)
    context = {
        "figures": [(spoken(figure), rows_behind(figure, scope)) for figure in found],
        "done": sum(figure.computed is not None for figure in found),
        "way": way(scope.area or scope.lo, scope.lo, scope.hi),
        "leaf": "指标核对",
        "share": indicators.scale(),
    }
    return answer(request, "portal/figures.html", context, here="figures")


@guarded("figures.view")
def county_standards(request: HttpRequest) -> HttpResponse:
    """The dibao standards of the counties in one's scope at the end of a year (or today)."""
    scope, day = current(), today()
    year = number_of(request, "year")
    on = date(year, 12, 31) if year in standards.YEARS else day
    context = {
        "rows": standards.of(scope.lo, scope.hi, on, day),
        "on": on,
        "years": standards.YEARS,
        "way": way(scope.area or scope.lo, scope.lo, scope.hi),
        "leaf": "低保标准",
    }
    return answer(request, "portal/standards.html", context, here="standards")


def picture_of(place: areas.Place, scope: Scope) -> dict[str, Any]:
    """What an area's page shows: its standing, its way, and a map where there are counties to draw."""
    day, share = today(), indicators.scale()
    stand = standing.standing(place, day)
    drawn = drawing(place, stand, scope) if place.level <= PREFECTURE else None
    return {
        "standing": stand,
        "way": way(place.code, scope.lo, scope.hi, day),
        "below": BELOW[place.level],
        "map": drawn,
        "open": {patch.code for patch in drawn.patches if scope.holds(patch.code)} if drawn else set(),
        "may_see": may(scope, "people.view"),
        "share": share,
        "share_text": share_text(share),
    }


def drawing(place: areas.Place, stand: standing.Standing, scope: Scope) -> Picture:
    """The map of a province (names of prefectures) or a prefecture (names of counties)."""
    names = {line.code: line.name for line in stand.lines}
    if place.level == PREFECTURE:
        rates = {line.code: line.rate for line in stand.lines}
    else:
        rates = standing.county_rates(*areas.subtree(place.code), stand.day)
    return coverage(place.code, rates, names)


def rows_behind(figure: indicators.Figure, scope: Scope) -> str:
    """The address of the rows that a figure was counted from; "" where there is none yet."""
    if figure.computed is None:
        return ""
    if figure.key in STANDARDS:
        return f"{reverse('standards')}?{urlencode({'year': figure.day.year})}"
    if figure.key in ROWS and may(scope, "people.view"):
        query = f"?{urlencode({'programme': ROWS[figure.key]})}" if ROWS[figure.key] else ""
        return reverse("households", args=[scope.area or scope.lo]) + query
    return reverse("area", args=[scope.area or scope.lo]) if figure.key in ("counties", "prefectures") else ""


@dataclass(frozen=True)
class Spoken:
    """A figure as it is read aloud: money in yuan, the rest in its own unit."""

    label: str
    system: str
    unit: str
    computed: str
    estimate: str
    stated: str
    agrees: bool | None
    partial: bool
    done: bool
    note: str


def spoken(figure: indicators.Figure) -> Spoken:
    """The figure with fen turned into yuan."""
    fen = figure.unit.startswith("分")
    computed = figure.computed
    return Spoken(
        label=figure.label,
        system=figure.system,
        unit="元" + figure.unit[1:] if fen else figure.unit,
        computed=yuan(int(computed)) if fen and computed is not None else figure.value_text,
        estimate="—" if computed is None else yuan(int(computed)) if fen else figure.estimate_text,
        stated=yuan(int(figure.stated)) if fen else figure.stated_text,
        agrees=figure.agrees,
        partial=figure.partial,
        done=computed is not None,
        note=figure.note,
    )


def share_text(share: Fraction) -> str:
    """A share in words: 1/100 is 百分之一 as 1%."""
    return f"{float(share * 100):g}%"
