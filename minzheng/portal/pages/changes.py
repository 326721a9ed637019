"""The month's changes that wait for a person, and deciding on one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.scope import current
from minzheng.core.benefits import actions
from minzheng.core.page import GONE, answer, place_asked, way
from minzheng.core.sheets.showing import table
from minzheng.portal import words
from minzheng.portal.lists.changes import CHANGES
from minzheng.portal.lists.drawing import draw
from minzheng.portal.pages.money import version_of
from minzheng.portal.reads import changes as reads

STATES = tuple((key, word) for key, (word, _) in words.CHANGES.items())
ACTS = {"confirm": actions.confirm_change, "reject": actions.reject_change}


@guarded("benefits.view")
def changes(request: HttpRequest) -> HttpResponse:
    """The changes of one's scope in one state; those that wait come first."""
    return changes_page(request)


@require_POST
@guarded("benefits.confirm_change")
def settle(request: HttpRequest, key: int) -> HttpResponse:
    """Confirm or reject a change; 409 names who was first, 422 says what was missing."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return changes_page(request, "请在“确认”和“不予变动”中选一项。", 422)
    try:
        act(key, current(), version_of(request))
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return changes_page(request, f"{refusal}{first_of(key, refusal)}", refusal.status)
    messages.success(
        request, "已确认，自下一个适用月份起执行。" if act is actions.confirm_change else "已记录为不予变动。"
    )
    back = QueryDict(request.POST.get("back", "")).urlencode()
    return HttpResponseRedirect(reverse("changes") + (f"?{back}" if back else ""))


def changes_page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    """The list of changes, with what was refused about one."""
    scope = current()
    place = place_asked(request, scope)
    found = table(request, CHANGES, place.code, draw)
    state = found.asked.filters["state"]
    context = {
        "place": place,
        "table": found,
        "of_kind": reads.kinds(found.asked.lo, found.asked.hi, state),
        "state": state,
        "states": STATES,
        "kind": found.asked.filters["kind"],
        "may_settle": may(scope, "benefits.confirm_change"),
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": "变动",
        "refusal": refusal,
    }
    return answer(request, "portal/changes.html", context, here="changes", status=status, part=True)


def first_of(key: int, refusal: ActRefusal) -> str:
    """Who decided on a change before, for one who came too late."""
    scope = current()
    found = reads.change(key, scope.lo, scope.hi)
    if refusal.status != 409 or found is None or not found.decided_by or found.decided_at is None:
        return ""
    when, result = f"{localtime(found.decided_at):%Y-%m-%d %H:%M}", words.CHANGES[found.state][0]
    return f"先办理的是{found.decided_by}（{when}），结果为“{result}”。"
