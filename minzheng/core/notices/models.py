"""Messages inside the site with their marks of reading, and text messages on their way to a gateway.

A message belongs to whom it is for, not to an area: both walls ask that (the manager here, the policies in
migration 0002). What it says is never changed; who has read it is a row of `Seen`.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scope import Scope, current
from minzheng.core.access.scoped import ScopedModel
from minzheng.kernel.areas import subtree

STATES = {"waiting": "待发送", "sending": "发送中", "sent": "已发送", "failed": "没有发出"}


def own_codes(scope: Scope) -> list[int]:
    """The area where the post in force is held, under every code that it has had."""
    low, high = subtree(scope.area)
    span = high - low + 1
    return [code for low, high in scope.ranges for code in range(low + -low % span, high + 1, span)]


def addressed(scope: Scope) -> Q:
    """The condition that a message is for the user of the scope, or for the post they act under."""
    own = Q(to_user=scope.user)
    return own | Q(to_post=scope.post, area__in=own_codes(scope)) if scope.post and scope.area else own


class AddressedManager(models.Manager[Any]):
    """Messages for whoever acts now; without a scope, NoScopeRefusal."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(addressed(current()))


class Message(models.Model):
    """One message, to a user or to a post in an area (its holder and a substitute). `link` is local.

    `by` is the user who caused it, None for the system. With `about`, it is told once for (about, about_key,
    kind, to).
    """

    to_user = models.BigIntegerField(null=True)
    to_post = models.CharField(max_length=40, default="")
    area = models.BigIntegerField(null=True)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=1000, default="")
    link = models.CharField(max_length=200, default="")
    about = models.CharField(max_length=40, default="")
    about_key = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=40, default="")
    by = models.BigIntegerField(null=True, db_column="by_key")
    at = models.DateTimeField(db_default=Now())

    objects = AddressedManager()
    unscoped = models.Manager()

    class Meta:
        default_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                name="message_to_somebody",
                condition=Q(to_user__isnull=False, to_post="", area__isnull=True)
                | Q(to_user__isnull=True, area__isnull=False) & ~Q(to_post=""),
            ),
            models.CheckConstraint(
                name="message_link_local", condition=Q(link="") | Q(link__regex=r"^/([^/\\]|$)")
            ),
            models.UniqueConstraint(
                name="message_once",
                fields=["about", "about_key", "kind", "to_user", "to_post", "area"],
                condition=~Q(about=""),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(name="message_user", fields=["to_user", "-id"], condition=Q(to_user__isnull=False)),
            models.Index(name="message_post", fields=["area", "to_post", "-id"], condition=~Q(to_post="")),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Seen(models.Model):
    """That a user has read a message; a post's message is read by each for themselves."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="seen", db_index=False)
    user = models.BigIntegerField(db_column="user_key")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="seen_once", fields=["message", "user"])]

    def __str__(self) -> str:
        return f"{self.message_id} {self.user}"


class TextMessage(ScopedModel):
    """One text message to a number, which is stored encrypted; `key` is what the gateway knows it by.

    (about, about_key, kind, number) is texted once. `words` hold no personal number.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    phone_cipher = models.BinaryField()
    phone_index = models.BinaryField()
    phone_masked = models.CharField(max_length=20)
    words = models.CharField(max_length=500)
    about = models.CharField(max_length=40)
    about_key = models.BigIntegerField()
    kind = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=10, default="waiting")
    told = models.CharField(max_length=200, default="")
    by = models.BigIntegerField(null=True, db_column="by_key")
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(name="text_message_state", condition=Q(state__in=list(STATES))),
            models.UniqueConstraint(
                name="text_message_once", fields=["about", "about_key", "kind", "phone_index"]
            ),
        ]
        indexes = [
            models.Index(
                name="text_message_open", fields=["id"], condition=Q(state__in=["waiting", "sending"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
