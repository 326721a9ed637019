"""A job: who asked for what, how far it is, what came of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel

#: State → (word, colour class).
STATES = {
    "queued": ("排队中", "info"),
    "running": ("进行中", "warn"),
    "done": ("已完成", "ok"),
    "failed": ("没有完成", "bad"),
    "refused": ("未获准", "bad"),
    "cancelled": ("已取消", "off"),
    "expired": ("结果已过期", "off"),
}
OPEN = ("queued", "running")


class Job(ScopedModel):
    """One job. It belongs to one user under one post; `area` is where the post is held.

    `arguments` and `words` hold no personal number. `result` names a file that the asking app keeps, until
    `kept_until`. The web asks and cancels; everything else of a row is written by the worker.
    """

    user = models.BigIntegerField(db_column="user_key")
    post = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    words = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    purpose = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=10, default="queued")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    told = models.CharField(max_length=500, default="")
    result = models.CharField(max_length=80, default="")
    result_name = models.CharField(max_length=120, default="")
    link = models.CharField(max_length=120, default="")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_by = models.BigIntegerField(null=True)
    kept_until = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(name="job_state", condition=Q(state__in=list(STATES))),
        ]
        indexes = [
            models.Index(name="job_user", fields=["user", "-id"]),
            models.Index(name="job_open", fields=["id"], condition=Q(state__in=list(OPEN))),
            models.Index(name="job_kept", fields=["kept_until"], condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"
