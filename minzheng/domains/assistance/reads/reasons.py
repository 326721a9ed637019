"""Why a household is found eligible or not: its facts of the day through the books, with the names masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from minzheng.domains.assistance.reads.register import household_case
from minzheng.domains.assistance.rules.reasoning import Verdict, explain_case


@dataclass(frozen=True)
class Reasons:
    """What every programme gives on `day`, each member's primary status, and the version of the law."""

    day: date
    version: str
    verdicts: tuple[Verdict, ...]
    statuses: tuple[str, ...]


def reasons(household: int, day: date, names: Sequence[str]) -> Reasons | None:
    """Decide the household as registered for `day`; None where nobody belongs to it."""
    case = household_case(household, day)
    if case is None:
        return None
    told = [names[at] if at < len(names) else f"成员{at + 1}" for at in range(len(case.members))]
    found = explain_case(case, told)
    return Reasons(day, found.version, found.verdicts, tuple(word for _, word in found.statuses))
