"""Keeping that a letter was printed, by whom and when."""

from minzheng.core.access.actor import actor
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases.reads import Matter
from minzheng.domains.assistance.models import Printing


def print_kept(matter: Matter, sequence: int, scope: Scope) -> None:
    """A letter leaves now."""
    who = actor(scope)
    Printing.objects.create(
        case_id=matter.id, sequence=sequence, area=matter.area, on=today(), user=who.user, name=scope.name
    )
