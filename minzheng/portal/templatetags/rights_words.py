"""Tags of the pages' templates that ask the matrix of rights: may one, and if not, who may."""

from django import template
from django.conf import settings

from minzheng.core.access import directory
from minzheng.core.access import may as asked
from minzheng.core.access.grants import POSTS, matrix
from minzheng.core.access.scope import find

register = template.Library()


@register.simple_tag
def may(step: str, area: int | None = None) -> bool:
    """Whether one who acts now may take the step: `{% may "people.reveal" as may_reveal %}`."""
    return asked(find(), step, area)


@register.simple_tag
def who_may(step: str) -> str:
    """The hint beside a button that is not there: `须由县级审批、省级审批办理`."""
    posts = [word for key, word in POSTS.items() if key in matrix().posts(step)]
    return f"“{directory.labels().get(step, step)}”须由{'、'.join(posts)}办理"


@register.simple_tag
def idle_seconds() -> int:
    """After so many seconds without a request one is signed out; the page says so two minutes before."""
    return int(settings.ACCESS_IDLE_SECONDS)
