"""The visits of a case as a page shows them."""

from dataclasses import dataclass
from datetime import date

from minzheng.core.access.grants import POSTS
from minzheng.core.access.scope import Scope
from minzheng.core.cases.reads import Matter
from minzheng.domains.assistance.models import Visit
from minzheng.domains.assistance.terms import CHECKLIST


@dataclass(frozen=True)
class Seen:
    """A visit as a page shows it; `mine` where whoever looks recorded it."""

    id: int
    on: date
    name: str
    post: str
    confirmed: str
    answers: tuple[tuple[str, str], ...]
    words: str
    used: bool
    mine: bool


def visits(matter: Matter, scope: Scope) -> tuple[Seen, ...]:
    """The visits of a case in scope, first to last."""
    labels = {name: label for name, label, _ in CHECKLIST}
    return tuple(
        Seen(
            row.pk, row.visited_on, row.name, POSTS.get(row.post, row.post), row.confirmed_name,
            tuple((labels.get(name, name), text) for name, text in row.answers.items()), row.words,
            row.used is not None, row.natural_person == scope.natural_person,
        )
        for row in Visit.objects.filter(case_id=matter.id).order_by("id")
    )  # fmt: skip


def case_of(visit: int) -> int | None:
    """The case of a visit in scope, or None."""
    return Visit.objects.filter(pk=visit).values_list("case_id", flat=True).first()
