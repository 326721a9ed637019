"""The first wall: a base for tables whose rows belong to an area; its manager sees the scope in force."""

from typing import Any

from django.db import models
from django.db.models import Q

from minzheng.core.access import scope as scopes


class ScopedManager(models.Manager[Any]):
    """Rows whose area lies in the scope in force; without one, NoScopeRefusal. Never "all because nobody"."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(within(scopes.current()))


def within(scope: scopes.Scope, column: str = "area") -> Q:
    """The condition that a column of area codes lies in the scope, for querysets of other managers."""
    condition = Q()
    for low, high in scope.ranges:
        condition |= Q(**{f"{column}__range": (low, high)})
    return condition


class ScopedModel(models.Model):
    """`Model.objects` is scoped and the default; `Model.unscoped` is for the engine's stages.

    Django saves, and follows foreign keys, by the plain base manager: there the second wall stands alone. A
    child with a Meta of its own inherits this one (`class Meta(ScopedModel.Meta)`).
    """

    area = models.BigIntegerField(db_index=True)

    objects = ScopedManager()
    unscoped = models.Manager()

    class Meta:
        abstract = True
        default_manager_name = "objects"
