"""A letter of a case as a PDF: for officers who see the case, and for who applied. Every print is kept."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header

from minzheng.core.access import guarded
from minzheng.core.access.scope import current
from minzheng.core.audit.actions import log_access
from minzheng.core.cases import reads
from minzheng.core.cases.reads import Matter
from minzheng.core.notices.letters import FontRefusal, GlyphRefusal, LetterRefusal, draw
from minzheng.core.notices.letters.values import Printed
from minzheng.core.page import GONE
from minzheng.domains.assistance.actions import printing
from minzheng.domains.assistance.pages.mine import own_case
from minzheng.domains.assistance.reads import letters

CANNOT = 503


@guarded("cases.view")
def letter(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """A letter of a case in scope; `number` is that of the step it rests on."""
    matter = reads.case(key, current())
    if matter is None:
        raise Http404(GONE)
    return drawn(matter, number)


@guarded("cases.own")
def own_letter(request: HttpRequest, key: int, number: int) -> HttpResponse:
    """A letter of an application of one's own."""
    return drawn(own_case(key), number)


def drawn(matter: Matter, number: int) -> HttpResponse:
    """The PDF; that it was printed is kept, so that the next one says so."""
    scope = current()
    entries = reads.timeline(matter.id, scope)
    kept = next((each for each in letters.letters_of(matter, entries) if each.sequence == number), None)
    if kept is None:
        raise Http404(GONE)
    entry = next(each for each in entries if each.sequence == number)
    printed = Printed(scope.name, datetime.now(UTC), again=kept.printings > 0)
    template, values = letters.letter(matter, entry, printed)
    try:
        content = draw(template, values)
    except (FontRefusal, GlyphRefusal, LetterRefusal) as refusal:
        return HttpResponse(f"{refusal}", status=CANNOT, content_type="text/plain; charset=utf-8")
    printing.print_kept(matter, number, scope)
    log_access("cases.letter", f"cases_case/{matter.id}", kept.title)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = (
        content_disposition_header(False, f"{kept.title} {matter.number}.pdf") or ""
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


ADDRESSES = [
    path("cases/<int:key>/letters/<int:number>/", letter, name="letter"),
    path("mine/<int:key>/letters/<int:number>/", own_letter, name="mine-letter"),
]
