"""As known on D, for day E: a household replayed, late facts found, determinations, against plain models."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.config.command.explain import replayed
from minzheng.config.month.past import Past
from minzheng.config.month.replay import ReplayRefusal, instant, replay
from minzheng.core.access.scope import Scope, acting
from minzheng.core.benefits import reads
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.people import late
from minzheng.core.people import reads as people
from minzheng.core.people.terms import AssetKind, IncomeKind
from minzheng.domains.assistance.reads import household_case
from minzheng.kernel.parameters import Parameter, Parameters

pytestmark = pytest.mark.django_db
Asset, Death, Household, IncomeItem, Membership, Person, Account = (
    apps.get_model("people", name)
    for name in ("Asset", "Death", "Household", "IncomeItem", "Membership", "Person", "Account")
)
Fact = Account.__base__
VILLAGE = 530102002001
BOUNDS = (530102000000, 530102999999)
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
SEPTEMBER, OCTOBER = date(2024, 9, 1), date(2024, 10, 1)
THEN, NOW = datetime(2024, 9, 20, tzinfo=UTC), datetime(2024, 10, 20, tzinfo=UTC)
ROW: dict[str, object] = {"household": 1, "person": 0, "programme": "dibao", "payee": 1}
ROW |= {"area": VILLAGE, "eligible": True, "persons": [1, 2]}


@pytest.fixture(autouse=True)
def register() -> Iterator[None]:
    """Household 1 with persons 1 and 2, who earn nothing."""
    home = Household.unscoped.create(id=1, area=VILLAGE, urban=True, source="演示")
    for key in (1, 2):
        Person.unscoped.create(
            id=key, name="演示", bigrams=["演示"], sex=1, born=date(1980, 1, 1), ethnicity=1,
            provisional_code=f"LS{key}", area=VILLAGE, recorded_at=BEGAN, source="演示",
        )  # fmt: skip
        learn(Membership, date(2020, 1, 1), BEGAN, person_id=key, household=home, relation=key - 1)
    with acting(Scope(530000000000, 539999999999)):
        yield


def learn(fact: type[Any], since: date, known: datetime, /, **values: object) -> None:
    fact.unscoped.create(
        valid=DateRange(since, None), recorded_at=known, area=VILLAGE, source="演示", **values
    )


def test_a_replay_gives_the_same_bytes_whatever_is_learnt_later() -> None:
    first = "\n".join(replayed(replay(1, OCTOBER, THEN)))
    learn(IncomeItem, SEPTEMBER, NOW, person_id=1, kind=IncomeKind.wages, yearly=9_000_000)
    learn(Death, SEPTEMBER, NOW, person_id=2)
    assert "\n".join(replayed(replay(1, OCTOBER, THEN))) == first
    assert "\n".join(replayed(replay(1, OCTOBER, NOW))) != first
    with pytest.raises(ReplayRefusal, match="没有第 1 户的成员"):
        replay(1, date(2019, 1, 1), None)


def entitled(programme: str, person: int, at: datetime, kind: str, amount: int, starts: date) -> None:
    """A decision at an instant; one of 0 ends the right that is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE benefits_entitlement SET valid = daterange(lower(valid), greatest(lower(valid), %s))"
            " WHERE upper_inf(valid) AND programme = %s AND person = %s",
            [starts, programme, person],
        )
        cursor.execute(
            "INSERT INTO benefits_decision (household, person, programme, kind, amount, starts, by, law,"
            " basis, area, at) VALUES (1, %s, %s, %s, %s, %s, '甲', '', '{}', %s, %s) RETURNING id",
            [person, programme, kind, amount, starts, VILLAGE, at],
        )
        (decision,) = cursor.fetchone()
        if amount:
            cursor.execute(
                "INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid,"
                " decision_id, area) VALUES (1, %s, %s, 1, %s, daterange(%s, NULL), %s, %s)",
                [person, programme, amount, starts, decision, VILLAGE],
            )


def test_a_replay_reads_the_rights_that_were_decided_by_then() -> None:
    """Also one that was ended, or never began, by a decision that came later."""
    entitled("tekun", 2, BEGAN, "import", 100, date(2020, 1, 1))
    first = "\n".join(replayed(replay(1, OCTOBER, THEN)))
    entitled("tekun", 2, NOW, "end", 0, date(2020, 1, 1))
    entitled("dibao", 0, NOW, "grant", 700, SEPTEMBER)
    assert "\n".join(replayed(replay(1, OCTOBER, THEN))) == first
    asked = [
        case.members[1]["on_tekun"]
        for case in (household_case(1, OCTOBER, known) for known in (BEGAN, THEN, NOW, None))
        if case is not None
    ]
    assert asked == [True, True, False, False]


DAYS = [date(2024, m, 1) for m in range(1, 7)]
KNOWNS = [datetime(2024, m, 15, tzinfo=UTC) for m in range(1, 7)]
SAID: dict[str, dict[str, object]] = {
    "absence": {"kind": 1},
    "account": {"bank": "YN01", "number_cipher": b"", "number_index": b"", "last4": "1"},
    "asset": {"kind": 1, "amount": 1}, "condition": {"kind": 1}, "death": {},
    "disability": {"kind": 1, "grade": 2}, "employment": {}, "enrolment": {"level": 80, "full_time": True},
    "hukou": {"place": VILLAGE, "urban": True}, "incomeitem": {"kind": 21, "yearly": 1},
    "label": {"kind": 1}, "membership": {"household_id": 1, "relation": 0}, "obligor": {"relation": 1},
    "residence": {},
}  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(Fact.__subclasses__(), key=lambda kind: kind.__name__)),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=5),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_every_kind_of_fact_as_known_then_for_a_day(
    kind: type[Any], told: list[tuple[int, int]], ask: int, known: int
) -> None:
    """Each telling (from when, known when) supersedes the one before; plainly, the last by then."""
    kind.unscoped.all().delete()
    whose = {"household_id": 1} if kind is Asset else {"person_id": 1}
    for since, when in sorted(told, key=lambda each: each[1]):
        kind.unscoped.filter(superseded_at__isnull=True).update(superseded_at=KNOWNS[when])
        learn(kind, DAYS[since], KNOWNS[when], **whose, **SAID[kind._meta.model_name])
    heard = [since for since, when in sorted(told, key=lambda each: each[1]) if when <= known][-1:]
    shown = people.stated(kind, 1, DAYS[ask], KNOWNS[known])
    assert [row.valid.lower for row in shown] == [DAYS[since] for since in heard if since <= ask]


def test_an_instant_is_the_end_of_its_day_in_shanghai() -> None:
    assert instant("2024-10-01") == datetime(2024, 10, 1, 15, 59, 59, 999999, UTC)
    assert instant("2024-10-01T08:00") == datetime(2024, 10, 1, tzinfo=UTC)
    with pytest.raises(ReplayRefusal, match="不是日期或时刻"):
        instant("昨天")


def test_every_kind_of_fact_is_looked_at_for_what_is_late() -> None:
    named = {kind._meta.model_name for kind in late.kinds()}
    assert named == {kind._meta.model_name for kind in Fact.__subclasses__()} - {"account"}
    for kind in late.kinds():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT area, valid, recorded_at, superseded_at FROM {kind._meta.db_table} LIMIT 0"
            )
    learn(Asset, SEPTEMBER, NOW, household_id=1, kind=AssetKind.deposits, amount=5)
    learn(IncomeItem, date(2024, 9, 15), NOW, person_id=1, kind=IncomeKind.wages, yearly=5)
    learn(Death, date(2024, 10, 2), NOW, person_id=2)
    assert late.households(THEN, NOW, OCTOBER).rows() == [(1, VILLAGE, SEPTEMBER)]
    assert late.households(THEN, NOW, date(2024, 8, 1)).rows() == []
    assert late.households(NOW, NOW + timedelta(days=1), OCTOBER).rows() == []
    Membership.unscoped.filter(person_id=1).update(superseded_at=NOW + timedelta(hours=1))
    assert late.households(NOW, NOW + timedelta(days=1), OCTOBER).rows() == [(1, VILLAGE, date(2020, 1, 1))]


def run_of(month: date, known: datetime) -> MonthRun:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO benefits_run (month, sequence, day, known, state) VALUES (%s, 1, %s, %s, 'closed')"
            " RETURNING id",
            [month, month, known],
        )
        return MonthRun(cursor.fetchone()[0], month, 1, month, known)


def store(run: MonthRun, day: date, amount: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE benefits_determination SET current = false")
        cursor.execute(
            "INSERT INTO benefits_determination (household, person, programme, payee, eligible, amount,"
            " persons, reasons, facts, law, day, known, run_id, area, current) VALUES (1, 0, 'dibao', 1,"
            " true, %s, '{1,2}', '{}', 0, '', %s, %s, %s, %s, true)",
            [amount, day, run.known, run.id, VILLAGE],
        )


def test_a_past_month_is_read_by_both_knowledges() -> None:
    first, this = run_of(SEPTEMBER, THEN), run_of(OCTOBER, NOW)
    store(first, SEPTEMBER, 500)
    learn(IncomeItem, date(2024, 8, 31), NOW, person_id=1, kind=IncomeKind.wages, yearly=100)

    def found(run: MonthRun, households: list[int]) -> pl.DataFrame:
        known = run.known == NOW
        row = ROW | {"facts": known, "amount": 400 if known else 500}
        return pl.DataFrame([row] if households == [1] else [], schema_overrides={"facts": pl.Int64})

    past = Past(found, [], ["dibao"])
    shown = past(this, BOUNDS).select("month", "amount", "same_facts").rows()
    assert shown == [(SEPTEMBER, 400, False), (OCTOBER, 400, False)]
    assert past(first, BOUNDS).is_empty()


def test_a_standard_that_was_recorded_late_asks_everybody_of_its_area() -> None:
    first, this = run_of(SEPTEMBER, THEN), run_of(OCTOBER, NOW)
    store(first, SEPTEMBER, 500)
    asked: list[tuple[date, list[int]]] = []

    def found(run: MonthRun, households: list[int]) -> pl.DataFrame:
        asked.append((run.day, households))
        return pl.DataFrame([ROW | {"facts": 7, "amount": 600 if run.known == NOW else 500}])

    for area, months in ((530102000000, 2), (0, 2), (530103000000, 0)):
        row = Parameter("s", "标准", "分", area, SEPTEMBER, None, 1, "演示", date(2024, 10, 10))
        asked.clear()
        shown = Past(found, [Parameters.of([row])], ["dibao"])(this, BOUNDS)
        assert len(asked) == 2 * months
        assert shown["same_facts"].to_list() == [True] * months


STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(0, 5), st.integers(0, 5))
def test_the_determination_of_a_day_as_known_then(steps: list[tuple[int, int]], ask: int, known: int) -> None:
    """Runs go forward in time; the SQL agrees with a plain reading of the same rows."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM benefits_determination")
        cursor.execute("DELETE FROM benefits_run")
    plain: list[tuple[date, datetime, int]] = []
    for month, amount in sorted({step[0]: step for step in steps}.values()):
        run = run_of(DAYS[month], KNOWNS[month])
        store(run, DAYS[month], amount)
        plain.append((DAYS[month], KNOWNS[month], amount))
    fitting = [row for row in plain if row[0] <= DAYS[ask] and row[1] <= KNOWNS[known]]
    shown = reads.found(1, DAYS[ask], KNOWNS[known])
    assert [each.amount for each in shown] == ([max(fitting)[2]] if fitting else [])


FACTS = st.tuples(
    st.sampled_from(["income", "asset", "death"]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 9),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, max_size=6), st.integers(0, 5), st.integers(0, 5))
def test_facts_late_and_corrected_as_a_plain_model_has_them(
    told: list[tuple[str, int, int, int]], ask: int, known: int
) -> None:
    """Each telling supersedes what was told before of the same thing."""
    for kind in (IncomeItem, Asset, Death):
        kind.unscoped.all().delete()
    Membership.unscoped.all().delete()
    learn(Membership, date(2020, 1, 1), BEGAN, person_id=1, household_id=1, relation=0)
    model: dict[str, list[tuple[datetime, date, int]]] = {}
    makers = {
        "income": (IncomeItem, {"person_id": 1, "kind": IncomeKind.wages}, "yearly"),
        "asset": (Asset, {"household_id": 1, "kind": AssetKind.deposits}, "amount"),
        "death": (Death, {"person_id": 1}, ""),
    }
    for what, since, when, value in sorted(told, key=lambda each: each[2]):
        kind, keys, column = makers[what]
        kind.unscoped.filter(superseded_at__isnull=True).update(superseded_at=KNOWNS[when])
        learn(kind, DAYS[since], KNOWNS[when], **keys, **({column: value} if column else {}))
        model.setdefault(what, []).append((KNOWNS[when], DAYS[since], value))

    def of(what: str) -> int | None:
        """The last that was told by then, where it holds on the day."""
        heard = [each for each in model.get(what, []) if each[0] <= KNOWNS[known]]
        return heard[-1][2] if heard and heard[-1][1] <= DAYS[ask] else None

    columns = {"wages": "f.wages", "died": "f.died_on IS NOT NULL"}
    persons, homes = late.frames_of([1], DAYS[ask], KNOWNS[known], columns, {"deposits": "f.deposits"})
    expected = [(of("income") or 0, of("death") is not None)]
    assert persons.select("wages", "died").rows() == expected
    assert homes.rows() == [(of("asset") or 0,)]


@pytest.mark.parametrize(("valid", "before"), [("[2024-01-01,2024-10-01)", True), ("[2024-10-01,)", False)])
def test_what_begins_or_ends_on_the_day_itself_is_no_fact_of_the_day(valid: str, before: bool) -> None:
    """A month's run decides from the month's first day on; run again, it must read what it read before."""
    with connection.cursor() as cursor:
        for kind, starts in (("import", valid[1:11]), *((("end", OCTOBER),) if before else ())):
            cursor.execute(
                "INSERT INTO benefits_decision (household, person, programme, kind, amount, starts, by, law,"
                " basis, area) VALUES (1, 2, 'tekun', %s, 0, %s, '', '演示', '{}', %s) RETURNING id",
                [kind, starts, VILLAGE],
            )
            if kind == "import":
                cursor.execute(
                    "INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid,"
                    " decision_id, area) VALUES (1, 2, 'tekun', 1, 100, %s, %s, %s)",
                    [valid, cursor.fetchone()[0], VILLAGE],
                )
    case = household_case(1, OCTOBER)
    assert case is not None
    assert case.members[1]["on_tekun"] is before
