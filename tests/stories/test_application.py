"""From an application in the village on a phone to money in an account; a refusal; an objection; a stranger.

One journey a test, in a real browser, on a served demonstration; days pass by the business date.
"""

import re

import pytest

from tests.stories.browser import PHONE, WIDE, look
from tests.stories.casework import VILLAGE, apply, go_on, number, step, walk
from tests.stories.site import sign_in

pytestmark = pytest.mark.page
EVERY_STATE = """
from minzheng.config.command import start
start("engine")
from django.db import connection
from minzheng.domains.assistance.workflow import APPLY
with connection.cursor() as cursor:
    cursor.execute("SELECT DISTINCT state FROM cases_case WHERE procedure = 'dibao'"
                   " AND area / 1000000 = 530602")
    found = {state for (state,) in cursor.fetchall()}
missing = (set(APPLY.states) | set(APPLY.ends)) - found - {"已放弃"}
assert not missing, missing
"""


def test_the_demonstration_has_a_case_at_every_step(enter, site):
    """As `make run` makes them, before any other case; one of each state is opened, axe finds nothing."""
    site.command("-m", "minzheng.config", "cases", "demonstrate")
    site.command("-c", EVERY_STATE)
    clerk = enter("jingban")
    clerk.goto("/inbox/?whose=all")
    links = clerk.locator("tbody th a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    states = clerk.locator("tbody tr").evaluate_all("all => all.map(each => each.innerText)")
    assert len(links) > 12
    for path in dict(zip([re.sub(r"\d", "", each) for each in states], links, strict=True)).values():
        look(clerk, path)
    site.command("-m", "minzheng.config", "cases", "urge")
    supervisor = enter("zhaotong")
    look(supervisor, "/messages/?show=all")


def test_from_the_village_on_a_phone_to_the_first_payment(enter, site, tmp_path):
    site.set_day("2024-10-08")
    worker = enter("cun", PHONE)
    case = apply(worker, "木演示", number("19700707", "101"), "1200", tmp_path, "演示协理，受本人委托")
    look(worker, f"/assistance/mine/{case}/")
    assert "第 2 步，共 5 步" in worker.inner_text("main")
    walk(enter, case, "accept", "start_survey", "start_check", "finish_check", "visited", "agree")
    everybody = enter("", PHONE)
    look(everybody, f"/assistance/public/{VILLAGE}/")
    assert "木**" in everybody.inner_text("main")
    assert "木演示" not in everybody.content()
    site.set_day("2024-10-17")
    walk(enter, case, "close_notice", "review", "confirm", "publish")
    worker.goto(f"/assistance/mine/{case}/")
    assert "从 2024年11月起，每月" in worker.inner_text("main")
    for heart in ("sincere", "devoted", "careful", "considerate", "at_ease"):
        worker.check(f"input[name={heart}][value='5']")
    go_on(worker, "提交评价")
    assert "谢谢您的评价" in worker.inner_text("main")
    site.command("-m", "minzheng.config", "month", "2024-11", "--unattended")
    clerk = enter("jingban")
    clerk.goto(f"/assistance/cases/{case}/")
    clerk.click("text=/^户 \\d+$/")
    clerk.wait_for_load_state()
    assert "2024-11" in clerk.inner_text("main")
    assert re.search(r"2024-11.*(已支付|成功|到账)", clerk.inner_text("main").replace("\n", " "))


def test_a_refusal_tells_why_and_how_to_appeal(enter, site):
    site.set_day("2024-10-08")
    resident = enter("jumin", PHONE)
    case = apply(resident, "和演示", number("19750707", "202"), "96,000")
    walk(enter, case, "accept", "start_survey", "start_check", "finish_check", "visited", "disagree",
         "review", "refuse")  # fmt: skip
    resident.reload()
    told = resident.inner_text("main")
    assert "没有批准" in told
    assert "行政复议" in told
    assert "六个月内向人民法院提起行政诉讼" in told
    step(enter, case, "deliver", on="2024-10-08", how="当面送达")


def test_an_objection_during_the_notice_stops_it_until_it_is_looked_into(enter, site):
    site.set_day("2024-10-08")
    case = apply(enter("jumin", PHONE), "李演示", number("19800707", "303"), "600")
    walk(enter, case, "accept", "start_survey", "start_check", "finish_check", "visited", "agree")
    everybody = enter("", PHONE)
    everybody.goto(f"/assistance/public/{VILLAGE}/")
    everybody.click("summary:has-text('对李**提出异议')")
    form = everybody.locator(f"form[action$='/{case}/object/']")
    form.locator("[name=words]").fill("他家在县城有门面房出租")
    form.locator("button.go").click()
    everybody.wait_for_load_state()
    assert "已收到您的异议" in everybody.inner_text("main")
    clerk = enter("xiangzhen")
    clerk.goto(f"/assistance/cases/{case}/")
    assert "他家在县城有门面房出租" in clerk.inner_text("main")
    step(enter, case, "object")
    step(enter, case, "agree_again", words="已入户查看，门面房属其兄长")
    assert "公示期间有异议" in clerk.inner_text("main")


def test_a_clerk_of_another_county_finds_nothing(enter, site):
    case = apply(enter("qinshu", PHONE), "杨演示", number("19820707", "404"), "600", agent="女儿")
    stranger = enter("shuifu")
    for path in (f"/assistance/cases/{case}/", f"/assistance/mine/{case}/", f"/papers/?about=case&of={case}"):
        assert stranger.goto(path).status in (403, 404), path
    stranger.goto("/search/?q=杨演示")
    assert "杨" not in stranger.inner_text("main").replace("杨演示", "")
    stranger.goto("/inbox/?whose=all&words=杨演示")
    assert "没有符合条件的案件" in stranger.inner_text("main")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "390"])
def test_the_pages_of_cases_are_whole_and_axe_finds_nothing(chromium, site, size):
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=site.base, locale="zh-CN"
    )
    page = context.new_page()
    sign_in(page, "xiangzhen")
    for path in ("/inbox/", "/inbox/?whose=all", "/assistance/monthly/", "/assistance/apply/",
                 "/assistance/mine/", "/imports/", "/help/apply/"):  # fmt: skip
        look(page, path)
    context.close()
