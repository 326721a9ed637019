"""Questions about one's messages, and about text messages within one's areas."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from minzheng.core.access.scope import current, find
from minzheng.core.notices.models import STATES, Message, Seen, TextMessage

#: More unread messages than this are "99+".
MANY = 99
#: Older messages are no news: whoever takes over a post is not met by years of its messages.
FRESH = timedelta(days=90)


@dataclass(frozen=True)
class Card:
    """One message as a page shows it; `post` where it came to one's post."""

    id: int
    title: str
    text: str
    link: str
    at: datetime
    post: bool
    unread: bool


@dataclass(frozen=True)
class Sms:
    """One text message, by its masked number."""

    phone: str
    words: str
    state: str
    told: str
    at: datetime
    ended_at: datetime | None


def unseen() -> QuerySet[Any]:
    """One's messages of the last 90 days that one has not marked as read."""
    mark = Seen.objects.filter(message=OuterRef("pk"), user=current().user)
    return Message.objects.filter(~Exists(mark), at__gt=Now() - FRESH)


def unread() -> int:
    """How many messages are unread, at most 100, in one statement; 0 where nobody acts."""
    scope = find()
    if scope is None or scope.user is None:
        return 0
    return unseen()[: MANY + 1].count()


def count(unread_only: bool) -> int:
    """How many messages the list has."""
    return (unseen() if unread_only else Message.objects.all()).count()


def messages(unread_only: bool, limit: int, offset: int) -> tuple[Card, ...]:
    """One's messages, newest first: the unread ones, or all."""
    mark = Seen.objects.filter(message=OuterRef("pk"), user=current().user)
    found = unseen() if unread_only else Message.objects.all()
    rows = found.annotate(read=Exists(mark)).order_by("-id")[offset : offset + limit]
    return tuple(
        Card(each.pk, each.title, each.text, each.link, each.at, bool(each.to_post), not each.read)
        for each in rows
    )


def texts(about: str, key: int) -> tuple[Sms, ...]:
    """The text messages about a thing, oldest first, within one's areas."""
    found = TextMessage.objects.filter(about=about, about_key=key).order_by("id")
    return tuple(
        Sms(each.phone_masked, each.words, each.state, each.told, each.at, each.ended_at) for each in found
    )


def outbox() -> dict[str, int]:
    """State → how many text messages, of everywhere: for the command, as engine."""
    found = TextMessage.unscoped.values_list("state").annotate(Count("id"))
    return dict.fromkeys(STATES, 0) | dict(found)
