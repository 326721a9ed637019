"""Reviews that are due this month, township by township, and opening them as work."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from minzheng.core.access import guarded
from minzheng.core.access.scope import current
from minzheng.core.areas.day import today
from minzheng.core.page import answer, places
from minzheng.domains.assistance.actions import reviewing
from minzheng.domains.assistance.reads import reviews as reads
from minzheng.kernel.periods import Month


@guarded("dibao.plan_reviews")
def reviews(request: HttpRequest) -> HttpResponse:
    """What is due in one's areas; sent, it is opened, and nothing twice."""
    scope = current()
    if request.method == "POST":
        opened = reviewing.plan(scope.lo, scope.hi, scope.user or 0)
        told = f"已生成复核任务 {opened} 件，请到待办里开始复核。"
        messages.success(request, told if opened else "没有新的到期复核，没有生成任务。")
        return HttpResponseRedirect(reverse("reviews"))
    found = reads.due(scope.lo, scope.hi)
    towns = reads.by_township(found)
    context = {
        "count": len(found),
        "towns": towns,
        "places": places({each.code for each in towns}),
        "month": Month.of(today()),
    }
    return answer(request, "assistance/reviews.html", context, here="reviews")


ADDRESSES = [path("reviews/", reviews, name="reviews")]
