"""From what the law finds to what is due: determinations, decisions, entitlements, due lines, month plans.

The constraints are the guard; the stages that fill these tables by set lean on them (`ON CONFLICT DO
NOTHING`, `UPDATE … WHERE state = …`). What a check cannot say (frozen plans, two different natural
persons, states in their order) is said by triggers in migration 0002.

`household` and `person` are keys of the register; `person` is 0 where the household as a whole is
entitled. Keys between the bulk tables of this app carry no constraint of their own: every row is made by
a statement that reads the row it points at, nothing is ever deleted, and checking a million of them again
costs half as much as making them. Money is whole fen; areas are 12-digit codes; a month is its first day.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.benefits.matters import Finding as Finding
from minzheng.core.benefits.matters import PastMonth as PastMonth

CHANGE_KINDS = ("new", "up", "down", "stop", "phase_out", "death", "standard")


def one_of(field: str, *values: str) -> Q:
    """A closed vocabulary, as a check."""
    return Q(**{f"{field}__in": list(values)})


def link(to: type[models.Model], **options: Any) -> models.ForeignKey:
    """A key between bulk tables, without a constraint (see above) and without an index of its own."""
    plain = {"on_delete": models.DO_NOTHING, "db_constraint": False, "db_index": False, "related_name": "+"}
    return models.ForeignKey(to, **plain, **options)


class Run(models.Model):
    """One month's run. `known` is the instant whose knowledge it uses; a month has at most one open run."""

    month = models.DateField()
    sequence = models.IntegerField()
    day = models.DateField()
    known = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    started_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="run_once", fields=["month", "sequence"]),
            models.UniqueConstraint(name="run_one_open", fields=["state"], condition=Q(state="open")),
            models.CheckConstraint(name="run_state", condition=one_of("state", "open", "closed")),
            models.CheckConstraint(name="run_month_first", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} #{self.sequence}"


class Progress(models.Model):
    """A chunk that a stage has finished, written in the chunk's own transaction."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20)
    area = models.BigIntegerField()
    lines = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="progress_once", fields=["run", "stage", "area"])]

    def __str__(self) -> str:
        return f"{self.stage} {self.area}"


class Determination(models.Model):
    """What the law finds for a household or person; stored when it differs from the last one.

    `eligible` is null where facts are missing. `facts` is a digest of the facts read, `law` the hash of
    the rule versions. `current` marks the last one. What came with the register has no run and digest 0.
    """

    household = models.BigIntegerField()
    person = models.BigIntegerField(default=0)
    programme = models.CharField(max_length=40)
    payee = models.BigIntegerField()
    eligible = models.BooleanField(null=True)
    amount = models.BigIntegerField()
    persons = ArrayField(models.BigIntegerField())
    reasons = ArrayField(models.TextField())
    facts = models.BigIntegerField()
    law = models.CharField(max_length=64)
    day = models.DateField()
    known = models.DateTimeField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    area = models.BigIntegerField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="determination_current",
                fields=["household", "person", "programme"],
                condition=Q(current=True),
            ),
            models.UniqueConstraint(
                name="determination_once", fields=["household", "person", "programme", "run"]
            ),
            models.CheckConstraint(name="determination_amount", condition=Q(amount__gte=0)),
        ]
        indexes = [models.Index(name="determination_area", fields=["area"], condition=Q(current=True))]

    def __str__(self) -> str:
        return f"{self.programme} {self.household}/{self.person}"


class Change(models.Model):
    """A difference between what is paid and what the law finds. A person confirms it, unless a named law
    lets it follow.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    determination = link(Determination, null=True)
    household = models.BigIntegerField()
    person = models.BigIntegerField(default=0)
    programme = models.CharField(max_length=40)
    payee = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    old = models.BigIntegerField()
    new = models.BigIntegerField()
    persons = ArrayField(models.BigIntegerField())
    reason = models.TextField()
    needs_person = models.BooleanField()
    law = models.TextField(default="")
    state = models.CharField(max_length=10)
    version = models.IntegerField(default=1)
    decided_by = models.CharField(max_length=64, default="")
    decided_at = models.DateTimeField(null=True)
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="change_once", fields=["household", "person", "programme", "run"]),
            models.UniqueConstraint(
                name="change_one_waiting",
                fields=["household", "person", "programme"],
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(name="change_kind", condition=one_of("kind", *CHANGE_KINDS)),
            models.CheckConstraint(
                name="change_state",
                condition=one_of("state", "waiting", "confirmed", "rejected", "automatic", "overtaken"),
            ),
            models.CheckConstraint(
                name="change_by_law_or_person",
                condition=Q(needs_person=True) & ~Q(state="automatic")
                | Q(needs_person=False) & Q(state="automatic") & ~Q(law=""),
            ),
            models.CheckConstraint(
                name="change_decided_by_someone",
                condition=~Q(state__in=["confirmed", "rejected"]) | ~Q(decided_by=""),
            ),
        ]
        indexes = [
            models.Index(name="change_area", fields=["run", "area"]),
            models.Index(name="change_waiting", fields=["area"], condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.programme} {self.household}"


class Decision(models.Model):
    """The act that an entitlement rests on: a person's, one imported, or one that follows by the named
    law.
    """

    household = models.BigIntegerField()
    person = models.BigIntegerField(default=0)
    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    amount = models.BigIntegerField()
    starts = models.DateField()
    by = models.CharField(max_length=64, default="")
    law = models.TextField(default="")
    basis = models.JSONField()
    change = link(Change, null=True)
    area = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="decision_once_a_change", fields=["change"]),
            models.CheckConstraint(
                name="decision_kind", condition=one_of("kind", "grant", "change", "end", "import", "past")
            ),
            models.CheckConstraint(name="decision_by_law_or_person", condition=~(Q(by="") & Q(law=""))),
        ]
        indexes = [models.Index(name="decision_household", fields=["household"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.programme} {self.household}"


class Entitlement(models.Model):
    """A right to a monthly amount over a range of days; at most one open a household (or person) and
    programme.

    An empty range is a right that was ended before it began.
    """

    household = models.BigIntegerField()
    person = models.BigIntegerField(default=0)
    programme = models.CharField(max_length=40)
    payee = models.BigIntegerField()
    amount = models.BigIntegerField()
    valid = DateRangeField()
    decision = link(Decision)
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="entitlement_one_open",
                fields=["household", "person", "programme"],
                condition=Q(valid__upper_inf=True),
            ),
            models.UniqueConstraint(name="entitlement_decision", fields=["decision"]),
            models.CheckConstraint(name="entitlement_amount", condition=Q(amount__gt=0)),
        ]
        indexes = [
            models.Index(name="entitlement_area", fields=["area"]),
            models.Index(name="entitlement_household", fields=["household"]),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.household}"


class EntitlementPerson(models.Model):
    """Who is covered by an entitlement, for as long as it holds."""

    entitlement = link(Entitlement)
    person = models.BigIntegerField()
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="entitlement_person_once", fields=["entitlement", "person"])
        ]
        indexes = [models.Index(name="entitlement_person", fields=["person"])]

    def __str__(self) -> str:
        return f"{self.entitlement_id} {self.person}"


class Plan(models.Model):
    """A county's payments of a month. Frozen it has a count, a total and a digest, and none of its lines
    moves.
    """

    month = models.DateField()
    area = models.BigIntegerField()
    sequence = models.IntegerField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=15, default="draft")
    lines = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    version = models.IntegerField(default=1)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_once", fields=["month", "area", "sequence"]),
            models.UniqueConstraint(name="plan_once_a_run", fields=["run", "area"]),
            models.CheckConstraint(
                name="plan_state",
                condition=one_of(
                    "state", "draft", "frozen", "approved_once", "approved", "instructed", "closed"
                ),
            ),
            models.CheckConstraint(
                name="plan_frozen_whole", condition=Q(state="draft") | ~Q(digest="") & Q(lines__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.area}"


class PlanEdit(models.Model):
    """Who changed a draft plan; that natural person cannot approve it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    natural_person = models.CharField(max_length=64)
    what = models.TextField()
    area = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.plan_id} {self.what}"


class PlanApproval(models.Model):
    """One of the two approvals of a plan, with the digest that was approved."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    step = models.SmallIntegerField()
    natural_person = models.CharField(max_length=64)
    user = models.BigIntegerField(db_column="user_key")
    digest = models.CharField(max_length=64)
    area = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_approval_two_persons", fields=["plan", "natural_person"]),
            models.UniqueConstraint(name="plan_approval_step", fields=["plan", "step"]),
            models.CheckConstraint(name="plan_approval_two_steps", condition=Q(step__in=[1, 2])),
            models.CheckConstraint(name="plan_approval_by_someone", condition=~Q(natural_person="")),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.step}"


class DueLine(models.Model):
    """What an entitlement is due for a benefit month: `amount` is what this line orders to be paid.

    `withheld`: taken out of the draft, or not paid, with its reason. A later `revision` says by `code` and
    `reason` why the month came to another sum: `before` was ordered by its lines so far, `after` is due; more
    is ordered, less is `overpaid` and waits to be recovered (it orders nothing and stands in no plan).
    """

    entitlement = link(Entitlement)
    month = models.DateField()
    revision = models.SmallIntegerField(default=0)
    plan = link(Plan, null=True)
    household = models.BigIntegerField()
    payee = models.BigIntegerField()
    programme = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, default="due")
    reason = models.TextField(default="")
    area = models.BigIntegerField()
    code = models.CharField(max_length=12, default="", db_default="")
    before = models.BigIntegerField(null=True)
    after = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="due_line_once", fields=["entitlement", "month", "revision"]),
            models.CheckConstraint(
                name="due_line_amount",
                condition=Q(amount__gt=0) & ~Q(state="overpaid")
                | Q(amount=0, state="overpaid", before__gt=models.F("after")),
            ),
            models.CheckConstraint(
                name="due_line_state", condition=one_of("state", "due", "withheld", "overpaid")
            ),
            models.CheckConstraint(
                name="due_line_planned", condition=Q(plan__isnull=False) | Q(state="overpaid")
            ),
            models.CheckConstraint(
                name="due_line_difference",
                condition=Q(revision=0)
                | ~Q(reason="") & Q(before__isnull=False, after__isnull=False, before__gte=0, after__gte=0),
            ),
            models.CheckConstraint(name="due_line_withheld_why", condition=Q(state="due") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(name="due_line_plan", fields=["plan", "area"]),
            models.Index(name="due_line_household", fields=["household"]),
            models.Index(name="due_line_withheld", fields=["month"], condition=Q(state="withheld")),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.entitlement_id}"


class Coverage(models.Model):
    """A person is covered once a month, whatever household or county: `benefit` is a programme or its
    exclusive group.
    """

    person = models.BigIntegerField()
    benefit = models.CharField(max_length=40)
    month = models.DateField()
    entitlement = link(Entitlement)
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="coverage_once", fields=["person", "benefit", "month"]),
        ]
        indexes = [models.Index(name="coverage_entitlement", fields=["entitlement", "month"])]

    def __str__(self) -> str:
        return f"{self.person} {self.benefit} {self.month:%Y-%m}"
