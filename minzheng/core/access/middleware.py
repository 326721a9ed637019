"""A transaction and a scope around every request."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponseBase

from minzheng.core.access import reads, sessions
from minzheng.core.access import scope as scopes
from minzheng.core.access.guards import REFUSED, UNPROVEN
from minzheng.core.areas import memo

POST_KEY = "post"
_SERVER_ERROR = 500
#: A request of these methods only looks, so that what it has read stays as it was read.
_LOOKING = ("GET", "HEAD")
#: Sent inside its own transaction after a refusal: step (str), path (str).
refused = Signal()


class ScopeMiddleware:
    """Opens the transaction of the request and tells it first whose it is.

    Account and posts are read anew for each request, so what has been taken away is gone with the next one.
    A view that raises, and an answer of 500 or more, leaves nothing behind. An answer that streams would run
    after the transaction, without scope: refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        scope = self.scope_of(request)
        number = secrets.token_hex(8)
        with ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            stack.enter_context(scopes.entered(scope, request=number))
            if request.method in _LOOKING:
                stack.enter_context(memo.remembering())
            response = self.get_response(request)
            if response.streaming:
                raise RuntimeError("a streaming answer would run outside its scope; write the file in a job")
            if response.status_code >= _SERVER_ERROR:
                transaction.set_rollback(True)
        step = request.META.get(REFUSED)
        if step and scope is not None:
            with scopes.acting(scope, request=number):
                refused.send(sender=type(self), step=step, path=request.path)
        return response

    @staticmethod
    def scope_of(request: HttpRequest) -> scopes.Scope | None:
        """Whose request it is. Who has asked nothing for too long is signed out here; who still lacks the
        second factor that a post of theirs asks for gets the scope of nothing.
        """
        if not request.user.is_authenticated or request.user.pk is None:
            return None
        if sessions.idle(request):
            logout(request)
            minutes = settings.ACCESS_IDLE_SECONDS // 60
            messages.warning(request, f"您已 {minutes} 分钟没有办理，系统自动退出了，请重新登录。")
            return None
        sessions.note(request)
        scope = reads.scope_of(request.user.pk, request.session.get(POST_KEY))
        if scope is not None and scope.strong and not sessions.has_second(request):
            request.META[UNPROVEN] = True
            return scopes.oneself(request.user.pk)
        return scope

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo the request's work; Django turns the exception into an answer afterwards."""
        transaction.set_rollback(True)
