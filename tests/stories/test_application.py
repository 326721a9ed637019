"""From an application in the village on a phone to money in an account; a refusal; an objection; a stranger.

One journey a test, in a real browser, on a served demonstration; days pass by the business date.
"""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from minzheng.domains.assistance.terms import CHECKLIST
from minzheng.kernel.identity import check_digit
from tests.stories import browser
from tests.stories.browser import PHONE, WIDE, judge, look
from tests.stories.site import housed, sign_in

pytestmark = pytest.mark.page
VILLAGE = 530602001001
#: Who takes which step, with what the form asks beside a word.
OFFICERS = {
    "accept": "xiangzhen", "start_survey": "xiangzhen", "start_check": "jingban", "finish_check": "jingban",
    "visited": "xiangzhen", "agree": "xiangzhen", "disagree": "xiangzhen", "object": "xiangzhen",
    "agree_again": "xiangzhen", "close_notice": "xiangzhen", "review": "zhaoyang-shenhe",
    "confirm": "shenpi1", "refuse": "shenpi1", "publish": "xiangzhen", "deliver": "xiangzhen",
}  # fmt: skip


#: Everything that the phone keeps, as text.
STORED = """async () => {
  const base = await new Promise((yes) => {
    const opening = indexedDB.open("minzheng-visits"); opening.onsuccess = () => yes(opening.result); });
  const all = (name) => new Promise((yes) => {
    const asked = base.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => yes(asked.result); });
  const rows = [...(await all("list")), ...(await all("queue"))];
  return rows.map((row) => new TextDecoder().decode(row.text)).join(" ");
}"""


COUNT = """() => new Promise((yes) => {
  const opening = indexedDB.open("minzheng-visits");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("STORE").objectStore("STORE").count();
    asked.onsuccess = () => { opening.result.close(); yes(asked.result); }; }; })"""
QUEUED, LISTED = COUNT.replace("STORE", "queue"), COUNT.replace("STORE", "list")
#: Who has applied for a visit so far.
KNOWN: list[str] = []
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


@pytest.fixture(scope="module")
def site():
    home = Path(tempfile.mkdtemp(prefix="mz-apply-", dir="/tmp"))
    home.chmod(0o755)
    try:
        with housed(home, ("month", "2024-10", "--unattended")) as found:
            yield found
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium():
    with browser.launched() as found:
        yield found


@pytest.fixture
def enter(chromium, site):
    """A page of somebody who has signed in ("" for nobody); one a user."""
    opened = {}

    def come(user, size=WIDE):
        if user not in opened:
            opened[user] = browser.entered(chromium, site.base, user, size)
        return opened[user]

    yield come
    for page in opened.values():
        page.context.close()


def number(born, order):
    plain = f"530602{born}{order}"
    return plain + check_digit(plain)


def photo(folder):
    """A picture as a phone takes it, larger than what is kept."""
    path = folder / "授权书.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(path, quality=92)
    return path


def go_on(page, words="保存，下一步"):
    page.click(f"main >> text={words}")
    page.wait_for_load_state()


def apply(page, name, identity, wages, folder=None, agent=""):
    """Fill the five parts in and hand in; returns the case's key. Every page is judged on the way."""
    look(page, "/assistance/apply/")
    page.fill("#name", name)
    page.fill("#number", identity)
    go_on(page, "开始填写")
    key = int(re.search(r"/apply/(\d+)/", page.url)[1])
    for part in ("family", "income", "home", "papers", "confirm"):
        look(page, f"/assistance/apply/{key}/{part}/")
    page.goto(f"/assistance/apply/{key}/family/")
    page.check("input[name=m0-hukou][value=here]")
    page.check("input[name=m0-work][value='1']")
    go_on(page)
    page.fill("#m0-i1", wages)
    page.fill("#a1", "500")
    go_on(page)
    page.check("input[name=urban][value='0']")
    page.fill("#address", "演示路 1 号")
    page.select_option("#bank", "YN01")
    page.fill("#account", "6200000000000" + identity[-5:-1])
    page.fill("#reason", "主要劳动力生病")
    if agent:
        page.fill("#agent", agent)
    go_on(page)
    if folder:
        page.select_option("#paper-kind", "authorisation")
        page.set_input_files("#paper-file", photo(folder))
        page.click("main >> text=上传")
        page.wait_for_selector("text=材料（1 份）")
    go_on(page, "下一步")
    page.check("input[name=promised]")
    page.check("input[name=authorised]")
    go_on(page, "提交申请")
    assert f"/mine/{key}/" in page.url
    return key


def step(enter, case, word, **fields):
    """Take a step on the case's page as the officer whose step it is."""
    page = enter(OFFICERS[word])
    look(page, f"/assistance/cases/{case}/")
    if word == "finish_check":
        while page.locator("button[value=agrees]").count():
            page.click("button[value=agrees] >> nth=0")
            page.wait_for_load_state()
    form = page.locator(f"form[action='/assistance/cases/{case}/{word}/']")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()
    for name, value in {"words": "经调查核实", **fields}.items():
        box = form.locator(f"[name={name}]")
        box.fill(value) if box.get_attribute("type") == "text" else box.check()
    form.locator("button.go").click()
    page.wait_for_load_state()
    assert page.locator(".msg.bad").count() == 0, page.locator(".msg.bad").inner_text()


def visited(enter, case):
    """The clerk writes a visit down on the phone, the village's worker confirms it from an account apart."""
    clerk, worker = enter("xiangzhen"), enter("cun", PHONE)
    look(clerk, f"/assistance/visits/{case}/")
    for name, *_ in CHECKLIST:
        clerk.fill(f"#{name}", "与申报一致")
    clerk.click("main >> text=保存并发送")
    clerk.wait_for_selector("text=等待另一人确认")
    look(worker, f"/assistance/visits/{case}/")
    go_on(worker, "我一同入户，确认")


def walk(enter, case, *words):
    for word in words:
        if word == "visited":
            visited(enter, case)
        step(enter, case, word)


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


@pytest.fixture
def waiting(enter, site):
    """A household that waits for a visit; the village's worker has the list on the phone, and no network."""
    site.set_day("2024-10-08")
    made = len(KNOWN)
    KNOWN.append(f"马演示{'甲乙丙丁戊'[made]}")
    case = apply(
        enter("jumin", PHONE), KNOWN[-1], number(f"1985{7 + made % 3:02}07", f"{505 + 2 * made}"), "600"
    )
    walk(enter, case, "accept", "start_survey", "start_check", "finish_check")
    worker = enter("cun", PHONE)
    look(worker, "/assistance/visits/")
    worker.evaluate("navigator.serviceWorker.ready.then(() => true)")
    worker.reload()
    worker.context.set_offline(True)
    worker.goto("/assistance/visits/")
    worker.wait_for_selector("#shell-case option", state="attached")
    worker.select_option("#shell-case", f"{case}")
    return case


def written(page, words="没有网络时记下的", **more):
    page.fill("#visited_on", "2024-10-08")
    for name, *_ in CHECKLIST:
        page.fill(f"#{name}", more.get(name, words))


def left(page, count):
    """Wait until so many visits are left on the phone."""
    for _ in range(150):
        if page.evaluate(QUEUED) == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.inner_text("body"))


def seen(enter, case):
    """What the township's clerk sees of the visits of a case."""
    clerk = enter("xiangzhen")
    clerk.goto(f"/assistance/visits/{case}/")
    return clerk


def test_a_visit_recorded_without_a_network_is_sent_later_with_its_photo(enter, waiting, tmp_path):
    worker = enter("cun", PHONE)
    judge(worker)
    written(worker)
    worker.set_input_files("#visit-photos", photo(tmp_path))
    worker.wait_for_selector("text=已选 1 份")
    worker.click("text=保存在手机上")
    worker.wait_for_selector("text=待发送 1 件")
    worker.reload()
    worker.wait_for_selector("text=待发送 1 件")
    kept = worker.evaluate(STORED)
    assert "没有网络时记下的" not in kept
    assert "马**" not in kept
    worker.context.set_offline(False)
    worker.goto("/assistance/visits/")
    left(worker, 0)
    clerk = seen(enter, waiting)
    assert clerk.locator("text=等待另一人确认").count() == 1
    assert "没有网络时记下的" in clerk.content()
    assert clerk.locator(".papers li:has-text('入户照片')").count() == 1
    go_on(clerk, "我一同入户，确认")
    step(enter, waiting, "visited")


def test_what_is_typed_stays_on_the_phone_and_what_is_wrong_is_mended(enter, waiting):
    worker = enter("cun", PHONE)
    written(worker, neighbours="")
    worker.wait_for_timeout(600)
    worker.reload()
    worker.wait_for_selector("#shell-case option", state="attached")
    worker.select_option("#shell-case", f"{waiting}")
    assert worker.input_value("#house") == "没有网络时记下的"
    worker.click("text=保存在手机上")
    worker.wait_for_selector("text=待发送 1 件")
    worker.context.set_offline(False)
    worker.goto("/assistance/visits/")
    worker.wait_for_selector("text=还差：邻居或村组的说法")
    assert worker.evaluate(QUEUED) == 1
    worker.click("text=打开修改")
    worker.wait_for_url(f"**/visits/{waiting}/")
    worker.wait_for_function("document.querySelector('#house').value === '没有网络时记下的'")
    worker.fill("#neighbours", "邻居王某说长期在家")
    worker.click("main >> text=保存并发送")
    worker.wait_for_selector("text=等待另一人确认")
    left(worker, 0)


def test_a_session_that_ends_while_sending_loses_nothing(enter, waiting, site):
    worker = enter("cun", PHONE)
    written(worker)
    worker.click("text=保存在手机上")
    worker.wait_for_selector("text=待发送 1 件")
    signed_out = {"status": 302, "headers": {"Location": f"{site.base}/accounts/login/"}}
    address = f"**/assistance/visits/{waiting}/"
    worker.context.set_offline(False)
    worker.route(
        address,
        lambda route: route.fulfill(**signed_out) if route.request.method == "POST" else route.continue_(),
    )
    worker.goto("/assistance/visits/")
    worker.wait_for_selector("text=请先登录")
    assert worker.evaluate(QUEUED) == 1
    worker.unroute(address)
    worker.click("text=现在发送")
    left(worker, 0)
    assert seen(enter, waiting).locator("text=等待另一人确认").count() == 1


def test_signing_out_forgets_the_list_and_another_account_sends_nothing(enter, waiting):
    worker = enter("cun", PHONE)
    written(worker)
    worker.click("text=保存在手机上")
    worker.wait_for_selector("text=待发送 1 件")
    worker.route(
        "**/visits/*/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    worker.context.set_offline(False)
    worker.goto("/assistance/mine/")
    worker.click("form.out button")
    worker.wait_for_url("**/accounts/login/**")
    worker.unroute("**/visits/*/")
    sign_in(worker, "xiangzhen")
    worker.goto("/assistance/mine/")
    assert worker.evaluate(LISTED) == 0
    worker.goto("/assistance/visits/")
    worker.wait_for_selector("text=另一账号还有 1 件")
    worker.click("text=现在发送")
    worker.wait_for_timeout(1000)
    assert worker.evaluate(QUEUED) == 1
    assert seen(enter, waiting).locator("text=等待另一人确认").count() == 0
