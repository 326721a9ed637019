"""Who is paid: the person's own account first (rules.md R19)."""

import polars as pl

from minzheng.config.month import payee

PERSONS = pl.DataFrame(
    {
        "household": [1, 1, 1, 2, 2, 3],
        "person": [10, 11, 12, 20, 21, 30],
        "relation": [0, 1, 5, 0, 2, 0],
        "alive": [False, True, True, True, True, True],
    }
)


def test_a_family_is_paid_by_its_first_living_member_who_has_an_account() -> None:
    households = payee.of_households(PERSONS, pl.Series([10, 12, 21]))
    assert dict(households.iter_rows()) == {1: 12, 2: 21, 3: 30}  # 10 is dead; nobody of 3 has an account


def test_a_person_is_paid_himself_and_by_the_household_where_he_has_no_account() -> None:
    holders = pl.Series([11, 12, 20])
    households = payee.of_households(PERSONS, holders)
    persons = PERSONS.filter(pl.col("person").is_in([12, 21, 30])).select("person", "household")
    paid = payee.of_persons(persons, households, holders)
    assert dict(paid.select("person", "payee").iter_rows()) == {12: 12, 21: 20, 30: 30}
