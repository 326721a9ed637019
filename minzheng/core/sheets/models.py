"""Views of lists that officers keep; imports and their rows, each of which ends in exactly one way."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel

#: State of an import → (word, colour class).
IMPORTS = {
    "received": ("等待核对", "info"),
    "checking": ("正在核对", "warn"),
    "checked": ("核对完毕，待写入", "warn"),
    "refused": ("文件未能读取", "bad"),
    "writing": ("正在写入", "warn"),
    "written": ("已写入", "ok"),
    "undoing": ("正在撤销", "warn"),
    "undone": ("已撤销", "off"),
    "cancelled": ("已取消", "off"),
}
#: State of a row → (word, colour class). Each row is in exactly one.
ROWS = {
    "ok": ("可写入", "info"),
    "bad": ("有误", "bad"),
    "linked": ("已有相同记录", "off"),
    "review": ("待人工核对", "warn"),
    "written": ("已写入", "ok"),
    "undone": ("已撤销", "off"),
}


class View(ScopedModel):
    """A list as somebody likes to see it: a name for a place and a query string.

    `area` is where the post of its maker is held; `office` shows it to all who hold a post there.
    """

    user = models.BigIntegerField(db_column="user_key")
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=30)
    place = models.BigIntegerField()
    query = models.CharField(max_length=500)
    office = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="view_name_once",
                fields=["user", "area", "listing", "name"],
                condition=Q(removed_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="view_of_list", fields=["area", "listing"])]

    def __str__(self) -> str:
        return f"{self.listing} {self.pk}"


class Import(ScopedModel):
    """One file that an officer sent for a sheet. `area` is where the post of its sender is held."""

    user = models.BigIntegerField(db_column="user_key")
    post = models.CharField(max_length=40)
    sheet = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    name = models.CharField(max_length=120)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="received")
    told = models.CharField(max_length=500, default="")
    notes = models.JSONField(default=list)
    upto = models.IntegerField(default=0)
    job = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="import_state", condition=Q(state__in=list(IMPORTS))),
        ]
        indexes = [models.Index(name="import_user", fields=["user", "-id"])]

    def __str__(self) -> str:
        return f"{self.sheet} {self.pk} {self.state}"


class ImportRow(ScopedModel):
    """One row of an import: `number` is its line in the file, `state` how it stands, `record` what it became.

    `cipher` holds what was typed and what it was read as, bound to import and line; `mark` is the blind index
    of what identifies the row within its file, `bunch` of what rows go together.
    """

    batch = models.BigIntegerField(db_column="import_id")
    number = models.IntegerField()
    state = models.CharField(max_length=10)
    cipher = models.BinaryField()
    mark = models.BinaryField()
    bunch = models.BinaryField()
    problems = models.JSONField(default=list)
    record = models.BigIntegerField(default=0)

    class Meta(ScopedModel.Meta):
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="import_row_once", fields=["batch", "number"]),
            models.CheckConstraint(name="import_row_state", condition=Q(state__in=list(ROWS))),
        ]
        indexes = [models.Index(name="import_row_state", fields=["batch", "state", "number"])]

    def __str__(self) -> str:
        return f"{self.batch} {self.number} {self.state}"
