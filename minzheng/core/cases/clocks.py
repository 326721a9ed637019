"""Until when a case must be done: the procedure's limits, the calendar of its area, its pauses."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from minzheng.core.cases.models import Case, Pause
from minzheng.kernel import clock
from minzheng.kernel.periods import Calendar
from minzheng.kernel.states import Procedure


@dataclass(frozen=True)
class Due:
    """The ends of the step's and of the whole's time (None: no limit, or the clock stands), as of a day."""

    step: date | None
    whole: date | None
    provisional: bool


@cache
def calendar() -> Calendar:
    """The State Council's calendar with the local holidays, read once."""
    return Calendar.load()


def step_clock(case: Case, procedure: Procedure, pauses: tuple[clock.Pause, ...]) -> clock.Clock:
    """The clock of the step that the case waits for."""
    step = procedure.due_from(case.state)
    limit, unit = (step.limit, step.unit) if step else (None, None)
    return clock.Clock(case.since, limit, unit, case.area, pauses)


def whole_clock(case: Case, procedure: Procedure, pauses: tuple[clock.Pause, ...]) -> clock.Clock | None:
    """The clock of the whole; None before it has begun or where nothing limits it."""
    whole = procedure.whole
    if whole is None or case.whole_since is None:
        return None
    limit = whole.special if case.special else whole.limit
    return clock.Clock(case.whole_since, limit, whole.unit, case.area, pauses)


def pauses_of(case: int) -> tuple[clock.Pause, ...]:
    """Every pause of a case, first to last."""
    rows = Pause.objects.filter(case_id=case).order_by("since").values_list("since", "until")
    return tuple(clock.Pause(since, until) for since, until in rows)


def due(case: Case, procedure: Procedure, pauses: tuple[clock.Pause, ...], day: date) -> Due:
    """When step and whole end, as seen on `day`; nothing is due at an end, nor while the clock stands."""
    if not procedure.steps_from(case.state) or any(pause.until is None for pause in pauses):
        return Due(None, None, False)
    one = step_clock(case, procedure, pauses).deadline(calendar(), day)
    all_of_it = whole_clock(case, procedure, pauses)
    end = all_of_it.deadline(calendar(), day) if all_of_it else None
    provisional = any(each is not None and each.provisional for each in (one, end))
    return Due(one.day if one else None, end.day if end else None, provisional)
