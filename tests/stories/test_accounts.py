"""A failed payment on its way: corrected by a clerk, approved by another person, ordered again."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from minzheng.core.access import actions
from minzheng.core.access.models import User
from minzheng.core.people.crypto import provider
from minzheng.kernel.areas import subtree
from tests.stories import neighbours as world

COUNTY = 530102000000
NUMBER = "6200123456789012"
TYPED = {"bank": "YN02", "number": "６２００ 1234-5678 9012", "again": NUMBER}


@pytest.fixture
def enter(db):
    """A function: a client signed in under a post of the county, as this natural person."""
    run = world.settle()
    world.fill(run, *subtree(COUNTY), inside=True)
    sealed = provider().encrypt("people_account.number", [1001], ["6200000000001001"])[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_account SET number_cipher = %s WHERE id = 1001", [sealed])

    def come(post, person):
        user = actions.ensure_user(f"{post}-{person}", f"试用{person}", person, make_password(None))
        actions.appoint(user, post, COUNTY, world.SINCE)
        client = Client()
        client.force_login(User.objects.get(pk=user))
        return client

    return come


def one(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def said(answer):
    return answer.content.decode()


def test_correct_account_approve_account_and_reissue_on_pages(enter):
    clerk, finance = enter("county_clerk", "甲"), enter("county_finance", "丙")
    same, other = enter("county_approver", "甲"), enter("county_approver", "乙")
    assert clerk.post("/failed/1001/account/", TYPED).status_code == 302
    held = "SELECT id, version, by, state FROM ledger_hold WHERE person = 1001"
    key, version, by, _ = one(held)
    assert by == "甲"
    assert "另一人批准新账户" in said(clerk.get("/failed/"))
    listed = said(other.get("/holds/"))
    assert "**** 9012" in listed
    assert NUMBER not in listed
    assert "试用甲" in listed
    assert finance.post("/failed/1001/reissue/").status_code == 403
    act = {"version": version, "act": "accept"}
    assert clerk.post(f"/holds/{key}/approve/", act).status_code == 403
    refused = same.post(f"/holds/{key}/approve/", act)
    assert refused.status_code == 403
    assert "变更账户的人不能自己批准" in said(refused)
    assert other.post(f"/holds/{key}/approve/", {"version": version}).status_code == 422
    assert other.post(f"/holds/{key}/approve/", act).status_code == 302
    late = other.post(f"/holds/{key}/approve/", act)
    assert late.status_code == 409
    assert "先办理的是试用乙" in said(late)
    assert "待发放岗重新发放" in said(other.get("/plans/1001/"))
    assert finance.post("/failed/1001/reissue/").status_code == 302
    assert one("SELECT state FROM ledger_instruction WHERE reissue_of_id = 1001") == ("ready",)
    assert clerk.post("/failed/1001/account/", TYPED).status_code == 409


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"again": "6200123456789013"}, "两次输入的账号不一致"),
        ({"number": "12", "again": "12"}, "10到25位数字"),
        ({"bank": "X"}, "请选开户银行"),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_field_and_never_shown(enter, change, words):
    answer = enter("county_clerk", "甲").post("/failed/1001/account/", TYPED | change)
    assert answer.status_code == 422
    assert words in said(answer)
    assert not re.search(r"\d{16}", re.sub(r'value="[^"]{64}"', "", said(answer)))
    assert one("SELECT by FROM ledger_hold WHERE person = 1001") == ("another",)


def test_exclude_line_on_its_page(enter):
    clerk = enter("county_clerk", "甲")
    assert "计划已冻结" in said(clerk.get("/lines/1001/exclude/"))
    frozen = clerk.post("/lines/1001/exclude/", {"version": "1", "reason": "核查未通过"})
    assert frozen.status_code == 409
    assert clerk.post("/lines/1001/exclude/", {"version": "1", "reason": " "}).status_code == 422
    assert enter("county_finance", "丙").get("/lines/1001/exclude/").status_code == 403
