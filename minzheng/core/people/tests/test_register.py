"""The register: what was true when and known when, search, scope, loading whole or not at all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.core.access.scope import NoScopeRefusal, Scope, acting
from minzheng.core.people import actions, facts, late, loading, reads, sealing
from minzheng.core.people.models import Account, Death, Household, IncomeItem, Membership, Person
from minzheng.core.people.terms import IncomeKind

pytestmark = pytest.mark.django_db
VILLAGE = 530102002001
PROVINCE = Scope(530000000000, 539999999999)
ELSEWHERE = Scope(530103000000, 530103999999)
DAY = date(2024, 9, 30)
LOADED = datetime(2024, 1, 1, tzinfo=UTC)
WAGES = {"person": "f.person", "wages": "f.wages", "alive": "f.died_on IS NULL"}


def person_row(key: int, name: str, number: str | None, born: date = date(1990, 1, 1)) -> dict[str, object]:
    return {
        "id": key, "name": name, "name_note": "", "sex": 1, "born": born, "ethnicity": 1, "number": number,
        "area": VILLAGE, "provisional_code": None if number else f"LS{key}", "recorded_at": LOADED,
        "source": "演示",
    }  # fmt: skip


def fact(frame: dict[str, list[object]]) -> pl.DataFrame:
    return pl.DataFrame(frame).with_columns(
        area=pl.lit(VILLAGE), valid_from=pl.lit(date(2020, 1, 1)), valid_to=pl.lit(None, pl.Date),
        recorded_at=pl.lit(LOADED), source=pl.lit("演示"),
    )  # fmt: skip


def people() -> dict[str, pl.DataFrame]:
    rows = [person_row(1, "扎西·卓玛", "53010219900101001X"), person_row(2, "岩", "530102199001010036"),
            person_row(3, "李小明", None), person_row(4, "李小", "530102199001010052")]  # fmt: skip
    homes = pl.DataFrame({"id": [1], "area": [VILLAGE], "urban": [True], "kind": [0], "source": ["演示"]})
    accounts = {"id": [1], "person_id": [1], "bank": ["YN01"], "number": ["6291234567890123"]}
    return {
        "person": sealing.persons(pl.DataFrame(rows)),
        "household": homes,
        "membership": fact({"person_id": [1, 2, 3], "household_id": [1, 1, 1], "relation": [0, 1, 2]}),
        "account": sealing.accounts(fact(accounts)),
    }


@pytest.fixture(autouse=True)
def register() -> Iterator[None]:
    loading.load(people())
    with acting(PROVINCE):
        yield


def test_cards_are_masked() -> None:
    card = reads.person_card(1)
    assert card is not None
    assert (card.name, card.number) == ("扎西·卓玛", "53" + "*" * 14 + "1X")
    home = reads.household_card(1, DAY)
    assert home is not None
    assert [(m.person.id, m.relation) for m in home.members] == [(1, 0), (2, 1), (3, 2)]
    assert home.members[2].person.number == "无（临时编码）"
    assert reads.household_of(2, DAY) == 1
    assert reads.household_card(1, date(2019, 1, 1)).members == ()
    assert [a.number for a in reads.accounts_of(1, DAY)] == ["**** 0123"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("小明", [3]),
        ("李小", [4, 3]),
        ("西卓", [1]),
        ("扎西．卓玛", [1]),
        ("岩", [2]),
        ("李", []),
        ("530102199001010036", [2]),
        ("５３０１０２１９９００１０１００３６", [2]),
        ("王五", []),
    ],
)
def test_search(typed: str, found: list[int]) -> None:
    assert sorted(card.id for card in reads.search(typed)) == sorted(found)


@pytest.mark.parametrize("typed", ["", "<>", "530102199001010031"])
def test_search_refuses_what_cannot_be_searched_by(typed: str) -> None:
    with pytest.raises(reads.SearchRefusal):
        reads.search(typed)


def test_out_of_scope_is_as_if_it_did_not_exist() -> None:
    with acting(ELSEWHERE):
        assert reads.person_card(1) is None
        assert reads.household_card(1, DAY) is None
        assert reads.search("小明") == reads.search("530102199001010036") == []
        with pytest.raises(actions.RegisterRefusal, match="没有查到"):
            actions.reveal_number(1, "核对身份")


def test_the_second_wall_alone_holds() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
        for scope, count in ((ELSEWHERE, 0), (PROVINCE, 4)):
            with acting(scope):
                cursor.execute("SELECT count(*) FROM people_person")
                assert cursor.fetchone()[0] == count
        cursor.execute("RESET ROLE")


def test_without_a_scope_nothing_is_asked(django_db_blocker: object) -> None:
    from minzheng.core.access import scope as scopes

    with scopes.entered(None), pytest.raises(NoScopeRefusal):
        reads.person_card(1)


def test_a_reveal_is_logged_with_its_purpose() -> None:
    with pytest.raises(actions.RegisterRefusal, match="事由"):
        actions.reveal_number(1, " ")
    assert actions.reveal_number(1, "核对存折户名")[:4] == "5301"
    assert actions.reveal_account(1, "核对存折户名")[-4:] == "0123"
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, subject, purpose FROM audit_accesslog ORDER BY id")
        rows = cursor.fetchall()
    assert rows[-2:] == [
        ("people.reveal_number", "people_person/1", "核对存折户名"),
        ("people.reveal_account", "people_account/1", "核对存折户名"),
    ]


def test_a_merge_points_and_can_be_undone() -> None:
    actions.merge(3, 4)
    assert [card.id for card in reads.search("李小")] == [4]
    with pytest.raises(actions.RegisterRefusal):
        actions.merge(4, 1)
    actions.unmerge(3)
    assert sorted(card.id for card in reads.search("李小")) == [3, 4]
    with pytest.raises(actions.RegisterRefusal):
        actions.unmerge(3)


def test_a_changed_account_leaves_the_old_on_record() -> None:
    key = actions.change_account(1, "YN02", "6291 0000 0000 0009", DAY, "演示")
    assert [a.id for a in reads.accounts_of(1, DAY)] == [key]
    assert [a.number for a in reads.accounts_of(1, DAY, LOADED)] == ["**** 0123"]
    before = reads.accounts_of(1, DAY - timedelta(days=1))
    assert [a.number for a in before] == ["**** 0123"]
    assert actions.reveal_account(before[0].id, "核对旧账户")[-4:] == "0123"
    assert Account.objects.count() == 3
    with pytest.raises(actions.RegisterRefusal, match="账号应为"):
        actions.change_account(1, "YN02", "12a", DAY, "演示")


def test_nobody_belongs_to_two_households_at_a_time() -> None:
    other = Household.objects.create(area=VILLAGE, urban=True, source="演示")
    for day, fits in ((date(2023, 1, 1), False), (date(2019, 1, 1), True)):
        valid = DateRange(day, day + timedelta(days=300))
        row = Membership(person_id=1, household=other, relation=0, area=VILLAGE, valid=valid, source="演示")
        if fits:
            row.save()
        else:
            with pytest.raises(IntegrityError, match="membership_one_household"), transaction.atomic():
                row.save()


def test_one_number_is_one_person() -> None:
    again = sealing.persons(pl.DataFrame([person_row(9, "李四", "53010219900101001X")]))
    with pytest.raises(IntegrityError, match="person_number_once"), transaction.atomic():
        loading.load({"person": again})


def test_a_load_is_whole_or_nothing() -> None:
    good = sealing.persons(pl.DataFrame([person_row(9, "李四", None)]))
    bad = fact({"person_id": [9], "household_id": [1], "relation": [99]})
    with pytest.raises(IntegrityError), transaction.atomic():
        loading.load({"person": good, "membership": bad})
    assert Person.objects.filter(pk=9).count() == 0
    with pytest.raises(loading.LoadRefusal, match="没有这些表"):
        loading.load({"nothing": good})


def test_a_load_moves_the_keys_on() -> None:
    assert Household.objects.create(area=VILLAGE, urban=True, source="演示").pk == 2


def test_history_holds_a_load_without_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rows FROM audit_history WHERE table_name = 'people_person' ORDER BY id DESC LIMIT 1"
        )
        assert cursor.fetchone()[0] == 4
        actions.merge(3, 4)
        cursor.execute(
            "SELECT before FROM audit_history WHERE table_name = 'people_person' ORDER BY id DESC LIMIT 1"
        )
        assert "number_cipher" not in cursor.fetchone()[0]


WHEN = st.integers(0, 5).map(lambda n: datetime(2024, 1 + n, 15, tzinfo=UTC))
ROW = st.tuples(WHEN, st.integers(0, 5), st.integers(1, 6), st.integers(0, 9), st.booleans())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=5), WHEN, st.integers(0, 8))
def test_as_known_then_for_a_day(
    rows: list[tuple[datetime, int, int, int, bool]], known: datetime, ask: int
) -> None:
    """The query agrees with a plain reading of the rows: a newer row of a start supersedes the older."""
    IncomeItem.unscoped.all().delete()
    day, plain, last = date(2024, 1, 1) + timedelta(days=ask), 0, {}
    for recorded, start, length, yearly, _ in sorted(rows, key=lambda row: row[0]):
        last.setdefault(start, []).append((recorded, length, yearly))
    for start, versions in last.items():
        for at, (recorded, length, yearly) in enumerate(versions):
            ends = versions[at + 1][0] if at + 1 < len(versions) else None
            low = date(2024, 1, 1) + timedelta(days=start)
            high = low + timedelta(days=length)
            IncomeItem.unscoped.create(
                person_id=1, kind=IncomeKind.wages, yearly=yearly, valid=DateRange(low, high), area=VILLAGE,
                recorded_at=recorded, superseded_at=ends, source="演示",
            )  # fmt: skip
            if recorded <= known and (ends is None or ends > known) and low <= day < high:
                plain += yearly
    found, _ = reads.frames(day, known, VILLAGE, VILLAGE, WAGES, {"household": "f.household"})
    assert found.filter(pl.col("person") == 1)["wages"].to_list() == [plain]


def test_unknown_is_not_nothing() -> None:
    IncomeItem.objects.create(
        person_id=1, kind=IncomeKind.wages, yearly=None, valid=DateRange(DAY, None), area=VILLAGE
    )
    frame, _ = reads.frames(DAY, None, VILLAGE, VILLAGE, WAGES, {"household": "f.household"})
    assert frame["wages"].to_list() == [None, 0, 0]


def test_a_death_is_known_only_after_its_report() -> None:
    reported = datetime(2024, 10, 8, tzinfo=UTC)
    Death.objects.create(
        person_id=1, valid=DateRange(date(2024, 9, 20), None), recorded_at=reported, area=VILLAGE
    )
    for known, alive in ((datetime(2024, 9, 30, tzinfo=UTC), True), (reported, False), (None, False)):
        home, members = reads.household_facts(1, DAY, known, WAGES, {"household": "f.household"}) or ({}, [])
        assert home == {"household": 1}
        assert [m["alive"] for m in members] == [alive, True, True]
    assert reads.dead([1, 2]) == [1]


def test_one_definition_for_frames_and_one_household() -> None:
    frame, _ = reads.frames(DAY, None, VILLAGE, VILLAGE, WAGES, {"household": "f.household"})
    found = reads.household_facts(1, DAY, None, WAGES, {"household": "f.household"})
    assert found is not None
    assert frame.to_dicts() == found[1]
    assert reads.household_facts(99, DAY, None, WAGES, {"household": "f.household"}) is None


def test_what_paying_asks() -> None:
    assert reads.payees([1, 2], DAY).rows() == [(1, 1, "YN01")]
    name, number, account = reads.in_clear([1])[1]
    assert (name, number[:4], account[-4:]) == ("扎西·卓玛", "5301", "0123")


def test_text_of_facts_is_one() -> None:
    ranged = facts.compose(facts.PERSON, WAGES, facts.in_range(1, 2), DAY, None).as_string(None)
    single = facts.compose(facts.PERSON, WAGES, facts.of_one(7), DAY, None).as_string(None)
    assert ranged.replace("h.area BETWEEN 1 AND 2", "h.id = 7") == single


def test_what_became_known_late_is_found_by_an_index_of_every_kind() -> None:
    for kind in late.kinds():
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [kind._meta.db_table])
            defined = " ".join(row[0] for row in cursor.fetchall())
        assert "USING brin (recorded_at)" in defined, kind
        assert "(superseded_at) WHERE (superseded_at IS NOT NULL)" in defined, kind
