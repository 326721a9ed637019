"""Temporary aid (S07, R4): what a case is about, what was paid on it, and the townships' reserves."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel
from minzheng.core.cases.models import Case


class Aid(ScopedModel):
    """What a case of temporary aid is about. `area` is where the emergency happened, whatever the hukou; of
    the expenditure type, where the family lives.

    Sums are whole fen: `need` the loss or the necessary expenditure, `income` the family's of twelve months
    (asked of the expenditure type only), `amount` what was decided, `paid` what was released of it. The
    number may be unknown while help cannot wait; `signed` says that the record was completed afterwards.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    emergency = models.BooleanField()
    cause = models.CharField(max_length=20)
    happened_on = models.DateField()
    words = models.TextField()
    number_cipher = models.BinaryField(default=b"")
    number_index = models.BinaryField(null=True)
    persons = models.IntegerField()
    urban = models.BooleanField(default=False)
    need = models.BigIntegerField()
    income = models.BigIntegerField(null=True)
    assets_fit = models.BooleanField(default=False)
    amount = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    goods = models.CharField(max_length=100, default="")
    referral = models.CharField(max_length=100, default="")
    decided_on = models.DateField(null=True)
    signed = models.BooleanField(default=False)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="aid_sums",
                condition=Q(need__gte=0, amount__gte=0, paid__gte=0, paid__lte=F("amount"), persons__gt=0),
            ),
        ]
        indexes = [models.Index(name="aid_number", fields=["number_index"])]

    def __str__(self) -> str:
        return f"{self.case_id}"


class AidPayment(ScopedModel):
    """One payment order on an aid, the first or a later stage of it, released from the township's reserve."""

    aid = models.ForeignKey(Aid, on_delete=models.PROTECT, related_name="+")
    sequence = models.IntegerField()
    amount = models.BigIntegerField()
    released_on = models.DateField()
    user = models.BigIntegerField(db_column="user_key")
    natural_person = models.CharField(max_length=64)
    name = models.CharField(max_length=50)
    at = models.DateTimeField(db_default=Now())

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(name="aid_payment_once", fields=["aid", "sequence"]),
            models.CheckConstraint(name="aid_payment_amount", condition=Q(amount__gt=0, sequence__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.aid_id}/{self.sequence}"


class Reserve(ScopedModel):
    """A movement of a township's reserve (乡镇备用金): allotted by the county (+) or used for a payment (-).

    `area` is the township. Rows are only added; the database refuses a reserve below nothing.
    """

    amount = models.BigIntegerField()
    payment = models.OneToOneField(AidPayment, on_delete=models.PROTECT, null=True, related_name="+")
    booked_on = models.DateField()
    words = models.CharField(max_length=200)
    user = models.BigIntegerField(db_column="user_key")
    natural_person = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="reserve_side",
                condition=Q(payment__isnull=True, amount__gt=0) | Q(payment__isnull=False, amount__lt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.amount}"
