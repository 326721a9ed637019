"""Visits: two persons from two accounts, once however often they are sent, in the right state of the case."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.core.access.actor import ActRefusal, MissingRefusal, SegregationRefusal, StaleRefusal
from minzheng.core.cases import reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.domains.assistance.actions import visiting
from minzheng.domains.assistance.terms import CHECKLIST
from minzheng.domains.assistance.tests.test_casework import (
    business_date,
    declared_case,
    perform,
    rows,
    visit,
    walk,
)
from minzheng.domains.assistance.tests.test_workflow import web

__all__ = ["business_date"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("listed_areas")]
SAID = dict.fromkeys((name for name, _, _ in CHECKLIST), "与申报一致")


@pytest.fixture
def case(monkeypatch):
    made = declared_case()
    walk(made, monkeypatch, "finish_check")
    return made


def test_what_is_sent_again_arrived_once(case):
    key = f"{uuid4()}"
    assert len({visit(case, key=key, second="") for _ in range(5)}) == 1
    assert rows("SELECT count(*) FROM assistance_visit") == [(1,)]


def test_another_account_cannot_take_a_key_over(case):
    key = f"{uuid4()}"
    visit(case, key=key, second="")
    with pytest.raises(CaseRefusal, match="已用于另一次入户"):
        visit(case, "village_worker", second="", key=key)


SENT = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT)
def test_whatever_is_sent_in_whatever_order_each_key_is_one_visit(case, sent):
    """The first words under a key are the visit; the same again is the same, others are refused."""
    keys = [f"{uuid4()}" for _ in range(3)]
    first, made = {}, {}
    for key, body in sent:
        said = SAID | {"house": f"第 {body} 种说法"}
        with web("township_clerk") as scope:
            if first.setdefault(key, body) == body:
                got = visiting.record(case, scope, keys[key], "2024-10-09", said, "")
                assert made.setdefault(key, got) == got
            else:
                with pytest.raises(CaseRefusal, match="已用于另一次入户"):
                    visiting.record(case, scope, keys[key], "2024-10-09", said, "")
    ((kept,),) = rows("SELECT count(*) FROM assistance_visit WHERE client_key = ANY(%s::uuid[])", keys)
    assert kept == len(made)


def test_two_windows_that_send_at_once_get_the_same_answer(case):
    key, start, got = f"{uuid4()}", Barrier(4), []

    def send():
        try:
            start.wait()
            got.append(visit(case, key=key, second=""))
        finally:
            connection.close()

    windows = [Thread(target=send) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(got) == 4
    assert len(set(got)) == 1


def test_who_reviews_does_not_confirm_the_township_s_visit(case):
    made = visit(case, second="")
    with web("county_reviewer") as scope, pytest.raises(ActRefusal, match="村级协理或乡镇经办"):
        visiting.confirm(made, scope)


def test_one_person_is_not_two(case):
    made = visit(case, second="")
    with pytest.raises(CaseRefusal, match="两人签认"):
        perform(case, "visited", "township_clerk")
    with web("township_clerk") as scope, pytest.raises(SegregationRefusal):
        visiting.confirm(made, scope)
    other_account = web("village_worker", person="township_clerk530602001000")
    with other_account as scope, pytest.raises(SegregationRefusal):
        visiting.confirm(made, scope)
    with web("village_worker") as scope:
        visiting.confirm(made, scope)
        with pytest.raises(StaleRefusal, match="已经确认"):
            visiting.confirm(made, scope)
    assert perform(case, "visited", "township_clerk").state == "待初审"
    with web("township_clerk") as scope:
        body = reads.timeline(case, scope)[-1].body["visit"]
    assert len(body["people"]) == 2


def test_a_visit_serves_one_step_alone(case):
    visit(case)
    perform(case, "visited", "township_clerk")
    perform(case, "disagree", "township_clerk")
    perform(case, "send_back", "county_reviewer")
    with pytest.raises(CaseRefusal, match="两人签认"):
        perform(case, "visited", "township_clerk")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"key": "不是编号"}, "刷新"), ({"on": "十月八日"}, "2024-10-09"),
        ({"on": "2024-10-10"}, "不能晚于今天"),
        ({"answers": SAID | {"neighbours": " "}}, "邻居或村组的说法"),
        ({"answers": SAID | {"house": "长" * 2001}}, "最多 2000 字"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(case, said, told):
    given = {"key": f"{uuid4()}", "on": "2024-10-09", "answers": SAID} | said
    with web("township_clerk") as scope, pytest.raises(CaseRefusal, match=told):
        visiting.record(case, scope, given["key"], given["on"], given["answers"], "")


def test_only_in_its_state_by_its_post_in_its_area(case):
    with pytest.raises(StaleRefusal):
        visit(case, "county_reviewer", second="")
    with web("county_clerk") as scope, pytest.raises(ActRefusal):
        visiting.record(case, scope, f"{uuid4()}", "2024-10-09", SAID, "")
    with web("township_clerk", 530103001000) as scope, pytest.raises(MissingRefusal):
        visiting.record(case, scope, f"{uuid4()}", "2024-10-09", SAID, "")
