"""Questions about documents. What is outside the scope does not exist; whoever opens a content is logged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from minzheng.core.access.actor import MissingRefusal
from minzheng.core.access.grants import may
from minzheng.core.access.scope import current
from minzheng.core.audit.actions import REFUSED, log_access
from minzheng.core.documents import files, pictures, subjects, terms
from minzheng.core.documents.models import Document
from minzheng.core.documents.refusals import MISSING, FileRefusal

VIEW, PREVIEW = "documents.view", "documents.preview"


@dataclass(frozen=True)
class Paper:
    """One document as a list shows it; `by` is who sent it."""

    id: int
    about: str
    about_key: int
    kind: str
    label: str
    name: str
    media: str
    size: int
    pages: int
    rotation: int
    by: str
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it itself."""
        return self.media == terms.JPEG

    @property
    def kilobytes(self) -> int:
        """Its size in KB, at least one."""
        return max(1, round(self.size / 1000))


@dataclass(frozen=True)
class Opened:
    """The content of a document, turned as it should be shown, with its medium and name."""

    content: bytes
    media: str
    name: str


@dataclass(frozen=True)
class Board:
    """What the part of a page about documents shows: those there, withdrawn, asked for."""

    subject: subjects.Subject
    papers: tuple[Paper, ...]
    withdrawn: tuple[Paper, ...]
    missing: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    may_view: bool
    may_add: bool
    may_withdraw: bool


def of(about: str, key: int) -> tuple[Paper, ...]:
    """The documents about a thing in sight that are not withdrawn, by kind and then as they came."""
    if subjects.find(about, key) is None:
        return ()
    return tuple(paper for paper in _all(about, key) if paper.withdrawn_at is None)


def paper(document: int) -> Paper:
    """One document, withdrawn or not; raises MissingRefusal."""
    return _paper(_row(document))


def missing(asked: Iterable[str], papers: Iterable[Paper]) -> tuple[str, ...]:
    """The asked kinds of which nothing is there, in the order in which they are asked."""
    there = {each.kind for each in papers if each.withdrawn_at is None}
    return tuple(kind for kind in asked if kind not in there)


def board(subject: subjects.Subject) -> Board:
    """Everything that a page shows about the documents of a thing, and what one may do there.

    Who may not look gets no documents; who may look but not open one learns that from the address.
    """
    scope = current()
    may_view = may(scope, VIEW, subject.area)
    found = _all(subject.about, subject.key) if may_view else ()
    papers = tuple(each for each in found if each.withdrawn_at is None)
    return Board(
        subject=subject,
        papers=papers,
        withdrawn=tuple(each for each in found if each.withdrawn_at is not None),
        missing=tuple(terms.label(kind) for kind in missing(subject.asked, papers)),
        kinds=_kinds(subject.asked),
        may_view=may_view,
        may_add=subject.open and may(scope, "documents.add", subject.area),
        may_withdraw=subject.open and may(scope, "documents.withdraw", subject.area),
    )


def opened(document: int) -> Opened:
    """The content, as it should be shown; no entry in the access log, no content.

    Raises MissingRefusal out of scope and FileRefusal where the file is not what was kept.
    """
    row = _row(document)
    content = _logged(row, VIEW, lambda: _read(row))
    if row.media == terms.JPEG:
        content = pictures.shown(content, row.rotation)
    return Opened(content, row.media, row.name)


def preview(document: int) -> Opened:
    """The small picture of a photo, for lists; MissingRefusal for what has none."""
    row = _row(document)
    if row.media != terms.JPEG:
        raise MissingRefusal(MISSING)
    small = _logged(
        row, PREVIEW, lambda: files.made_of(row.digest, "small", lambda: pictures.small(_read(row)))
    )
    return Opened(pictures.shown(small, row.rotation), row.media, row.name)


def fault(document: int) -> str:
    """What is wrong with a document's file, in a sentence; "" where it is whole."""
    row = _row(document)
    what = files.fault(row.digest)
    return files.DAMAGED.format(number=row.pk, what=what) if what else ""


def _logged(row: Document, what: str, read: Callable[[], bytes]) -> bytes:
    """A content, with the entry that it was asked for; or the refusal of a damaged file, with its entry."""
    subject = f"documents_document/{row.pk}"
    try:
        content = read()
    except FileRefusal:
        log_access(what, subject, "文件损坏", REFUSED)
        raise
    log_access(what, subject, "")
    return content


def _read(row: Document) -> bytes:
    return files.read(row.digest, row.pk)


def _kinds(asked: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Every kind with its word, those that are asked for first."""
    first = [kind for kind in asked if kind in terms.KINDS]
    return tuple((kind, terms.label(kind)) for kind in dict.fromkeys([*first, *terms.KINDS]))


def _all(about: str, key: int) -> tuple[Paper, ...]:
    order = {kind: at for at, kind in enumerate(terms.KINDS)}
    rows = Document.objects.filter(about=about, about_key=key)
    return tuple(_paper(row) for row in sorted(rows, key=lambda row: (order[terms.Kind(row.kind)], row.pk)))


def _row(document: int) -> Document:
    row = Document.objects.filter(pk=document).first()
    if row is None:
        raise MissingRefusal(MISSING)
    subjects.seen(row.about, row.about_key)
    return row


def _paper(row: Document) -> Paper:
    return Paper(
        row.pk, row.about, row.about_key, row.kind, terms.label(row.kind), row.name, row.media, row.size,
        row.pages, row.rotation, row.by, row.at, row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason,
    )  # fmt: skip
