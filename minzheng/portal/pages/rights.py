"""Who may do what where: the matrix, who holds which post, an administrator's deeds, and why not."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import appointing, directory, duties, factors, guarded, may
from minzheng.core.access.actor import ActRefusal, MissingRefusal
from minzheng.core.access.grants import POSTS, PRIVATE, STRONG
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import current, find
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.core.areas.reads import subtree
from minzheng.core.audit.actions import log_access
from minzheng.core.page import GONE, answer, chosen, number_of, page, place_asked, way
from minzheng.portal.reads import appointments as reads

WRONG = 422
OFFICES = {key: label for key, label in POSTS.items() if key not in PRIVATE}
TYPED = ("username", "post", "area", "since", "until")


def refused(request: HttpRequest, step: str) -> HttpResponse:
    """A step that one's post does not grant: who may take it, and who of them is in one's own area."""
    why = directory.why_not(step, find())
    return answer(request, "portal/refused.html", {"why": why, "failed_post": False}, status=403, part=True)


@guarded("rights.view")
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which post in an area."""
    scope = current()
    place = place_asked(request, scope)
    post, q = chosen(request, "post", POSTS), request.GET.get("q", "").strip()[:30]
    ended = request.GET.get("ended") == "1"
    number = number_of(request)
    low, high = subtree(place.code)
    if place.code == scope.area:
        low, high = scope.lo, scope.hi
    found, count = directory.officers(scope, low, high, post=post, q=q, ended=ended, number=number)
    context = {
        "place": place, "children": areas.children(place.code) if place.level < 4 else (), "officers": found,
        "page": page(number, count, directory.PAGE), "offices": POSTS, "post": post, "q": q, "ended": ended,
        "waiting": reads.waiting(scope), "may_appoint": may(scope, "rights.appoint"),
        "way": way(place.code, scope.lo, scope.hi), "leaf": "岗位和人员",
    }  # fmt: skip
    return answer(request, "portal/rights.html", context, here="rights", part=True)


@guarded("rights.view")
def matrix(request: HttpRequest) -> HttpResponse:
    """Every step, who may take it and how far; what one person must not do alone."""
    post = chosen(request, "post", POSTS)
    context = {
        "rights": directory.rights(post), "offices": POSTS, "post": post, "strong": STRONG,
        "separations": duties.separations(), "labels": directory.labels(),
        "incompatible": duties.incompatible_posts(),
    }  # fmt: skip
    return answer(request, "portal/matrix.html", context, here="matrix")


@guarded("rights.view")
def person(request: HttpRequest, key: int) -> HttpResponse:
    """One officer: posts, who stands in, what follows from the posts, what was done about them."""
    return person_page(request, key)


@guarded("rights.appoint")
@stepped_up()
def appoint(request: HttpRequest) -> HttpResponseBase:
    """Give somebody a post; one that decides on money waits for another administrator."""
    scope = current()
    typed = {name: request.POST.get(name, request.GET.get(name, "")).strip()[:60] for name in TYPED}
    wrong: dict[str, str] = {}
    refusal, status = "", 200
    if request.method == "POST":
        try:
            since, until = _day(typed["since"], "since"), _day(typed["until"], "until", empty=True)
            made, waits = appointing.appoint(
                scope, typed["username"], typed["post"], _code(typed["area"]), since or today(), until
            )
        except appointing.AppointRefusal as error:
            wrong, status = {error.field: f"{error}"}, WRONG
        except ActRefusal as error:
            refusal, status = f"{error}", error.status
        else:
            log_access("rights.appoint", f"access_post/{made}", "")
            messages.success(
                request, "已提出，待另一名系统管理员确认后生效。" if waits else "已任命，下一次办理起生效。"
            )
            return HttpResponseRedirect(reverse("rights"))
    context = {
        "typed": typed | {"since": typed["since"] or f"{today()}"}, "wrong": wrong, "refusal": refusal,
        "offices": OFFICES, "strong": [label for key, label in OFFICES.items() if key in STRONG],
        "way": way(scope.area, scope.lo, scope.hi), "leaf": "任命",
    }  # fmt: skip
    return answer(request, "portal/appoint.html", context, here="rights", status=status)


@require_POST
@guarded("rights.appoint")
@stepped_up()
def end_post(request: HttpRequest, key: int) -> HttpResponseBase:
    """End a post from a day on."""

    def deed() -> str:
        appointing.end(current(), key, _day(request.POST.get("until", ""), "until") or today())
        return "已办理，到期后这个岗位不能再用。"

    return _deed(request, "rights.end", "access_post", key, deed)


@require_POST
@guarded("rights.appoint")
@stepped_up()
def substitute(request: HttpRequest, key: int) -> HttpResponseBase:
    """Let somebody stand in for the holder of a post."""

    def deed() -> str:
        since, until = (_day(request.POST.get(name, ""), name) for name in ("since", "until"))
        if since is None or until is None:
            raise appointing.AppointRefusal("until", "请写明起止日期，如 2024-10-08。")
        _, waits = appointing.substitute(current(), key, request.POST.get("username", ""), since, until)
        return "已提出，待另一名系统管理员确认后生效。" if waits else "已安排顶岗。"

    return _deed(request, "rights.substitute", "access_post", key, deed)


@require_POST
@guarded("rights.appoint")
@stepped_up()
def end_substitution(request: HttpRequest, key: int) -> HttpResponseBase:
    """The holder is back."""

    def deed() -> str:
        appointing.end_substitution(current(), key)
        return "顶岗已结束。"

    return _deed(request, "rights.end_substitution", "access_substitution", key, deed)


@require_POST
@guarded("rights.confirm")
@stepped_up()
def confirm_post(request: HttpRequest, key: int) -> HttpResponseBase:
    """Confirm or refuse what another administrator proposed."""

    def deed() -> str:
        accept = _accepts(request)
        appointing.confirm(current(), key, accept)
        return "已确认，任命生效。" if accept else "已记录为不同意，任命不生效。"

    return _deed(request, "rights.confirm", "access_post", key, deed)


@require_POST
@guarded("rights.confirm")
@stepped_up()
def confirm_substitution(request: HttpRequest, key: int) -> HttpResponseBase:
    """The same for somebody who is to stand in."""

    def deed() -> str:
        accept = _accepts(request)
        appointing.confirm_substitution(current(), key, accept)
        return "已确认，顶岗生效。" if accept else "已记录为不同意，顶岗不生效。"

    return _deed(request, "rights.confirm", "access_substitution", key, deed)


@require_POST
@guarded("rights.unlock")
@stepped_up()
def unlock(request: HttpRequest, key: int) -> HttpResponseBase:
    """Let somebody in again who typed too many wrong passwords."""

    def deed() -> str:
        appointing.unlock(current(), key)
        return "账号已解锁，可以重新登录。"

    return _deed(request, "rights.unlock", "access_user", key, deed)


@require_POST
@guarded("rights.reset_factor")
@stepped_up()
def reset_factor(request: HttpRequest, key: int) -> HttpResponseBase:
    """Forget a lost second factor."""

    def deed() -> str:
        appointing.reset_factor(current(), key)
        return "第二因素已重置，请本人重新登录并启用。"

    return _deed(request, "rights.reset_factor", "access_user", key, deed)


def person_page(request: HttpRequest, key: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """The page of one officer, with what was refused about them."""
    scope = current()
    held, _ = directory.officers(scope, scope.lo, scope.hi, user=key, ended=True, size=60)
    if not held:
        raise Http404(GONE)
    first = held[0]
    context = {
        "officer": first, "held": held, "self": reads.is_oneself(key, scope), "day": today(),
        "substitutions": reads.substitutions(key, scope), "locked": appointing.is_locked(key),
        "second": factors.enrolled(key), "steps": _steps({each.key for each in held if not each.waiting}),
        "done": reads.done(key, scope), "refusal": refusal, "may_appoint": may(scope, "rights.appoint"),
        "may_confirm": may(scope, "rights.confirm"),
        "way": way(first.area, scope.lo, scope.hi), "leaf": first.name,
    }  # fmt: skip
    return answer(request, "portal/officer.html", context, here="rights", status=status)


def _steps(posts: set[str]) -> list[tuple[str, str, str]]:
    """What somebody in these posts may do: (group, step in words, reach)."""
    found = []
    for right in directory.rights():
        reaches = dict.fromkeys(reach for post, _, reach in right.posts if post in posts)
        if reaches:
            found.append((right.group, right.label, "、".join(reaches)))
    return found


def _deed(request: HttpRequest, what: str, table: str, key: int, deed: Callable[[], str]) -> HttpResponseBase:
    """Do it, note it, and come back to the officer's page, with the refusal if there was one."""
    whose = reads.owner(table, key, current())
    if whose is None:
        raise Http404(GONE)
    try:
        done = deed()
    except MissingRefusal as refusal:
        raise Http404(GONE) from refusal
    except appointing.AppointRefusal as refusal:
        return person_page(request, whose, f"{refusal}", WRONG)
    except ActRefusal as refusal:
        return person_page(request, whose, f"{refusal}", refusal.status)
    log_access(what, f"{table}/{key}", "")
    messages.success(request, done)
    return HttpResponseRedirect(reverse("officer", args=[whose]))


def _accepts(request: HttpRequest) -> bool:
    act = request.POST.get("act", "")
    if act not in ("accept", "refuse"):
        raise appointing.AppointRefusal("act", "请在“确认”和“不同意”中选一项。")
    return act == "accept"


def _day(text: str, field: str, empty: bool = False) -> date | None:
    if not text.strip() and empty:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise appointing.AppointRefusal(field, "日期应写成 2024-10-08 这样。") from error


def _code(text: str) -> int:
    try:
        return areas.parse(text)
    except areas.AreaRefusal as error:
        raise appointing.AppointRefusal("area", f"{error}") from error
