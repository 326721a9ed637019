"""Escalation: what is overdue is told upwards, one post higher the longer it lasts; once a stage.

`minzheng cases urge` does it every day for the whole province, as engine. Who must act is reminded, too.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Least
from django.urls import reverse

from minzheng.core.access.grants import POSTS, seat
from minzheng.core.areas.day import today
from minzheng.core.cases import clocks
from minzheng.core.cases.models import Case
from minzheng.core.notices import actions as notices
from minzheng.kernel.module import registry

#: Post that is late → who is told after so many working days, one after another.
UPWARDS = {
    "village_worker": ("township_clerk", "county_reviewer", "prefecture_supervisor"),
    "township_clerk": ("county_reviewer", "prefecture_supervisor", "province_supervisor"),
    "county_clerk": ("county_reviewer", "prefecture_supervisor", "province_supervisor"),
    "county_reviewer": ("prefecture_supervisor", "province_supervisor"),
    "county_approver": ("prefecture_supervisor", "province_supervisor"),
}
#: Working days overdue from which each of them is told; 待配置: the province sets them, 演示值.
STAGES = (1, 5, 10)


@dataclass(frozen=True)
class Urged:
    """What a day's run did: cases overdue, messages that are new to their reader."""

    cases: int
    told: int


def urge() -> Urged:
    """Tell of every open case that is overdue today; the same stage of the same step is told once."""
    day, told = today(), 0
    late = Case.objects.filter(closed_on=None, paused=False).annotate(end=Least("due_on", "whole_due_on"))
    rows = list(late.filter(end__lt=day).filter(~Q(post="")).order_by("id"))
    for row in rows:
        told += _urged(row)
    return Urged(len(rows), told)


def _urged(row: Case) -> int:
    """Tell of one case: whoever is late, and those above whose turn it is to know."""
    day = today()
    ends = [end for end in (row.due_on, row.whole_due_on) if end is not None]
    days = max(1, clocks.calendar().working_days_between(min(ends), day, row.area))
    above = UPWARDS.get(row.post, ())
    due = [post for post, after in zip(above, STAGES, strict=False) if days >= after]
    fresh = [post for at, post in enumerate(due) if at >= row.urged_stage]
    if not fresh:
        return 0
    table = registry.procedures()[row.procedure]
    label = table.step(row.waits_for).label
    for post in (row.post, *fresh):
        notices.tell(
            notices.Post(post, seat(post, row.area)), f"超期督办：{table.label} {row.number}",
            f"“{label}”已超期 {days} 个工作日，应由{POSTS[row.post]}办理。请尽快办理或督促办理。",
            reverse("case", args=[row.pk]), "case", row.pk, f"urge/{row.version}/{len(due)}",
        )  # fmt: skip
    Case.objects.filter(pk=row.pk).update(urged_on=day, urged_stage=len(due))
    return len(fresh) + 1
