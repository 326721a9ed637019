"""Two records of one person: people.merge and its undoing leave money alone and the register whole."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.config.month.running import run
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.access.actor import ActRefusal
from minzheng.core.access.scope import Scope, acting
from minzheng.core.benefits import actions, merging
from minzheng.core.people import late, reads
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
DAY, VILLAGE = date(2024, 10, 1), synthetic.COUNTIES[0] + 1001
KNOWN = datetime(2030, 1, 1, tzinfo=UTC)
EVERYWHERE = Scope(530000000000, 539999999999)
MONEY = (
    "benefits_entitlement", "benefits_entitlementperson", "benefits_coverage", "benefits_dueline",
    "benefits_decision", "benefits_plan", "ledger_instruction", "ledger_attempt", "ledger_bankfile",
    "ledger_posting", "ledger_entry",
)  # fmt: skip
PERSON = {"person": "f.person", "wages": "f.wages"}


@pytest.fixture(autouse=True)
def everyone_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grant is asked for below."""
    monkeypatch.setattr(actor, "may", lambda scope, step: True)
    monkeypatch.setattr(actions, "today", lambda: date(2024, 9, 30))


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def money() -> dict[str, list[tuple]]:
    return {table: rows(f"SELECT t::text FROM {table} t ORDER BY 1") for table in MONEY}


def people(homes: dict[int, int]) -> None:
    """Persons in households: {person: household}."""
    household, person, membership = (
        apps.get_model("people", name) for name in ("Household", "Person", "Membership")
    )
    for key in sorted(set(homes.values())):
        household.unscoped.create(id=key, area=VILLAGE, urban=True, source="演示")
    for key, home in homes.items():
        person.unscoped.create(
            id=key, name="李小明", bigrams=["李小", "小明"], pinyin="li xiao ming", sex=1,
            born=date(1980, 1, 1), ethnicity=1, provisional_code=f"LS{key}", area=VILLAGE, source="演示",
        )  # fmt: skip
        membership.unscoped.create(
            person_id=key, household_id=home, relation=key % 9, area=VILLAGE,
            valid=DateRange(date(2020, 1, 1), None), source="演示",
        )  # fmt: skip


def everything(homes: dict[int, int]) -> Any:
    """What the register answers about everybody."""
    with acting(EVERYWHERE):
        frame, houses = late.frames_of(sorted(set(homes.values())), DAY, KNOWN, PERSON, {"h": "f.household"})
        return (
            [reads.household_card(home, DAY) for home in sorted(set(homes.values()))],
            [reads.person_card(person) for person in homes],
            [reads.household_of(person, DAY) for person in homes],
            reads.search("小明"), frame.rows(), houses.rows(),
        )  # fmt: skip


def test_merge_and_undo_leave_money_alone_and_tell_of_a_double_benefit(tmp_path: Path) -> None:
    synthetic.load(9)
    keys = synthetic.users()
    people({30: 3, 60: 6, 61: 6})
    run(Month(2024, 10), tmp_path, synthetic.sources(synthetic.Register()), synthetic.approvers(keys))
    before, scope = money(), synthetic.Scope(keys[0])
    with acting(EVERYWHERE):
        merging.merge_persons(60, 30, scope)
        assert [card.id for card in reads.search("小明")] == [30, 61]
        assert [m.person.id for m in reads.household_card(6, DAY).members] == [61]
        assert reads.household_of(60, DAY) == 3
        frame, _ = late.frames_of([3, 6], DAY, KNOWN, PERSON, {"h": "f.household"})
        assert frame["person"].to_list() == [30, 61]
    assert money() == before
    found = "SELECT state, evidence -> 'months' FROM benefits_finding WHERE kind = 'double_benefit'"
    assert rows(found) == [("open", '["2024-10-01"]')]
    with acting(EVERYWHERE):
        merging.undo_merge(60, scope)
    assert money() == before
    assert rows(found)[0][0] == "settled"


def test_merging_asks_for_its_grant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    (user, *_) = synthetic.users()
    people({30: 3, 60: 6})
    for deed in (lambda s: merging.merge_persons(60, 30, s), lambda s: merging.undo_merge(60, s)):
        with acting(EVERYWHERE), pytest.raises(ActRefusal, match="岗位"):
            deed(synthetic.Scope(user, post="county_approver"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.integers(1, 6), st.integers(1, 3), min_size=2),
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=4),
)
def test_merge_then_undo_is_as_if_nothing_had_been(
    homes: dict[int, int], pairs: list[tuple[int, int]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_person, people_household, people_membership CASCADE")
    scope = synthetic.Scope(synthetic.users()[0])
    people(homes)
    before, done = everything(homes), []
    for person, into in pairs:
        with acting(EVERYWHERE):
            try:
                merging.merge_persons(person, into, scope)
            except merging.people.RegisterRefusal:
                continue
            done.append(person)
    for person in reversed(done):
        with acting(EVERYWHERE):
            merging.undo_merge(person, scope)
    assert everything(homes) == before
