"""Sign-in by allauth: accounts are made by an administrator's act, never by whoever opens a page."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

#: allauth's message → ours. What is not here is not said.
SAID = {"account/messages/logged_out.txt": "您已退出。"}


class ClosedAdapter(DefaultAccountAdapter):
    """allauth without its own pages and in our words."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """A closed account is sent back to sign in, as its own page is not served."""
        return HttpResponseRedirect(reverse("account_login"))

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **named: Any
    ) -> None:
        """Only what SAID has words for."""
        words = SAID.get(message_template or "")
        if words:
            super().add_message(request, level, message=words)
