"""How a page is answered: whole, or as the part that htmx swaps, from one template.

A part is sent only to htmx and never when it restores history (the back button), and caches are told that
the two differ. Nothing with a person in it is stored by a browser: every page here is `no-store`.
"""

from collections.abc import Mapping
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from minzheng.core.access import may
from minzheng.core.access import reads as access
from minzheng.core.access.scope import Scope, current, find
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.portal.reads import frame

WHOLE, PART = "portal/frame.html", "portal/part.html"
LISTS = ("households", "lines", "changes", "failed", "holds", "findings", "search")
PARTED = {f"portal/{name}.html" for name in LISTS}
SQUEEZE = GZipMiddleware(lambda request: HttpResponse())
SIZES = {"": "标准", "large": "大字", "huge": "特大"}
TEXT_COOKIE = "text"
GONE = "没有找到这一页，或者不在您的管辖范围内。请从左侧菜单重新进入。"
# (group, ((key, words, address, step), …)); a link is shown to those who may take its step.
MENU = (
    (
        "我的工作",
        (("home", "工作台", "home", "figures.view"), ("changes", "待确认变动", "changes", "benefits.view")),
    ),
    (
        "社会救助",
        (
            ("families", "救助对象", "families", "people.view"),
            ("search", "查人查户", "search", "people.view"),
        ),
    ),
    (
        "资金",
        (
            ("plans", "月度发放计划", "plans", "benefits.view"),
            ("failed", "发放失败账户", "failed", "ledger.view"),
            ("holds", "账户变更", "holds", "ledger.view"),
            ("findings", "核对事项", "findings", "benefits.view"),
        ),
    ),
    (
        "数据",
        (
            ("figures", "指标核对", "figures", "figures.view"),
            ("standards", "低保标准", "standards", "figures.view"),
        ),
    ),
)


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, here: str = "", status: int = 200
) -> HttpResponse:
    """Render `template` whole or, where it has one, its part; `here` marks the menu.

    Compressed here: the CSRF token is masked anew and the length padded at random each time (BREACH).
    """
    part = template in PARTED and wants_part(request)
    values = {
        "base": PART if part else WHOLE,
        "here": here,
        "failed_post": status in (403, 409, 422),
        **context,
    }
    if not part:
        values |= surroundings(request)
    response = render(request, template, values, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, SQUEEZE.process_response(request, response))


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part to swap; what it asks to restore history with is the whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What the frame shows around any page: who acts where, the menu, the size of the text, 演示."""
    scope = find()
    held = access.held_posts(scope.user) if scope is not None and scope.user is not None else ()
    acting = next(
        (post for post in held if scope and (post.key, post.area) == (scope.post, scope.area)), None
    )
    menu = [
        (group, [(key, words, address) for key, words, address, step in links if may(scope, step)])
        for group, links in MENU
    ]
    return {
        "scope": scope,
        "acting": acting,
        "posts": held,
        "menu": [(group, links) for group, links in menu if links],
        "text": text_size(request),
        "sizes": other_sizes(text_size(request)),
        "demo": frame.demonstration(),
        "day": today(),
    }


def text_size(request: HttpRequest) -> str:
    """The chosen size of the text: "", "large" or "huge"."""
    chosen = request.COOKIES.get(TEXT_COOKIE, "")
    return chosen if chosen in SIZES else ""


def other_sizes(size: str) -> list[tuple[str, str]]:
    """The other sizes, the next one first: on a phone that one alone is offered."""
    order = [*SIZES.items()]
    at = [*SIZES].index(size)
    return order[at + 1 :] + order[:at]


def place_of(code: int) -> tuple[Scope, areas.Place]:
    """The scope in force and the area of this code; absent and out of scope are the same 404."""
    scope = current()
    try:
        if scope.holds(code):
            return scope, areas.area(code)
    except (areas.AreaRefusal, areas.UnknownAreaRefusal):
        pass
    raise Http404(GONE)


def number_of(request: HttpRequest, name: str = "page") -> int:
    """A whole number from the query string; 1 where it is missing or no number."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def chosen(request: HttpRequest, name: str, among: Mapping[str, Any] | tuple[str, ...]) -> str:
    """A word from the query string if it is one of these, else ""."""
    word = request.GET.get(name, "")
    return word if word in among else ""
