"""Letters of a case: drawn from the step they rest on, for who may see it; who applied is told."""

import io

import pytest
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from minzheng.portal.tests.test_apply import enter, hand_in, officers, whole
from minzheng.portal.tests.test_inbox import TOWN

__all__ = ["enter", "officers"]
REASON = "不在本乡镇居住，请向居住地申请"


def text_of(answer):
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@pytest.fixture
def declined(enter):
    """An application that was not taken up: its key, who applied, the township's clerk."""
    resident, clerk = enter("resident"), enter("township_clerk", TOWN)
    case = whole(resident)
    hand_in(resident, case)
    sent = {"version": "2", "reason": [], "more": REASON, "words": ""}
    assert clerk.post(reverse("step", args=[case, "decline"]), sent).status_code == 302
    return case, resident, clerk


def test_a_letter_says_why_and_how_to_appeal_and_a_second_print_says_so(declined):
    case, resident, clerk = declined
    page = resident.get(reverse("mine-case", args=[case])).content.decode()
    address = reverse("mine-letter", args=[case, 2])
    assert address in page
    first = text_of(resident.get(address))
    for said in ("不予受理通知书", "木演示", REASON, "行政复议", "行政诉讼", "盘龙区人民法院"):
        assert said.replace("盘龙区", "") in first
    assert "再次打印" not in first
    assert "再次打印" in text_of(clerk.get(reverse("letter", args=[case, 2])))
    assert rows("SELECT sequence, count(*) FROM assistance_printing GROUP BY sequence") == [(2, 2)]


def test_only_a_step_that_has_a_letter_gives_one(declined, enter):
    case, resident, _ = declined
    for number in (1, 9):
        assert resident.get(reverse("mine-letter", args=[case, number])).status_code == 404
    assert enter("relative").get(reverse("mine-letter", args=[case, 2])).status_code == 404
    assert rows("SELECT count(*) FROM assistance_printing") == [(0,)]


def test_who_applied_is_told_in_the_site_and_reads_it(declined):
    case, resident, _ = declined
    page = resident.get(reverse("messages")).content.decode()
    assert "没有受理" in page
    ((words, about),) = rows(
        "SELECT text, about_key FROM notices_message WHERE to_user IS NOT NULL AND kind LIKE 'dibao%%'"
    )
    assert about == case
    assert REASON not in words


def test_a_text_message_waits_for_the_phone_and_names_nobody(enter):
    resident, clerk = enter("resident"), enter("township_clerk", TOWN)
    case = whole(resident)
    resident.post(reverse("apply-part", args=[case, "home"]), {
        "urban": "0", "address": "演示路1号", "reason": "生病", "phone": "13800000000",
    })  # fmt: skip
    hand_in(resident, case)
    asked = {"version": "2", "reason": ["收入证明"], "more": ""}
    assert clerk.post(reverse("step", args=[case, "ask_more"]), asked).status_code == 302
    ((words, masked),) = rows("SELECT words, phone_masked FROM notices_textmessage")
    assert "补充材料" in words
    assert "木" not in words
    assert "13800000000" not in masked
    told = text_of(resident.get(reverse("mine-letter", args=[case, 2])))
    assert "收入证明" in told
    assert "办理期限暂停计算" in told
