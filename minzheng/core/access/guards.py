"""What stands before a view: the declared grant of its address, the proof that the same person sits there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.module_loading import import_string

from minzheng.core.access import scope as scopes
from minzheng.core.access import sessions
from minzheng.core.access.grants import may

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
#: Marks of a request: the step that was refused; the user must first enrol a second factor.
REFUSED, UNPROVEN = "minzheng.refused", "minzheng.unproven"
#: Steps that are no rights: for whoever comes, and for whoever has signed in.
EVERYONE, ONESELF = "everyone", "oneself"
SAFE = ("GET", "HEAD")
NO_STEP = "您现在的岗位不能办理这一步，请换到有此权限的岗位。"


def guarded(step: str) -> Callable[[View], View]:
    """Let a view run only for one whose post grants the step.

    Nobody signed in is sent to the sign-in page, one without the second factor that their post asks for to
    the page where it is enrolled; a post without the grant is answered 403 by the page that says who has it,
    and the refusal is logged. The view carries `step`, by which a test finds addresses without a grant.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            turned = turned_away(request)
            if turned is not None:
                return turned
            acting = scopes.find()
            if acting is None:
                raise PermissionDenied("您现在没有有效的岗位，请联系管理员授予岗位。")
            if not may(acting, step):
                request.META[REFUSED] = step
                return _page("refused", PermissionDenied(NO_STEP))(request, step)
            return view(request, *args, **kwargs)

        vars(checked)["step"] = step
        return cast(View, checked)

    return decorate


def oneself(view: View) -> View:
    """Let a view run for whoever has signed in, whatever their post: it shows and changes only their own."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    vars(checked)["step"] = ONESELF
    return cast(View, checked)


def open_to_everyone(view: View) -> View:
    """Declares that an address needs no sign-in and shows nobody's data."""
    vars(view)["step"] = EVERYONE
    return cast(View, view)


def stepped_up(minutes: int = 10, anew: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Before an act (not before a look) ask for password or code again, if it was proved longer ago.

    The form that was sent is kept in the page that asks, signed, and goes on from there; fields named in
    `anew` (personal numbers) are not kept and are typed again. Stands below `guarded`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in SAFE or sessions.fresh(request, minutes):
                return view(request, *args, **kwargs)
            return _page("confirm", PermissionDenied("请重新登录后再办理。"))(request, anew)

        return cast(View, checked)

    return decorate


def turned_away(request: HttpRequest) -> HttpResponseBase | None:
    """Where somebody must go first: to sign in, or to enrol a second factor; None for all others."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if request.META.get(UNPROVEN):
        return _to(request, reverse("second-factor"))
    return None


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, and from there back."""
    # Imported here: these views need the user model, which comes after this package.
    from django.contrib.auth.views import redirect_to_login

    return redirect_to_login(request.get_full_path())


def _to(request: HttpRequest, address: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _page(name: str, otherwise: Exception) -> Callable[..., HttpResponseBase]:
    """The page of the portal that answers; without one (in a site made of other pages) the exception."""
    dotted = settings.ACCESS_PAGES.get(name)
    if not dotted:
        raise otherwise
    return cast(Callable[..., HttpResponseBase], import_string(dotted))
