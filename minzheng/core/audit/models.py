"""Row history, written by triggers, the log of sensitive reads, and the seals over both: not for the web."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class CurrentTransaction(models.Func):
    """The number of the transaction at work, 64 bits."""

    function = "txid_current"
    output_field = models.BigIntegerField()


class History(models.Model):
    """What a row was before a statement changed it, who did it, and why.

    An inserted row is an entry without `before` (the row itself, or the next entry, holds its content). On a
    bulk table one statement's insertion is one entry: `row` is empty and `rows` counts.
    """

    at = models.DateTimeField(db_default=Now())
    table = models.CharField(max_length=63, db_column="table_name")
    kind = models.CharField(max_length=1)
    row = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(default=1)
    area = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    user = models.BigIntegerField(null=True, db_column="user_key")
    post = models.CharField(max_length=40, null=True)
    request = models.CharField(max_length=64, null=True)
    purpose = models.TextField(null=True)
    role = models.CharField(max_length=63)
    transaction = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(name="history_row", fields=["table", "row"]),
            BrinIndex(name="history_at", fields=["at"]),
            BrinIndex(name="history_transaction", fields=["transaction"]),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.kind}"


class AccessLog(models.Model):
    """One sensitive read, reveal, search, export or refusal; `subject` is a table and a key, not a number."""

    at = models.DateTimeField(db_default=Now())
    user = models.BigIntegerField(null=True, db_column="user_key")
    post = models.CharField(max_length=40, null=True)
    area = models.BigIntegerField(null=True)
    what = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    purpose = models.TextField()
    outcome = models.CharField(max_length=20)
    request = models.CharField(max_length=64, null=True)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(name="access_log_user", fields=["user", "at"]),
            BrinIndex(name="access_log_at", fields=["at"]),
            BrinIndex(name="access_log_transaction", fields=["transaction"]),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject} {self.outcome}"


class Seal(models.Model):
    """A link of the chain over the entries of the transactions in (after, upto]; see `sealing`."""

    number = models.BigIntegerField(primary_key=True)
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    entries = models.BigIntegerField()
    marks = models.BinaryField()
    guard = models.TextField()
    digest = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} {self.entries}"
