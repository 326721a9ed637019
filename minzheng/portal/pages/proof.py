"""Who sits there: the code at sign-in, enrolling a second factor, proving it again before an act that weighs.

An act that is interrupted to ask again keeps its form, signed, in the page that asks; it goes on from there.
"""

import base64
from typing import Any, cast

from allauth.core.ratelimit import consume
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.utils import decrypt, encrypt
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from minzheng.core.access import factors, seats, sessions
from minzheng.core.access import reads as access
from minzheng.core.access.guards import UNPROVEN, oneself, open_to_everyone, stepped_up
from minzheng.core.audit.actions import REFUSED, log_access
from minzheng.core.page import answer, wants_part
from minzheng.kernel.errors import Refusal
from minzheng.portal.frame import surroundings

SALT, KEPT_FOR = "access.interrupted", 30 * 60
WRONG = 422
TOKEN = "csrfmiddlewaretoken"
BAD_CODE = "验证码不对或过了时间，请输入手机上现在显示的 6 位数字。"
BAD_PROOF = "密码或验证码不对，请重新输入。"
OFTEN = "试得太多了，请过几分钟再试。"


class SecondStep(AuthenticateView):
    """The code after the password; a user of the demonstration finds it filled in."""

    template_name = "portal/second.html"

    def _build_forms(self) -> Any:
        data = self.request.POST if self.request.method == "POST" else None
        self.auth_form = self.get_form_class()(user=self.stage.login.user, data=data)
        self.webauthn_form = None
        return self.auth_form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "failed_post": self.request.method == "POST",
            "demo_code": factors.demo_code(self.stage.login.user.pk),
        }
        return {**super().get_context_data(**kwargs), **surroundings(self.request), **own}


second_step = open_to_everyone(SecondStep.as_view())


@oneself
@stepped_up()
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """Enrol a second factor, replace it, draw new recovery codes; who lacks a needed one comes here first."""
    user, act = own_key(request), request.POST.get("act", "")
    if request.method != "POST":
        return factor_page(request)
    if factors.enrolled(user) and not sessions.has_second(request):
        return _prove_second(request, user)
    if act == "codes" and factors.enrolled(user):
        log_access("me.recovery_codes", f"access_user/{user}", "")
        return codes_page(request, factors.new_recovery_codes(user))
    if act == "replace":
        return factor_page(request, again=True)
    return _enrol(request, user)


@require_POST
@oneself
@stepped_up()
def end_sessions(request: HttpRequest) -> HttpResponseBase:
    """End one of one's own other sessions, or all of them."""
    user, seat = own_key(request), request.POST.get("seat", "")
    if seat == "others":
        count = seats.end_others(user, request.session.session_key)
        messages.success(request, f"已退出其他 {count} 处登录。")
    elif seat.isascii() and seat.isdigit() and seats.end(user, int(seat)):
        messages.success(request, "已退出那一处登录。")
    log_access("me.end_sessions", f"access_user/{user}", "")
    return HttpResponseRedirect(reverse("me"))


@oneself
def me(request: HttpRequest) -> HttpResponseBase:
    """One's own account: posts and for whom one stands in, where one is signed in, the second factor."""
    user = own_key(request)
    context = {
        "held": access.held_posts(user),
        "seats": seats.signed_in(request, user),
        "enrolled": factors.enrolled(user),
        "recovery_left": factors.recovery_left(user),
    }
    return answer(request, "portal/me.html", context, here="me")


@oneself
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Prove again who sits there; what was interrupted goes on."""
    kept = request.POST.get("kept", "")
    if request.method != "POST":
        return confirm_page(request, "", _safe(request, request.GET.get("next", "")))
    came = _kept(request, kept)
    back = _safe(request, request.POST.get("next", ""))
    if not consume(request, action="reauthenticate", user=request.user):
        return confirm_page(request, kept, back, OFTEN)
    if not _proves(request, request.POST.get("proof", "")):
        log_access("me.confirm", f"access_user/{own_key(request)}", "", REFUSED)
        return confirm_page(request, kept, back, BAD_PROOF, WRONG)
    log_access("me.confirm", f"access_user/{own_key(request)}", "")
    if came is None:
        return HttpResponseRedirect(back)
    return _go_on(request, came)


def interrupted(request: HttpRequest, anew: tuple[str, ...]) -> HttpResponseBase:
    """An act stops here until it is proved who sits there (`access.guards.stepped_up` calls this)."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != TOKEN and name not in anew
        for value in values
    ]
    came = {"path": request.get_full_path(), "fields": fields, "user": request.user.pk}
    kept = signing.dumps(came, salt=SALT, compress=True)
    again = [*anew] if any(request.POST.get(name) for name in anew) else []
    response = confirm_page(request, kept, "", status=403, again=bool(again or request.FILES))
    if wants_part(request):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def confirm_page(
    request: HttpRequest, kept: str, back: str, wrong: str = "", status: int = 200, again: bool = False
) -> HttpResponse:
    """The page that asks for password or code."""
    context = {
        "kept": kept, "next": back, "wrong": wrong, "again": again, "failed_post": bool(wrong),
        "has_code": factors.enrolled(own_key(request)), "demo_code": factors.demo_code(request.user.pk),
    }  # fmt: skip
    return answer(request, "portal/confirm.html", context, status=status)


def factor_page(request: HttpRequest, wrong: str = "", again: bool = False, sealed: str = "") -> HttpResponse:
    """What one has as a second factor, or how to enrol one: a secret as a picture and as text."""
    user = own_key(request)
    enrolled = factors.enrolled(user)
    context: dict[str, Any] = {
        "enrolled": enrolled, "again": again, "wrong": wrong, "due": bool(request.META.get(UNPROVEN)),
        "ask": enrolled and not sessions.has_second(request), "recovery_left": factors.recovery_left(user),
    }  # fmt: skip
    if again or not enrolled:
        secret = _opened(request, sealed) or factors.new_secret()
        adapter = get_adapter()
        drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
        context |= {
            "sealed": encrypt(f"{user}:{secret}"),
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "picture": base64.b64encode(drawn.encode()).decode("ascii"),
        }
    return answer(request, "portal/second_factor.html", context, here="me", status=WRONG if wrong else 200)


def codes_page(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    """The recovery codes, this once, to be printed."""
    return answer(request, "portal/recovery_codes.html", {"codes": codes}, here="me")


def own_key(request: HttpRequest) -> int:
    """The account that has signed in."""
    return int(cast(int, request.user.pk))


def _enrol(request: HttpRequest, user: int) -> HttpResponse:
    sealed = request.POST.get("sealed", "")
    secret = _opened(request, sealed)
    step = factors.matching(secret, request.POST.get("code", "")) if secret else None
    if not consume(request, action="reauthenticate", user=request.user):
        return factor_page(request, OFTEN, again=True, sealed=sealed)
    if secret is None or step is None:
        return factor_page(request, BAD_CODE, again=True, sealed=sealed)
    factors.enrol(user, secret, step)
    sessions.proved(request, second=True)
    seats.end_others(user, request.session.session_key)
    log_access("me.second_factor", f"access_user/{user}", "")
    return codes_page(request, factors.new_recovery_codes(user))


def _prove_second(request: HttpRequest, user: int) -> HttpResponse:
    """One who has a second factor, but did not use it in this session."""
    if not consume(request, action="reauthenticate", user=request.user):
        return factor_page(request, OFTEN)
    if factors.accepted(user, request.POST.get("code", "")) is None:
        return factor_page(request, BAD_CODE)
    sessions.proved(request, second=True)
    return HttpResponseRedirect(reverse("home"))


def _opened(request: HttpRequest, sealed: str) -> str | None:
    """The secret that was sealed for this user on the page before."""
    try:
        owner, _, secret = decrypt(sealed).partition(":") if sealed else ("", "", "")
    except (Refusal, ValueError):
        return None
    return secret if owner == str(request.user.pk) else None


def _proves(request: HttpRequest, typed: str) -> bool:
    """Whether what was typed is the user's password, or opens their second factor."""
    code = "".join(typed.split())
    if code.isascii() and code.isdigit() and len(code) in (6, 8):
        by_code = factors.accepted(own_key(request), code) is not None
        if by_code:
            sessions.proved(request, second=True)
            return True
    if typed and request.user.check_password(typed):
        sessions.proved(request)
        return True
    return False


def _kept(request: HttpRequest, kept: str) -> dict[str, Any] | None:
    try:
        came = signing.loads(kept, salt=SALT, max_age=KEPT_FOR) if kept else None
    except signing.BadSignature:
        return None
    return came if came and came["user"] == request.user.pk else None


def _go_on(request: HttpRequest, came: dict[str, Any]) -> HttpResponseBase:
    """Send the interrupted form on its way, as if it had been sent now."""
    path, _, query = came["path"].partition("?")
    try:
        match = resolve(path)
    except Resolver404:
        return HttpResponseRedirect(reverse("home"))
    form = QueryDict(mutable=True)
    for name, value in came["fields"]:
        form.appendlist(name, value)
    request.path = request.path_info = path
    request.resolver_match = match
    request.META["QUERY_STRING"] = query
    request.GET = QueryDict(query)
    vars(request).update(_post=form, _files=MultiValueDict())
    return cast(HttpResponseBase, match.func(request, *match.args, **match.kwargs))


def _safe(request: HttpRequest, address: str) -> str:
    """An address of this site, else one's own page."""
    fits = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if address and fits else reverse("me")
