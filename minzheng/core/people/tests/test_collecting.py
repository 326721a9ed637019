"""Incomes summed in columns: as the SQL of one household sums them."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.people.collecting import summed
from minzheng.core.people.terms import IncomeKind

KINDS = (IncomeKind.wages, IncomeKind.work_costs)
ITEMS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(KINDS).map(int), st.none() | st.integers(0, 10**12)),
    max_size=12,
)
SCHEMA = {"person": pl.Int64, "kind": pl.Int16, "yearly": pl.Int64}


@given(ITEMS)
def test_a_sum_is_nothing_where_there_is_none_and_unknown_where_one_is(
    items: list[tuple[int, int, int | None]],
) -> None:
    persons = pl.Series("person", [3, 1, 2], dtype=pl.Int64)
    frame = pl.DataFrame(items, schema=SCHEMA, orient="row")
    found = summed(frame, persons, {kind.name: kind for kind in KINDS})
    for kind, column in zip(KINDS, found, strict=True):
        assert (column.name, column.dtype) == (kind.name, pl.Int64)
        for person, value in zip(persons, column, strict=True):
            own = [yearly for who, what, yearly in items if (who, what) == (person, kind)]
            assert value == (None if None in own else sum(yearly or 0 for yearly in own))
