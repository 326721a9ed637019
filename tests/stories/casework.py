"""How the stories of casework go: an application typed in, and each step taken by who may take it."""

import re

from PIL import Image

from minzheng.domains.assistance.terms import CHECKLIST
from minzheng.kernel.identity import check_digit
from tests.stories.browser import PHONE, look

VILLAGE = 530602001001
#: Who takes which step, with what the form asks beside a word.
OFFICERS = {
    "accept": "xiangzhen", "start_survey": "xiangzhen", "start_check": "jingban", "finish_check": "jingban",
    "visited": "xiangzhen", "agree": "xiangzhen", "disagree": "xiangzhen", "object": "xiangzhen",
    "agree_again": "xiangzhen", "close_notice": "xiangzhen", "review": "zhaoyang-shenhe",
    "confirm": "shenpi1", "refuse": "shenpi1", "publish": "xiangzhen", "deliver": "xiangzhen",
}  # fmt: skip


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
