"""Views of a list that one keeps, for oneself or for one's office."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.http import QueryDict

from minzheng.core.access.actor import MissingRefusal, allowed
from minzheng.core.access.scope import Scope, current
from minzheng.core.sheets.listing import Listing
from minzheng.core.sheets.models import View
from minzheng.kernel.errors import Refusal

MOST, LONGEST = 20, 30


class ViewRefusal(Refusal):
    """A view that cannot be kept."""


@dataclass(frozen=True)
class Kept:
    """A view as a list shows it."""

    id: int
    name: str
    address: str
    office: bool
    own: bool


def kept(found: Listing) -> tuple[Kept, ...]:
    """One's own views of a list, then the office's."""
    scope = current()
    rows = View.objects.filter(
        Q(user=scope.user) | Q(office=True), area=scope.area or scope.lo, listing=found.key,
        removed_at__isnull=True,
    ).order_by("office", "id")[: 2 * MOST]  # fmt: skip
    return tuple(
        Kept(row.pk, row.name, found.address(row.place, row.query), row.office, row.user == scope.user)
        for row in rows
        if scope.holds(row.place)
    )


def keep(found: Listing, name: str, place: int, query: QueryDict, office: bool, scope: Scope) -> int:
    """Keep a view; the page that is open is no part of it."""
    who = allowed(scope, found.step)
    plain = " ".join(name.split())[:LONGEST]
    if not plain:
        raise ViewRefusal("请给视图起个名字。")
    without = query.copy()
    for each in ("page", "area", "csrfmiddlewaretoken", "name", "office"):
        without.pop(each, None)
    rows = View.objects.filter(user=who.user, area=scope.area or scope.lo, removed_at__isnull=True)
    if rows.filter(listing=found.key).count() >= MOST:
        raise ViewRefusal(f"一个名单最多保存 {MOST} 个视图，请先删去不用的。")
    try:
        with transaction.atomic():
            made = View.objects.create(
                user=who.user, area=scope.area or scope.lo, listing=found.key, name=plain, place=place,
                query=without.urlencode()[:500], office=office,
            )  # fmt: skip
    except IntegrityError as error:
        raise ViewRefusal(f"您已有名为“{plain}”的视图，请换个名字。") from error
    return int(made.pk)


def remove(key: int, scope: Scope) -> str:
    """Remove one's own view; returns the key of its list."""
    row = View.objects.filter(pk=key, user=scope.user, removed_at__isnull=True).first()
    if row is None:
        raise MissingRefusal("找不到这个视图。")
    View.objects.filter(pk=key).update(removed_at=Now())
    return str(row.listing)
