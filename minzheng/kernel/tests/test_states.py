"""Procedures: every state can be reached and left, and a step is taken only where the table says."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.states import Procedure, StateRefusal, Step


def step(source: str | tuple[str, ...], target: str, key: str | None = None, **rest) -> Step:
    name = key or f"{source}_{target}"
    return Step(name, f"办理{name}", source, target, "township", law="某办法 §1", **rest)


ACCEPT = step("submitted", "accepted", "accept", limit=3, unit="working_day")
RETURN = step("submitted", "waiting", "return")
AMEND = step("waiting", "submitted", "amend", limit=1, unit="month")
CONFIRM = step("accepted", "confirmed", "confirm", limit=10, unit="working_day")
WITHDRAW = step(("submitted", "waiting", "accepted"), "withdrawn", "withdraw")


def test_a_whole_procedure() -> None:
    procedure = Procedure([ACCEPT, RETURN, AMEND, CONFIRM, WITHDRAW])
    assert procedure.start == "submitted"
    assert procedure.states == ("submitted", "accepted", "waiting", "confirmed", "withdrawn")
    assert procedure.ends == {"confirmed", "withdrawn"}
    assert [s.key for s in procedure.steps_from("submitted")] == ["accept", "return", "withdraw"]
    assert procedure.may("waiting", "withdraw")
    assert not procedure.may("confirmed", "withdraw")
    assert procedure.after("submitted", "accept") == "accepted"
    assert ACCEPT.limit_text == "3个工作日"
    assert RETURN.limit_text == ""


def test_a_step_out_of_turn_is_refused_with_where_it_belongs() -> None:
    procedure = Procedure([ACCEPT, CONFIRM])
    with pytest.raises(
        StateRefusal, match="现在的状态是“submitted”，不能“办理confirm”；它只能在“accepted”时办理"
    ):
        procedure.after("submitted", "confirm")
    with pytest.raises(StateRefusal, match="没有编号为“pay”的步骤"):
        procedure.may("submitted", "pay")


@pytest.mark.parametrize(
    ("steps", "given_", "says"),
    [
        ([], {}, "一个步骤也没有"),
        ([step("a", "b", "x"), step("b", "c", "x")], {}, "两个编号为“x”"),
        ([step("a", "b"), step("c", "b")], {}, "“c”从起点“a”走不到"),
        ([step("a", "b"), step("a", "c"), step("c", "d"), step("d", "c")], {}, "“c”走不到任何终点"),
        ([step("a", "b"), step("b", "a")], {}, "走不到任何终点"),
        ([step("a", "b"), step("a", "c")], {"ends": ["b"]}, "“c”没有下一步，也不是终点"),
        ([step("a", "b")], {"ends": ["b", "z"]}, "终点“z”不在任何步骤里"),
        ([step("a", "b")], {"start": "z"}, "从起点“z”走不到|“z”没有下一步"),
        ([step("a", "a")], {}, "走不到任何终点"),
    ],
)
def test_what_does_not_hold_together_is_refused(steps: list[Step], given_: dict, says: str) -> None:
    with pytest.raises(StateRefusal, match=says):
        Procedure(steps, **given_)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"key": ""}, "缺少编号"),
        ({"label": ""}, "缺少名称"),
        ({"target": ""}, "缺少去向状态"),
        ({"post": ""}, "缺少岗位"),
        ({"law": ""}, "缺少法律依据"),
        ({"source": ""}, "缺少起始状态"),
        ({"source": ()}, "缺少起始状态"),
        ({"limit": 3}, "同时填写或同时留空"),
        ({"unit": "day"}, "同时填写或同时留空"),
        ({"limit": -1, "unit": "day"}, "不能为负"),
        ({"limit": 1, "unit": "week"}, "“week”不认识"),
    ],
)
def test_an_incomplete_step_is_refused(fields: dict, says: str) -> None:
    whole = {"key": "k", "label": "受理", "source": "a", "target": "b", "post": "p", "law": "某办法 §1"}
    Step(**whole)
    assert Step(**whole, limit=0, unit="day").limit_text == "0日"
    with pytest.raises(StateRefusal, match=says):
        Step(**{**whole, **fields})


@given(st.integers(min_value=2, max_value=12), st.data())
def test_a_chain_with_steps_back_holds_and_without_its_exit_does_not(
    length: int, data: st.DataObject
) -> None:
    names = [f"s{number}" for number in range(length)]
    chain = [step(a, b) for a, b in pairwise(names)]
    back = data.draw(st.integers(min_value=0, max_value=length - 2))
    last_but_one = names[-2]
    loop = [] if names[back] == last_but_one else [step(last_but_one, names[back], "back")]
    assert Procedure([*chain, *loop]).ends == {names[-1]}
    closed = [*chain, step(names[-1], names[back], "again")]
    with pytest.raises(StateRefusal, match="终点"):
        Procedure(closed)
