"""Labels: lists of other offices that a person stands on, several at a time; never a primary status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from minzheng.core.people.models import Label
from minzheng.core.people.terms import LABELS, LabelKind


@dataclass(frozen=True, slots=True)
class Listed:
    """A person stands on a list over [since, until), None still; in words, with its source."""

    person: int
    kind: int
    label: str
    since: date
    until: date | None
    source: str


def labels(persons: Sequence[int], day: date, known: datetime | None = None) -> list[Listed]:
    """The labels of persons in scope on a day, as known at an instant (None: now)."""
    seen = Q(superseded_at__isnull=True)
    if known is not None:
        seen = Q(recorded_at__lte=known) & (seen | Q(superseded_at__gt=known))
    rows = Label.objects.filter(seen, person_id__in=persons, valid__contains=day).order_by(
        "person_id", "kind"
    )
    return [
        Listed(
            row.person_id, row.kind, LABELS[LabelKind(row.kind)], row.valid.lower, row.valid.upper, row.source
        )
        for row in rows
    ]
