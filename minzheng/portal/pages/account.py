"""Oneself: signing in, the size of the text, the post under which one acts."""

from typing import Any, cast

from allauth.account.views import LoginView, LogoutView
from allauth.core.ratelimit import consume
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from minzheng.core.access import guarded, seats
from minzheng.core.access import reads as access
from minzheng.core.access.actions import PostRefusal, switch_post
from minzheng.core.access.guards import oneself, open_to_everyone
from minzheng.core.access.scope import current
from minzheng.core.audit.actions import REFUSED, log_access
from minzheng.core.page import answer, wants_part
from minzheng.portal.frame import SIZES, TEXT_COOKIE, surroundings

YEAR = 365 * 24 * 3600


class SignIn(LoginView):
    """Signing in; in the demonstration its users stand beside the form and fill it."""

    template_name = "portal/sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; htmx, whose session has ended, is told to open it instead of swapping it in."""
        if wants_part(request):
            return HttpResponse(headers={"HX-Redirect": f"{request.path}?next=/"})
        return cast(HttpResponse, super().get(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        users = access.demo_users()
        asked = self.request.GET.get("as", "")
        filled = next((user for user in users if user.username == asked), None)
        failed = {"failed_post": self.request.method == "POST"}
        own = {
            "demo_users": [user for user in users if not user.group],
            "demo_groups": grouped(users),
            "filled": filled,
        }
        return {**super().get_context_data(**kwargs), **surroundings(self.request), **own, **failed}


class SignOut(LogoutView):
    """Signing out; asked for by an address it asks back, since only a form may do it."""

    template_name = "portal/sign_out.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **surroundings(self.request)}


sign_in = open_to_everyone(SignIn.as_view())
sign_out = open_to_everyone(SignOut.as_view())


@open_to_everyone
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Remember the size of the text in this browser for a year."""
    response = HttpResponseRedirect(back(request))
    size = request.POST.get("size", "")
    response.set_cookie(
        TEXT_COOKIE, size if size in SIZES else "", max_age=YEAR, httponly=True, samesite="Lax"
    )
    return response


@oneself
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the role of the web may write this column and no other of an account.

    Both what was done and a wrong old password are logged. Sessions elsewhere end with the old password.
    """
    own, before = f"access_user/{request.user.pk}", request.session.session_key
    form = PasswordChangeForm(request.user, request.POST if request.method == "POST" else None)
    limited = request.method == "POST" and not consume(request, action="change_password", user=request.user)
    if limited:
        form = PasswordChangeForm(request.user)
    elif request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        seats.moved(request, before)
        seats.end_others(user.pk, request.session.session_key)
        log_access("me.password", own, "")
        messages.success(request, "密码已修改，其他地方的登录已全部退出，下次登录请用新密码。")
        return HttpResponseRedirect(reverse("home"))
    elif "old_password" in form.errors:
        log_access("me.password", own, "", REFUSED)
    context = {
        "form": form,
        "rules": password_validators_help_texts(),
        "refusal": "试得太多了，请一分钟后再试。" if limited else "",
    }
    status = 403 if limited else 422 if form.errors else 200
    return answer(request, "portal/password.html", context, here="password", status=status)


@require_POST
@guarded("figures.view")
def act_under(request: HttpRequest) -> HttpResponse:
    """Act under another of one's posts from now on."""
    scope = current()
    text = request.POST.get("post", "")
    try:
        digits = text.removeprefix("-")
        switch_post(
            request.session, scope.user or 0, int(text) if digits.isascii() and digits.isdigit() else 0
        )
    except PostRefusal as refusal:
        messages.error(request, f"{refusal}")
    return HttpResponseRedirect("/")


def grouped(users: tuple[access.DemoUser, ...]) -> list[tuple[str, list[access.DemoUser]]]:
    """The demonstration's users made by rule, by county."""
    counties = dict.fromkeys(user.group for user in users if user.group)
    return [(county, [user for user in users if user.group == county]) for county in counties]


def back(request: HttpRequest) -> str:
    """The page to return to: an address of this site, else the home page."""
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}) else "/"
