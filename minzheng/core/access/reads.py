"""Questions about users and posts."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.contrib.auth.hashers import check_password

from minzheng.core.access.grants import POSTS
from minzheng.core.access.models import Post, User
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
    """One post that a user holds today. `id` is what a session chooses."""

    id: int
    key: str
    label: str
    area: int
    place: str


@dataclass(frozen=True)
class DemoUser:
    """A user of the demonstration, as `make run` prints it and the demonstration's sign-in page shows it.

    `password` is "" for one who has changed it.
    """

    username: str
    name: str
    posts: str
    password: str


def held_posts(user: int, day: date | None = None) -> tuple[HeldPost, ...]:
    """The posts that an active user holds on the day (default: the business date), oldest first."""
    return _held([user], day).get(user, ())


def scope_of(user: int, post: int | None = None) -> Scope | None:
    """The scope of a user acting under one of their posts today: the one of this id, else the first.

    None when the account is closed or holds no post today. A post that is not (or no longer) theirs counts as
    not chosen.
    """
    held = list(
        Post.objects.filter(user_id=user, user__is_active=True, valid__contains=today())
        .select_related("user")
        .order_by("id")
    )
    if not held:
        return None
    chosen = next((candidate for candidate in held if candidate.pk == post), held[0])
    ranges = areas.ranges(chosen.area)
    return Scope(
        lo=ranges[0][0],
        hi=ranges[-1][1],
        ranges=ranges,
        user=user,
        post=chosen.key,
        area=chosen.area,
        natural_person=chosen.user.natural_person,
        name=chosen.user.name,
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
    return tuple(
        DemoUser(
            user.username,
            user.name,
            "；".join(f"{post.place} {post.label}" for post in held.get(user.pk, ())),
            DEMO_PASSWORD if _opens(user.password) else "",
        )
        for user in users
    )


@lru_cache(maxsize=64)
def _opens(kept: str) -> bool:
    """Whether the demonstration's password is the one of this hash. They share one hash, so one is tried."""
    return check_password(DEMO_PASSWORD, kept)


def _held(users: list[int], day: date | None = None) -> dict[int, tuple[HeldPost, ...]]:
    """User → posts held on the day, in three queries however many."""
    on = day or today()
    posts = list(
        Post.objects.filter(user_id__in=users, user__is_active=True, valid__contains=on)
        .order_by("id")
        .values_list("user_id", "id", "key", "area")
    )
    places = areas.path_names({area for *_, area in posts}, on)
    held: dict[int, tuple[HeldPost, ...]] = {}
    for user, post, key, area in posts:
        place = places[area].removeprefix("云南省/") or str(area)
        held[user] = (*held.get(user, ()), HeldPost(post, key, POSTS.get(key, key), area, place))
    return held
