"""What about money must be looked at by a person, and settling it with a reason."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.timezone import localtime

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.scope import current
from minzheng.core.areas.reads import subtree
from minzheng.core.benefits import actions
from minzheng.core.page import GONE, answer, chosen, number_of, place_asked, places, way
from minzheng.portal import words
from minzheng.portal.reads import findings as reads

STATES = tuple((key, word) for key, (word, _) in words.FINDING_STATES.items())
LONGEST = 200
WRONG, LATE = 422, 409


@guarded("benefits.view")
def findings(request: HttpRequest) -> HttpResponse:
    """The findings of one's scope in one state; open ones come first."""
    scope = current()
    place = place_asked(request, scope)
    state = chosen(request, "state", tuple(words.FINDING_STATES)) or "open"
    kind = chosen(request, "kind", words.FINDINGS)
    found = reads.findings(*subtree(place.code), state, kind, number_of(request))
    context = {
        "place": place,
        "findings": found,
        "state": state,
        "states": STATES,
        "kind": kind,
        "may_settle": may(scope, "benefits.settle_finding"),
        "places": places({row.area for row in found.rows}),
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": "核对事项",
    }
    return answer(request, "portal/findings.html", context, here="findings", part=True)


@guarded("benefits.settle_finding")
def settle(request: HttpRequest, key: int) -> HttpResponse:
    """Settle a finding with a reason; 409 names who was first, 422 says what was missing."""
    scope = current()
    found = reads.finding(key, scope.lo, scope.hi)
    if found is None:
        raise Http404(GONE)
    if request.method != "POST":
        return settle_page(request, found)
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    if not reason and found.state == "open":
        return settle_page(request, found, wrong="请写明核对的结果。", status=WRONG)
    try:
        actions.settle_finding(key, scope, reason or found.reason)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        now = reads.finding(key, scope.lo, scope.hi) or found
        words_of = f"{refusal}{first_of(now) if refusal.status == LATE else ''}"
        return settle_page(request, now, reason=reason, refusal=words_of, status=refusal.status)
    messages.success(request, "已办结，结果已记录。")
    back = QueryDict(request.POST.get("back", "")).urlencode()
    return HttpResponseRedirect(reverse("findings") + (f"?{back}" if back else ""))


def settle_page(
    request: HttpRequest, found: reads.Finding, *, reason: str = "", wrong: str = "", refusal: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The finding with its form; without the form where it is settled."""
    scope = current()
    context = {
        "finding": found,
        "reason": reason,
        "wrong": wrong,
        "places": places({found.area}),
        "way": way(found.area, scope.lo, scope.hi),
        "leaf": "办结核对事项",
        "refusal": refusal,
        "back": QueryDict(request.POST.get("back", request.GET.get("back", ""))).urlencode(),
    }
    return answer(request, "portal/settle.html", context, here="findings", status=status)


def first_of(found: reads.Finding) -> str:
    """Who settled a finding before, for one who came too late."""
    if found.settled_at is None:
        return ""
    return f"先办理的是{found.by or '系统'}（{localtime(found.settled_at):%Y-%m-%d %H:%M}）：{found.reason}。"
