"""Who acts: the natural person behind a scope, and the refusals of an act that is not theirs or comes too
late.
"""

from dataclasses import dataclass
from typing import Protocol

from django.db import connection

from minzheng.core.access.grants import may
from minzheng.kernel.errors import Refusal


class ActRefusal(Refusal):
    """An act that is not allowed; `status` is what a page answers."""

    status = 403


class StaleRefusal(ActRefusal):
    """Somebody else changed it since it was read, or it is past that step."""

    status = 409


class MissingRefusal(ActRefusal):
    """It does not exist, or lies outside the scope, which is the same to the asker."""

    status = 404


class SegregationRefusal(ActRefusal):
    """Another natural person must do this."""


class ScopeLike(Protocol):
    """What an act asks of `access.scope.Scope`."""

    @property
    def lo(self) -> int: ...
    @property
    def hi(self) -> int: ...
    @property
    def user(self) -> int | None: ...
    @property
    def post(self) -> str | None: ...


@dataclass(frozen=True)
class Actor:
    """The natural person who acts, the account used, and the areas [lo, hi] of the post."""

    user: int
    natural_person: str
    lo: int
    hi: int


def actor(scope: ScopeLike) -> Actor:
    """The active account behind a scope; raises ActRefusal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT natural_person FROM access_user WHERE id = %s AND is_active", [scope.user])
        row = cursor.fetchone()
    if row is None or not row[0] or scope.user is None:
        raise ActRefusal("这个账号没有登记自然人身份或已停用，不能办理。")
    return Actor(scope.user, row[0], scope.lo, scope.hi)


def allowed(scope: ScopeLike, step: str) -> Actor:
    """The actor, if the scope's post grants the step (the predicate that also draws the button); else
    ActRefusal.
    """
    if not may(scope, step):
        raise ActRefusal("您现在的岗位不能办理这一步，请换到有此权限的岗位。")
    return actor(scope)
