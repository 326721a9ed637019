"""The kinds of jobs that there are. An app registers its own when it is made ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minzheng.core.access.scope import Scope
from minzheng.kernel.errors import Refusal


class Cancelled(Exception):
    """Somebody cancelled the job: raised out of `Task.tell`, so that its transaction is undone."""


class Stopped(Exception):
    """The worker is to end: raised out of `Task.tell`; the job is queued again."""


class KindRefusal(Refusal):
    """No app does jobs of this kind."""


@dataclass(frozen=True)
class Outcome:
    """What came of a job: a sentence, a kept file and the name it is downloaded by, an address to go to."""

    told: str = ""
    result: str = ""
    name: str = ""
    link: str = ""


#: Writes how far a job is (done, of how many); raises Cancelled or Stopped.
Teller = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """A job at work: its key, what was asked, the scope of the asker as it is now, and whom to tell.

    No transaction is open: the work opens its own (`scope.acting`), one or one a portion. After a kill the
    same task runs again from its start, so a portion marks in its own transaction that it is done.
    """

    job: int
    arguments: dict[str, Any]
    scope: Scope
    purpose: str
    tell: Teller


@dataclass(frozen=True)
class Kind:
    """A kind of job: its word, the step that its asker must (still) be granted, and the work."""

    key: str
    label: str
    step: str
    run: Callable[[Task], Outcome]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; the last of a key counts."""
    _kinds[kind.key] = kind


def kind(key: str) -> Kind:
    """The kind of that key; raises KindRefusal."""
    found = _kinds.get(key)
    if found is None:
        raise KindRefusal(f"没有名为“{key}”的后台任务，可能是旧版本排的队。请重新提交一次。")
    return found
