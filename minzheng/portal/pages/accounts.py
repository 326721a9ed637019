"""A payee's account: entering the right one after a payment failed, and another person's approval of it."""

import unicodedata
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import current
from minzheng.core.areas.reads import subtree
from minzheng.core.ledger import actions as ledger
from minzheng.core.page import GONE, answer, chosen, number_of, place_asked, places, way
from minzheng.core.people.actions import RegisterRefusal
from minzheng.core.people.terms import BANKS
from minzheng.portal import words
from minzheng.portal.pages.money import version_of
from minzheng.portal.reads import holds as reads

STATES = tuple((key, word) for key, (word, _) in words.HOLDS.items())
ACCEPT, REFUSE = "accept", "refuse"
WRONG = 422


@dataclass(frozen=True)
class Entered:
    """What was typed: a bank's code, the number in plain digits, and what is wrong with which field."""

    bank: str
    number: str
    wrong: dict[str, str]


@guarded("ledger.correct_account")
def correct(request: HttpRequest, key: int) -> HttpResponse:
    """Enter the account that a failed payment should have gone to; it waits for another person."""
    scope = current()
    found = reads.refused(key, scope.lo, scope.hi)
    if found is None:
        raise Http404(GONE)
    closed = "这笔支付不是发放失败。" if found.state != "failed" else ""
    closed = closed or ("这笔支付已经重新发放。" if found.again else "")
    if request.method != "POST":
        return correct_page(request, found, closed=closed)
    if closed:
        return correct_page(request, found, refusal=f"{closed}请刷新后再看。", closed=closed, status=409)
    typed = entered(request.POST)
    if typed.wrong:
        return correct_page(request, found, typed=typed, status=WRONG)
    try:
        ledger.correct_account(found.payee, typed.bank, typed.number, scope, f"更正账户 支付{key}")
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return correct_page(request, found, refusal=f"{refusal}", status=refusal.status)
    except RegisterRefusal as refusal:
        return correct_page(request, found, refusal=f"{refusal}", status=WRONG)
    messages.success(request, "新账户已登记，现在待另一名自然人（县级审批岗）批准，批准后由发放岗重新发放。")
    return HttpResponseRedirect(f"{reverse('failed')}?{_back(request)}")


@guarded("ledger.view")
def holds(request: HttpRequest) -> HttpResponse:
    """The changes of account in one's scope in one state; those that wait come first."""
    return holds_page(request)


@require_POST
@guarded("ledger.approve_account")
@stepped_up()
def approve(request: HttpRequest, key: int) -> HttpResponseBase:
    """Approve or refuse a changed account; 409 names who was first, 422 says what was missing."""
    act = request.POST.get("act", "")
    scope = current()
    if reads.hold(key, scope.lo, scope.hi) is None:
        raise Http404(GONE)
    if act not in (ACCEPT, REFUSE):
        return holds_page(request, "请在“批准”和“不批准”中选一项。", WRONG)
    try:
        ledger.approve_account(key, scope, version_of(request), act == ACCEPT)
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except ActRefusal as refusal:
        return holds_page(request, f"{refusal}{first_of(key, refusal)}", refusal.status)
    messages.success(
        request,
        "新账户已批准，请发放岗重新发放失败的支付。"
        if act == ACCEPT
        else "已记录为不批准，请经办重新更正账户。在此之前不会向这个账户支付。",
    )
    back = _back(request)
    return HttpResponseRedirect(reverse("holds") + (f"?{back}" if back else ""))


def correct_page(
    request: HttpRequest, found: reads.Refused, *, typed: Entered | None = None, refusal: str = "",
    closed: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The form; a number that was typed is never shown again, so it is typed anew."""
    scope = current()
    context = {
        "payment": found,
        "banks": BANKS,
        "typed": typed,
        "closed": closed,
        "places": places({found.area}),
        "way": way(found.area, scope.lo, scope.hi),
        "leaf": "更正账户",
        "refusal": refusal,
        "back": _back(request),
    }
    return answer(request, "portal/correct.html", context, here="failed", status=status)


def holds_page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    """The list of changes of account, with what was refused about one."""
    scope = current()
    place = place_asked(request, scope)
    state = chosen(request, "state", tuple(words.HOLDS)) or "waiting"
    found = reads.holds(*subtree(place.code), state, number_of(request))
    context = {
        "place": place,
        "holds": found,
        "state": state,
        "states": STATES,
        "may_approve": may(scope, "ledger.approve_account"),
        "places": places({row.area for row in found.rows}),
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": "账户变更",
        "refusal": refusal,
    }
    return answer(request, "portal/holds.html", context, here="holds", status=status, part=True)


def entered(form: QueryDict) -> Entered:
    """The fields of the form; full-width digits count, spaces and hyphens of a card are left out."""
    number, again = plain_digits(form.get("number", "")), plain_digits(form.get("again", ""))
    bank = form.get("bank", "")
    wrong = {}
    if bank not in BANKS:
        wrong["bank"] = "请选开户银行。"
    if not (number.isascii() and number.isdigit() and 10 <= len(number) <= 25):
        wrong["number"] = "账号应为10到25位数字，请按存折或银行卡重新输入。"
    elif number != again:
        wrong["again"] = "两次输入的账号不一致，请按存折或银行卡重新输入两次。"
    return Entered(bank, number, wrong)


def plain_digits(typed: str) -> str:
    """What was typed in half-width signs (NFKC) without white space and hyphens."""
    return "".join(unicodedata.normalize("NFKC", typed[:80]).replace("-", "").split())


def first_of(key: int, refusal: ActRefusal) -> str:
    """Who decided on a change of account before, for one who came too late."""
    scope = current()
    found = reads.hold(key, scope.lo, scope.hi)
    if refusal.status != 409 or found is None or not found.approved_by or found.approved_at is None:
        return ""
    when, result = f"{localtime(found.approved_at):%Y-%m-%d %H:%M}", words.HOLDS[found.state][0]
    return f"先办理的是{found.approved_by}（{when}），结果为“{result}”。"


def _back(request: HttpRequest) -> str:
    """The query string of the list one came from."""
    return QueryDict(request.POST.get("back", request.GET.get("back", ""))).urlencode()
