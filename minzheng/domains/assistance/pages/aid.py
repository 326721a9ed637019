"""Temporary aid: one page with the open cases, the form, and what the townships' reserves hold.

From form to payment: this form, the case's page to decide, the case's page to release by a second person.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import current
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.core.cases import reads as cases
from minzheng.core.page import answer, places, posted_number
from minzheng.domains.assistance.actions import aiding
from minzheng.domains.assistance.reads import aid as reads
from minzheng.domains.assistance.terms import CAUSES
from minzheng.domains.assistance.workflow import AIDED
from minzheng.kernel.areas import TOWNSHIP, VILLAGE, level
from minzheng.kernel.errors import Refusal
from minzheng.kernel.money import yuan

WRONG, SHOWN = 422, 50


@guarded("aid.view")
def aid(request: HttpRequest) -> HttpResponse:
    """The open cases, the form where one may register, the reserves."""
    return aid_page(request)


@require_POST
@guarded("aid.register")
def register(request: HttpRequest) -> HttpResponse:
    """Register an emergency or an expenditure; the case's page follows."""
    try:
        case = aiding.register(current(), request.POST.dict())
    except Refusal as refusal:
        return aid_page(request, f"{refusal}", getattr(refusal, "status", WRONG))
    messages.success(request, "已登记，请在这一页接着办理。")
    return HttpResponseRedirect(reverse("case", args=[case]))


@require_POST
@guarded("aid.fund")
@stepped_up()
def fund(request: HttpRequest) -> HttpResponse:
    """Allot money to a township's reserve; asks for proof anew."""
    try:
        held = aiding.fund(
            current(), posted_number(request, "township"), request.POST.get("amount", ""),
            request.POST.get("words", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return aid_page(request, f"{refusal}", getattr(refusal, "status", WRONG))
    messages.success(request, f"已拨付，备用金现有 {yuan(held)} 元。")
    return HttpResponseRedirect(reverse("aid"))


def aid_page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    """The page, with what was refused and what was typed."""
    scope = current()
    held = reads.reserves(scope.lo, scope.hi)
    rows = cases.inbox(scope, scope.lo, scope.hi, mine=False).filter(
        procedure__in=[each.key for each in AIDED]
    )
    lines = cases.lines(list(rows[:SHOWN])) if may(scope, "cases.view") else ()
    may_register = may(scope, "aid.register")
    may_fund = may(scope, "aid.fund")
    context: dict[str, Any] = {
        "lines": lines,
        "held": held.items(),
        "may_register": may_register,
        "may_fund": may_fund,
        "villages": areas.of_level(VILLAGE, within=scope.area)
        if may_register and level(scope.area) != VILLAGE
        else (),
        "towns": areas.of_level(TOWNSHIP, within=scope.area) if may_fund else (),
        "causes": CAUSES,
        "typed": request.POST,
        "today_text": f"{today()}",
        "refusal": refusal,
        "places": places({*held, *(each.area for each in lines)}),
    }
    return answer(request, "assistance/aid.html", context, here="aid", status=status)


ADDRESSES = [
    path("aid/", aid, name="aid"),
    path("aid/register/", register, name="aid-register"),
    path("aid/fund/", fund, name="aid-fund"),
]
