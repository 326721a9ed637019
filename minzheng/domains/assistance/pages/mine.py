"""One's own applications: how far each is, whose turn it is and until when, the decision in plain words.

For residents and relatives, and for whoever applied for somebody: the cases that one's own account opened.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import MissingRefusal
from minzheng.core.access.grants import POSTS, seat
from minzheng.core.access.scope import current
from minzheng.core.areas import reads as areas
from minzheng.core.cases import actions as cases
from minzheng.core.cases import posting, reads
from minzheng.core.cases.reads import Entry, Matter
from minzheng.core.documents import reads as documents
from minzheng.core.documents import subjects
from minzheng.core.page import GONE, answer, places, posted_number
from minzheng.domains.assistance.actions import rating, steps
from minzheng.domains.assistance.reads import casework, letters
from minzheng.domains.assistance.terms import APPEALS, HEARTS
from minzheng.kernel.errors import Refusal
from minzheng.kernel.money import yuan
from minzheng.kernel.periods import Month

WRONG = 422
STAGES = ("填写", "受理", "调查核对", "公示", "决定")
#: State → how many stages are behind it; what is not named here has ended.
BEHIND = {
    "草稿": 0, "待受理": 1, "待补正": 1, "待启动调查": 2, "待启动核对": 2, "核对中": 2, "待入户调查": 2,
    "待初审": 2, "公示中": 3, "异议复查": 3, "待县级审核": 4, "待确认": 4,
}  # fmt: skip
WITHDRAW = "dibao.withdraw"


@dataclass(frozen=True)
class Told:
    """What became of an application in plain words; `bad` where it was not agreed to."""

    title: str
    words: tuple[str, ...]
    bad: bool = False


@guarded("cases.own")
def mine(request: HttpRequest) -> HttpResponse:
    """The list of one's applications."""
    found = reads.own(current())
    context = {"cases": found, "places": places({each.area for each in found})}
    return answer(request, "assistance/mine.html", context, here="mine")


@guarded("cases.own")
def progress(request: HttpRequest, key: int) -> HttpResponse:
    """One application."""
    return progress_page(request, key)


@require_POST
@guarded("cases.own")
def act(request: HttpRequest, key: int) -> HttpResponse:
    """Withdraw, object to what is posted, or rate the service; 422 keeps what was typed."""
    matter, words = own_case(key), request.POST.get("words", "")
    try:
        if request.POST.get("act") == "withdraw":
            number = posted_number(request, "version")
            steps.perform(steps.Deed(matter, WITHDRAW, current(), number, words))
            said = "已撤回申请。以后需要时可以重新申请。"
        elif request.POST.get("act") == "object":
            object_to(matter, words)
            said = "已收到您的意见，乡镇（街道）会复查并答复。"
        else:
            rating.rate(matter, current(), request.POST, words)
            said = "谢谢您的评价。"
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except Refusal as refusal:
        return progress_page(request, key, f"{refusal}", getattr(refusal, "status", WRONG))
    messages.success(request, said)
    return HttpResponseRedirect(reverse("mine-case", args=[key]))


def object_to(matter: Matter, words: str) -> None:
    """One's own objection, while the notice runs; afterwards the law has other ways."""
    if matter.state != "公示中":
        raise cases.CaseRefusal(f"现在不在公示期。{APPEALS}")
    posting.add_objection(matter.id, matter.area, matter.title, "", words)


def own_case(key: int) -> Matter:
    """A case that this account opened; 404 for all others."""
    scope = current()
    matter = reads.case(key, scope)
    if matter is None or matter.opened_by != scope.user or matter.procedure != "dibao":
        raise Http404(GONE)
    return matter


def progress_page(request: HttpRequest, key: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """An application's page, with what was refused about it."""
    scope, matter = current(), own_case(key)
    entries = reads.timeline(key, scope)
    behind = BEHIND.get(matter.state, len(STAGES))
    context: dict[str, Any] = {
        "case": matter,
        "office": office(matter),
        "stages": [(label, at < behind, at == behind) for at, label in enumerate(STAGES)],
        "at": min(behind + 1, len(STAGES)),
        "expected": expected(matter),
        "told": told(matter, entries),
        "entries": entries,
        "letters": [each for each in letters.letters_of(matter, entries) if each.template != "publicity"],
        "may_edit": matter.state in ("草稿", "待补正"),
        "may_withdraw": any(each.key == WITHDRAW and not each.refused for each in reads.acts(matter, scope)),
        "may_object": matter.state == "公示中",
        "rated": casework.rated(key),
        "hearts": HEARTS if matter.closed_on else (),
        "typed": request.POST,
        "refusal": refusal,
        "papers": documents.board(subjects.seen("case", key)) if may(scope, "documents.view") else None,
    }
    return answer(request, "assistance/mine_case.html", context, here="mine", status=status)


def office(matter: Matter) -> str:
    """Whose turn it is: the post, at the place where it is held."""
    if not matter.waits_post:
        return ""
    return f"{areas.area(seat(matter.waits_post, matter.area)).name}{POSTS[matter.waits_post]}"


def expected(matter: Matter) -> date | None:
    """By when the whole is to be decided, or else the step that it waits for."""
    return matter.whole_due_on or matter.due_on


def told(matter: Matter, entries: tuple[Entry, ...]) -> Told | None:
    """The outcome in plain words, from the step that decided; None while nothing is decided."""
    for entry in reversed(entries):
        if entry.step == "dibao.confirm":
            return _granted(entry)
        if entry.step in ("dibao.refuse", "dibao.decline"):
            why = entry.reasons or ((entry.words,) if entry.words else ())
            title = "没有受理" if entry.step == "dibao.decline" else "没有批准"
            return Told(title, (*(f"原因：{each}" for each in why), APPEALS), bad=True)
        if entry.step == WITHDRAW:
            return Told("已经撤回", ("您可以随时重新申请。",))
    return None


def _granted(entry: Entry) -> Told:
    start, body = Month.of(entry.on).next(), entry.body
    return Told(
        "批准了",
        (
            f"从 {start.label}起，每月 {yuan(int(body['amount']))} 元，保障 {len(body['persons'])} 人。",
            "钱按月发到您填的账户，没有账户的请到乡镇（街道）补登记。",
            "家里人口、收入、财产有变化，请及时告诉村（社区）或乡镇（街道）。",
            APPEALS,
        ),
    )


ADDRESSES = [
    path("mine/", mine, name="mine"),
    path("mine/<int:key>/", progress, name="mine-case"),
    path("mine/<int:key>/act/", act, name="mine-act"),
]
