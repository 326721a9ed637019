"""What one does with a list as it is seen: export it, and keep it as a view."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import Scope, current
from minzheng.core.areas.reads import AreaRefusal, Place, parse
from minzheng.core.page import GONE, answer, place_of, way
from minzheng.core.sheets import exporting, views
from minzheng.core.sheets.listing import Listing, ListingRefusal, listing


@guarded("sheets.export")
@stepped_up()
def export(request: HttpRequest, name: str) -> HttpResponse:
    """What would be exported, and the form that asks for it; sent, a job."""
    found, scope, place, query = _asked(request, name)
    if request.method != "POST":
        return _export_page(request, found, scope, place, query)
    form, purpose = request.POST.get("form", ""), request.POST.get("purpose", "")[:100]
    try:
        job = exporting.ask(found, place.code, query.urlencode(), form, purpose, scope)
    except exporting.ExportRefusal as refusal:
        said = {"wrong": f"{refusal}", "field": refusal.field, "purpose": purpose, "form": form}
        return _export_page(request, found, scope, place, query, said, 422)
    except ActRefusal as refusal:
        said = {"refusal": f"{refusal}", "purpose": purpose, "form": form}
        return _export_page(request, found, scope, place, query, said, refusal.status)
    return HttpResponseRedirect(reverse("job", args=[job]))


@guarded("jobs.view")
def kept(request: HttpRequest, name: str) -> HttpResponse:
    """The views of a list, and the form that keeps the present one."""
    found, scope, place, query = _asked(request, name)
    if request.method != "POST":
        return _views_page(request, found, scope, place, query)
    typed = request.POST.get("name", "")[:60]
    try:
        views.keep(found, typed, place.code, query, request.POST.get("office") == "1", scope)
    except views.ViewRefusal as refusal:
        said = {"wrong": f"{refusal}", "name": typed}
        return _views_page(request, found, scope, place, query, said, 422)
    return HttpResponseRedirect(found.address(place.code, query.urlencode()))


@require_POST
@guarded("jobs.view")
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Remove one's own view."""
    try:
        name = views.remove(key, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    back = QueryDict(request.POST.get("back", "")).urlencode()
    return HttpResponseRedirect(f"{reverse('list-views', args=[name])}?{back}")


def _asked(request: HttpRequest, name: str) -> tuple[Listing, Scope, Place, QueryDict]:
    """The list, the scope, the area and the rest of the query string; 404 where one may not see the list."""
    scope = current()
    try:
        found = listing(name)
        code = parse(request.GET.get("area", f"{scope.area or scope.lo}"))
    except (ListingRefusal, AreaRefusal) as refusal:
        raise Http404(GONE) from refusal
    if not may(scope, found.step):
        raise Http404(GONE)
    query = request.GET.copy()
    query.pop("area", None)
    return found, scope, place_of(code)[1], query


def _export_page(
    request: HttpRequest, found: Listing, scope: Scope, place: Place, query: QueryDict,
    said: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = found.asked(place.code, query)
    context = {
        **_around(found, scope, place, query),
        "count": found.totals(asked).count,
        "columns": asked.columns,
        **(said or {}),
    }
    return answer(request, "portal/export.html", context, status=status)


def _views_page(
    request: HttpRequest, found: Listing, scope: Scope, place: Place, query: QueryDict,
    said: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {**_around(found, scope, place, query), "kept": views.kept(found), **(said or {})}
    return answer(request, "portal/views.html", context, status=status)


def _around(found: Listing, scope: Scope, place: Place, query: QueryDict) -> dict[str, object]:
    return {
        "listing": found,
        "place": place,
        "said": found.said(found.filters(query)),
        "back": found.address(place.code, query.urlencode()),
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": found.label,
    }
