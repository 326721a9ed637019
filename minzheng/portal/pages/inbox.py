"""The inbox: the cases that wait for whoever looks, the most pressing first; one step for many of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, may
from minzheng.core.access.actor import ActRefusal
from minzheng.core.access.scope import Scope, current
from minzheng.core.areas.reads import subtree
from minzheng.core.cases import actions, reads
from minzheng.core.cases.actions import Taken
from minzheng.core.page import answer, chosen, number_of, page, place_asked, places, way
from minzheng.kernel.module import registry

LAMPS = {"": "全部", "overdue": "已超期", "due": "今天到期", "near": "三日内到期", "paused": "补正中"}
WHOSE = {"": "待我办理", "all": "我能看到的"}
TAKE_OVER = "cases.take_over"
#: So many are shown, and so many may be settled at once.
MOST = 100


@dataclass(frozen=True)
class Result:
    """What became of one case in a batch: `refused` says why it was left as it is."""

    id: int
    number: str
    title: str
    state: str
    refused: str


@guarded("cases.view")
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, filtered by what stands in the address."""
    return inbox_page(request)


@require_POST
@guarded("cases.view")
def batch(request: HttpRequest) -> HttpResponse:
    """One step on many cases: first shown with its effect on each, then taken one by one, each by itself."""
    scope = current()
    keys = [int(text) for text in request.POST.getlist("case") if text.isascii() and text.isdigit()][:MOST]
    key = request.POST.get("step", "")
    words = {step.key: step.label for step in batch_steps(scope)}
    if not keys:
        return inbox_page(request, "请先勾选要办理的案件，再选批量办理。", 422)
    if key not in words:
        return inbox_page(request, "请选一个可以批量办理的步骤。", 422)
    sure = request.POST.get("sure") == "1"
    results = tuple(_settle(case, key, scope) if sure else _foreseen(case, key, scope) for case in keys)
    found = [each for each in results if each is not None]
    context = {
        "results": found,
        "good": [each for each in found if not each.refused],
        "bad": sum(1 for each in found if each.refused),
        "step": key,
        "label": words[key],
        "sure": sure,
        "way": way(scope.area or scope.lo, scope.lo, scope.hi),
        "leaf": "批量办理",
    }
    return answer(request, "portal/batch.html", context, here="inbox")


def inbox_page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    """The inbox, with what was refused."""
    scope = current()
    place = place_asked(request, scope)
    lamp, whose = chosen(request, "lamp", LAMPS), chosen(request, "whose", WHOSE)
    tables = {key: table.label for key, table in registry.procedures().items()}
    procedure = chosen(request, "procedure", tables)
    words = request.GET.get("words", "").strip()[:40]
    rows = reads.inbox(
        scope, *subtree(place.code), procedure=procedure, lamp=lamp, mine=not whose, words=words
    )
    shown = page(number_of(request), rows.count())
    start = (shown.number - 1) * shown.size
    lines = reads.lines(rows[start : start + shown.size])
    context = {
        "place": place,
        "lines": lines,
        "page": shown,
        "counts": reads.counts(scope, *subtree(place.code)),
        "lamp": lamp,
        "lamps": LAMPS.items(),
        "whose": whose,
        "whoses": WHOSE.items(),
        "procedure": procedure,
        "procedures": (("", "各类"), *tables.items()),
        "words": words,
        "steps": batch_steps(scope),
        "places": places({line.area for line in lines}),
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": "待办",
        "refusal": refusal,
    }
    return answer(request, "portal/inbox.html", context, here="inbox", status=status, part=True)


def waiting(scope: Scope, most: int = 6) -> dict[str, Any]:
    """For the workbench: how many cases wait, and the most pressing of them."""
    if not may(scope, "cases.view"):
        return {}
    rows = reads.inbox(scope, scope.lo, scope.hi)[:most]
    lines = reads.lines(rows)
    return {
        "inbox": lines,
        "inbox_counts": reads.counts(scope, scope.lo, scope.hi),
        "inbox_places": places({line.area for line in lines}),
    }


@dataclass(frozen=True)
class Batch:
    """A step that many cases may take together."""

    key: str
    label: str


def batch_steps(scope: Scope) -> Sequence[Batch]:
    """Taking in hand, and the steps of one's post that need neither words nor a paper of their own."""
    found = [Batch(TAKE_OVER, "接办")] if may(scope, TAKE_OVER) else []
    for table in registry.procedures().values():
        found += [Batch(step.key, step.label) for step in table.steps if step.batch and may(scope, step.key)]
    return found


def deed_of(procedure: str) -> Callable[..., Taken]:
    """How the subject of a procedure takes a step, with everything that belongs to it."""
    module = next(each for each in registry.modules() if procedure in {p.key for p in each.procedures})
    deed: Callable[..., Taken] = import_string(module.deed)
    return deed


def _foreseen(case: int, key: str, scope: Scope) -> Result | None:
    found = reads.case(case, scope)
    if found is None:
        return None
    if key == TAKE_OVER:
        refused = "" if may(scope, key, found.area) else "不在您的办理范围内"
    else:
        act = next((each for each in reads.acts(found, scope) if each.key == key), None)
        refused = act.refused if act else f"现在是“{found.state}”，不能办这一步"
    return Result(found.id, found.number, found.title, found.state, refused)


def _settle(case: int, key: str, scope: Scope) -> Result | None:
    found = reads.case(case, scope)
    if found is None:
        return None
    try:
        if key == TAKE_OVER:
            taken = actions.take_in_hand(case, scope, found.version)
        else:
            taken = deed_of(found.procedure)(case, key, scope, found.version)
    except ActRefusal as refusal:
        return Result(found.id, found.number, found.title, found.state, f"{refusal}")
    return Result(found.id, found.number, found.title, taken.state, "")
