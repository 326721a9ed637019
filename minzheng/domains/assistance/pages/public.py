"""What is posted in a village, for everybody: who is to be helped with how much, and what one has against it.

Nobody signs in here. Only what the law lets stands on it (民发〔2021〕57号 §19、24), read under a scope of
just that village; what is said against a notice goes to the township and is shown to nobody else.
"""

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from minzheng.core.access.guards import open_to_everyone
from minzheng.core.areas import reads as areas
from minzheng.core.cases import posting
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.page import GONE, answer
from minzheng.kernel.areas import VILLAGE
from minzheng.kernel.errors import Refusal


@open_to_everyone
def public(request: HttpRequest, code: int) -> HttpResponse:
    """The notices that run in a village, and its lasting list."""
    return public_page(request, code)


@open_to_everyone
@require_POST
def against(request: HttpRequest, code: int, key: int) -> HttpResponse:
    """Object to a notice: 422 says what is missing and keeps what was typed; five an hour from one place."""
    village_of(code)
    if not consume(request, action="object"):
        return public_page(
            request, code, key, "提交得太多了，请过一小时再试，或直接向乡镇（街道）反映。", 403
        )
    try:
        posting.object_publicly(
            code,
            key,
            request.POST.get("name", ""),
            request.POST.get("phone", ""),
            request.POST.get("words", ""),
        )
    except CaseRefusal as refusal:
        return public_page(request, code, key, f"{refusal}", refusal.status)
    messages.success(request, "已收到您的异议，乡镇（街道）会复查并答复。您的姓名和电话不会公开。")
    return HttpResponseRedirect(reverse("public", args=[code]))


def public_page(
    request: HttpRequest, code: int, key: int = 0, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page of a village, with what was refused about an objection to one notice (`key`)."""
    village = village_of(code)
    context = {
        "village": village,
        "whole": areas.path_names({code})[code],
        "notices": posting.posted_in(code, posting.NOTICE),
        "listed": posting.posted_in(code, posting.LIST),
        "asked": key,
        "typed": request.POST,
        "refusal": refusal,
    }
    return answer(request, "assistance/public.html", context, status=status)


def village_of(code: int) -> areas.Place:
    """The village of this code, else 404."""
    try:
        place = areas.area(code)
    except Refusal as refusal:
        raise Http404(GONE) from refusal
    if place.level != VILLAGE:
        raise Http404(GONE)
    return place


ADDRESSES = [
    path("public/<int:code>/", public, name="public"),
    path("public/<int:code>/<int:key>/object/", against, name="object"),
]
