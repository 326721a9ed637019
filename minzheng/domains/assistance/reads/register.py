"""The register as the books of assistance read it: the one mapping from rows to the facts of `terms.FACTS`.

The same mapping serves a province in frames and one household in plain values. `prior_amount` and
`on_tekun` come from the decisions that stand: they are facts about the past, not findings of today.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from minzheng.core.benefits.history import Held, held
from minzheng.core.people import reads
from minzheng.domains.assistance.rules.programmes import PROGRAMMES
from minzheng.domains.assistance.terms import ASSUMED, HOUSEHOLD_FACTS, PERSON_FACTS
from minzheng.kernel.rules.case import Case

SAME = "f."
ASSUMED_SQL = {
    name: str(value).lower() if isinstance(value, bool) else f"{value}::bigint"
    for name, value in ASSUMED.items()
}
# Rights as they were decided by then: one that was ended later still holds, over the days it was given for.
RIGHTS = (
    "FROM (SELECT r.person, r.amount, n.basis, CASE WHEN EXISTS (SELECT FROM benefits_decision x"
    " WHERE (x.household, x.person, x.programme) = (r.household, r.person, r.programme) AND x.id > n.id"
    " AND x.kind <> 'past' AND x.at <= {{known}}) THEN r.valid ELSE daterange(n.starts, NULL) END AS valid"
    " FROM benefits_entitlement r JOIN benefits_decision n ON n.id = r.decision_id"
    " WHERE r.household = f.household AND r.programme = '{programme}' AND n.at <= {{known}}) e"
    " WHERE NOT isempty(e.valid)"
)
DERIVED = ASSUMED_SQL | {
    "employed": "f.employed_since IS NOT NULL",
    "alive": "f.died_on IS NULL",
    "living_together": "coalesce(f.living_together, 1) = 1",
    "independent": "coalesce(f.independent, 0) = 1",
    "student_full_time": "coalesce(f.full_time AND f.study_level >= 20, false)",
    "postgraduate": "coalesce(f.study_level = 10, false)",
    "imprisoned": "f.prison_since IS NOT NULL",
    "in_detox": "f.detox_since IS NOT NULL",
    "declared_missing": "f.missing_since IS NOT NULL",
    "clergy": "f.clergy_since IS NOT NULL",
    "severe_illness": "coalesce(f.severe_illness, 0) = 1",
    "can_work": "CASE WHEN f.has_job_row THEN f.can_work ELSE false END",
    "job_refusals": "coalesce(f.job_refusals, 0)::bigint",
    "took_work": "f.employed_since IS NOT NULL",
    "single_applicant": "coalesce(f.single_applicant, 0) = 1",
    "self_care_lost": "coalesce(f.self_care_lost, 0)::bigint",
    "no_obligor": "CASE WHEN f.obligor_survey = 1 THEN f.obligors = 0 END",
    "obligors_able": "CASE WHEN f.obligor_survey = 1 THEN f.able END",
    # Before the day: what a run decides from its day on is no fact of its own day, or it would find otherwise
    # when it is run again. LIMIT keeps it a look into the index for each person, where a join would read all
    # the province's.
    "on_tekun": (
        f"(SELECT 1 {RIGHTS.format(programme='tekun')} AND e.person = f.person"
        " AND e.valid @> ({day} - interval '1 day')::date LIMIT 1) IS NOT NULL"
    ),
    "minor_in_school": (
        "coalesce(f.study_level IN (40, 60, 70), false) AND f.born <= ({day} - interval '18 years')::date"
    ),
    "school_stage": "coalesce(f.study_level, 0)::bigint",
    "voucher_day": "NULL::date",
    "recognised": "f.recognised_from IS NOT NULL",
    "chose_child_programme": "coalesce(f.chose_child_programme, 0) = 1",
}
PAST = RIGHTS.format(programme="dibao")
# Who takes other work during a phase-out gets no part of a part: what counts was paid before it began.
PRIOR = (
    "CASE WHEN f.employed_since IS NULL THEN 0 ELSE coalesce((SELECT e.amount"
    f" {PAST} AND e.basis ->> 'kind' IS DISTINCT FROM 'phase_out' AND (e.valid @> f.employed_since"
    f" OR lower(e.valid) <= f.employed_since AND EXISTS (SELECT {PAST} AND e.valid @> f.employed_since"
    " AND e.basis ->> 'kind' = 'phase_out')) ORDER BY lower(e.valid) DESC LIMIT 1), 0) END"
)
KEYS = {"person": "f.person", "household": "f.household", "area": "f.area"}
PERSON = KEYS | {fact.name: DERIVED.get(fact.name, SAME + fact.name) for fact in PERSON_FACTS}
HOUSEHOLD = {"household": "f.household", "area": "f.area", "urban": "f.urban"} | {
    "deposits": "f.deposits",
    "houses": "f.houses",
    "vehicles": "f.vehicles",
    "registered_business": "f.registered_business > 0",
    "prior_amount": PRIOR,
    "expenses_until": "NULL::date",
}
MISSING = {fact.name for fact in HOUSEHOLD_FACTS} - HOUSEHOLD.keys()
if MISSING:
    raise LookupError(f"no way from the register to the facts {sorted(MISSING)}")


def frames(day: date, known: datetime | None, lo: int, hi: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(persons, households) that live in [lo, hi], sorted by household; for `statute.columns`. As engine."""
    return reads.frames(day, known, lo, hi, PERSON, HOUSEHOLD)


def household_case(household: int, day: date, known: datetime | None = None) -> Case | None:
    """One household for `statute.decide`; None when the register (or one's scope) has nobody in it."""
    found = with_persons(household, day, known)
    return found[0] if found else None


def with_persons(
    household: int, day: date, known: datetime | None = None
) -> tuple[Case, tuple[int, ...]] | None:
    """The same with the keys of the members, in the order of the case."""
    found = reads.household_facts(household, day, known, PERSON, HOUSEHOLD)
    if found is None:
        return None
    home, members = found
    own = {name: value for name, value in home.items() if name not in ("household", "area")}
    area = home["area"]
    assert isinstance(area, int)
    case = Case(day, area, own, [{k: v for k, v in m.items() if k not in KEYS} for m in members])
    return case, tuple(int(str(m["person"])) for m in members)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's one primary status over [since, until), None still: its programme, since when that is
    known, and why it began or the one before ended.
    """

    person: int
    programme: str
    since: date
    until: date | None
    known: datetime
    reason: str


def standings(household: int, known: datetime | None = None) -> list[Standing]:
    """The moves of a household's members between the tiers, person by person in order of days."""
    unpaid = tuple(programme.key for programme in PROGRAMMES if programme.amount is None)
    by_person: dict[int, list[Held]] = {}
    for each in held(household, unpaid, known):
        by_person.setdefault(each.person, []).append(each)
    return [each for person in sorted(by_person) for each in one_at_a_time(by_person[person])]


def one_at_a_time(rows: Sequence[Held]) -> list[Standing]:
    """Of what one person held, on each day only what comes first; neighbouring ranges of one status join."""
    order = {programme.key: programme.priority for programme in PROGRAMMES}
    days = sorted({row.since for row in rows} | {row.until for row in rows if row.until})
    found: list[Standing] = []
    left = ""
    for day, following in zip(days, [*days, None][1:], strict=True):
        holding = [row for row in rows if row.since <= day and (row.until is None or day < row.until)]
        if not holding:
            left = next((row.ended for row in rows if row.until == day), "")
            continue
        first = min(holding, key=lambda row: (order.get(row.programme, len(order) + 1), row.since))
        before = found[-1] if found else None
        if before and before.until == day and before.programme == first.programme:
            found[-1] = replace(before, until=following)
        else:
            why = first.began or next((row.ended for row in rows if row.until == day), "") or left
            found.append(Standing(first.person, first.programme, day, following, first.known, why))
    return found
