"""Since when it is certain who sits there, and how long one may do nothing.

A session remembers three instants (seconds since 1970): when somebody last proved who they are by password or
code (`PROVED`), when by a second factor (`SECOND`), and when a request was last made (`SEEN`). Where somebody
is signed in stands in `seats`.
"""

import time

from django.conf import settings
from django.http import HttpRequest

PROVED, SECOND, SEEN = "proved", "second", "seen"
#: What allauth remembers of how somebody signed in.
METHODS = "account_authentication_methods"
#: A request is noted at most this often (seconds), so that looking does not write.
NOTED_EVERY = 60


def begin(request: HttpRequest) -> None:
    """Somebody has just signed in."""
    session = request.session
    session[PROVED] = session[SEEN] = time.time()
    if any(each.get("method") == "mfa" for each in session.get(METHODS) or ()):
        session[SECOND] = time.time()


def idle(request: HttpRequest) -> bool:
    """Whether nothing was asked for longer than is allowed."""
    seen = request.session.get(SEEN)
    return bool(seen) and time.time() - float(seen) > settings.ACCESS_IDLE_SECONDS


def note(request: HttpRequest) -> None:
    """Remember that something was asked just now."""
    if time.time() - float(request.session.get(SEEN) or 0) > NOTED_EVERY:
        request.session[SEEN] = time.time()


def fresh(request: HttpRequest, minutes: int) -> bool:
    """Whether it was proved less than so many minutes ago who sits there."""
    return time.time() - float(request.session.get(PROVED) or 0) < minutes * 60


def proved(request: HttpRequest, second: bool = False) -> None:
    """It has just been proved, by a second factor or without one."""
    request.session[PROVED] = time.time()
    if second:
        request.session[SECOND] = time.time()


def has_second(request: HttpRequest) -> bool:
    """Whether a second factor was used in this session."""
    return SECOND in request.session
