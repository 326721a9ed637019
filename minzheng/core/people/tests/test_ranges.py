"""The ranges of keys that narrow what is read of the fact tables."""

from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.people import facts


@given(st.sets(st.integers(1, 50_000), max_size=60))
def test_every_key_lies_in_a_range_or_nothing_is_narrowed(keys: set[int]) -> None:
    ranges = facts.ranges(sorted(keys))
    assert len(ranges) <= facts.MOST_RANGES
    if ranges:
        assert all(any(lo <= key <= hi for lo, hi in ranges) for key in keys)


def test_keys_far_apart_narrow_nothing() -> None:
    assert facts.ranges([n * 10**6 for n in range(facts.MOST_RANGES + 1)]) == ()
    assert facts.ranges([1, 2, 3, 10**6]) == ((1, 3), (10**6, 10**6))
