"""Deeds on documents: keep one, turn a picture, withdraw one. Each checks who may and where."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.timezone import localtime

from minzheng.core.access.actor import MissingRefusal, StaleRefusal, allowed
from minzheng.core.access.scope import Scope
from minzheng.core.documents import files, subjects
from minzheng.core.documents.accepting import Accepted, Upload, accepted
from minzheng.core.documents.models import Document
from minzheng.core.documents.refusals import MISSING, DocumentRefusal
from minzheng.core.documents.terms import JPEG, KINDS, label

#: Documents of one thing that are not withdrawn.
MOST = 80
SHORTEST_REASON, LONGEST_REASON = 4, 200


def keep(upload: Upload, about: str, key: int, kind: str, area: int, scope: Scope) -> int:
    """Keep what was sent as a document about a thing that `area` handles; returns its key.

    The same content about the same thing is one document: a second time changes nothing. Raises
    DocumentRefusal with what to do instead, MissingRefusal outside the scope.
    """
    who = allowed(scope, "documents.add")
    if not scope.holds(area):
        raise MissingRefusal(MISSING)
    subjects.seen(about, key)
    if kind not in KINDS:
        raise DocumentRefusal("请先选这份材料是什么。")
    _room(about, key)
    found = accepted(upload)
    digest = files.write(found.content)
    for _ in range(2):
        known = Document.objects.filter(about=about, about_key=key, digest=digest, withdrawn_at=None).first()
        if known is not None:
            return _same(known, kind)
        made = _row(found, digest)
        made.about, made.about_key, made.kind, made.area = about, key, kind, area
        made.user, made.natural_person, made.by = who.user, who.natural_person, scope.name
        try:
            with transaction.atomic():
                made.save(force_insert=True)
            return int(made.pk)
        except IntegrityError:  # the same content arrived at the same moment: it is found on the second look
            continue
    raise DocumentRefusal("这份材料正由另一人上传，请刷新后核对。")


def turn(document: int, degrees: int, scope: Scope) -> None:
    """Turn a picture clockwise by a multiple of 90 degrees; the content stays as it is."""
    allowed(scope, "documents.add")
    if degrees % 90:
        raise DocumentRefusal("只能按 90 度旋转。")
    with transaction.atomic():
        row = _locked(document)
        if row.media != JPEG:
            raise DocumentRefusal("只有照片能旋转；PDF 请在扫描或导出时转正。")
        if row.withdrawn_at is not None:
            raise StaleRefusal(_gone(row))
        Document.objects.filter(pk=row.pk).update(rotation=(row.rotation + degrees) % 360)


def withdraw(document: int, reason: str, scope: Scope) -> None:
    """Take a document back, with a reason: it stays on record, and no longer counts as handed in."""
    allowed(scope, "documents.withdraw")
    why = " ".join(reason.split())
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise DocumentRefusal(f"请写明撤回的原因（{SHORTEST_REASON}到{LONGEST_REASON}个字）。")
    with transaction.atomic():
        row = _locked(document)
        if row.withdrawn_at is not None:
            raise StaleRefusal(_gone(row))
        if not subjects.seen(row.about, row.about_key).open:
            raise StaleRefusal("这件事项已经办结，材料不能再撤回。")
        Document.objects.filter(pk=row.pk).update(
            withdrawn_at=Now(), withdrawn_by=scope.name, withdrawn_reason=why
        )


def _room(about: str, key: int) -> None:
    if Document.objects.filter(about=about, about_key=key, withdrawn_at=None).count() >= MOST:
        raise DocumentRefusal(f"这里已有 {MOST} 份材料，不能再加。请先撤回不需要的。")


def _row(found: Accepted, digest: str) -> Document:
    return Document(
        name=found.name, media=found.media, pages=found.pages, size=len(found.content), digest=digest
    )


def _same(known: Document, kind: str) -> int:
    if known.kind != kind:
        raise DocumentRefusal(
            f"同样内容的文件已经作为“{label(known.kind)}”收下，一份文件只归一类。"
            f"如果归错了，请先撤回那一份；如果是另一份材料，请核对是否选错了文件。"
        )
    return int(known.pk)


def _locked(document: int) -> Document:
    row = Document.objects.select_for_update().filter(pk=document).first()
    if row is None:
        raise MissingRefusal(MISSING)
    subjects.seen(row.about, row.about_key)
    return row


def _gone(row: Document) -> str:
    return (
        f"这份材料已由{row.withdrawn_by}于 {localtime(row.withdrawn_at):%Y-%m-%d %H:%M} 撤回"
        f"（{row.withdrawn_reason}）。请刷新后再看。"
    )
