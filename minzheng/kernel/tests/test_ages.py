"""Ages: the birthday counts, leap days follow the declared policy."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.ages import AgeRefusal, age_on, birthday

days = st.dates(min_value=date(1850, 1, 1), max_value=date(2100, 12, 31))
policies = st.sampled_from(["03-01", "02-28"])


@pytest.mark.parametrize(
    ("born", "day", "feb29", "reached", "expected"),
    [
        ("1964-10-01", "2024-09-30", "03-01", "birthday", 59),
        ("1964-10-01", "2024-10-01", "03-01", "birthday", 60),
        ("1964-10-01", "2024-10-01", "03-01", "next_day", 59),
        ("1964-10-01", "2024-10-02", "03-01", "next_day", 60),
        ("2004-02-29", "2022-02-28", "03-01", "birthday", 17),
        ("2004-02-29", "2022-03-01", "03-01", "birthday", 18),
        ("2004-02-29", "2022-02-28", "02-28", "birthday", 18),
        ("2004-02-29", "2024-02-28", "02-28", "birthday", 19),
        ("2004-02-29", "2024-02-29", "02-28", "birthday", 20),
        ("2004-02-29", "2024-02-29", "03-01", "birthday", 20),
        ("2000-12-31", "2019-01-01", "03-01", "next_day", 18),
        ("2000-12-31", "2018-12-31", "03-01", "next_day", 17),
        ("2024-05-05", "2024-05-05", "03-01", "birthday", 0),
    ],
)
def test_worked_ages(born: str, day: str, feb29: str, reached: str, expected: int) -> None:
    assert age_on(date.fromisoformat(born), date.fromisoformat(day), feb29, reached) == expected


@given(days, st.integers(min_value=0, max_value=110), policies)
def test_an_age_begins_on_its_birthday(born: date, age: int, feb29: str) -> None:
    turned = birthday(born, age, feb29)
    assert age_on(born, turned, feb29) == age
    if age:
        assert age_on(born, turned - timedelta(days=1), feb29) == age - 1
        assert age_on(born, turned, feb29, "next_day") == age - 1
        assert age_on(born, turned + timedelta(days=1), feb29, "next_day") == age


@given(days, days, policies)
def test_nobody_grows_younger(born: date, day: date, feb29: str) -> None:
    if born <= day:
        step = age_on(born, day + timedelta(days=1), feb29) - age_on(born, day, feb29)
        assert step in (0, 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: age_on(date(2024, 1, 2), date(2024, 1, 1)),
        lambda: age_on(date(2024, 1, 2), date(2025, 1, 1), "03-02"),
        lambda: age_on(date(2024, 1, 2), date(2025, 1, 1), "03-01", "eve"),
        lambda: birthday(date(2024, 1, 2), -1),
        lambda: birthday(date(2024, 1, 2), 9999 - 2024 + 1),
    ],
)
def test_what_cannot_be_counted_is_refused(call) -> None:
    with pytest.raises(AgeRefusal, match="。"):
        call()


def test_the_last_year_of_the_calendar_can_be_reached() -> None:
    assert birthday(date(2024, 1, 2), 9999 - 2024) == date(9999, 1, 2)
    assert birthday(date(2024, 1, 2), 0) == date(2024, 1, 2)
