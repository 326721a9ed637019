"""A transaction and a scope around every request."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack

from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponseBase

from minzheng.core.access import reads
from minzheng.core.access import scope as scopes
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
        scope = None
        if request.user.is_authenticated and request.user.pk is not None:
            scope = reads.scope_of(request.user.pk, request.session.get(POST_KEY))
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
        step = request.META.get("minzheng.refused")
        if step and scope is not None:
            with scopes.acting(scope, request=number):
                refused.send(sender=type(self), step=step, path=request.path)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo the request's work; Django turns the exception into an answer afterwards."""
        transaction.set_rollback(True)
