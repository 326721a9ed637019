"""Verification (核对): one request a source, what it answered, and what became of each difference.

Money is whole fen, counts are counts; null is what nobody knows. `person` 0 is the household as a whole.
"""

from django.db import models
from django.db.models import Q

from minzheng.core.access.scoped import ScopedModel
from minzheng.core.cases.models import Case

CHANNELS = {"hand": "手工登记", "file": "文件", "api": "接口"}


class Inquiry(ScopedModel):
    """A source is asked about a household, in one round of the case's verification, until `due_on`.

    `failed`: the source could not answer; why stands in `words`.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    round = models.SmallIntegerField()
    source = models.CharField(max_length=20)
    asked_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, default="open")
    answered_on = models.DateField(null=True)
    channel = models.CharField(max_length=4, default="")
    words = models.TextField(default="")
    by = models.CharField(max_length=64, default="")

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(name="inquiry_once", fields=["case", "round", "source"]),
            models.CheckConstraint(
                name="inquiry_state", condition=Q(state__in=["open", "answered", "failed"])
            ),
            models.CheckConstraint(
                name="inquiry_answered",
                condition=Q(state="open", answered_on__isnull=True)
                | ~Q(state="open") & Q(answered_on__isnull=False) & ~Q(by=""),
            ),
            models.CheckConstraint(name="inquiry_channel", condition=Q(channel__in=["", *CHANNELS])),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round} {self.source}"


class Answer(ScopedModel):
    """What a source says of one income or asset, beside what was declared; a difference is settled with a
    reason: `corrected` goes into the register, `kept` leaves what was declared.
    """

    inquiry = models.ForeignKey(Inquiry, on_delete=models.PROTECT, related_name="+")
    person = models.BigIntegerField(default=0)
    topic = models.CharField(max_length=8)
    kind = models.SmallIntegerField()
    declared = models.BigIntegerField(null=True)
    answered = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10)
    reason = models.TextField(default="")
    settled_by = models.CharField(max_length=64, default="")
    settled_on = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                name="inquiry_answer_once", fields=["inquiry", "person", "topic", "kind"]
            ),
            models.CheckConstraint(name="answer_topic", condition=Q(topic__in=["income", "asset"])),
            models.CheckConstraint(
                name="answer_settled",
                condition=Q(state__in=["same", "open"], settled_on__isnull=True)
                | Q(state__in=["corrected", "kept"], settled_on__isnull=False)
                & ~Q(reason="")
                & ~Q(settled_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.person} {self.topic} {self.kind}"
