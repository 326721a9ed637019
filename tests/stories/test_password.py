"""One changes one's own password on a page, as the web's role; sessions elsewhere end, and it is logged."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from minzheng.core.access import actions, reads
from minzheng.core.access.models import User
from tests.stories import neighbours as world

PAGE, OLD, NEW = "/me/password/", reads.DEMO_PASSWORD, "liushu-qingshan-42"
TYPED = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def enter(db):
    """A function: another client of the same user, a clerk of a county."""
    world.settle()
    cache.clear()
    key = actions.ensure_user("shiyongjia", "试用甲", "甲", make_password(OLD), is_demo=True)
    actions.appoint(key, "county_clerk", 530102000000, world.SINCE)

    def come():
        client = Client()
        client.force_login(User.objects.get(pk=key))
        return client

    return come


def kept():
    return User.objects.get(username="shiyongjia").password


def log():
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, outcome FROM audit_accesslog WHERE what = 'me.password' ORDER BY id")
        return cursor.fetchall()


def test_a_password_is_changed_by_the_role_of_the_web(enter):
    here, elsewhere = enter(), enter()
    assert "修改密码" in here.get("/").content.decode()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
        done = here.post(PAGE, TYPED)
        cursor.execute("RESET ROLE")
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert check_password(NEW, kept())
    assert "密码已修改" in here.get("/").content.decode()
    assert elsewhere.get("/").headers["Location"].startswith("/accounts/login/")
    assert log() == [("me.password", "done")]


@pytest.mark.parametrize(
    ("change", "words", "logged"),
    [
        ({"old_password": "x"}, "旧密码", [("me.password", "refused")]),
        ({"new_password2": "another-one-99"}, "不一致", []),
        ({"new_password1": "short", "new_password2": "short"}, "太短", []),
        ({"new_password1": "473625149857", "new_password2": "473625149857"}, "数字", []),
        ({"new_password1": "shiyongjia-2024", "new_password2": "shiyongjia-2024"}, "太相似", []),
        ({"old_password": "", "new_password1": ""}, "必填", [("me.password", "refused")]),
    ],
)
def test_what_is_wrong_is_told_in_chinese_and_nothing_typed_comes_back(enter, change, words, logged):
    client, before = enter(), kept()
    answer = client.post(PAGE, TYPED | change)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "<title>错误：" in text
    assert NEW not in text
    assert OLD not in text
    assert log() == logged
    assert before == kept()


def test_guessing_the_old_password_is_stopped(enter):
    client = enter()
    statuses = [client.post(PAGE, TYPED | {"old_password": f"guess-{i}"}).status_code for i in range(6)]
    assert statuses == [422] * 5 + [403]
    assert client.post(PAGE, TYPED).status_code == 403


def test_the_sign_in_page_does_not_claim_a_password_that_was_changed(enter):
    page = "/accounts/login/?as=shiyongjia"
    text = Client().get(page).content.decode()
    assert OLD in text
    assert "密码已改</span>" not in text
    enter().post(PAGE, TYPED)
    text = Client().get(page).content.decode()
    assert 'value="shiyongjia"' in text
    assert OLD not in text
    assert "密码已改</span>" in text
