"""Documents: those about a thing with the form to add some, one beside it, its content, turning, withdrawing.

The content leaves here and nowhere else: in scope, logged, stored by no browser, taken for nothing but what
it is. A picture is shown by the page itself. A PDF opens in a window of its own: the policy of the pages lets
nothing be framed or embedded (docs/decisions/documents.md).
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.scope import current
from minzheng.core.documents import actions, reads, subjects
from minzheng.core.documents.accepting import stem_of
from minzheng.core.documents.refusals import FileRefusal
from minzheng.core.documents.terms import KINDS
from minzheng.core.page import GONE, answer, way

WRONG, LATE = 422, 409
#: Files of one form.
MOST_AT_ONCE = 20
TURNS = {"left": -90, "right": 90}


@guarded("documents.view")
def papers(request: HttpRequest) -> HttpResponse:
    """The documents about a thing: `about` and `of` in the query name it; without, there is none."""
    if "about" not in request.GET:
        return HttpResponseRedirect(reverse("home"))
    return board_page(request, subject_of(request.GET))


@require_POST
@guarded("documents.add")
def add(request: HttpRequest) -> HttpResponse:
    """Keep what was sent; what could not be kept is told file by file, the rest is there."""
    subject = subject_of(request.POST)
    if not subject.open:
        return board_page(request, subject, refusal="这件事项已经办结，不能再加材料。", status=LATE)
    kind, sent = request.POST.get("kind", ""), [each for each in request.FILES.getlist("file") if each.name]
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = "请选这份材料是什么。"
    if not sent:
        wrong["file"] = "请拍照或选择文件。"
    elif len(sent) > MOST_AT_ONCE:
        wrong["file"] = f"一次最多 {MOST_AT_ONCE} 份，请分几次上传。"
    if wrong:
        refusal = "".join(wrong.values())
        return board_page(request, subject, refusal=refusal, wrong=wrong, kind=kind, status=WRONG)
    refused = []
    for upload in sent:
        try:
            actions.keep(upload, subject.about, subject.key, kind, subject.area, current())
        except MissingRefusal as refusal:
            raise Http404(GONE) from refusal
        except ActRefusal as refusal:
            refused.append(f"{stem_of(upload.name) or '材料'}：{refusal}")
    kept = len(sent) - len(refused)
    if refused:
        told = f"{f'收下 {kept} 份，' if kept else ''}{len(refused)} 份没有收下。" + " ".join(refused)
        wrong["file"] = "请按上面的提示重新选择没有收下的文件。"
        return board_page(request, subject, refusal=told, wrong=wrong, kind=kind, status=WRONG)
    messages.success(request, f"已收下 {kept} 份{KINDS[kind]}。")
    return HttpResponseRedirect(landing(request, reverse("papers") + query_of(subject)))


@guarded("documents.view")
def paper(request: HttpRequest, key: int) -> HttpResponse:
    """One document beside the others about the same thing."""
    return paper_page(request, key)


@guarded("documents.view")
def content(request: HttpRequest, key: int) -> HttpResponse:
    """The document itself; `download` in the query asks the browser to save it."""
    try:
        found = reads.opened(key)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except FileRefusal as refusal:
        return HttpResponse(f"{refusal}", status=refusal.status, content_type="text/plain; charset=utf-8")
    return sent_as(found, download="download" in request.GET)


@guarded("documents.view")
def preview(request: HttpRequest, key: int) -> HttpResponse:
    """The small picture for lists."""
    try:
        return sent_as(reads.preview(key))
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except FileRefusal as refusal:
        return HttpResponse(f"{refusal}", status=refusal.status, content_type="text/plain; charset=utf-8")


@require_POST
@guarded("documents.add")
def turn(request: HttpRequest, key: int) -> HttpResponse:
    """Turn a picture to the left or to the right."""
    degrees = TURNS.get(request.POST.get("to", ""))
    try:
        found = reads.paper(key)
        if degrees is None:
            return paper_page(request, key, refusal="请选向左或向右转。", status=WRONG)
        actions.turn(found.id, degrees, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return paper_page(request, key, refusal=f"{refusal}", status=refusal.status)
    return HttpResponseRedirect(reverse("paper", args=[key]) + "#shown")


@require_POST
@guarded("documents.withdraw")
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Withdraw a document with a reason; 409 names who was first."""
    reason = request.POST.get("reason", "")
    try:
        found = reads.paper(key)
        actions.withdraw(found.id, reason, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        wrong = {"reason": f"{refusal}"} if refusal.status == WRONG else {}
        return paper_page(
            request, key, refusal=f"{refusal}", wrong=wrong, reason=reason, status=refusal.status
        )
    messages.success(request, f"已撤回“{found.label}”，记录和原因留存可查。")
    return HttpResponseRedirect(reverse("papers") + query_of(subjects.seen(found.about, found.about_key)))


def subject_of(values: QueryDict) -> subjects.Subject:
    """The thing that a query or a form names; 404 where it does not exist, in scope, for who asks."""
    about, text = values.get("about", "")[:40], values.get("of", "")
    found = subjects.find(about, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if found is None:
        raise Http404(GONE)
    return found


def query_of(subject: subjects.Subject) -> str:
    """What names the thing behind the address of its documents."""
    asked = QueryDict(mutable=True)
    asked["about"], asked["of"] = subject.about, f"{subject.key}"
    return f"?{asked.urlencode()}"


def landing(request: HttpRequest, otherwise: str) -> str:
    """The page that the form stood on, if it is one of this site."""
    asked = request.POST.get("back", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}) else otherwise


def sent_as(found: reads.Opened, *, download: bool = False) -> HttpResponse:
    """A content on its way out: its own type and no other, kept by no browser, framed by no page."""
    response = HttpResponse(found.content, content_type=found.media)
    disposition = content_disposition_header(download, found.name)
    response["Content-Disposition"] = disposition or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def paper_page(request: HttpRequest, key: int, **told: Any) -> HttpResponse:
    """The page of one document, with what was refused about it."""
    try:
        found = reads.paper(key)
        subject = subjects.seen(found.about, found.about_key)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    return board_page(request, subject, shown=found, damage=reads.fault(key), **told)


def board_page(
    request: HttpRequest, subject: subjects.Subject, *, shown: reads.Paper | None = None, damage: str = "",
    refusal: str = "", wrong: Mapping[str, str] | None = None, kind: str = "", reason: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Everything about a thing's documents on one page."""
    scope = current()
    context = {
        "board": reads.board(subject),
        "shown": shown,
        "damage": damage,
        "refusal": refusal,
        "wrong": wrong or {},
        "kind": kind,
        "reason": reason,
        "way": way(subject.area, scope.lo, scope.hi),
        "leaf": f"{subject.title}的材料",
    }
    return answer(request, "portal/papers.html", context, here="families", status=status)
