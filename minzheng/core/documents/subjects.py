"""The things that documents are about. Whoever keeps such things says here how one is found in scope.

In the app's `ready`: `register("case", find_case)`, where `find_case(key)` answers a Subject, or None for one
that is not in sight. Who sees the thing sees its documents, and nobody else: a resident whose post reaches a
village but who sees only cases of their own sees only the documents of those.
"""

from collections.abc import Callable
from dataclasses import dataclass

from minzheng.core.access.actor import MissingRefusal
from minzheng.core.documents.refusals import MISSING


@dataclass(frozen=True)
class Subject:
    """A thing that documents are about: its area, what it is called, its page, and what it must have.

    `asked` are the kinds that must be there; `open` says whether anything may still be added or withdrawn.
    """

    about: str
    key: int
    area: int
    title: str
    link: str = ""
    asked: tuple[str, ...] = ()
    open: bool = True


Finder = Callable[[int], Subject | None]
_finders: dict[str, Finder] = {}


def register(about: str, find: Finder) -> None:
    """Say how a thing of this word is found; the last one said holds (a test may say another)."""
    _finders[about] = find


def seen(about: str, key: int) -> Subject:
    """The thing; raises MissingRefusal where `find` has none."""
    found = find(about, key)
    if found is None:
        raise MissingRefusal(MISSING)
    return found


def find(about: str, key: int) -> Subject | None:
    """The thing, within the scope in force; None where there is none, or nobody knows such things."""
    finder = _finders.get(about)
    return finder(key) if finder else None
