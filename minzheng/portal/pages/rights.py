"""Who may do what where: the page that says why not."""

from django.http import HttpRequest, HttpResponse

from minzheng.core.access import directory
from minzheng.core.access.scope import find
from minzheng.core.page import answer


def refused(request: HttpRequest, step: str) -> HttpResponse:
    """A step that one's post does not grant: who may take it, and who of them is in one's own area."""
    why = directory.why_not(step, find())
    return answer(request, "portal/refused.html", {"why": why, "failed_post": False}, status=403, part=True)
