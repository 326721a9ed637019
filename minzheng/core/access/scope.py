"""The scope of what is going on: which areas, whose, under which post. One per transaction.

The first wall (`scoped.ScopedManager`) reads it from here; the second (row security) from settings that are
local to the transaction. Both are set in one place, `entered`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from minzheng.core.areas import memo
from minzheng.kernel.errors import Refusal

Range = tuple[int, int]


class NoScopeRefusal(Refusal):
    """Something scoped was asked for by nobody."""


@dataclass(frozen=True)
class Scope:
    """The areas [lo, hi] that a post answers for, and who acts under it.

    `ranges` are exact where the area has had several codes (then [lo, hi] has holes); empty means one range,
    [lo, hi]. `user` is the account's key, `post` the key of the post, `area` where it is held. `instead` is
    the account of the absent holder for whom a substitute acts; `person` who in the register a resident is.
    `strong`: some post of the user asks for a second factor.
    """

    lo: int
    hi: int
    user: int | None = None
    post: str | None = None
    ranges: tuple[Range, ...] = ()
    area: int = 0
    natural_person: str = ""
    name: str = ""
    instead: int | None = None
    person: int | None = None
    strong: bool = False

    def __post_init__(self) -> None:
        if not self.ranges:
            object.__setattr__(self, "ranges", ((self.lo, self.hi),))

    @property
    def duty(self) -> str | None:
        """What history and the access log say of the post: its key, and for whom a substitute holds it."""
        return f"{self.post} for {self.instead}" if self.instead else self.post

    def holds(self, area: int) -> bool:
        """Whether a row of this area lies within."""
        return any(low <= area <= high for low, high in self.ranges)


_current: ContextVar[Scope | None] = ContextVar("minzheng_scope", default=None)


def current() -> Scope:
    """The scope in force; raises NoScopeRefusal where there is none."""
    scope = _current.get()
    if scope is None:
        raise NoScopeRefusal("现在没有有效的岗位和管辖范围，不能查看或办理，请重新登录。")
    return scope


def find() -> Scope | None:
    """The scope in force, or None."""
    return _current.get()


@contextmanager
def entered(scope: Scope | None, request: str = "", purpose: str = "") -> Iterator[None]:
    """Put a scope in force for the open transaction; what was in force comes back afterwards.

    What another scope has read and remembers is put aside meanwhile.

    Outside a transaction the settings would be lost at once, so that is a programming error (RuntimeError).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a scope needs an open transaction")
    before = _current.get()
    token = _current.set(scope)
    _tell(scope, request, purpose)
    try:
        with memo.suspended():
            yield
    finally:
        _current.reset(token)
        # A transaction that has failed or ended has lost its settings already.
        if connection.in_atomic_block and not connection.needs_rollback and not _failed():
            _tell(before, request, "")


def oneself(user: int) -> Scope:
    """The scope of somebody who has signed in and may do nothing yet: no row lies within, no post is held."""
    return Scope(lo=1, hi=0, user=user)


@contextmanager
def acting(scope: Scope, request: str = "", purpose: str = "") -> Iterator[None]:
    """A transaction under a scope, for commands, jobs and tests."""
    with transaction.atomic(), entered(scope, request, purpose):
        yield


def for_purpose(purpose: str) -> None:
    """Say why the rest of the transaction looks and changes; it stands in every history entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.purpose', %s, true)", [purpose])


def _failed() -> bool:
    raw = connection.connection
    return raw is None or raw.closed or raw.info.transaction_status == TransactionStatus.INERROR


def _tell(scope: Scope | None, request: str, purpose: str) -> None:
    """Settings local to the transaction, all in one statement; empty ones read as NULL in the policies."""
    values = {
        "lo": "",
        "hi": "",
        "ranges": "",
        "user": "",
        "post": "",
        "request": request,
        "purpose": purpose,
    }
    if scope is not None:
        values |= {"lo": str(scope.lo), "hi": str(scope.hi), "post": scope.duty or ""}
        values["user"] = "" if scope.user is None else str(scope.user)
        if len(scope.ranges) > 1:
            values["ranges"] = "{" + ",".join(f"[{low},{high}]" for low, high in scope.ranges) + "}"
    settings = ", ".join(f"set_config('app.{name}', %s, true)" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {settings}", list(values.values()))
