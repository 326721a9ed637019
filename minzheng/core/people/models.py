"""The register of people and households: identity, and what was true of them when, and known when.

A fact row says that something was true over `valid` ([from, to), an open end means still), that it was
recorded at `recorded_at` and, if it was corrected or closed, superseded at `superseded_at`. Nothing is
updated but that last mark. `area` is the 12-digit code of the village that handles the row; scope is a
range of it. Money is whole fen; an amount that nobody knows is null, which is not the same as no row.
Identity and account numbers are encrypted by `core.people.crypto`; the index columns are blind.
"""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedManager
from minzheng.core.areas.models import code_range
from minzheng.core.people import terms

CURRENT = Q(superseded_at__isnull=True)


class Person(models.Model):
    """One natural person as the register knows them. A merged record points at the one that stands for it."""

    name = models.CharField(max_length=50)
    name_note = models.CharField(max_length=200, default="", blank=True)
    pinyin = models.CharField(max_length=300, default="")
    bigrams = ArrayField(models.CharField(max_length=2))
    sex = models.SmallIntegerField()
    born = models.DateField()
    ethnicity = models.SmallIntegerField()
    number_cipher = models.BinaryField(null=True)
    number_index = models.BinaryField(null=True)
    provisional_code = models.CharField(max_length=40, null=True, unique=True)
    canonical = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    area = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=60)

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="person_number_once", fields=["number_index"], condition=Q(canonical__isnull=True)
            ),
            models.CheckConstraint(name="person_sex", condition=Q(sex__in=[0, 1, 2, 9])),
            models.CheckConstraint(
                name="person_number_or_code",
                condition=Q(number_index__isnull=False, number_cipher__isnull=False)
                | Q(number_index__isnull=True, number_cipher__isnull=True, provisional_code__isnull=False),
            ),
            models.CheckConstraint(
                name="person_not_its_own_canonical",
                condition=Q(canonical__isnull=True) | ~Q(canonical=models.F("id")),
            ),
        ]
        indexes = [
            models.Index(name="person_area", fields=["area", "pinyin"]),
            GinIndex(name="person_bigrams", fields=["bigrams"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SourceKey(models.Model):
    """Under which key another system knows a person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=30)
    key = models.CharField(max_length=80)
    area = models.BigIntegerField()

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="source_key_once", fields=["system", "key"])]

    def __str__(self) -> str:
        return f"{self.system} {self.pk}"


class Household(models.Model):
    """A family that lives together, under the standard of a town (`urban`) or of the country."""

    area = models.BigIntegerField()
    urban = models.BooleanField()
    kind = models.SmallIntegerField(default=0)
    recorded_at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=60)

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="household_area", condition=Q(area__range=(10**11, 10**12 - 1)))
        ]
        indexes = [models.Index(name="household_area", fields=["area"])]

    def __str__(self) -> str:
        return str(self.pk)


class Fact(models.Model):
    """What every dated fact has."""

    area = models.BigIntegerField()
    valid = DateRangeField()
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=60)

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


def person_key() -> models.ForeignKey:
    """Who the fact is about: a key without a constraint of its own, as rows are made from persons and none
    is deleted.
    """
    return models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_constraint=False)


def checks(name: str) -> list[Any]:
    """A fact's range is not empty and it is not superseded before it is recorded."""
    return [
        models.CheckConstraint(name=f"{name}_valid_some_day", condition=Q(valid__isempty=False)),
        models.CheckConstraint(
            name=f"{name}_superseded_later",
            condition=CURRENT | Q(superseded_at__gte=models.F("recorded_at")),
        ),
    ]


def once(name: str, column: str) -> ExclusionConstraint:
    """As far as is known now, no two rows of one subject hold on one day.

    It costs 40 µs a row, so only those that decide who is paid have it: membership, death, account.
    """
    return ExclusionConstraint(
        name=name, expressions=[(code_range(column), "&&"), ("valid", "&&")], condition=CURRENT
    )


def learnt(name: str) -> list[models.Index]:
    """What became known between two instants is found without reading the table: new rows lie at its end,
    and few are ever superseded.
    """
    return [
        BrinIndex(name=f"{name}_recorded", fields=["recorded_at"]),
        models.Index(
            name=f"{name}_superseded", fields=["superseded_at"], condition=Q(superseded_at__isnull=False)
        ),
    ]


def typed(name: str, *fields: str) -> models.UniqueConstraint:
    """As far as is known now, one row of a subject and kind begins on a day."""
    return models.UniqueConstraint(*(models.F(f) for f in fields), _begin(), name=name, condition=CURRENT)


def _begin() -> models.Func:
    return models.Func(models.F("valid"), function="lower", output_field=models.DateField())


def closed(name: str, field: str, kinds: type[Any]) -> models.CheckConstraint:
    """A closed vocabulary, as a check."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": [int(kind) for kind in kinds]}))


class Membership(Fact):
    """A person belongs to a household; nobody to two at a time. `relation`: GB/T 4761 to the head, 0 the
    head.
    """

    person = person_key()
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    relation = models.SmallIntegerField()

    class Meta:
        constraints = [
            once("membership_one_household", "person_id"),
            models.CheckConstraint(name="membership_relation", condition=Q(relation__range=(0, 8))),
            *checks("membership"),
        ]
        indexes = [*learnt("membership"), models.Index(name="membership_area", fields=["area"])]


class Residence(Fact):
    """Where a person lives: `area` itself."""

    person = person_key()

    class Meta:
        constraints = [typed("residence_once", "person"), *checks("residence")]
        indexes = learnt("residence")


class Hukou(Fact):
    """Where a person is registered: any place of the country, in a town (`urban`) or not."""

    person = person_key()
    place = models.BigIntegerField()
    urban = models.BooleanField()

    class Meta:
        constraints = [typed("hukou_once", "person"), *checks("hukou")]
        indexes = learnt("hukou")


class IncomeItem(Fact):
    """What a person had of one kind over the twelve months before; null where it exists and nobody knows."""

    person = person_key()
    kind = models.SmallIntegerField()
    yearly = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            typed("income_item_once", "person", "kind"),
            closed("income_item_kind", "kind", terms.IncomeKind),
            *checks("income_item"),
        ]
        indexes = learnt("income_item")


class Asset(Fact):
    """What a household owns of one kind: fen, or a count; null where nobody knows."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    kind = models.SmallIntegerField()
    amount = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            typed("asset_once", "household", "kind"),
            closed("asset_kind", "kind", terms.AssetKind),
            models.CheckConstraint(name="asset_not_negative", condition=Q(amount__gte=0)),
            *checks("asset"),
        ]
        indexes = learnt("asset")


class Disability(Fact):
    """A certified disability: kind and grade (1 gravest to 4)."""

    person = person_key()
    kind = models.SmallIntegerField()
    grade = models.SmallIntegerField()

    class Meta:
        constraints = [
            typed("disability_once", "person", "kind"),
            closed("disability_kind", "kind", terms.DisabilityKind),
            models.CheckConstraint(name="disability_grade", condition=Q(grade__range=(1, 4))),
            *checks("disability"),
        ]
        indexes = learnt("disability")


class Condition(Fact):
    """A state of a person that a survey or assessment found."""

    person = person_key()
    kind = models.SmallIntegerField()
    value = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            typed("condition_once", "person", "kind"),
            closed("condition_kind", "kind", terms.ConditionKind),
            *checks("condition"),
        ]
        indexes = learnt("condition")


class Label(Fact):
    """A person is on a list of another office, such as the anti-relapse list of agriculture; no status."""

    person = person_key()
    kind = models.SmallIntegerField()

    class Meta:
        constraints = [
            typed("label_once", "person", "kind"),
            closed("label_kind", "kind", terms.LabelKind),
            *checks("label"),
        ]
        indexes = learnt("label")


class Enrolment(Fact):
    """A person studies."""

    person = person_key()
    level = models.SmallIntegerField()
    full_time = models.BooleanField()

    class Meta:
        constraints = [
            typed("enrolment_once", "person"),
            closed("enrolment_level", "level", terms.EnrolmentLevel),
            *checks("enrolment"),
        ]
        indexes = learnt("enrolment")


class Absence(Fact):
    """A person is in prison, in detox, declared missing, or lives apart as clergy."""

    person = person_key()
    kind = models.SmallIntegerField()

    class Meta:
        constraints = [
            typed("absence_once", "person", "kind"),
            closed("absence_kind", "kind", terms.AbsenceKind),
            *checks("absence"),
        ]
        indexes = learnt("absence")


class Employment(Fact):
    """Whether a person can work, how many offers in a row were refused, and since when there is work."""

    person = person_key()
    can_work = models.BooleanField(null=True)
    job_refusals = models.SmallIntegerField(default=0)
    employed_since = models.DateField(null=True)

    class Meta:
        constraints = [typed("employment_once", "person"), *checks("employment")]
        indexes = learnt("employment")


class Obligor(Fact):
    """Somebody whom the law binds to support a person: in the register (`relative`) or not; able, or not
    known.
    """

    person = person_key()
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    relation = models.SmallIntegerField()
    able = models.BooleanField(null=True)

    class Meta:
        constraints = checks("obligor")
        indexes = learnt("obligor")


class Death(Fact):
    """A person died on the first day of `valid`; reported when the row was recorded."""

    person = person_key()

    class Meta:
        constraints = [once("death_one", "person_id"), *checks("death")]
        indexes = learnt("death")


class Account(Fact):
    """The bank account that a person is paid into."""

    person = person_key()
    bank = models.CharField(max_length=20)
    number_cipher = models.BinaryField()
    number_index = models.BinaryField()
    last4 = models.CharField(max_length=4)

    class Meta:
        constraints = [once("account_one_payee", "person_id"), *checks("account")]
        indexes = [models.Index(name="account_number", fields=["number_index"])]
