"""Opening many cases at once: work that the law makes, not a person who comes (复核). Never twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from minzheng.core.areas.day import today
from minzheng.core.cases.actions import aim, numbers, procedure_of
from minzheng.core.cases.models import Case, Involved

CHUNK = 2000


@dataclass(frozen=True)
class Wanted:
    """A household about which a case is to be opened: `title` the name of who applied once."""

    household: int
    area: int
    title: str
    applicant: int
    people: tuple[int, ...]


def open_many(procedure: str, wanted: Sequence[Wanted], by: int) -> int:
    """Open a case for each household that has none open of this procedure; returns how many were opened.

    `by` is the account that asked, 0 for the platform. Within the scope in force.
    """
    return sum(_opened(procedure, wanted[at : at + CHUNK], by) for at in range(0, len(wanted), CHUNK))


def _opened(procedure: str, wanted: Sequence[Wanted], by: int) -> int:
    table, day = procedure_of(procedure), today()
    with transaction.atomic():
        open_ = Case.objects.filter(
            procedure=procedure, closed_on=None, household__in=[each.household for each in wanted]
        )
        taken = set(open_.values_list("household", flat=True))
        free = [each for each in wanted if each.household not in taken]
        rows = []
        for each, number in zip(free, numbers(table, [each.area for each in free], day), strict=True):
            row = Case(
                procedure=procedure, title=each.title[:60], area=each.area, household=each.household,
                applicant=each.applicant, channel="review", state=table.start, since=day, opened_by=by,
                opened_on=day, number=number,
            )  # fmt: skip
            aim(row, table, (), day)
            rows.append(row)
        Case.objects.bulk_create(rows, ignore_conflicts=True)
        made = dict(
            Case.objects.filter(number__in=[row.number for row in rows]).values_list("household", "id")
        )
        people = {each.household: each for each in wanted}
        Involved.objects.bulk_create(
            Involved(
                case_id=key, person=person, area=people[home].area,
                role="applicant" if person == people[home].applicant else "member",
            )
            for home, key in made.items()
            for person in people[home].people
        )  # fmt: skip
    return len(made)
