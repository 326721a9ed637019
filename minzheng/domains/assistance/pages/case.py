"""One case: where it stands, what may be done now and why not, what it rests on, and taking a step."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import current
from minzheng.core.areas.day import today
from minzheng.core.audit.actions import log_access
from minzheng.core.benefits import reads as benefits
from minzheng.core.cases import actions as cases
from minzheng.core.cases import posting, reads
from minzheng.core.documents import reads as documents
from minzheng.core.documents import subjects
from minzheng.core.page import GONE, answer, places, posted_number, way
from minzheng.core.people import masks
from minzheng.core.people import reads as people
from minzheng.domains.assistance.actions import changing, deciding, steps, verifying, visiting
from minzheng.domains.assistance.models import Answer, Inquiry
from minzheng.domains.assistance.reads import casework, declared, determined, letters, visits
from minzheng.domains.assistance.terms import DECLINED, MISSING, REFUSED
from minzheng.kernel.errors import Refusal

#: Step → the reasons from which one chooses beside one's own words.
REASONS = {
    "dibao.ask_more": MISSING, "dibao.decline": DECLINED, "dibao.disagree": REFUSED, "dibao.refuse": REFUSED,
    "dibao_review.stop": REFUSED,
}  # fmt: skip
#: Step → what else its form asks: (name, label, kind).
FIELDS = {
    "dibao.accept": (("moved", "已核实分户：申报的成员已离开登记库中的原户", "tick"),),
    "dibao.object": (("name", "异议人（可不填）", "text"), ("phone", "联系电话（可不填）", "text")),
    "dibao.agree_again": (("upheld", "异议成立", "tick"),),
    "dibao.deliver": (("on", "送达日期", "day"), ("how", "送达方式", "text")),
    "dibao_review.propose": (("outcome", "复核意见", "choice"),),
}  # fmt: skip
#: Steps that decide on a right: the officer is asked for the password or code again.
DECIDING = {
    "dibao.confirm", "dibao.refuse", "dibao_review.keep", "dibao_review.change", "dibao_review.phase_out",
    "dibao_review.stop",
}  # fmt: skip
WRONG = 422


@guarded("cases.view")
def case(request: HttpRequest, key: int) -> HttpResponse:
    """The case, which is logged."""
    log_access("cases.view", f"cases_case/{key}", "")
    return case_page(request, key)


@require_POST
@guarded("cases.view")
def step(request: HttpRequest, key: int, word: str) -> HttpResponse:
    """Take a step; 409 names who was first, 422 says what is missing, and what was typed stays."""
    matter = reads.case(key, current())
    if matter is None:
        raise Http404(GONE)
    name = f"{matter.procedure}.{word}"
    taking = stepped_up()(take_step) if name in DECIDING else take_step
    return taking(request, matter, name)


def take_step(request: HttpRequest, matter: reads.Matter, name: str) -> HttpResponse:
    """Take the step that was sent; one that decides comes here only after the officer is proved anew."""
    scope, key = current(), matter.id
    chosen = tuple(text for text in request.POST.getlist("reason") if text.strip())
    own = tuple(line.strip() for line in request.POST.get("more", "").splitlines() if line.strip())
    extra = {each: request.POST.get(each, "") for each, *_ in FIELDS.get(name, ())}
    deed = steps.Deed(
        matter, name, scope, posted_number(request, "version"), request.POST.get("words", ""),
        (*chosen, *own), extra,
    )  # fmt: skip
    try:
        label = cases.procedure_of(matter.procedure).step(name).label
        taken = steps.perform(deed)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return case_page(request, key, f"{refusal}", refusal.status, typed=deed)
    except Refusal as refusal:
        return case_page(request, key, f"{refusal}", WRONG, typed=deed)
    messages.success(request, f"已办理“{label}”，案件现在是“{taken.state}”。")
    return HttpResponseRedirect(reverse("case", args=[key]))


@require_POST
@guarded("dibao.verify")
def answered(request: HttpRequest, key: int) -> HttpResponse:
    """Enter that a source has answered as declared, or cannot answer and why."""
    row = Inquiry.objects.filter(pk=key).first()
    if row is None:
        raise Http404(GONE)
    failed, words = request.POST.get("act") == "failed", request.POST.get("words", "")
    return _entered(
        request, row.case_id, lambda scope: verifying.answer(key, scope, (), words, failed=failed)
    )


@require_POST
@guarded("dibao.verify")
def settled(request: HttpRequest, key: int) -> HttpResponse:
    """Take a source's answer over, or keep what was declared, with the reason."""
    row = Answer.objects.filter(pk=key).select_related("inquiry").first()
    if row is None:
        raise Http404(GONE)
    correct, words = request.POST.get("act") == "correct", request.POST.get("words", "")
    return _entered(request, row.inquiry.case_id, lambda scope: verifying.settle(key, scope, correct, words))


@require_POST
@guarded("cases.take_over")
def take_over(request: HttpRequest, key: int) -> HttpResponse:
    """Take the case in hand."""
    number = posted_number(request, "version")
    return _entered(request, key, lambda scope: cases.take_in_hand(key, scope, number))


@require_POST
@guarded("dibao.record")
def changed(request: HttpRequest, key: int) -> HttpResponse:
    """State what turned out otherwise about a member or the household."""
    sent = request.POST
    version, person = posted_number(request, "version"), posted_number(request, "person")
    return _entered(
        request, key,
        lambda scope: changing.state(
            key, scope, version, sent.get("what", ""), person, sent.get("value", ""),
            sent.get("words", ""),
        ),
    )  # fmt: skip


@require_POST
@guarded("cases.prolong")
def prolong(request: HttpRequest, key: int) -> HttpResponse:
    """Let the whole take the longer limit of the law."""
    number, words = posted_number(request, "version"), request.POST.get("words", "")
    return _entered(request, key, lambda scope: cases.prolong(key, scope, number, words))


def case_page(
    request: HttpRequest, key: int, refusal: str = "", status: int = 200, typed: steps.Deed | None = None
) -> HttpResponse:
    """A case's page, with what was refused about it."""
    scope = current()
    matter = reads.case(key, scope)
    if matter is None:
        raise Http404(GONE)
    entries = reads.timeline(key, scope)
    context = {
        "case": matter,
        "title": masks.name(matter.title),
        "acts": [_form(act, typed) for act in sorted(reads.acts(matter, scope), key=_after(matter))],
        "entries": entries,
        "letters": letters.letters_of(matter, entries),
        "declared": declared.declaration(key),
        "found": _found(matter),
        "opinion": casework.opinion(entries),
        "must_visit": casework.must_visit(matter),
        "inquiries": _inquiries(key),
        "differences": Answer.objects.filter(inquiry__case_id=key, state="open").order_by("id"),
        "posted": posting.posted(key),
        "objections": posting.objections(key),
        "visits": visits.visits(matter, scope),
        "may_visit": scope.post in visiting.VISITED.get(matter.state, ()) and matter.procedure == "dibao",
        "lines": benefits.due_lines(matter.household)[:12] if matter.household else (),
        "papers": documents.board(subjects.seen("case", key)) if may(scope, "documents.view") else None,
        "may_verify": may(scope, "dibao.verify", matter.area) and matter.state == verifying.OPEN_STATE,
        "may_take_over": may(scope, "cases.take_over", matter.area) and matter.closed_on is None,
        "changes": changing.whats() if _may_change(matter) else (),
        "family": _family(matter) if _may_change(matter) else (),
        "may_prolong": matter.whole_told and not matter.special and may(scope, "cases.prolong", matter.area),
        "refusal": refusal,
        "places": places({matter.area}),
        "way": way(matter.area, scope.lo, scope.hi),
        "leaf": matter.number,
    }
    return answer(request, "assistance/case.html", context, here="inbox", status=status)


def _entered(request: HttpRequest, key: int, act: Any) -> HttpResponse:
    try:
        act(current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return case_page(request, key, f"{refusal}", refusal.status)
    messages.success(request, "已登记。")
    return HttpResponseRedirect(reverse("case", args=[key]))


def _form(act: reads.Act, typed: steps.Deed | None) -> dict[str, Any]:
    """A step as its form: what it asks, and what was typed before it was refused."""
    again = typed if typed is not None and typed.key == act.key else None
    fields = [
        {"name": name, "label": label, "kind": kind, "value": again.extra.get(name, "") if again else ""}
        for name, label, kind in FIELDS.get(act.key, ())
    ]
    return {
        "act": act,
        "word": act.key.partition(".")[2],
        "fields": fields,
        "outcomes": deciding.OUTCOMES,
        "reasons": [label for _, label in REASONS.get(act.key, ())],
        "words": again.words if again else "",
        "chosen": again.reasons if again else (),
        "open": again is not None,
    }


def _may_change(matter: reads.Matter) -> bool:
    return (
        may(current(), changing.STEP, matter.area)
        and matter.state in changing.STATES
        and matter.household is not None
    )


def _family(matter: reads.Matter) -> list[tuple[int, str]]:
    """The members of the household, masked, for a choice."""
    card = people.household_card(matter.household or 0, today())
    return [(each.person.id, f"{masks.name(each.person.name)} {each.person.number}")
            for each in (card.members if card else ())]  # fmt: skip


def _after(matter: reads.Matter) -> Callable[[reads.Act], bool]:
    """The step that is waited for stands first; the others follow as in the table."""
    return lambda act: act.key != matter.waits_for


def _found(matter: reads.Matter) -> determined.Found | None:
    if matter.household is None or matter.closed_on is not None:
        return None
    try:
        return determined.found(matter.household, today())
    except Refusal:
        return None


def _inquiries(key: int) -> list[dict[str, Any]]:
    """The sources asked, last round, with their own time."""
    rows = list(Inquiry.objects.filter(case_id=key).order_by("-round", "due_on", "id"))
    last = rows[0].round if rows else 0
    return [{"row": row, "label": verifying.SOURCE[row.source].label} for row in rows if row.round == last]


ADDRESSES = [
    path("cases/<int:key>/", case, name="case"),
    path("cases/<int:key>/take/", take_over, name="take-case"),
    path("cases/<int:key>/changed/", changed, name="change-fact"),
    path("cases/<int:key>/prolong/", prolong, name="prolong"),
    path("inquiries/<int:key>/", answered, name="answer-inquiry"),
    path("differences/<int:key>/", settled, name="settle-difference"),
    path("cases/<int:key>/<slug:word>/", step, name="step"),
]
