"""The frame around every page: who acts where, the menu, the size of the text, 演示."""

from typing import Any

from django.http import HttpRequest

from minzheng.core.access import may
from minzheng.core.access import reads as access
from minzheng.core.access.scope import find
from minzheng.core.areas.day import today
from minzheng.core.notices import reads as notices
from minzheng.kernel.module import Link, registry
from minzheng.portal.reads import frame as reads

SIZES = {"": "标准", "large": "大字", "huge": "特大"}
TEXT_COOKIE = "text"
GROUPS = ("我的工作", "社会救助", "资金", "数据", "系统")
#: The portal's own; each subject's come from its manifest. A link is shown to those who may take its step.
LINKS = (
    Link("我的工作", "home", "工作台", "home", "figures.view"),
    Link("我的工作", "inbox", "待办", "inbox", "cases.view"),
    Link("我的工作", "messages", "消息", "messages", "messages.view"),
    Link("我的工作", "changes", "待确认变动", "changes", "benefits.view"),
    Link("我的工作", "imports", "按表格导入", "imports", "sheets.import"),
    Link("我的工作", "jobs", "后台任务", "jobs", "jobs.view"),
    Link("社会救助", "families", "救助对象", "families", "people.view"),
    Link("社会救助", "search", "查人查户", "search", "people.view"),
    Link("资金", "plans", "月度发放计划", "plans", "benefits.view"),
    Link("资金", "failed", "发放失败账户", "failed", "ledger.view"),
    Link("资金", "holds", "账户变更", "holds", "ledger.view"),
    Link("资金", "findings", "核对事项", "findings", "benefits.view"),
    Link("数据", "figures", "指标核对", "figures", "figures.view"),
    Link("系统", "rights", "岗位和人员", "rights", "rights.view"),
    Link("系统", "matrix", "权限表", "rights-matrix", "rights.view"),
    Link("数据", "standards", "低保标准", "standards", "figures.view"),
)


def framed(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame's values, for a page that `core.page.answer` sends whole.

    A part still says whether the data are made up, and the day.
    """
    if not hasattr(request, "framed"):
        return {}
    return surroundings(request) if vars(request)["framed"] else {}


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What the frame shows around any page."""
    scope = find()
    held = access.held_posts(scope.user) if scope is not None and scope.user is not None else ()
    acting = next(
        (post for post in held if scope and (post.key, post.area) == (scope.post, scope.area)), None
    )
    return {
        "scope": scope,
        "acting": acting,
        "posts": held,
        "menu": menu(),
        "text": text_size(request),
        "sizes": other_sizes(text_size(request)),
        "unread": notices.unread(),
        "demo": reads.demonstration(),
        "day": today(),
    }


def menu() -> list[tuple[str, list[Link]]]:
    """The links that one who acts now may follow, in their groups; a subject's come before the portal's."""
    allowed = links()
    grouped = [(group, [link for link in allowed if link.group == group]) for group in GROUPS]
    return [(group, links) for group, links in grouped if links]


def links() -> list[Link]:
    """Every line of the menu that one who acts now may follow."""
    scope = find()
    every = (*(link for module in registry.modules() for link in module.links), *LINKS)
    return [link for link in every if may(scope, link.step)]


def text_size(request: HttpRequest) -> str:
    """The chosen size of the text: "", "large" or "huge"."""
    chosen = request.COOKIES.get(TEXT_COOKIE, "")
    return chosen if chosen in SIZES else ""


def other_sizes(size: str) -> list[tuple[str, str]]:
    """The other sizes, the next one first: on a phone that one alone is offered."""
    order = [*SIZES.items()]
    at = [*SIZES].index(size)
    return order[at + 1 :] + order[:at]
