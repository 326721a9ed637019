"""The inbox: what waits for whom, sorted by deadline, and a step for many cases at once."""

from datetime import date

import pytest
from django.urls import reverse

from minzheng.core.access import actions as access
from minzheng.core.access.scope import Scope, acting
from minzheng.core.areas.models import BusinessDay
from minzheng.core.cases import actions, reads
from minzheng.core.cases.models import Case

TOWN, VILLAGE = 530102001000, 530102001001
SINCE = date(2019, 1, 1)


@pytest.fixture
def officers(county):
    """A township's clerk and a village worker, with their scopes."""
    found = {}
    for post, area, width in (("township_clerk", TOWN, 999), ("village_worker", VILLAGE, 0)):
        user = access.ensure_user(post, f"演示·{post}", f"演示:{post}", "!")
        access.appoint(user, post, area, SINCE)
        found[post] = Scope(
            area, area + width, user, post, area=area, natural_person=f"演示:{post}", name=post
        )
    return found


@pytest.fixture
def cases(officers):
    """Four applications, submitted a day apart; the first is overdue, the last accepted."""
    made = []
    worker, clerk = officers["village_worker"], officers["township_clerk"]
    for day in range(27, 31):
        BusinessDay.objects.update(day=date(2024, 9, day))
        with acting(worker):
            made.append(actions.open_case("dibao", worker, VILLAGE, f"演示{day}", "village").case)
            actions.take(made[-1], "dibao.submit", worker, 1)
    with acting(clerk):
        actions.take(made[-1], "dibao.accept", clerk, 2)
    BusinessDay.objects.update(day=date(2024, 10, 8))
    return made


@pytest.fixture
def clerk(officers, client):
    from minzheng.core.access.models import User

    client.force_login(User.objects.get(pk=officers["township_clerk"].user))
    return client


def number(case):
    return Case.unscoped.get(pk=case).number


def test_what_is_most_pressing_stands_first(cases, clerk):
    page = clerk.get(reverse("inbox"))
    text = page.content.decode() if page.get("Content-Encoding") is None else ""
    places = [text.index(f"{number(case)}<") for case in cases]
    assert places == sorted(places)
    assert "已超期" in text


def test_a_filter_stands_in_the_address(cases, clerk):
    paused = clerk.get(reverse("inbox"), {"lamp": "paused"}).content.decode()
    assert "没有符合条件的案件" in paused
    found = clerk.get(reverse("inbox"), {"words": "演示28"}).content.decode()
    assert number(cases[1]) in found
    assert number(cases[2]) not in found


def test_htmx_gets_the_part_alone(cases, clerk):
    part = clerk.get(reverse("inbox"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert number(cases[0]) in part


def test_a_batch_is_shown_first_and_then_taken(cases, clerk, officers):
    values = {"step": "dibao.start_survey", "case": [str(case) for case in cases]}
    shown = clerk.post(reverse("batch"), values).content.decode()
    assert "可以办理 1 件" in shown
    assert "不能办理 3 件" in shown
    done = clerk.post(reverse("batch"), {**values, "sure": "1"}).content.decode()
    assert "办理了 1 件" in done
    scope = officers["township_clerk"]
    with acting(scope):
        states = [reads.case(case, scope).state for case in cases]
    assert states == ["待受理", "待受理", "待受理", "待启动核对"]


def test_cases_are_taken_in_hand_together(cases, clerk, officers):
    values = {"step": "cases.take_over", "case": [str(case) for case in cases[:2]], "sure": "1"}
    assert "办理了 2 件" in clerk.post(reverse("batch"), values).content.decode()
    scope = officers["township_clerk"]
    with acting(scope):
        assert reads.case(cases[0], scope).holder == scope.user


@pytest.mark.parametrize("values", [{}, {"case": "1"}, {"case": "1", "step": "dibao.confirm"}])
def test_a_batch_without_cases_or_step_is_told_what_to_do(cases, clerk, values):
    page = clerk.post(reverse("batch"), values)
    assert page.status_code == 422
    assert "请" in page.content.decode()


def test_a_case_of_elsewhere_is_not_in_a_batch(cases, client, county):
    from minzheng.core.access.models import User

    user = access.ensure_user("elsewhere", "演示", "演示:elsewhere", "!")
    access.appoint(user, "county_clerk", 530103000000, SINCE)
    client.force_login(User.objects.get(pk=user))
    page = client.post(reverse("batch"), {"step": "cases.take_over", "case": str(cases[0]), "sure": "1"})
    assert number(cases[0]) not in page.content.decode()


def test_the_workbench_shows_what_waits(cases, clerk):
    page = clerk.get(reverse("home")).content.decode()
    assert "待办 4 件，已超期" in page


def test_the_inbox_asks_a_fixed_number_of_statements(cases, clerk, django_assert_max_num_queries):
    with django_assert_max_num_queries(21):
        clerk.get(reverse("inbox"))
