"""Who holds which post where: for an administrator and an auditor, and for an officer who asks why not.

Names are told within the asker's own area only.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from minzheng.core.access import factors
from minzheng.core.access.grants import POSTS, STEPS, STRONG, matrix
from minzheng.core.access.reads import held_posts
from minzheng.core.access.scope import Scope
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.kernel.grants import REACH_LABELS
from minzheng.kernel.module import registry

MOST_NAMED = 12
PAGE = 20


@dataclass(frozen=True)
class Holder:
    """Somebody in a post today."""

    name: str
    label: str
    place: str


@dataclass(frozen=True)
class Why:
    """Who may take a step that was refused: (post, reach) in words, who is there, one's own other post."""

    step: str
    label: str
    posts: tuple[tuple[str, str], ...]
    holders: tuple[Holder, ...]
    mine: str


@dataclass(frozen=True)
class Right:
    """A line of the matrix: a step of a group, and the (post, word, reach) that may take it."""

    group: str
    step: str
    label: str
    posts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Officer:
    """One post of one account, as the list of who is who shows it; `absent` where it is held for another."""

    user: int
    post: int
    username: str
    name: str
    key: str
    label: str
    area: int
    since: date | None
    until: date | None
    waiting: bool
    active: bool
    locked: bool
    stands_in: str
    strong: bool
    appointed_by: str = ""
    mine: bool = False
    place: str = ""
    second: bool = False


def labels() -> dict[str, str]:
    """Step → its word, of core and of every subject."""
    found = dict(STEPS)
    for module in registry.modules():
        found |= dict(module.steps)
        found |= {step.key: step.label for procedure in module.procedures for step in procedure.steps}
    return found


def rights(post: str = "") -> tuple[Right, ...]:
    """Every step and who may take it, by group; with `post`, the steps of that post."""
    words, grants = labels(), matrix()
    groups = {step: module.label for module in registry.modules() for step in _steps_of(module)}
    found = []
    for step in dict.fromkeys([*STEPS, *words]):
        holders = [(key, POSTS.get(key, key), _reach(key, step)) for key in _in_order(grants.posts(step))]
        if holders and (not post or post in {key for key, *_ in holders}):
            found.append(Right(groups.get(step, "平台"), step, words[step], tuple(holders)))
    return tuple(found)


def why_not(step: str, scope: Scope | None) -> Why:
    """Who may take the step, and who of them is in the asker's area today."""
    posts = _in_order(matrix().posts(step))
    own = held_posts(scope.user) if scope is not None and scope.user is not None else ()
    mine = next((f"{post.place} {post.label}" for post in own if post.key in posts), "")
    named = tuple((POSTS.get(post, post), _reach(post, step)) for post in posts)
    return Why(step, labels().get(step, step), named, _holders(posts, scope) if scope else (), mine)


HOLDERS = """
SELECT u.name, p.key, p.area FROM access_post p JOIN access_user u ON u.id = p.user_id
 WHERE p.key = ANY(%(posts)s) AND p.area BETWEEN %(lo)s AND %(hi)s AND p.valid @> %(day)s::date
   AND NOT p.waiting AND u.is_active ORDER BY p.area, p.key, u.id LIMIT %(most)s
"""


def _holders(posts: tuple[str, ...], scope: Scope) -> tuple[Holder, ...]:
    values = {"posts": list(posts), "lo": scope.lo, "hi": scope.hi, "day": today(), "most": MOST_NAMED}
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, values)
        rows = [row for row in cursor.fetchall() if scope.holds(row[2])]
    places = areas.path_names({row[2] for row in rows})
    return tuple(Holder(name, POSTS[key], places[area].removeprefix("云南省/")) for name, key, area in rows)


OFFICERS = """
SELECT u.id, p.id, u.username, u.name, p.key, p.area, lower(p.valid), upper(p.valid), p.waiting, u.is_active,
       coalesce(u.locked_until > now(), false),
       coalesce((SELECT string_agg(s.name || CASE WHEN g.waiting THEN '（待确认）' ELSE '' END, '、'
                                   ORDER BY g.id)
                   FROM access_substitution g JOIN access_user s ON s.id = g.stand_in_id
                  WHERE g.post_id = p.id AND upper(g.valid) > %(day)s::date), ''),
       coalesce(a.name, ''), coalesce(a.natural_person, '') = %(person)s
  FROM access_post p JOIN access_user u ON u.id = p.user_id
  LEFT JOIN access_user a ON a.id = p.appointed_by_id
 WHERE p.area BETWEEN %(lo)s AND %(hi)s AND (%(post)s = '' OR p.key = %(post)s)
   AND (%(user)s = 0 OR u.id = %(user)s)
   AND (%(q)s = '' OR u.name LIKE %(like)s OR u.username LIKE %(like)s)
   AND NOT isempty(p.valid) AND (%(all)s OR upper(p.valid) IS NULL OR upper(p.valid) > %(day)s::date)
"""


def officers(
    scope: Scope, lo: int, hi: int, *, post: str = "", q: str = "", user: int = 0, ended: bool = False,
    number: int = 1, size: int = PAGE,
) -> tuple[tuple[Officer, ...], int]:  # fmt: skip
    """A page of the posts held in [lo, hi] within the scope, and how many there are."""
    like = "%" + q.replace("\\", "").replace("%", "").replace("_", "") + "%"
    values: dict[str, Any] = {
        "lo": max(lo, scope.lo), "hi": min(hi, scope.hi), "post": post, "user": user, "q": q, "like": like,
        "all": ended, "day": today(), "person": scope.natural_person, "limit": size,
        "offset": (number - 1) * size,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({OFFICERS}) every", values)
        count = int(cursor.fetchone()[0])
        cursor.execute(
            f"{OFFICERS} ORDER BY p.waiting DESC, p.area, p.key, p.id LIMIT %(limit)s OFFSET %(offset)s",
            values,
        )
        rows = [row for row in cursor.fetchall() if scope.holds(row[5])]
    places = areas.path_names({row[5] for row in rows})
    second = factors.enrolled_among([row[0] for row in rows])
    return tuple(_officer(row, places, second) for row in rows), count


def _officer(row: tuple[Any, ...], places: dict[int, str], second: set[int]) -> Officer:
    user, post, username, name, key, area, since, until, waiting, active, locked, stands_in, by, mine = row
    return Officer(
        user, post, username, name, key, POSTS.get(key, key), area, since, until, waiting, active, locked,
        stands_in, key in STRONG, by, mine, places[area].removeprefix("云南省/"), user in second,
    )  # fmt: skip


def _steps_of(module: Any) -> list[str]:
    """The steps that a subject declares."""
    inside = [step.key for procedure in module.procedures for step in procedure.steps]
    return [*inside, *(key for key, _ in module.steps)]


def _in_order(posts: tuple[str, ...]) -> tuple[str, ...]:
    """Posts as they are listed: from the province down."""
    return tuple(post for post in POSTS if post in posts)


def _reach(post: str, step: str) -> str:
    grant = matrix().grant(post, step)
    return REACH_LABELS[grant.reach] if grant else ""
