"""What waits to be looked at: findings about money, past months to be settled. Part of `models`."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class PastMonth(models.Model):
    """What the law finds for a month that is past, as known now and otherwise than known then.

    It waits for its change to be decided; the run that wrote the revision of the due line settles it.
    """

    household = models.BigIntegerField()
    person = models.BigIntegerField(default=0)
    programme = models.CharField(max_length=40)
    month = models.DateField()
    payee = models.BigIntegerField()
    amount = models.BigIntegerField()
    persons = ArrayField(models.BigIntegerField())
    change = models.ForeignKey(
        "benefits.Change", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    settled = models.ForeignKey(
        "benefits.Run", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="past_month_once",
                fields=["household", "person", "programme", "month"],
                condition=Q(settled__isnull=True),
            ),
            models.CheckConstraint(name="past_month_amount", condition=Q(amount__gte=0)),
        ]
        indexes = [models.Index(name="past_month_open", fields=["area"], condition=Q(settled__isnull=True))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.programme} {self.household}"


class Finding(models.Model):
    """Something about money that a person must look at. `identity` makes the same trouble one finding,
    however often seen.

    It is settled with a reason, by the natural person `settled_by`, "" where it went by itself.
    """

    kind = models.CharField(max_length=40)
    identity = models.CharField(max_length=200, unique=True)
    text = models.TextField()
    evidence = models.JSONField()
    area = models.BigIntegerField()
    state = models.CharField(max_length=10, default="open")
    at = models.DateTimeField(db_default=Now())
    settled_by = models.CharField(max_length=64, default="", db_default="")
    settled_at = models.DateTimeField(null=True)
    settled_reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="finding_state", condition=Q(state__in=["open", "settled"])),
            models.CheckConstraint(
                name="finding_settled_why",
                condition=Q(state="open", settled_at__isnull=True, settled_by="", settled_reason="")
                | Q(state="settled", settled_at__isnull=False) & ~Q(settled_reason=""),
            ),
        ]
        indexes = [models.Index(name="finding_area", fields=["area"], condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.identity}"
