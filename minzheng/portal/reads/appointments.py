"""What an administrator's pages show beside the posts: what waits, who stands in, what was done."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from minzheng.core.access.grants import POSTS
from minzheng.core.access.scope import Scope
from minzheng.core.areas import reads as areas
from minzheng.portal.reads.query import one, rows

KINDS = {"i": "新增", "u": "修改", "d": "删除"}


@dataclass(frozen=True)
class Proposed:
    """An appointment, or a substitution, that waits for another administrator; `key` is its own."""

    substitution: bool
    key: int
    user: int
    name: str
    label: str
    area: int
    since: date | None
    until: date | None
    by: str
    instead: str
    place: str = ""


@dataclass(frozen=True)
class StandsIn:
    """Somebody in a post for its holder; `gone` when it is over."""

    key: int
    name: str
    absent: str
    label: str
    since: date | None
    until: date | None
    waiting: bool
    area: int


@dataclass(frozen=True)
class Done:
    """One entry of the history of somebody's posts."""

    at: datetime
    kind: str
    purpose: str
    by: str
    area: int


WAITING = """
SELECT * FROM (
SELECT false, p.id, u.id, u.name, p.key, p.area, lower(p.valid), upper(p.valid), coalesce(a.name, ''), ''
  FROM access_post p JOIN access_user u ON u.id = p.user_id
  LEFT JOIN access_user a ON a.id = p.appointed_by_id
 WHERE p.waiting AND NOT isempty(p.valid) AND p.area BETWEEN %(lo)s AND %(hi)s
UNION ALL
SELECT true, s.id, u.id, t.name, p.key, s.area, lower(s.valid), upper(s.valid), coalesce(a.name, ''), u.name
  FROM access_substitution s JOIN access_post p ON p.id = s.post_id JOIN access_user u ON u.id = p.user_id
  JOIN access_user t ON t.id = s.stand_in_id LEFT JOIN access_user a ON a.id = s.appointed_by_id
 WHERE s.waiting AND NOT isempty(s.valid) AND s.area BETWEEN %(lo)s AND %(hi)s) every ORDER BY 1, 2 LIMIT 50
"""
STANDING_IN = """
SELECT s.id, t.name, u.name, p.key, lower(s.valid), upper(s.valid), s.waiting, s.area
  FROM access_substitution s JOIN access_post p ON p.id = s.post_id JOIN access_user u ON u.id = p.user_id
  JOIN access_user t ON t.id = s.stand_in_id
 WHERE (p.user_id = %(user)s OR s.stand_in_id = %(user)s) AND s.area BETWEEN %(lo)s AND %(hi)s
   AND NOT isempty(s.valid) ORDER BY s.id DESC LIMIT 40
"""
DONE = """
SELECT h.at, h.kind, coalesce(h.purpose, ''), coalesce(u.name, ''), h.area
  FROM audit_history h LEFT JOIN access_user u ON u.id = h.user_key
 WHERE h.area BETWEEN %(lo)s AND %(hi)s
   AND ((h.table_name = 'access_post' AND h.row IN (SELECT id FROM access_post WHERE user_id = %(user)s))
     OR (h.table_name = 'access_substitution' AND h.row IN (
          SELECT s.id FROM access_substitution s JOIN access_post p ON p.id = s.post_id
           WHERE p.user_id = %(user)s OR s.stand_in_id = %(user)s)))
 ORDER BY h.id DESC LIMIT 20
"""
OWNERS = {
    "access_post": "SELECT user_id, area FROM access_post WHERE id = %(key)s",
    "access_substitution": "SELECT p.user_id, s.area FROM access_substitution s"
    " JOIN access_post p ON p.id = s.post_id WHERE s.id = %(key)s",
}


def waiting(scope: Scope) -> tuple[Proposed, ...]:
    """What waits for a second administrator in the scope."""
    found = [
        each
        for each in rows(Proposed, WAITING, {"lo": scope.lo, "hi": scope.hi})
        if scope.holds(each.area)
    ]  # fmt: skip
    places = areas.path_names({each.area for each in found})
    return tuple(
        replace(
            each,
            label=POSTS.get(each.label, each.label),
            place=places[each.area].removeprefix("云南省/"),
        )
        for each in found
    )


def substitutions(user: int, scope: Scope) -> tuple[StandsIn, ...]:
    """Who stands or stood in for the user, and for whom the user did, within the scope."""
    found = rows(StandsIn, STANDING_IN, {"user": user, "lo": scope.lo, "hi": scope.hi})
    return tuple(
        replace(each, label=POSTS.get(each.label, each.label)) for each in found if scope.holds(each.area)
    )


def done(user: int, scope: Scope) -> tuple[Done, ...]:
    """What was done about the user's posts within the scope, newest first."""
    found = rows(Done, DONE, {"user": user, "lo": scope.lo, "hi": scope.hi})
    return tuple(
        replace(each, kind=KINDS.get(each.kind, each.kind)) for each in found if scope.holds(each.area)
    )


def owner(table: str, key: int, scope: Scope) -> int | None:
    """Whose post or substitution this is, or the user of this key; None outside the scope."""
    if table == "access_user":
        held = rows(int, "SELECT area FROM access_post WHERE user_id = %(key)s", {"key": key})
        return key if any(scope.holds(area) for area in held) else None
    found = one(OWNERS[table], {"key": key})
    return int(found[0]) if found and scope.holds(found[1]) else None


def is_oneself(user: int, scope: Scope) -> bool:
    """Whether this account belongs to the natural person who asks."""
    found = one("SELECT natural_person FROM access_user WHERE id = %(key)s", {"key": user})
    return bool(found) and found[0] == scope.natural_person
