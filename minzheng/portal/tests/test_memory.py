"""What a request remembers ends with it, and no scope is told what another one read."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from minzheng.core.access import scope as scopes
from minzheng.core.access.middleware import ScopeMiddleware
from minzheng.core.access.scope import Scope
from minzheng.core.areas import memo
from minzheng.core.areas.day import today
from minzheng.core.areas.models import BusinessDay
from minzheng.portal.tests.conftest import COUNTIES

SCOPES = [Scope(code, code + 999_999, user=1, post="county_clerk") for code in COUNTIES]


@pytest.fixture
def read():
    """A read that is remembered, and counts how often it was asked."""

    @memo.once
    def ask(word):
        ask.times += 1
        return word

    ask.times = 0
    return ask


def test_nothing_is_remembered_outside_a_request(read):
    assert [read("a"), read("a")] == ["a", "a"]
    assert read.times == 2


def test_an_answer_is_kept_by_its_arguments(read):
    with memo.remembering():
        assert [read("a"), read("b"), read("a")] == ["a", "b", "a"]
        assert read.times == 2
    read("a")
    assert read.times == 3


def test_a_read_that_fails_is_asked_again():
    tries = []

    @memo.once
    def ask():
        tries.append(1)
        if len(tries) == 1:
            raise LookupError
        return len(tries)

    with memo.remembering():
        with pytest.raises(LookupError):
            ask()
        assert [ask(), ask()] == [2, 2]


@pytest.mark.django_db
def test_another_scope_reads_for_itself(read):
    one, other, _ = SCOPES
    with scopes.acting(one), memo.remembering():
        read("a")
        with scopes.acting(other):
            read("a")
            read("a")
            assert read.times == 3
        read("a")
        assert read.times == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "asked"), [("get", 1), ("head", 1), ("post", 3)])
def test_a_request_that_looks_remembers_and_forgets(read, method, asked):
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpResponse

    def view(request):
        for _ in range(3):
            read("a")
        return HttpResponse()

    for times in (1, 2):
        request = getattr(RequestFactory(), method)("/")
        request.user = AnonymousUser()
        ScopeMiddleware(view)(request)
        assert read.times == asked * times


def test_the_business_date_is_asked_anew_with_each_request(signed_in):
    client = signed_in("province_supervisor", 530000000000)
    assert "业务日期 2024-10-08" in client.get("/").content.decode()
    BusinessDay.objects.update(day="2024-11-05")
    assert "业务日期 2024-11-05" in client.get("/").content.decode()


def test_two_people_in_turn_see_their_own_county(signed_in):
    texts = [signed_in(area=code).get("/").content.decode() for code in COUNTIES]
    assert [name for name in ("五华区", "盘龙区", "麒麟区") if name in texts[0]] == ["五华区"]
    assert "<h1>盘龙区工作台" in texts[1]
    assert "<h1>麒麟区工作台" in texts[2]


def test_the_day_is_one_statement_however_often_asked(county):
    with memo.remembering(), CaptureQueriesContext(connection) as asked:
        assert {today() for _ in range(5)} == {today()}
    assert len(asked) == 1
