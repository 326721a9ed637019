"""A finding about money is looked at and settled once, by whoever may, with a reason; others see theirs."""

import json

import pytest
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from minzheng.core.access import actions
from minzheng.core.access.models import User
from minzheng.kernel.areas import subtree
from tests.stories import neighbours as world

COUNTY, NEXT = 530102000000, 530103000000
SETTLE = "/findings/1001/settle/"


@pytest.fixture
def enter(db):
    """A function: a client signed in under a post, as this natural person."""
    run = world.settle()
    world.fill(run, *subtree(530000000000), inside=True)

    def come(post, person, area=COUNTY):
        user = actions.ensure_user(f"{post}-{person}", f"试用{person}", person, make_password(None))
        actions.appoint(user, post, area, world.SINCE)
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


def test_settle_finding_once_with_a_reason(enter):
    clerk, approver = enter("county_clerk", "甲"), enter("county_approver", "乙")
    listed = said(clerk.get("/findings/"))
    assert "多户一个账户" in listed
    assert SETTLE in listed
    assert "核对结果" in said(clerk.get(SETTLE))
    missing = clerk.post(SETTLE, {"reason": "  "})
    assert missing.status_code == 422
    assert "请写明核对的结果" in said(missing)
    done = clerk.post(SETTLE, {"reason": "同一监护人代管，有协议", "back": "kind=shared_account&page=1"})
    assert (done.status_code, done.headers["Location"]) == (302, "/findings/?kind=shared_account&page=1")
    assert one("SELECT state, settled_by, settled_reason, settled_at IS NULL FROM benefits_finding"
               " WHERE id = 1001") == ("settled", "甲", "同一监护人代管，有协议", False)  # fmt: skip
    late = approver.post(SETTLE, {"reason": "另有看法"})
    assert late.status_code == 409
    assert "先办理的是试用甲" in said(late)
    assert "<title>错误：" in said(late)
    assert SETTLE not in said(clerk.get("/findings/"))
    assert "同一监护人代管" in said(approver.get("/findings/?state=settled"))


def test_who_may_not_settle_sees_no_button_and_is_refused(enter):
    finance = enter("county_finance", "丙")
    assert SETTLE not in said(finance.get("/findings/"))
    assert "待县级核对" in said(finance.get("/findings/"))
    assert finance.get(SETTLE).status_code == 403
    assert finance.post(SETTLE, {"reason": "x"}).status_code == 403
    assert enter("child_director", "丁", 530102001001).get("/findings/").status_code == 403


def test_what_lies_in_another_county_is_the_same_as_absent(enter):
    clerk = enter("county_clerk", "戊", NEXT)
    listed = said(clerk.get("/findings/"))
    assert "/findings/4001/settle/" in listed
    assert SETTLE not in listed
    # The evidence names households of every county; only one's own is shown.
    assert "/households/4001/" in listed
    assert "/households/1001/" not in listed
    for path in (SETTLE, "/findings/987654/settle/"):
        assert clerk.post(path, {"reason": "x"}).status_code == 404
    assert clerk.get("/findings/?area=530102000000").status_code == 404


@pytest.mark.parametrize(
    "change",
    ["text = 'x'", "settled_reason = '另有看法'", "settled_by = '乙'", "area = 1", "evidence = '{}'"],
)
def test_the_database_keeps_what_was_settled(enter, change):
    enter("county_clerk", "甲").post(SETTLE, {"reason": "已核对"})
    with pytest.raises(IntegrityError, match="不能改动"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE benefits_finding SET {change} WHERE id = 1001")


def test_the_web_may_settle_and_write_nothing_else(enter):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("UPDATE benefits_finding SET evidence = '{}'")
        cursor.execute("RESET ROLE")


def test_an_open_finding_has_no_reason_and_a_settled_one_has(enter):
    for change in ("state = 'settled'", "settled_by = 'x'", "state = 'settled', settled_at = now()"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE benefits_finding SET {change} WHERE id = 2001")


def test_evidence_of_every_kind_finds_its_household(enter):
    evidence = {
        2001: {"entitlement": 1001, "person": 1001, "other": 3001},
        3001: {"instruction": 1001, "file": "YN01-R.txt", "row": 7},
        4001: {"instruction": "none such", "file": "x"},
    }
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE benefits_finding DISABLE TRIGGER finding_step")
        for key, found in evidence.items():
            cursor.execute("UPDATE benefits_finding SET evidence = %s, kind = 'answer_line' WHERE id = %s",
                           [json.dumps(found), key])  # fmt: skip
        cursor.execute("ALTER TABLE benefits_finding ENABLE TRIGGER finding_step")
    text = said(enter("province_supervisor", "己", 530000000000).get("/findings/?kind=answer_line"))
    assert "共 3 件" in text
    assert "YN01-R.txt 第 7 行" in text
    assert text.count("/households/1001/") == 2
    assert text.count("/households/3001/") == 1
