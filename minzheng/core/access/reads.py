"""Questions about users and posts."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.contrib.auth.hashers import check_password
from django.db import connection

from minzheng.core.access import demonstration
from minzheng.core.access.grants import POSTS, STRONG
from minzheng.core.access.models import User
from minzheng.core.access.scope import Scope
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.kernel.errors import Refusal

#: The demonstration's one password; a real installation has no user with `is_demo`.
DEMO_PASSWORD = "minzheng-yanshi"


class UnknownUserRefusal(Refusal):
    """No active user of that name holds a post today."""


@dataclass(frozen=True)
class HeldPost:
    """One post that a user may act under today, their own or as a substitute for `absent`.

    `id` is what a session chooses; that of a post held for another is negative.
    """

    id: int
    key: str
    label: str
    area: int
    place: str
    absent: str = ""


@dataclass(frozen=True)
class DemoUser:
    """A user of the demonstration, as `make run` prints it and the demonstration's sign-in page shows it.

    `password` is "" for one who has changed it; `group` is the county of those made by rule.
    """

    username: str
    name: str
    posts: str
    password: str
    group: str = ""


def held_posts(user: int, day: date | None = None) -> tuple[HeldPost, ...]:
    """The posts that an active user holds on the day (default: the business date), oldest first."""
    return _held([user], day).get(user, ())


def scope_of(user: int, post: int | None = None) -> Scope | None:
    """The scope of a user acting under one of their posts today: the one of this id, else the first.

    None when the account is closed or holds no post today. A post that is not (or no longer) theirs counts as
    not chosen. A substitute acts under the post, in the area and with the reach of the absent holder, but
    stays the natural person that they are.
    """
    held = _duties([user], today())
    if not held:
        return None
    chosen = next((each for each in held if each.id == post), held[0])
    ranges = areas.ranges(chosen.area)
    return Scope(
        lo=ranges[0][0],
        hi=ranges[-1][1],
        ranges=ranges,
        user=user,
        post=chosen.key,
        area=chosen.area,
        natural_person=chosen.natural_person,
        name=f"{chosen.name}（代{chosen.absent}）"[:50] if chosen.instead else chosen.name,
        instead=chosen.instead,
        person=chosen.person,
        strong=any(each.key in STRONG for each in held),
    )


def scope_named(username: str) -> Scope:
    """The scope of a user by sign-in name, for commands; raises UnknownUserRefusal."""
    key = User.objects.filter(username=username).values_list("pk", flat=True).first()
    scope = scope_of(key) if key is not None else None
    if scope is None:
        raise UnknownUserRefusal(f"没有名为“{username}”且今天有岗位的用户，请核对登录名。")
    return scope


def demo_users() -> tuple[DemoUser, ...]:
    """The demonstration's users who can sign in, with their posts; empty in a real installation."""
    users = list(
        User.objects.filter(is_demo=True, is_active=True).exclude(password__startswith="!").order_by("id")
    )
    held = _held([user.pk for user in users])
    named = {each.username for each in demonstration.NAMED}
    return tuple(
        DemoUser(
            user.username,
            user.name,
            "；".join(f"{post.place} {post.label}" for post in held.get(user.pk, ())),
            DEMO_PASSWORD if _opens(user.password) else "",
            _county(held.get(user.pk, ())) if user.username not in named and "-" in user.username else "",
        )
        for user in users
    )


def _county(held: tuple[HeldPost, ...]) -> str:
    """The county of the first post, such as 鲁甸县."""
    return (held[0].place.split("/")[1:2] or [""])[0] if held else ""


@lru_cache(maxsize=64)
def _opens(kept: str) -> bool:
    """Whether the demonstration's password is the one of this hash. They share one hash, so one is tried."""
    return check_password(DEMO_PASSWORD, kept)


@dataclass(frozen=True)
class _Duty:
    """A row of `access_held` (migration 0006), which answers before there is a scope."""

    user: int
    id: int
    key: str
    area: int
    person: int | None
    name: str
    natural_person: str
    instead: int | None
    absent: str


def _duties(users: list[int], day: date) -> list[_Duty]:
    """Every post that these active users may act under on the day; their own before others', oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM access_held(%s, daterange(%s, %s, '[]'), false) ORDER BY instead NULLS FIRST, id",
            [users, day, day],
        )
        return [_Duty(*row) for row in cursor.fetchall()]


def held_during(users: list[int], since: date | None, until: date | None) -> set[tuple[str, int]]:
    """(post, area) that these users hold, stand in for or are proposed for at some time in [since, until)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, area FROM access_held(%s, daterange(%s, %s), true)", [users, since, until]
        )
        return {(key, area) for key, area in cursor.fetchall()}


def _held(users: list[int], day: date | None = None) -> dict[int, tuple[HeldPost, ...]]:
    """User → posts held on the day, in two queries however many."""
    on = day or today()
    duties = _duties(users, on)
    places = areas.path_names({each.area for each in duties}, on)
    held: dict[int, tuple[HeldPost, ...]] = {}
    for each in duties:
        place = places[each.area].removeprefix("云南省/") or str(each.area)
        label = POSTS.get(each.key, each.key) + (f"（代{each.absent}）" if each.absent else "")
        post = HeldPost(each.id, each.key, label, each.area, place, each.absent)
        held[each.user] = (*held.get(each.user, ()), post)
    return held
