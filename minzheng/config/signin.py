"""Sign-in by allauth: accounts are made by an administrator's act, never by whoever opens a page."""

import base64
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from minzheng.core.access import actions, factors
from minzheng.core.people.crypto import provider

#: allauth's message → ours. What is not here is not said.
SAID = {"account/messages/logged_out.txt": "您已退出。"}
#: The same words whether there is no such name, the password is wrong or the account is locked.
NOT_IN = "登录名或密码不对。同一账号连续输错10次会锁定15分钟，急用请找本单位的系统管理员解锁。"
TOO_OFTEN = "输错的次数太多，请过几分钟再试。"
WRONG_CODE = "验证码不对、已经用过或过了时间，请等下一个验证码出现后再输入。"


class ClosedAdapter(DefaultAccountAdapter):
    """allauth without its own pages and in our words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": NOT_IN,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Our own pages ask again, by `access.guards.stepped_up`."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """An account locked after too many wrong passwords is not even tried."""
        super().pre_authenticate(request, **credentials)
        if actions.is_locked(credentials.get("username", "")):
            raise self.validation_error("username_password_mismatch")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is counted on the account, whichever process answered."""
        actions.count_failure(credentials.get("username", ""))

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


class FactorAdapter(DefaultMFAAdapter):
    """The second factor in our words; its secrets are encrypted as identity numbers are.

    The text is bound to the column, not to a row: a secret is encrypted before its row has a key.
    """

    COLUMN = "mfa_authenticator.data"
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
    }

    def encrypt(self, text: str) -> str:
        """SM4-GCM by the installation's provider, in base 64."""
        return base64.b64encode(provider().encrypt(self.COLUMN, [0], [text])[0]).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The text; CryptoRefusal where it was altered."""
        return provider().decrypt(self.COLUMN, 0, base64.b64decode(encrypted_text))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: what was done to a second factor stands in the access log."""


class CodeForm(AuthenticateForm):
    """The code at sign-in; one that has opened once opens nothing more (`access.factors`)."""

    def clean_code(self) -> str:
        """The code, and whose authenticator it opens."""
        clear = check_rate_limit(self.user)
        code = str(self.cleaned_data["code"])
        self.authenticator = factors.accepted(self.user.pk, code)
        if self.authenticator is None:
            raise FactorAdapter().validation_error("incorrect_code")
        self.authenticator.user = self.user
        clear()
        return code
