"""What was done to a row, and who looked. Both within the scope in force (row security) for the web."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minzheng.core.audit.models import AccessLog, History

KINDS = {"i": "新增", "u": "修改", "d": "删除"}


@dataclass(frozen=True)
class Entry:
    """One change of a row. `before` is the row as it was, None for one that was added."""

    at: datetime
    kind: str
    label: str
    before: dict[str, Any] | None
    user: int | None
    post: str | None
    purpose: str | None


@dataclass(frozen=True)
class Look:
    """One entry of the access log."""

    at: datetime
    user: int | None
    post: str | None
    what: str
    subject: str
    purpose: str
    outcome: str


def history(table: str, row: int) -> tuple[Entry, ...]:
    """Every kept change of one row, oldest first."""
    found = History.objects.filter(table=table, row=row).order_by("id")
    return tuple(Entry(e.at, e.kind, KINDS[e.kind], e.before, e.user, e.post, e.purpose) for e in found)


def looks(subject: str) -> tuple[Look, ...]:
    """Who asked for this subject ("people_person/123"), oldest first."""
    found = AccessLog.objects.filter(subject=subject).order_by("id")
    return tuple(Look(e.at, e.user, e.post, e.what, e.subject, e.purpose, e.outcome) for e in found)
