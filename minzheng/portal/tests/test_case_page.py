"""A case on its page: where it stands, its acts, taking one, and who comes second."""

import pytest
from django.urls import reverse

from minzheng.core.access import sessions
from minzheng.core.access.scope import acting
from minzheng.core.cases import actions, reads
from minzheng.domains.assistance.pages import case
from minzheng.portal.tests.test_inbox import VILLAGE, cases, clerk, officers

__all__ = ["cases", "clerk", "officers"]


@pytest.fixture
def address(cases):
    return reverse("case", args=[cases[0]])


def test_a_case_shows_its_acts_and_why_others_may_not(cases, clerk, address):
    page = clerk.get(address).content.decode()
    for text in (
        "待受理",
        "受理",
        "一次性告知补正",
        "不予受理",
        "民发〔2021〕57号 §10",
        "办理经过",
        "缺少的材料",
    ):
        assert text in page


def test_a_step_is_taken_and_who_comes_second_is_told(cases, clerk, address, officers):
    step = reverse("step", args=[cases[0], "ask_more"])
    asked = {"version": "2", "reason": ["诚信承诺书"], "more": ""}
    assert clerk.post(step, asked).status_code == 302
    again = clerk.post(step, asked)
    assert again.status_code == 409
    assert "先办理的是" in again.content.decode()
    with acting(officers["township_clerk"]) as _:
        found = reads.case(cases[0], officers["township_clerk"])
    assert (found.state, found.missing) == ("待补正", ("诚信承诺书",))


def test_what_is_missing_is_told_and_what_was_typed_stays(cases, clerk):
    page = clerk.post(reverse("step", args=[cases[0], "decline"]), {"version": "2", "words": ""})
    assert page.status_code == 422
    assert "理由" in page.content.decode()
    kept = clerk.post(reverse("step", args=[cases[0], "accept"]), {"version": "2", "words": "材料齐全"})
    assert kept.status_code == 422
    assert "还没有填写申请内容" in kept.content.decode()
    assert "材料齐全" in kept.content.decode()


def test_an_unknown_step_and_a_foreign_case_change_nothing(cases, clerk, officers):
    assert clerk.post(reverse("step", args=[cases[0], "nothing"]), {"version": "2"}).status_code == 422
    assert clerk.post(reverse("step", args=[987654, "accept"]), {"version": "1"}).status_code == 404
    with acting(officers["township_clerk"]):
        assert reads.case(cases[0], officers["township_clerk"]).version == 2


def test_a_case_is_taken_in_hand(cases, clerk, officers):
    assert clerk.post(reverse("take-case", args=[cases[0]]), {"version": "2"}).status_code == 302
    with acting(officers["township_clerk"]):
        assert reads.case(cases[0], officers["township_clerk"]).holder == officers["township_clerk"].user


def test_no_answer_and_no_difference_of_nobody(clerk):
    for name in ("answer-inquiry", "settle-difference"):
        assert clerk.post(reverse(name, args=[987654]), {"act": "agrees"}).status_code in (403, 404)


def test_the_page_asks_a_bounded_number_of_statements(cases, clerk, address, django_assert_max_num_queries):
    clerk.get(address)
    with django_assert_max_num_queries(34):
        assert clerk.get(address).status_code == 200


def test_a_window_case_is_opened_by_a_clerk(officers, county):
    scope = officers["township_clerk"]
    with acting(scope):
        assert actions.open_case("dibao", scope, VILLAGE, "演示", "window").state == "草稿"


def test_a_step_that_decides_asks_who_sits_there(cases, clerk, officers, monkeypatch):
    """Signed in long ago: the step is not taken before the password is given again."""
    monkeypatch.setattr(case, "DECIDING", {"dibao.decline"})
    session = clerk.session
    session[sessions.PROVED] = 0
    session.save()
    sent = {"version": "2", "words": "不在本乡镇居住"}
    page = clerk.post(reverse("step", args=[cases[0], "decline"]), sent)
    assert page.status_code == 403
    assert 'type="password"' in page.content.decode()
    with acting(officers["township_clerk"]):
        assert reads.case(cases[0], officers["township_clerk"]).state == "待受理"


def test_a_nul_is_left_out_of_what_is_typed_and_asked(cases, clerk, officers):
    sent = {"version": "2", "words": "不\x00在本乡镇居住"}
    assert clerk.post(reverse("step", args=[cases[0], "decline"]), sent).status_code == 302
    with acting(officers["township_clerk"]):
        assert reads.timeline(cases[0], officers["township_clerk"])[-1].words == "不在本乡镇居住"
    assert clerk.get("/inbox/?words=a%00b").status_code == 200
