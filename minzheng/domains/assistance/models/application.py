"""What a household declares when it applies, until the township accepts it and the facts go to the register.

Money is whole fen a year; numbers are encrypted (`core.people.crypto`, bound to table.column|row) with a
blind index; null is what nobody knows, which is not the same as nothing.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel
from minzheng.core.cases.models import Case
from minzheng.core.people import terms

OBLIGORS = {"none": "没有", "unable": "有，都没有能力", "able": "有，有能力"}


class Application(ScopedModel):
    """The form as a whole. `promised_on`: the household vouches for what it declares; `authorised_on`: it
    lets the office ask the sources (核对授权); `kin`: near kin among officers, as declared; `agent`: who
    fills it in for them, and how they are related.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    urban = models.BooleanField(null=True)
    address_cipher = models.BinaryField(default=b"")
    phone_cipher = models.BinaryField(default=b"")
    bank = models.CharField(max_length=20, default="")
    account_cipher = models.BinaryField(default=b"")
    account_last4 = models.CharField(max_length=4, default="")
    reason = models.TextField(default="")
    kin = models.CharField(max_length=200, default="")
    agent = models.CharField(max_length=100, default="")
    single = models.BooleanField(default=False)
    promised_on = models.DateField(null=True)
    authorised_on = models.DateField(null=True)
    submitted_on = models.DateField(null=True)
    saved_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.case_id}"


class Member(ScopedModel):
    """One who is declared to belong to the household; `position` 0 is the applicant, `person` the key of the
    register once it is known there. `obligors` (OBLIGORS): whom the law binds to support them; "" where
    nobody asked. `removed`: said before, not any more; each declaration makes rows anew.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()
    name = models.CharField(max_length=50)
    name_note = models.CharField(max_length=200, default="")
    relation = models.SmallIntegerField()
    number_cipher = models.BinaryField(default=b"")
    number_index = models.BinaryField(null=True)
    person = models.BigIntegerField(null=True)
    sex = models.SmallIntegerField(default=0)
    born = models.DateField(null=True)
    ethnicity = models.SmallIntegerField(default=1)
    hukou = models.BigIntegerField(null=True)
    living_together = models.BooleanField(default=True)
    disability_kind = models.SmallIntegerField(null=True)
    disability_grade = models.SmallIntegerField(null=True)
    severe_illness = models.BooleanField(default=False)
    study_level = models.SmallIntegerField(null=True)
    full_time = models.BooleanField(default=True)
    can_work = models.BooleanField(null=True)
    employed_since = models.DateField(null=True)
    absence = models.SmallIntegerField(null=True)
    obligors = models.CharField(max_length=6, default="")
    removed = models.BooleanField(default=False)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                name="member_position", fields=["application", "position"], condition=Q(removed=False)
            ),
            models.UniqueConstraint(
                name="member_number_once",
                fields=["application", "number_index"],
                condition=Q(number_index__isnull=False, removed=False),
            ),
            models.CheckConstraint(name="member_relation", condition=Q(relation__range=(0, 8))),
            models.CheckConstraint(name="member_obligors", condition=Q(obligors__in=["", *OBLIGORS])),
            models.CheckConstraint(
                name="member_grade", condition=Q(disability_grade=None) | Q(disability_grade__range=(1, 4))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.position}"


class DeclaredIncome(ScopedModel):
    """What a member says to have had of one kind over the twelve months before."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.SmallIntegerField()
    yearly = models.BigIntegerField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(name="declared_income_once", fields=["member", "kind"]),
            models.CheckConstraint(
                name="declared_income_kind", condition=Q(kind__in=[int(k) for k in terms.IncomeKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"


class DeclaredAsset(ScopedModel):
    """What the household says to own of one kind: fen, or a count. `removed`: said before, not any more."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    kind = models.SmallIntegerField()
    amount = models.BigIntegerField(null=True)
    removed = models.BooleanField(default=False)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                name="declared_asset_once", fields=["application", "kind"], condition=Q(removed=False)
            ),
            models.CheckConstraint(name="declared_asset_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="declared_asset_kind", condition=Q(kind__in=[int(k) for k in terms.AssetKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class Rating(ScopedModel):
    """What an applicant thinks of the service, by the five hearts (S10), each from 1 to 5; once a case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    sincere = models.SmallIntegerField()
    devoted = models.SmallIntegerField()
    careful = models.SmallIntegerField()
    considerate = models.SmallIntegerField()
    at_ease = models.SmallIntegerField()
    words = models.CharField(max_length=500, default="")
    on = models.DateField(db_column="on_day")

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(name=f"rating_{heart}", condition=Q(**{f"{heart}__range": (1, 5)}))
            for heart in ("sincere", "devoted", "careful", "considerate", "at_ease")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class Printing(ScopedModel):
    """A letter of a case left the printer (or the browser): which step's, when, by whom."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    sequence = models.IntegerField()
    on = models.DateField(db_column="on_day")
    at = models.DateTimeField(db_default=Now())
    user = models.BigIntegerField(db_column="user_key")
    name = models.CharField(max_length=50)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(name="printing_case", fields=["case", "sequence"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.sequence}"
