"""Home visits (入户调查): what two people saw, recorded by one and confirmed by the other (57号 §16)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel
from minzheng.core.cases.models import Case


class Visit(ScopedModel):
    """A visit as it was recorded, on a phone perhaps long before it arrived here.

    `client_key` is made where it was written down: the same one arrives once, however often it is sent.
    `answers` is question key → what was seen or said. `used` is the number of the case's event that rests on
    it, null while none does. `natural_person` recorded it, `confirmed_by` was there too and says so.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField()
    visited_on = models.DateField()
    answers = models.JSONField(default=dict)
    words = models.TextField(default="")
    post = models.CharField(max_length=40)
    user = models.BigIntegerField(db_column="user_key")
    natural_person = models.CharField(max_length=64)
    name = models.CharField(max_length=50)
    at = models.DateTimeField(db_default=Now())
    confirmed_by = models.CharField(max_length=64, default="")
    confirmed_name = models.CharField(max_length=50, default="")
    confirmed_at = models.DateTimeField(null=True)
    used = models.IntegerField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(name="visit_once", fields=["client_key"]),
            models.CheckConstraint(name="visit_two_persons", condition=~Q(confirmed_by=F("natural_person"))),
            models.CheckConstraint(
                name="visit_confirmed",
                condition=Q(confirmed_by="", confirmed_at=None)
                | ~Q(confirmed_by="") & Q(confirmed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="visit_case", fields=["case"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.visited_on}"
