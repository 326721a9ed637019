"""Deeds on users and posts. Only owner and engine may make them; the web switches between posts it finds."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils import timezone

from minzheng.core.access import demonstration, factors, reads
from minzheng.core.access.grants import POSTS, STRONG
from minzheng.core.access.middleware import POST_KEY
from minzheng.core.access.models import Post, User
from minzheng.core.areas import reads as areas
from minzheng.kernel.errors import Refusal

#: So many wrong passwords in a row lock an account for so long.
FAILURES, LOCKED = 10, timedelta(minutes=15)


class PostRefusal(Refusal):
    """A post that does not exist or is not this user's."""


class HasSession(Protocol):
    """What switching needs of a session: it keeps a value under a key."""

    def __setitem__(self, key: str, value: int) -> None: ...


def switch_post(session: HasSession, user: int, post: int) -> None:
    """Act under another of one's posts from the next request on; raises PostRefusal."""
    if post not in {held.id for held in reads.held_posts(user)}:
        raise PostRefusal("找不到这个岗位，或您今天不在这个岗位上。")
    session[POST_KEY] = post


def ensure_user(
    username: str, name: str, natural_person: str, password_hash: str, is_demo: bool = False
) -> int:
    """The key of the user of this name, made when missing; an existing one is left as it is."""
    made, _ = User.objects.get_or_create(
        username=username,
        defaults={
            "name": name,
            "natural_person": natural_person,
            "password": password_hash,
            "is_demo": is_demo,
        },
    )
    return int(made.pk)


def appoint(user: int, key: str, area: int, since: date, until: date | None = None) -> int:
    """Give a user a post for [since, until); once only. Raises PostRefusal, and refusals of the area."""
    if key not in POSTS:
        raise PostRefusal(f"没有编号为“{key}”的岗位，现有：{'、'.join(POSTS)}。")
    areas.area(area)
    given, _ = Post.objects.get_or_create(user_id=user, key=key, area=area, valid=DateRange(since, until))
    return int(given.pk)


def end_post(post: int, until: date) -> None:
    """Take a post away from the day `until` on; raises PostRefusal."""
    held = Post.objects.filter(pk=post).first()
    if held is None:
        raise PostRefusal("找不到这个岗位。")
    held.valid = DateRange(held.valid.lower, until)
    held.save(update_fields=["valid"])


def count_failure(username: str) -> None:
    """A wrong password for an account, whether there is one or not; one too many locks it for a while."""
    known = User.objects.filter(username=username)
    if known.filter(failures__gte=FAILURES - 1).update(failures=0, locked_until=timezone.now() + LOCKED):
        return
    known.update(failures=F("failures") + 1)


def is_locked(username: str) -> bool:
    """Whether too many wrong passwords have locked this account just now."""
    return User.objects.filter(username=username, locked_until__gt=timezone.now()).exists()


def ensure_demo_users() -> None:
    """The demonstration's users, posts and second factors, once. Needs the areas; all different people."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('minzheng demo users'))")
        everybody = demonstration.people()
        known = set(User.objects.values_list("username", flat=True))
        missing = [each for each in everybody if each.username not in known]
        if not missing:
            return
        # One hash for all: they share a password that everybody may know, and hashing is slow on purpose.
        shared = make_password(reads.DEMO_PASSWORD)
        User.objects.bulk_create(
            User(username=each.username, name=each.name, natural_person=f"演示:{each.username}",
                 password=shared, is_demo=True)
            for each in missing
        )  # fmt: skip
        _give_demo_posts(missing)
        _give_demo_factors(everybody)


def _give_demo_posts(people: Sequence[demonstration.Acting]) -> None:
    """Their posts."""
    names = [each.username for each in people]
    keys = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    valid = DateRange(demonstration.SINCE, None)
    Post.objects.bulk_create(
        (
            Post(user_id=keys[each.username], key=key, area=area, valid=valid)
            for each in people
            for key, area in each.posts
        ),
        ignore_conflicts=True,
    )


def _give_demo_factors(people: Sequence[demonstration.Acting]) -> None:
    """The demonstration's second factor for those whose post asks for one and who have none yet."""
    strong = [each.username for each in people if any(key in STRONG for key, _ in each.posts)]
    keys = list(User.objects.filter(username__in=strong, is_demo=True).values_list("pk", flat=True))
    for key in set(keys) - factors.enrolled_among(keys):
        factors.enrol(key, factors.DEMO_SECRET)
