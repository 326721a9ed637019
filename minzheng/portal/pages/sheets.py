"""Import by sheet: template, upload, what was found, writing, the wrong rows, taking it back."""

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.scope import current
from minzheng.core.page import GONE, answer, chosen, number_of, page
from minzheng.core.sheets import imports
from minzheng.core.sheets.reading import SIZE, SheetRefusal
from minzheng.core.sheets.sheet import Sheet, UnknownSheetRefusal, sheet
from minzheng.core.sheets.template import template
from minzheng.portal.pages.jobs import TYPES


@guarded("sheets.import")
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets that one may send, and one's imports."""
    return sheets_page(request)


@guarded("sheets.import")
def blank(request: HttpRequest, name: str) -> HttpResponse:
    """A sheet's template."""
    found = _offered(name)
    response = HttpResponse(template(found), content_type=TYPES["xlsx"])
    words = quote(f"{found.label}模板{found.mark}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{words}"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@guarded("sheets.import")
def send(request: HttpRequest, name: str) -> HttpResponse:
    """Take a file; its check is a job."""
    found, sent = _offered(name), request.FILES.get("file")
    if sent is None or not sent.size:
        return sheets_page(request, found.key, "请选择要上传的文件。")
    if sent.size > SIZE:
        return sheets_page(request, found.key, f"文件超过 {SIZE // 2**20} MB，请拆成几个再上传。")
    try:
        key = imports.receive(found.key, str(sent.name), sent.read(), current())
    except SheetRefusal as refusal:
        return sheets_page(request, found.key, f"{refusal}")
    except ActRefusal as refusal:
        return sheets_page(request, found.key, f"{refusal}", refusal.status)
    return HttpResponseRedirect(reverse("import", args=[key]))


@guarded("sheets.import")
def one(request: HttpRequest, key: int) -> HttpResponse:
    """One import: how many rows stand how, and what is wrong with which."""
    return import_page(request, key)


@require_POST
@guarded("sheets.import")
def act(request: HttpRequest, key: int) -> HttpResponse:
    """Write the good rows, take them back, or ask for the wrong ones."""
    deeds = {"write": imports.begin_write, "undo": imports.begin_undo, "wrong": imports.ask_wrong}
    deed = request.POST.get("act", "")
    if deed not in deeds:
        return import_page(request, key, "请选择要做的事。", 422)
    try:
        job = deeds[deed](key, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return import_page(request, key, f"{refusal}", refusal.status)
    if deed == "wrong":
        return HttpResponseRedirect(reverse("job", args=[job]))
    messages.success(request, "已开始，可以离开本页。")
    return HttpResponseRedirect(reverse("import", args=[key]))


def sheets_page(request: HttpRequest, key: str = "", wrong: str = "", status: int = 422) -> HttpResponse:
    """The page of sheets, with what was wrong about a file."""
    context = {
        "sheets": imports.offered(current()),
        "imports": imports.mine(),
        "wrong_key": key,
        "wrong": wrong,
        "most": SIZE // 2**20,
    }
    return answer(request, "portal/imports.html", context, here="imports", status=status if wrong else 200)


def import_page(request: HttpRequest, key: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """One import's page, with what was refused."""
    found = imports.one(key)
    if found is None:
        raise Http404(GONE)
    state = chosen(request, "state", tuple(imports.ROWS)) or ("bad" if found.rows("bad") else "review")
    shown = page(number_of(request), found.rows(state), imports.PAGE)
    context = {
        "batch": found,
        "state": state,
        "problems": imports.problems(found, state, shown.number) if not found.open else (),
        "page": shown,
        "good": found.rows("ok"),
        "bad": found.rows("bad"),
        "written": found.rows("written"),
        "refusal": refusal,
    }
    return answer(request, "portal/import.html", context, here="imports", status=status, part=True)


def _offered(name: str) -> Sheet:
    """A sheet that one may send; absent and not granted are the same 404."""
    try:
        found = sheet(name)
    except UnknownSheetRefusal as refusal:
        raise Http404(GONE) from refusal
    if found not in imports.offered(current()):
        raise Http404(GONE)
    return found
