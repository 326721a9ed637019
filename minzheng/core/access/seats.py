"""Where a user is signed in: in how many places at most, and ending them."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from minzheng.core.access import sessions
from minzheng.core.access.models import Seat, User

_BROWSERS = (("Edg/", "Edge"), ("QAX", "奇安信"), ("Firefox/", "Firefox"), ("Chrome/", "Chromium"),
             ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("Windows", "Windows"), ("UOS", "统信"),
            ("Linux", "Linux"), ("Mac OS", "Mac"))  # fmt: skip


@dataclass(frozen=True)
class SignedIn:
    """One place where a user is signed in; `seen` is the last request noted, `here` the one that asks."""

    id: int
    browser: str
    since: datetime
    seen: datetime | None
    here: bool


def began(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Receiver of Django's `user_logged_in`: the session starts; the oldest of too many ends."""
    sessions.begin(request)
    if not request.session.session_key:
        request.session.save()
    if user.failures or user.locked_until:
        User.objects.filter(pk=user.pk).update(failures=0, locked_until=None)
    _sit(request, user.pk)
    for each in alive(user.pk)[settings.ACCESS_SESSIONS :]:
        _end(each)


def alive(user: int) -> list[Seat]:
    """Where the user is signed in, newest first; what has ended by itself is forgotten."""
    found = list(Seat.objects.filter(user_id=user).order_by("-since", "-id"))
    gone = [each for each in found if not _store().exists(each.session)]
    if gone:
        Seat.objects.filter(pk__in=[each.pk for each in gone]).delete()
    return [each for each in found if each not in gone]


def signed_in(request: HttpRequest, user: int) -> tuple[SignedIn, ...]:
    """The same, as a page shows it."""
    return tuple(
        SignedIn(each.pk, each.browser, each.since, _seen(each), each.session == request.session.session_key)
        for each in alive(user)
    )


def end(user: int, seat: int) -> bool:
    """End one of the user's own sessions; False where there is none of this key."""
    found = Seat.objects.filter(user_id=user, pk=seat).first()
    if found is not None:
        _end(found)
    return found is not None


def end_others(user: int, here: str | None) -> int:
    """End every session of the user but this one; returns how many."""
    others = [each for each in alive(user) if each.session != here]
    for each in others:
        _end(each)
    return len(others)


def moved(request: HttpRequest, before: str | None) -> None:
    """The session has got another key (a changed password renews it)."""
    if before != request.session.session_key:
        Seat.objects.filter(session=before).delete()
        _sit(request, request.user.pk)


def browser_of(request: HttpRequest) -> str:
    """The browser and the system in two words."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    words = [next((word for mark, word in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(word for word in words if word) or "其他程序"


def _sit(request: HttpRequest, user: int | None) -> None:
    found = {"user_id": user, "browser": browser_of(request)}
    Seat.objects.get_or_create(session=request.session.session_key, defaults=found)


def _end(seat: Seat) -> None:
    _store().delete(seat.session)
    seat.delete()


def _seen(seat: Seat) -> datetime | None:
    seen = _store(seat.session).get(sessions.SEEN)
    return datetime.fromtimestamp(float(seen), tz=seat.since.tzinfo) if seen else None


def _store(key: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
