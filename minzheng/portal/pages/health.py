"""Whether the site can work, for a probe: one word, and nothing about why, since strangers may ask."""

from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minzheng.portal.pages.account import open_to_everyone


@open_to_everyone
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` where the database answers and knows every migration of this release, else 503 `not ok`."""
    well = works()
    return HttpResponse("ok\n" if well else "not ok\n", "text/plain", status=200 if well else 503)


class HealthFirst:
    """Answers the probe before session, sign-in and transaction, which need the database themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probed = request.path_info == reverse("healthz", "minzheng.portal.urls")
        return healthz(request) if probed else self.get_response(request)


def works() -> bool:
    """As the web's role, which may read the list of migrations once they have run."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return wanted() <= set(cursor.fetchall())
    except DatabaseError:
        return False


@cache
def wanted() -> frozenset[tuple[str, str]]:
    """The migrations of this release, as they lie in the program."""
    return frozenset(MigrationLoader(None).disk_migrations)
