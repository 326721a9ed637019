"""Views of lists that officers keep."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel


class View(ScopedModel):
    """A list as somebody likes to see it: a name for a place and a query string.

    `area` is where the post of its maker is held; `office` shows it to all who hold a post there.
    """

    user = models.BigIntegerField(db_column="user_key")
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=30)
    place = models.BigIntegerField()
    query = models.CharField(max_length=500)
    office = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="view_name_once",
                fields=["user", "area", "listing", "name"],
                condition=Q(removed_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="view_of_list", fields=["area", "listing"])]

    def __str__(self) -> str:
        return f"{self.listing} {self.pk}"
