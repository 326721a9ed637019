"""Telling people: a message inside the site, a text message; in the transaction of the act they tell of."""

import re
from dataclasses import dataclass

from django.db import connection
from django.utils.http import url_has_allowed_host_and_scheme

from minzheng.core.access.scope import current, find
from minzheng.core.notices.models import Message, Seen, TextMessage
from minzheng.core.notices.reads import unseen
from minzheng.core.people import masks
from minzheng.core.people.crypto import provider
from minzheng.kernel.errors import Refusal

PHONE = "notices_textmessage.phone"
MOBILE = re.compile(r"1[3-9]\d{9}")
#: An identity number or an account: it has no place in a message.
PERSONAL = re.compile(r"(?<!\d)\d{15,}[\dXx]?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789", " -　－")
TITLE, TEXT, WORDS, LINK = 120, 1000, 500, 200


class NoticeRefusal(Refusal):
    """A message that cannot be told: too long, a link elsewhere, a personal number in it, no phone number."""


@dataclass(frozen=True)
class User:
    """One account, by its key."""

    id: int


@dataclass(frozen=True)
class Post:
    """Whoever holds this post in this area (or stands in for them) when they look."""

    key: str
    area: int


def tell(
    to: User | Post, title: str, text: str, link: str, about: str = "", key: int = 0, kind: str = ""
) -> None:
    """Leave a message, once for (about, key, kind, to); without `about` every call is another message.

    `link` is an address of this site, or "". Raises NoticeRefusal.
    """
    _sayable("标题", title, TITLE)
    _sayable("内容", text, TEXT)
    if not local(link):
        raise NoticeRefusal("消息里的链接只能指向本系统的页面（以 / 开头），没有发出。")
    acting = find()
    message = Message(
        to_user=to.id if isinstance(to, User) else None,
        to_post=to.key if isinstance(to, Post) else "",
        area=to.area if isinstance(to, Post) else None,
        title=title,
        text=text,
        link=link,
        about=about,
        about_key=key,
        kind=kind,
        by=acting.user if acting else None,
    )
    # Without naming the constraint and without asking anything back: the teller may not read what it tells.
    Message.unscoped.bulk_create([message], ignore_conflicts=True)


def local(link: str) -> bool:
    """Whether a link stays within this site and is short enough to be kept; "" is none."""
    if not link:
        return True
    plain = link.startswith("/") and len(link) <= LINK and link.isprintable() and "\\" not in link
    return plain and url_has_allowed_host_and_scheme(link, allowed_hosts=None) and not PERSONAL.search(link)


def mark(key: int) -> str | None:
    """Mark one's message as read; its link, or None where there is no such message for whoever acts now."""
    link = Message.objects.filter(pk=key).values_list("link", flat=True).first()
    if link is not None:
        Seen.objects.bulk_create([Seen(message_id=key, user=current().user)], ignore_conflicts=True)
    return link


def mark_all() -> int:
    """Mark everything that is unread as read; how many."""
    keys = list(unseen().values_list("pk", flat=True))
    user = current().user
    Seen.objects.bulk_create([Seen(message_id=key, user=user) for key in keys], ignore_conflicts=True)
    return len(keys)


def text_message(
    phone: str, words: str, about: str, key: int, kind: str = "", area: int | None = None
) -> None:
    """Put a text message into the outbox, once for (about, key, kind, phone); `minzheng sms send` sends it.

    `area` is the handling area (default: where the post in force is held). Raises NoticeRefusal; the number
    is in no message of it.
    """
    number = phone.translate(_FULL_WIDTH).removeprefix("+86")
    if not MOBILE.fullmatch(number):
        raise NoticeRefusal("手机号码应为11位数字，以1开头。请核对后再发短信。")
    if not about:
        raise NoticeRefusal("短信没有写明为哪件事发送，不能保证只发一次，没有登记。")
    _sayable("短信", words, WORDS)
    acting = find()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('notices_textmessage', 'id'))")
        (own,) = cursor.fetchone()
    keeper = provider()
    message = TextMessage(
        id=own,
        area=area if area is not None else (acting.area or acting.lo) if acting else 0,
        phone_cipher=keeper.encrypt(PHONE, [own], [number])[0],
        phone_index=keeper.index([number])[0],
        phone_masked=masks.phone(number),
        words=words,
        about=about,
        about_key=key,
        kind=kind,
        by=acting.user if acting else None,
    )
    TextMessage.unscoped.bulk_create([message], ignore_conflicts=True)


def _sayable(what: str, words: str, longest: int) -> None:
    if len(words) > longest or (what != "内容" and not words.strip()):
        raise NoticeRefusal(f"消息的{what}应有1到{longest}个字，没有发出。")
    if PERSONAL.search(words):
        raise NoticeRefusal(f"消息的{what}里有证件号码或者账号，没有发出。请改用姓名或案件编号。")
