"""One's messages: unread or all, reading one and going where it leads, reading all."""

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded
from minzheng.core.notices import actions, reads
from minzheng.core.page import GONE, answer, chosen, number_of, page

KINDS = {"": "未读", "all": "全部"}


@guarded("messages.view")
def messages(request: HttpRequest) -> HttpResponse:
    """What was told to oneself and to the post one acts under, newest first."""
    kind = chosen(request, "show", KINDS)
    shown = page(number_of(request), reads.count(unread_only=not kind))
    found = reads.messages(not kind, shown.size, shown.bounds()["offset"])
    context = {"found": found, "shown": shown, "kind": kind, "kinds": KINDS.items()}
    return answer(request, "portal/notices.html", context, here="messages", part=True)


@require_POST
@guarded("messages.view")
def read(request: HttpRequest, key: int) -> HttpResponse:
    """Mark one as read and go where it leads; another's message does not exist."""
    link = actions.mark(key)
    if link is None:
        raise Http404(GONE)
    return HttpResponseRedirect(link if link and actions.local(link) else reverse("messages"))


@require_POST
@guarded("messages.view")
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything unread as read."""
    said.success(request, f"已把 {actions.mark_all()} 条消息标为已读。")
    return HttpResponseRedirect(reverse("messages"))
