"""Documents: photos and PDFs about a thing. The row says what it is; the content is an encrypted file.

`about` and `about_key` name the thing ("case", its key); `area` is the thing's, so that scope is the same.
`digest` is the SHA-256 of the content as kept, by which the file is found and proved
(`core.documents.files`). Nothing is deleted: a document is withdrawn with a reason and stays on record.
`rotation` is degrees clockwise, applied when the picture is shown.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.core.access.scoped import ScopedModel
from minzheng.core.documents import terms

WORDS = [each.value for each in terms.Kind]


class Document(ScopedModel):
    """One paper about one thing."""

    about = models.CharField(max_length=40)
    about_key = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    media = models.CharField(max_length=32)
    size = models.IntegerField()
    pages = models.SmallIntegerField(default=1)
    digest = models.CharField(max_length=64)
    rotation = models.SmallIntegerField(default=0)
    user = models.BigIntegerField(db_column="user_key")
    natural_person = models.CharField(max_length=64)
    by = models.CharField(max_length=50)
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=50, default="")
    withdrawn_reason = models.CharField(max_length=200, default="")

    class Meta(ScopedModel.Meta):
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="document_once", fields=["about", "about_key", "digest"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="document_kind", condition=Q(kind__in=WORDS)),
            models.CheckConstraint(name="document_media", condition=Q(media__in=[*terms.MEDIA])),
            models.CheckConstraint(name="document_rotation", condition=Q(rotation__in=terms.TURNS)),
            models.CheckConstraint(name="document_not_empty", condition=Q(size__gt=0, pages__gt=0)),
            models.CheckConstraint(
                name="document_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="", withdrawn_by="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="") & ~Q(withdrawn_by="")),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="document_about", fields=["about", "about_key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
