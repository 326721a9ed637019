"""Deeds on users and posts. Only owner and engine may make them; the web switches between posts it finds."""

from datetime import date
from typing import Protocol

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.core.access import reads
from minzheng.core.access.grants import POSTS
from minzheng.core.access.middleware import POST_KEY
from minzheng.core.access.models import Post, User
from minzheng.core.areas import reads as areas
from minzheng.kernel.errors import Refusal

_SINCE = date(2019, 1, 1)
#: Sign-in name, display name, posts (key, area). 昭阳区's officers make the chain of a month's payment.
_DEMO: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    ("sheng", "演示·省厅监督", (("province_supervisor", 530000000000),)),
    ("sheng-shenpi1", "演示·省厅审批甲", (("province_approver", 530000000000),)),
    ("sheng-shenpi2", "演示·省厅审批乙", (("province_approver", 530000000000),)),
    ("kunming", "演示·昆明监督", (("prefecture_supervisor", 530100000000),)),
    ("zhaotong", "演示·昭通监督", (("prefecture_supervisor", 530600000000),)),
    ("jingban", "演示·经办", (("county_clerk", 530602000000), ("county_clerk", 530621000000))),
    ("shenpi1", "演示·审批甲", (("county_approver", 530602000000),)),
    ("shenpi2", "演示·审批乙", (("county_approver", 530602000000),)),
    ("caiwu", "演示·发放", (("county_finance", 530602000000),)),
    ("shuifu", "演示·水富经办", (("county_clerk", 530681000000),)),
    ("xiangzhen", "演示·乡镇经办", (("township_clerk", 530602001000),)),
    ("ertong", "演示·儿童主任", (("child_director", 530602001001),)),
)


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


def ensure_demo_users() -> None:
    """The demonstration's users and posts, once. Needs the areas; the users are different natural persons."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('minzheng demo users'))")
        known = set(User.objects.values_list("username", flat=True))
        # One hash for all: they share a password that everybody may know, and hashing is slow on purpose.
        shared = "" if known >= {name for name, *_ in _DEMO} else make_password(reads.DEMO_PASSWORD)
        for username, name, posts in _DEMO:
            user = ensure_user(username, name, f"演示:{username}", shared, is_demo=True)
            for key, area in posts:
                appoint(user, key, area, _SINCE)
