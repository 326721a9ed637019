"""From what is due to what the bank has done: instructions, files, attempts, answers, holds, postings.

An instruction is one payment to one payee; an attempt is its line in a bank file, with the bank's answer.
A file has an identity, a count, a total and a digest. Postings are append-only and every entry balances,
by triggers in migration 0002. Keys between bulk tables carry no constraint of their own, as in
`benefits.models`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.benefits.models import DueLine, Run, link, one_of

ACCOUNTS = ("expense", "transit", "bank", "returned")


class Instruction(models.Model):
    """One payment. (payee, run, kind, sequence) is its identity; a due line is instructed once, a failure
    re-issued once.
    """

    payee = models.BigIntegerField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    sequence = models.IntegerField()
    due_line = link(DueLine)
    reissue_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+", db_constraint=False
    )
    month = models.DateField()
    programme = models.CharField(max_length=40)
    household = models.BigIntegerField()
    amount = models.BigIntegerField()
    account = models.BigIntegerField()
    bank = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="ready")
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="instruction_once", fields=["payee", "run", "kind", "sequence"]),
            models.UniqueConstraint(
                name="instruction_one_regular",
                fields=["due_line"],
                condition=Q(kind__in=["regular", "arrears"]),
            ),
            models.UniqueConstraint(
                name="instruction_one_reissue",
                fields=["reissue_of"],
                condition=Q(reissue_of__isnull=False),
            ),
            models.CheckConstraint(name="instruction_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="instruction_kind", condition=one_of("kind", "regular", "arrears", "reissue", "one_off")
            ),
            models.CheckConstraint(
                name="instruction_reissue_of_something",
                condition=Q(kind="reissue", reissue_of__isnull=False)
                | ~Q(kind="reissue") & Q(reissue_of__isnull=True),
            ),
            models.CheckConstraint(
                name="instruction_state",
                condition=one_of("state", "ready", "filed", "paid", "failed", "withheld"),
            ),
        ]
        indexes = [
            models.Index(name="instruction_ready", fields=["area"], condition=Q(state="ready")),
            models.Index(name="instruction_failed", fields=["area"], condition=Q(state="failed")),
            models.Index(name="instruction_household", fields=["household"]),
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class BankFile(models.Model):
    """A file for one county and bank. Its bytes follow from these columns and its attempts, so they can
    be written again.
    """

    identity = models.CharField(max_length=60, unique=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    county = models.BigIntegerField()
    bank = models.CharField(max_length=20)
    sequence = models.IntegerField()
    programmes = ArrayField(models.CharField(max_length=40))
    count = models.IntegerField()
    total = models.BigIntegerField()
    cut_at = models.DateTimeField()
    digest = models.CharField(max_length=64, default="")
    state = models.CharField(max_length=10, default="cut")
    acked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bank_file_once", fields=["month", "county", "bank", "sequence"]),
            models.CheckConstraint(name="bank_file_count", condition=Q(count__gt=0, total__gt=0)),
            models.CheckConstraint(
                name="bank_file_state",
                condition=one_of("state", "cut", "written", "acked", "refused", "answered"),
            ),
            models.CheckConstraint(name="bank_file_digest", condition=Q(state="cut") | ~Q(digest="")),
        ]

    def __str__(self) -> str:
        return self.identity


class Attempt(models.Model):
    """A line of a bank file, and what the bank answered to it (empty: nothing yet)."""

    file = link(BankFile)
    line = models.IntegerField()
    instruction = link(Instruction)
    amount = models.BigIntegerField()
    code = models.CharField(max_length=4, default="")
    answered_on = models.DateField(null=True)
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attempt_line", fields=["file", "line"]),
            models.UniqueConstraint(name="attempt_once", fields=["instruction"]),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.line}"


class Answer(models.Model):
    """A file that the bank sent and that was read, known by its digest; read once."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.IntegerField(default=0)
    settled = models.IntegerField(default=0)
    findings = models.IntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="answer_once", fields=["name", "digest"])]

    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """A changed account: nothing is paid to this person until another person has approved the new account."""

    person = models.BigIntegerField()
    account = models.BigIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    by = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    approved_by = models.CharField(max_length=64, default="")
    approved_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hold_one_waiting", fields=["person"], condition=Q(state="waiting")),
            models.CheckConstraint(
                name="hold_state", condition=one_of("state", "waiting", "released", "refused")
            ),
            models.CheckConstraint(
                name="hold_another_person", condition=Q(state="waiting") | ~Q(approved_by="")
            ),
            models.CheckConstraint(name="hold_not_by_oneself", condition=~Q(approved_by=models.F("by"))),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.state}"


class Entry(models.Model):
    """A booking: a file sent, or an answer settled. Its postings balance."""

    kind = models.CharField(max_length=10)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="entry_sent_once", fields=["file"], condition=Q(kind="sent")),
            models.UniqueConstraint(
                name="entry_answer_once", fields=["answer"], condition=Q(kind="answered")
            ),
            models.CheckConstraint(
                name="entry_kind",
                condition=Q(kind="sent", answer__isnull=True) | Q(kind="answered", answer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_id}"


class Posting(models.Model):
    """One side of an entry: 救助支出 expense, 在途 transit, 已付 bank, 退回 returned. Never changed,
    never deleted.
    """

    entry = link(Entry)
    account = models.CharField(max_length=10)
    instruction = link(Instruction, null=True)
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    area = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="posting_account", condition=one_of("account", *ACCOUNTS)),
            models.CheckConstraint(
                name="posting_one_side",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
        ]
        indexes = [models.Index(name="posting_entry", fields=["entry"])]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.account}"


class Life(models.Model):
    """A life of the database in which payments were opened, or locked: `system` and `timeline` are its marks.

    The last row decides (`ledger_lock_reason` in the database): payments are open where it is `opened` and
    bears the marks that the database has now.
    """

    kind = models.CharField(max_length=10)
    system = models.CharField(max_length=20)
    timeline = models.IntegerField()
    reason = models.TextField(default="")
    by = models.CharField(max_length=64, default="")
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="life_kind", condition=Q(kind="opened") | Q(kind="locked") & ~Q(reason="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.system}/{self.timeline}"
