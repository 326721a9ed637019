"""Households: the list of an area and programme, one with its reasons, and the search for a person."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from minzheng.core.access import guarded
from minzheng.core.access.scope import current
from minzheng.core.areas.day import today
from minzheng.core.audit.actions import log_access
from minzheng.core.documents import reads as documents
from minzheng.core.documents.subjects import seen
from minzheng.core.page import GONE, answer, place_of, places, way
from minzheng.core.people.labels import labels
from minzheng.core.sheets.showing import table
from minzheng.domains.assistance.reads import Reasons, reasons, standings
from minzheng.kernel.errors import Refusal
from minzheng.portal import words
from minzheng.portal.lists.drawing import draw
from minzheng.portal.lists.families import HOUSEHOLDS
from minzheng.portal.reads import families as reads
from minzheng.portal.reads import search as finding


@guarded("people.view")
def families(request: HttpRequest) -> HttpResponse:
    """The list of one's own area."""
    scope = current()
    return HttpResponseRedirect(reverse("households", args=[scope.area or scope.lo]))


@guarded("people.view")
def households(request: HttpRequest, code: int) -> HttpResponse:
    """The households of an area that stand in a programme."""
    scope, place = place_of(code)
    found = table(request, HOUSEHOLDS, code, draw)
    context = {
        "place": place,
        "table": found,
        "programme": found.asked.filters["programme"],
        "kinds": (("", "全部"), *words.programmes().items()),
        "way": way(code, scope.lo, scope.hi, today()),
        "leaf": "救助对象",
        "day": today(),
    }
    return answer(request, "portal/households.html", context, here="families", part=True)


@guarded("people.view")
def household(request: HttpRequest, key: int) -> HttpResponse:
    """One household: members, what the law finds and why, decisions, payments. The look is logged."""
    scope, day = current(), today()
    found = reads.household(key, day, scope.lo, scope.hi)
    if found is None:
        raise Http404(GONE)
    log_access("people.view", f"people_household/{key}", "")
    why: Reasons | None = None
    names = called([member.relation for member in found.members])
    blank = ["—"] * len(names)
    refused = ""
    try:
        why = reasons(key, day, names)
    except Refusal as refusal:
        refused = f"{refusal}"
    held = reads.rights(key)
    words_of = {member.person: word for member, word in zip(found.members, names, strict=True)}
    context = {
        "household": found,
        "members": list(
            zip(found.members, names, [*(why.statuses if why else ()), *blank][: len(names)], strict=True)
        ),
        "why": why,
        "refused_why": refused or ("" if why else "登记库里这户没有成员。"),
        "rights": held,
        "moves": [(words_of.get(each.person, "原成员"), each) for each in standings(key)],
        "labels": [(words_of[each.person], each) for each in labels(list(words_of), day)],
        "open_rights": [
            right for right in held if right.since <= day and (right.until is None or day < right.until)
        ],
        "payments": reads.payments(key),
        "board": documents.board(seen("household", key)),
        "places": places({found.area}, day),
        "way": way(found.area, scope.lo, scope.hi, day),
        "leaf": f"户 {key}",
        "day": day,
    }
    return answer(request, "portal/household.html", context, here="families")


@guarded("people.view")
def search(request: HttpRequest) -> HttpResponse:
    """Persons in one's scope by name or identity number; what was typed is not logged, that it was is."""
    scope, day = current(), today()
    typed = request.GET.get("q", "")[:60].strip()
    found: tuple[finding.Found, ...] = ()
    wrong = ""
    if typed:
        log_access("people.view", "people_person/search", "")
        try:
            found = finding.search(typed, scope.lo, scope.hi, day)
        except finding.SearchRefusal as refusal:
            wrong = f"{refusal}"
    context = {
        "q": typed,
        "wrong": wrong,
        "found": found[: finding.MOST],
        "more": len(found) > finding.MOST,
        "places": places({row.area for row in found}, day),
        "way": way(scope.area or scope.lo, scope.lo, scope.hi, day),
        "leaf": "查人查户",
    }
    return answer(request, "portal/search.html", context, here="search", part=True)


def called(relations: list[int]) -> list[str]:
    """What the reasons call each member, who stays masked: 户主, 配偶, 子1, 子2."""
    plain = [words.RELATIONS[each] if 0 <= each < len(words.RELATIONS) else "其他" for each in relations]
    return [
        word + (str(plain[: at + 1].count(word)) if plain.count(word) > 1 else "")
        for at, word in enumerate(plain)
    ]
