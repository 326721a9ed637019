"""Ranges: a subtree holds exactly its descendants, and codes of other days are in them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.areas.succession import expand, union
from minzheng.kernel.areas import ancestors, level, subtree

CHENGGONG, CHENGGONG_OLD = 530114000000, 530121000000


@st.composite
def codes(draw) -> int:
    """A code of any level in province 53, its digits below the level zero and above it not."""
    digits = [53, *(draw(st.integers(1, limit)) for limit in (99, 99, 999, 999))]
    depth = draw(st.integers(1, 5))
    parts = [value if i < depth else 0 for i, value in enumerate(digits)]
    return int("{:02d}{:02d}{:02d}{:03d}{:03d}".format(*parts))


@given(codes(), codes())
def test_a_subtree_contains_exactly_the_descendants(outer, inner):
    low, high = subtree(outer)
    assert (low <= inner <= high) == (outer in ancestors(inner))


@given(codes())
def test_without_changes_an_area_has_one_range(code):
    assert expand(code, []) == (subtree(code),)


@given(codes(), st.lists(st.tuples(codes(), codes()).filter(lambda pair: pair[0] != pair[1]), max_size=8))
def test_expansion_keeps_the_subtree_takes_in_predecessors_and_ends(code, pairs):
    ranges = expand(code, pairs)
    assert list(ranges) == sorted(ranges)
    assert all(low <= high for low, high in ranges)
    assert all(a[1] + 1 < b[0] for a, b in pairwise(ranges))

    def inside(lowest: int, highest: int) -> bool:
        return any(low <= lowest and highest <= high for low, high in ranges)

    assert inside(*subtree(code))
    low, high = subtree(code)
    assert all(inside(*subtree(old)) for old, new in pairs if low <= new <= high)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)).map(lambda p: (p[0], p[0] + p[1]))))
def test_union_keeps_every_number_and_adds_none(ranges):
    def numbers(of):
        return {n for low, high in of for n in range(low, high + 1)}

    assert numbers(union(ranges)) == numbers(ranges)


def test_a_county_answers_for_its_old_code_and_its_old_holder_for_the_new():
    pairs = [(CHENGGONG_OLD, CHENGGONG)]
    both = (subtree(CHENGGONG), subtree(CHENGGONG_OLD))
    assert expand(CHENGGONG, pairs) == both
    assert expand(CHENGGONG_OLD, pairs) == both
    assert expand(530100000000, pairs) == (subtree(530100000000),)


def test_the_holder_of_one_of_two_merged_counties_does_not_get_the_other():
    pairs = [(CHENGGONG_OLD, CHENGGONG), (530122000000, CHENGGONG)]
    assert expand(CHENGGONG_OLD, pairs) == (subtree(CHENGGONG_OLD),)
    assert level(CHENGGONG) == 3
    assert len(expand(CHENGGONG, pairs)) == 2
