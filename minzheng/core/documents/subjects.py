"""The things that documents are about. Whoever keeps such things says here how one is found in scope.

register("case", find_case)      # in the app's `ready`; find_case(key) → Subject, or None out of scope
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A thing that documents are about: its area, what it is called, its page, and what it must have.

    `asked` are the kinds that must be there; `open` says whether anything may still be added or withdrawn.
    """

    about: str
    key: int
    area: int
    title: str
    link: str
    asked: tuple[str, ...] = ()
    open: bool = True


Finder = Callable[[int], Subject | None]
_finders: dict[str, Finder] = {}


def register(about: str, find: Finder) -> None:
    """Say how a thing of this word is found; the last one said holds (a test may say another)."""
    _finders[about] = find


def find(about: str, key: int) -> Subject | None:
    """The thing, within the scope in force; None where there is none, or nobody knows such things."""
    finder = _finders.get(about)
    return finder(key) if finder else None
