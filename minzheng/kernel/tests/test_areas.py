"""Area codes: levels, ranges and ancestors agree with each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.areas import AreaRefusal, ancestors, contains, level, subtree

VILLAGE = 530102001003


def test_levels_ranges_and_ancestors() -> None:
    assert ancestors(VILLAGE) == (VILLAGE, 530102001000, 530102000000, 530100000000, 530000000000)
    assert [level(code) for code in ancestors(VILLAGE)] == [5, 4, 3, 2, 1]
    assert subtree(530000000000) == (530000000000, 539999999999)
    assert subtree(530100000000) == (530100000000, 530199999999)
    assert subtree(530102000000) == (530102000000, 530102999999)
    assert subtree(530102001000) == (530102001000, 530102001999)
    assert subtree(VILLAGE) == (VILLAGE, VILLAGE)


codes = st.integers(min_value=110000000000, max_value=999999999999)


@given(codes)
def test_every_ancestor_contains_the_area_and_is_wider(code: int) -> None:
    chain = ancestors(code)
    assert all(contains(outer, code) for outer in chain)
    levels = [level(outer) for outer in chain]
    assert levels == sorted(set(levels), reverse=True)
    assert levels[-1] == 1
    spans = [high - low for low, high in map(subtree, chain)]
    assert spans == sorted(set(spans))


@given(codes, codes)
def test_containing_is_having_as_ancestor(outer: int, inner: int) -> None:
    assert contains(outer, inner) == (outer in ancestors(inner))


@pytest.mark.parametrize("code", [0, -1, 530102, 53010200100, 5301020010030, 99999999999])
def test_what_is_no_area_code_is_refused(code: int) -> None:
    with pytest.raises(AreaRefusal, match="12 位"):
        subtree(code)
