"""Money: the month's plans and their lines, approving one, the payments that failed and paying them again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import current
from minzheng.core.areas.reads import subtree
from minzheng.core.benefits import actions as benefits
from minzheng.core.ledger import actions as ledger
from minzheng.core.ledger import locking
from minzheng.core.page import GONE, answer, place_asked, place_of, places, way
from minzheng.core.sheets.showing import table
from minzheng.portal import words
from minzheng.portal.lists.drawing import draw
from minzheng.portal.lists.money import FAILED, LINES
from minzheng.portal.reads import comparison
from minzheng.portal.reads import money as reads
from minzheng.portal.reads.changes import waiting

STATES = (("", "全部"), *((key, words.SENT[key][0]) for key in reads.SENT))
OPEN = ("frozen", "approved_once")
TOWNSHIP = 1000
LONGEST = 200


@guarded("benefits.view")
def plans(request: HttpRequest) -> HttpResponse:
    """The month plans in one's scope."""
    scope = current()
    context = {
        "plans": reads.plans(scope.lo, scope.hi),
        "may_approve": may(scope, "benefits.approve_plan"),
        "way": way(scope.area or scope.lo, scope.lo, scope.hi),
        "leaf": "月度发放计划",
    }
    return answer(request, "portal/plans.html", context, here="plans")


@guarded("benefits.view")
def plan(request: HttpRequest, key: int) -> HttpResponse:
    """One plan by township, with its approvals and, for one who may, the button."""
    return plan_page(request, key)


@require_POST
@guarded("benefits.approve_plan")
@stepped_up()
def approve(request: HttpRequest, key: int) -> HttpResponse:
    """Give one of a plan's two approvals; 409 names who was first."""
    scope = current()
    try:
        benefits.approve(key, scope, version_of(request))
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return plan_page(request, key, f"{refusal}{first_of(key, refusal)}", refusal.status)
    messages.success(
        request, "已批准。还须另一名自然人再次批准的，请通知其办理；两次都已批准的，将在下次运行时发往银行。"
    )
    return HttpResponseRedirect(reverse("plan", args=[key]))


@guarded("benefits.view")
def lines(request: HttpRequest, code: int) -> HttpResponse:
    """What is due in an area for a month, of one plan or all, by what became of it."""
    scope, place = place_of(code)
    found = table(request, LINES, code, draw)
    its = found.asked.filters
    context = {
        "place": place,
        "month": its["month"],
        "plan": its["plan"],
        "table": found,
        "may_exclude": may(scope, "benefits.exclude_line"),
        "state": its["state"],
        "states": STATES,
        "way": way(code, scope.lo, scope.hi),
        "leaf": "应发明细",
    }
    return answer(request, "portal/lines.html", context, here="plans", part=True)


@guarded("benefits.exclude_line")
def exclude(request: HttpRequest, key: int) -> HttpResponse:
    """Take one line out of a draft plan, with the reason; whoever does so cannot approve the plan."""
    scope = current()
    found = reads.line(key, scope.lo, scope.hi)
    if found is None:
        raise Http404(GONE)
    if request.method != "POST":
        return exclude_page(request, found)
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    if not reason:
        return exclude_page(request, found, wrong="请写明停发这一笔的原因。", status=422)
    try:
        benefits.exclude_line(key, scope, version_of(request), reason)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return exclude_page(request, found, reason=reason, refusal=f"{refusal}", status=refusal.status)
    messages.success(request, "这一笔已停发，原因已记录。您改动过这个计划，不能再批准它。")
    return HttpResponseRedirect(f"{lines_of(found)}&state=withheld")


@require_POST
@guarded("benefits.freeze_plan")
def freeze(request: HttpRequest, key: int) -> HttpResponse:
    """Lock a draft plan; 409 where somebody was first or changes still wait."""
    try:
        benefits.freeze_plan(key, current(), version_of(request))
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return plan_page(request, key, f"{refusal}", refusal.status)
    messages.success(request, "计划已锁定，明细不能再动，请两名审批人先后批准。")
    return HttpResponseRedirect(reverse("plan", args=[key]))


@guarded("ledger.view")
def failed(request: HttpRequest) -> HttpResponse:
    """The payments that the bank could not make."""
    return failed_page(request)


@require_POST
@guarded("ledger.reissue")
@stepped_up()
def reissue(request: HttpRequest, key: int) -> HttpResponse:
    """Order a failed payment again, into the account that is current when the next file is cut."""
    try:
        ledger.reissue(key, current())
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return failed_page(request, f"{refusal}", refusal.status)
    messages.success(request, "已安排重新发放，下一次出盘时支付到当时有效的账户。")
    return HttpResponseRedirect(f"{reverse('failed')}?{request.POST.get('back', '')}")


def exclude_page(
    request: HttpRequest, found: reads.Line, *, reason: str = "", wrong: str = "", refusal: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The form to take a line out; without it where the plan is frozen or the line is out already."""
    scope = current()
    context = {
        "line": found,
        "open": found.plan_state == "draft" and found.state == "due",
        "lines": lines_of(found),
        "reason": reason,
        "wrong": wrong,
        "places": places({found.area}),
        "way": way(found.area, scope.lo, scope.hi),
        "leaf": "停发一笔",
        "refusal": refusal,
    }
    return answer(request, "portal/exclude.html", context, here="plans", status=status)


def lines_of(found: reads.Line) -> str:
    """The address of the list that a line stands in: its township's."""
    here = found.area // TOWNSHIP * TOWNSHIP
    return f"{reverse('lines', args=[here])}?month={found.month:%Y-%m}&plan={found.plan}"


def plan_page(request: HttpRequest, key: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """A plan's page, with what was refused about it."""
    scope = current()
    found = reads.plan(key, scope.lo, scope.hi)
    if found is None:
        raise Http404(GONE)
    parts = reads.parts(key)
    context = {
        "plan": found,
        "open": found.state in OPEN,
        "parts": parts,
        "approvals": reads.approvals(key),
        "waiting": waiting(*subtree(found.area)),
        "steps": reads.steps(key),
        "locked": locking.state().reason,
        "may_approve": may(scope, "benefits.approve_plan", found.area),
        "may_freeze": may(scope, "benefits.freeze_plan", found.area),
        "difference": comparison.difference(key, found.month, *subtree(found.area)),
        "files": comparison.files(key),
        "places": places({part.area for part in parts}),
        "way": way(found.area, scope.lo, scope.hi),
        "leaf": "月度发放计划",
        "refusal": refusal,
    }
    return answer(request, "portal/plan.html", context, here="plans", status=status)


def failed_page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    """The list of failed payments, with what was refused about one."""
    scope = current()
    place = place_asked(request, scope)
    found = table(request, FAILED, place.code, draw)
    context = {
        "place": place,
        "table": found,
        "all": found.asked.filters["all"],
        "may_reissue": may(scope, "ledger.reissue"),
        "may_correct": may(scope, "ledger.correct_account"),
        "may_approve": may(scope, "ledger.approve_account"),
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": "发放失败账户",
        "refusal": refusal,
    }
    return answer(request, "portal/failed.html", context, here="failed", status=status, part=True)


def first_of(key: int, refusal: ActRefusal) -> str:
    """Who approved a plan before, for one who came too late or a second time."""
    given = reads.approvals(key)
    if refusal.status != 409 or not given:
        return ""
    return (
        "已先批准的有："
        + "；".join(f"{each.name}（{localtime(each.at):%Y-%m-%d %H:%M}）" for each in given)
        + "。"
    )


def version_of(request: HttpRequest) -> int:
    """The version that the sender saw."""
    text = request.POST.get("version", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise PermissionDenied("提交的内容不完整，请刷新后再办。")
    return int(text)
