"""What a request has read already, read once.

Inside `remembering` a function marked `@once` asks the database once for the same arguments; everywhere else
(commands, jobs, the month's run) it asks each time. `suspended` lets another scope read for itself: what one
scope was shown is never told to another.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

Told = ParamSpec("Told")
Found = TypeVar("Found")
Memory = dict[Hashable, Any]

_memory: ContextVar[Memory | None] = ContextVar("minzheng_memory", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """From here to the end, what `@once` reads is kept; it begins empty and ends forgotten."""
    with _held({}):
        yield


@contextmanager
def suspended() -> Iterator[None]:
    """From here to the end, nothing is remembered and nothing remembered is used."""
    with _held(None):
        yield


def once(read: Callable[Told, Found]) -> Callable[Told, Found]:
    """A read whose answer within one request is the same; arguments are hashable, answers immutable."""

    @wraps(read)
    def asked(*args: Told.args, **kwargs: Told.kwargs) -> Found:
        memory = _memory.get()
        if memory is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in memory:
            memory[key] = read(*args, **kwargs)
        return cast(Found, memory[key])

    return asked


@contextmanager
def _held(memory: Memory | None) -> Iterator[None]:
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)
