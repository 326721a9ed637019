"""Grants: a reach covers exactly what it says, and a post has one reach a step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.areas import contains
from minzheng.kernel.grants import Grant, GrantRefusal, Matrix

COUNTY, TOWNSHIP, OTHER = 530102000000, 530102001000, 530103000000
codes = st.integers(min_value=530000000000, max_value=539999999999)


def test_reaches() -> None:
    own, below, all_ = (Grant("officer", "confirm", reach) for reach in ("own_area", "subtree", "province"))
    assert [own.covers(COUNTY, area) for area in (COUNTY, TOWNSHIP, OTHER)] == [True, False, False]
    assert [below.covers(COUNTY, area) for area in (COUNTY, TOWNSHIP, OTHER)] == [True, True, False]
    assert [all_.covers(COUNTY, area) for area in (COUNTY, TOWNSHIP, OTHER)] == [True, True, True]
    assert not all_.covers(COUNTY, 510102000000)


@given(codes, codes)
def test_a_wider_reach_covers_more(post_area: int, area: int) -> None:
    own, below, all_ = (
        Grant("p", "s", reach).covers(post_area, area) for reach in ("own_area", "subtree", "province")
    )
    assert own <= below <= all_
    assert below == contains(post_area, area)


def test_what_is_not_granted_may_not_be_done() -> None:
    matrix = Matrix(
        [
            Grant("county", "confirm", "subtree"),
            Grant("county", "accept", "own_area"),
            Grant("village", "help", "own_area"),
        ]
    )
    assert matrix.may("county", COUNTY, "confirm", TOWNSHIP)
    assert not matrix.may("county", COUNTY, "confirm", OTHER)
    assert not matrix.may("county", COUNTY, "accept", TOWNSHIP)
    assert not matrix.may("township", TOWNSHIP, "confirm", TOWNSHIP)
    assert not matrix.may("county", COUNTY, "pay", COUNTY)
    assert matrix.steps("county") == ("accept", "confirm")
    assert matrix.posts("confirm") == ("county",)
    assert matrix.grant("county", "pay") is None


def test_a_grant_said_twice_is_one() -> None:
    grant = Grant("county", "confirm", "subtree")
    matrix = Matrix([grant, Grant("county", "confirm", "subtree")])
    assert list(matrix) == [grant]
    assert len(matrix) == 1


def test_two_reaches_for_one_step_are_refused() -> None:
    with pytest.raises(GrantRefusal, match="两个不同的范围（本级及下级、全省）"):
        Matrix([Grant("county", "confirm", "subtree"), Grant("county", "confirm", "province")])


@pytest.mark.parametrize(
    ("post", "step", "reach", "says"),
    [
        ("", "s", "subtree", "缺少岗位"),
        ("p", "", "subtree", "缺少岗位或步骤"),
        ("p", "s", "nation", "“nation”不认识"),
    ],
)
def test_an_incomplete_grant_is_refused(post: str, step: str, reach: str, says: str) -> None:
    with pytest.raises(GrantRefusal, match=says):
        Grant(post, step, reach)
