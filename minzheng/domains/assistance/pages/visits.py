"""Home visits on a phone: whom to visit, the form, the second person's word, the shell for no network.

The shell is the only page that a phone keeps (service worker); it holds nobody's data. What is written down
without a network waits on the phone, encrypted, and is sent to `visit` later, once (`visits.js`).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.guards import open_to_everyone
from minzheng.core.access.scope import current
from minzheng.core.areas.day import today
from minzheng.core.cases import reads as cases
from minzheng.core.documents import reads as documents
from minzheng.core.documents import subjects
from minzheng.core.page import GONE, answer, places
from minzheng.core.people import masks
from minzheng.domains.assistance.actions import visiting
from minzheng.domains.assistance.reads import visits as reads
from minzheng.domains.assistance.terms import CHECKLIST
from minzheng.kernel.errors import Refusal

WRONG = 422
MOST = 100
#: What the shell needs beside itself.
ALONG = ("portal/sheet.css", "portal/papers.js", "assistance/visits.js")


@guarded("dibao.visit")
def visits(request: HttpRequest) -> HttpResponse:
    """The households that wait for a visit by one's own post, the most pressing first."""
    scope = current()
    found = [
        line
        for state, posts in visiting.VISITED.items()
        if scope.post in posts
        for line in cases.lines(
            cases.inbox(scope, scope.lo, scope.hi, procedure="dibao", state=state, mine=False)[:MOST]
        )
    ]
    context = {"cases": found, "places": places({each.area for each in found})}
    return answer(request, "assistance/visits.html", context, here="visits")


@guarded("dibao.visit")
def visit(request: HttpRequest, key: int) -> HttpResponse:
    """The form of one household; sent, it is kept once however often it arrives."""
    if request.method != "POST":
        return visit_page(request, key)
    answers = {name: request.POST.get(name, "") for name, _, _ in CHECKLIST}
    try:
        visiting.record(
            key, current(), request.POST.get("key", ""), request.POST.get("visited_on", ""), answers,
            request.POST.get("words", ""),
        )  # fmt: skip
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except Refusal as refusal:
        return visit_page(request, key, f"{refusal}", getattr(refusal, "status", WRONG))
    messages.success(request, "入户调查已收到。请一同入户的另一人用自己的账号确认。")
    return HttpResponseRedirect(reverse("visit", args=[key]))


@require_POST
@guarded("dibao.visit")
def confirm(request: HttpRequest, key: int) -> HttpResponse:
    """The second investigator confirms a visit."""
    try:
        case = visiting.confirm(key, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        known = reads.case_of(key)
        if known is None:
            raise Http404(GONE) from refusal
        return visit_page(request, known, f"{refusal}", refusal.status)
    messages.success(request, "已确认，两名调查人员都已签认。")
    return HttpResponseRedirect(reverse("visit", args=[case]))


@open_to_everyone
def shell(request: HttpRequest) -> HttpResponse:
    """What a phone shows without a network: an empty form and the queue. Nobody's data is in it."""
    return HttpResponse(shell_text())


@open_to_everyone
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it answers only for the pages of visits. It is another one, and so taken anew by
    every phone, as soon as the shell or what goes along with it is another.
    """
    known = hashlib.sha256(shell_text().encode())
    for name in ALONG:
        found = finders.find(name)
        assert isinstance(found, str)
        known.update(Path(found).read_bytes())
    context = {
        "shell": reverse("visit-shell"),
        "along": [static(name) for name in ALONG],
        "version": known.hexdigest()[:12],
    }
    script = render_to_string("assistance/visits_worker.js", context)
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def shell_text() -> str:
    """The shell, the same for everybody."""
    return render_to_string("assistance/visit_shell.html", {"checklist": asked_of({})})


def asked_of(sent: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """What a visit looks at, with what was written about it: (name, label, hint, value)."""
    return [(name, label, hint, sent.get(name, "")) for name, label, hint in CHECKLIST]


def visit_page(request: HttpRequest, key: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """A household's visits, and the form where one is due."""
    scope = current()
    matter = cases.case(key, scope)
    if matter is None or matter.procedure != "dibao":
        raise Http404(GONE)
    context = {
        "case": matter,
        "title": masks.name(matter.title),
        "place": places({matter.area})[matter.area],
        "visits": reads.visits(matter, scope),
        "form": scope.post in visiting.VISITED.get(matter.state, ()),
        "checklist": asked_of(request.POST),
        "key": request.POST.get("key", "") or f"{uuid4()}",
        "visited_on": request.POST.get("visited_on", "") or f"{today()}",
        "words": request.POST.get("words", ""),
        "papers": documents.board(subjects.seen("case", key)) if may(scope, "documents.view") else None,
        "refusal": refusal,
    }
    return answer(request, "assistance/visit.html", context, here="visits", status=status)


ADDRESSES = [
    path("visits/", visits, name="visits"),
    path("visits/shell/", shell, name="visit-shell"),
    path("visits/worker.js", worker, name="visit-worker"),
    path("visits/<int:key>/", visit, name="visit"),
    path("visits/<int:key>/confirm/", confirm, name="confirm-visit"),
]
