"""`@guarded("step")` for views: the address's declared grant."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from minzheng.core.access import scope as scopes
from minzheng.core.access.grants import may

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def guarded(step: str) -> Callable[[View], View]:
    """Let a view run only for one whose post grants the step.

    Nobody signed in is sent to the sign-in page; a post without the grant is answered 403 and the refusal is
    logged. The view carries `step`, by which a test finds addresses without a grant.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # Imported here: these views need the user model, which comes after this package.
            from django.contrib.auth.views import redirect_to_login

            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            acting = scopes.find()
            if acting is None:
                raise PermissionDenied("您现在没有有效的岗位，请联系管理员授予岗位。")
            if not may(acting, step):
                request.META["minzheng.refused"] = step
                raise PermissionDenied("您现在的岗位不能办理这一步，请换到有此权限的岗位。")
            return view(request, *args, **kwargs)

        vars(checked)["step"] = step
        return cast(View, checked)

    return decorate
