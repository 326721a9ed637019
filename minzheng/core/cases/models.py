"""Cases: one matter on its way through a procedure, with every step, pause, person and draft.

A case has one handling `area` (the village's 12-digit code), which is its scope. Where it stands is `state`;
which step that state waits for, by whose post and until when are kept beside it, so that an inbox is one
indexed read. Events are only added. What a subject asks beyond this stands in the subject's own tables.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel

CHANNELS = {
    "resident": "本人网上",
    "relative": "亲属代办",
    "village": "村级代办",
    "window": "乡镇窗口",
    "review": "复核任务",
}


class Case(ScopedModel):
    """One matter. `household` and `applicant` are keys of the register, null until they are known there.

    `due_on` ends the step that is waited for, `whole_due_on` the whole; both are null while the clock stands
    (`paused`) or nothing limits them; `provisional` where the calendar of that year is not yet published.
    `kin`: the applicant is near kin of an officer or village committee member (近亲属备案). `special`: the
    longer limit holds. `holder`: who has taken it in hand. `urged_on`: when the step's being overdue was told
    upwards last, `urged_stage` how far up.
    """

    procedure = models.CharField(max_length=40)
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    household = models.BigIntegerField(null=True)
    applicant = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=20)
    version = models.IntegerField(default=1)
    waits_for = models.CharField(max_length=60, default="")
    post = models.CharField(max_length=40, default="")
    since = models.DateField()
    due_on = models.DateField(null=True)
    whole_since = models.DateField(null=True)
    whole_due_on = models.DateField(null=True)
    provisional = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    special = models.BooleanField(default=False)
    special_reason = models.CharField(max_length=200, default="")
    kin = models.CharField(max_length=200, default="")
    holder = models.BigIntegerField(null=True)
    opened_by = models.BigIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    urged_on = models.DateField(null=True)
    urged_stage = models.SmallIntegerField(default=0)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(name="case_channel", condition=Q(channel__in=[*CHANNELS])),
            models.CheckConstraint(name="case_area", condition=Q(area__range=(10**11, 10**12 - 1))),
            models.UniqueConstraint(
                name="case_one_open_a_household",
                fields=["household", "procedure"],
                condition=Q(household__isnull=False, closed_on__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="case_inbox", fields=["post", "area", "due_on"], condition=Q(closed_on__isnull=True)
            ),
            models.Index(name="case_household", fields=["household"]),
            models.Index(name="case_opened_by", fields=["opened_by"]),
        ]

    def __str__(self) -> str:
        return self.number


class Event(ScopedModel):
    """A step that was taken: by whom under which post, on which business date, and what was said and found.

    `for_whom` is the natural person for whom a substitute acted. `body` holds what the step itself needs kept
    (a determination with its reasoning, the list of what is missing), never a personal number.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    sequence = models.IntegerField()
    step = models.CharField(max_length=60)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    user = models.BigIntegerField(db_column="user_key", null=True)
    natural_person = models.CharField(max_length=64)
    name = models.CharField(max_length=50)
    post = models.CharField(max_length=40)
    for_whom = models.CharField(max_length=64, default="")
    on = models.DateField(db_column="on_day")
    at = models.DateTimeField(db_default=Now())
    words = models.TextField(default="")
    reasons = ArrayField(models.TextField(), default=list)
    body = models.JSONField(default=dict)

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(name="event_once", fields=["case", "sequence"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.sequence} {self.step}"


class Pause(ScopedModel):
    """The clock stands from `since` until `until` (both included) for what is `missing`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    missing = ArrayField(models.TextField())

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(name="pause_one_open", fields=["case"], condition=Q(until__isnull=True)),
            models.CheckConstraint(
                name="pause_forward", condition=Q(until__isnull=True) | Q(until__gte=models.F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.since}"


class Involved(ScopedModel):
    """A person of the register whom the case is about; through it the case's area may see them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.BigIntegerField()
    role = models.CharField(max_length=20)

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(name="involved_once", fields=["case", "person"])]
        indexes = [models.Index(name="involved_person", fields=["person"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.person}"


class Draft(ScopedModel):
    """What a user has typed into a form and not yet sent, encrypted; one a user and form."""

    user = models.BigIntegerField(db_column="user_key")
    key = models.CharField(max_length=120)
    cipher = models.BinaryField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(name="draft_once", fields=["user", "key"])]

    def __str__(self) -> str:
        return self.key


class Publicity(ScopedModel):
    """What is posted about a case for everybody to read: only what the law lets (name, members, amount).

    `kind` is notice (公示, until `until`) or list (公布, as long as the right lasts). The public page of an
    area reads them under a scope of just that area.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6)
    programme = models.CharField(max_length=40)
    name = models.CharField(max_length=50)
    members = models.IntegerField()
    amount = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(name="publicity_once", fields=["case", "kind"]),
            models.CheckConstraint(name="publicity_kind", condition=Q(kind__in=["notice", "list"])),
        ]
        indexes = [models.Index(name="publicity_area", fields=["area", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"


class Objection(ScopedModel):
    """What somebody has against a case that is posted; how to reach them is encrypted (level 3)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=50, default="")
    phone_cipher = models.BinaryField(default=b"")
    words = models.TextField()
    on = models.DateField(db_column="on_day")
    state = models.CharField(max_length=10, default="open")
    answer = models.TextField(default="")
    answered_by = models.CharField(max_length=64, default="")

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="objection_state", condition=Q(state__in=["open", "upheld", "rejected"])
            ),
            models.CheckConstraint(name="objection_answered", condition=Q(state="open") | ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.on}"
