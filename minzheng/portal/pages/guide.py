"""The help of a page."""

from django.http import Http404, HttpRequest, HttpResponse

from minzheng.core.access.guards import oneself
from minzheng.core.page import GONE, answer
from minzheng.portal.frame import links
from minzheng.portal.reads.guide import entries


@oneself
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """The help of one page, and the list of the others that one may open."""
    found = entries().get(key)
    if found is None:
        raise Http404(GONE)
    known = [link for link in links() if link.key in entries()]
    context = {
        "help": found,
        "named": next((link for link in known if link.key == key), None),
        "others": known,
    }
    return answer(request, "portal/guide.html", context, here=key)
