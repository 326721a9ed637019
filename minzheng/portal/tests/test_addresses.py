"""Every address has a declared grant; what a page costs in statements does not grow with its rows."""

import re

import pytest
from django.urls import get_resolver

from minzheng.core.access.grants import matrix
from minzheng.portal import urls

COUNTY = 530102000000
OPEN = {"everyone", "oneself"}
LIMITS = {
    "/": 28,
    "/messages/": 17,
    "/inbox/": 22,
    "/areas/530100000000/": 21,
    f"/areas/{COUNTY}/": 21,
    f"/areas/{COUNTY}/households/": 21,
    f"/areas/{COUNTY}/lines/": 21,
    "/plans/": 15,
    "/changes/": 21,
    "/failed/": 19,
    "/holds/": 17,
    "/findings/": 17,
    "/me/password/": 14,
    "/search/?q=李": 15,
    "/standards/": 16,
}


def test_no_address_without_a_declared_grant():
    undeclared = [each.name for each in urls.urlpatterns if not getattr(each.callback, "step", "")]
    assert not undeclared


def test_every_declared_grant_exists():
    steps = {each.callback.step for each in urls.urlpatterns} - OPEN
    assert not [step for step in steps if not matrix().posts(step)]


def test_the_portals_sign_in_comes_before_the_librarys():
    found = get_resolver().resolve("/accounts/login/")
    assert found.func is urls.account.sign_in


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", [re.sub(r"<(?:int|slug):\w+>", "530102000000", str(each.pattern)) for each in urls.urlpatterns]
)
def test_a_stranger_is_sent_to_sign_in(client, path):
    answer = client.get(f"/{path}")
    assert answer.status_code in (302, 405) or path.startswith(("accounts/login", "healthz"))


@pytest.mark.parametrize("path", LIMITS)
def test_statements_of_a_page_are_bounded(signed_in, django_assert_max_num_queries, path):
    client = signed_in("province_supervisor", 530000000000)
    client.get(path)
    with django_assert_max_num_queries(LIMITS[path]):
        assert client.get(path).status_code == 200


def test_a_page_says_so_when_it_has_no_rows(signed_in):
    client = signed_in("county_clerk", 530302000000)
    for path, words in (
        ("/areas/530302000000/households/?programme=tekun", "可以换一个类别"),
        ("/failed/", "没有待处理的失败账户"),
        ("/holds/", "没有等待批准的账户变更"),
        ("/findings/", "没有待核对的事项"),
        ("/plans/", "还没有发放计划"),
        ("/changes/?state=rejected", "请换一个状态或种类"),
        ("/search/?q=没有人", "请核对姓名用字或身份证号"),
    ):
        assert words in client.get(path).content.decode(), path


def test_a_row_outside_ones_area_is_not_listed(signed_in):
    client = signed_in("county_clerk", COUNTY)
    text = client.get("/changes/").content.decode()
    assert "共 30 件" in text
    assert client.get("/changes/?area=530302000000").status_code == 404


def test_garbage_in_an_address_is_no_error(signed_in):
    client = signed_in("province_supervisor", 530000000000)
    for path in (
        "/changes/?page=-1&state=x&kind=y", "/areas/530102000000/households/?page=99999999999&programme='",
        "/areas/530102000000/lines/?month=2024-13&plan=9x&state=z", "/failed/?all=2&page=abc",
        "/standards/?year=1",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    assert client.get("/failed/?area=abc").status_code == 404
