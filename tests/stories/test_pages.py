"""The pages on the real demonstration, in a real browser: to axe, on a phone, with the back button.

Everything here meets the site as a user does, over HTTP, as runtime, with row security. The traps that a
prototype caught are tests here. Needs Debian's Chromium.
"""

import re

import pytest

from tests.stories import browser
from tests.stories.browser import PHONE, WIDE, look
from tests.stories.site import PASSWORD, Visitor

pytestmark = pytest.mark.page
COUNTY = 530602000000
PAGES = (
    "/", "/areas/530600000000/", f"/areas/{COUNTY}/", "/areas/530602001001/", f"/areas/{COUNTY}/households/",
    f"/areas/{COUNTY}/households/?programme=marginal", f"/areas/{COUNTY}/lines/", "/plans/", "/changes/",
    "/changes/?state=automatic", "/failed/", "/figures/", "/standards/",
    "/search/", "/search/?q=李", "/search/?q=5", "/holds/", "/holds/?state=released", "/findings/",
    "/findings/?state=settled", "/me/password/", "/messages/", "/messages/?show=all",
)  # fmt: skip


@pytest.fixture
def enter(chromium, base):
    """A function: a page of somebody who has signed in by the demonstration's list; its errors are kept."""
    opened = []

    def come(user, size=WIDE, **options):
        opened.append(browser.entered(chromium, base, user, size, **options))
        return opened[-1]

    yield come
    for page in opened:
        page.context.close()


def household_of(visitor):
    """The first household of the county's list."""
    listed = visitor.get(f"/areas/{COUNTY}/households/?programme=dibao").text
    return re.search(r'href="(/households/\d+/)"', listed)[1]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "390"])
def test_every_page_is_whole_and_axe_finds_nothing(enter, base, size):
    page = enter("sheng", size)
    for path in (*PAGES, household_of(Visitor(base, "sheng"))):
        look(page, path)
    assert not page.errors


@pytest.mark.parametrize(("text", "wide"), [("large", WIDE), ("huge", WIDE), ("large", PHONE)])
def test_large_text_is_remembered_and_stays_on_the_page(enter, text, wide):
    page = enter("jingban", wide)
    page.click(f"button[value={text}]")
    for path in ("/", "/households/", "/changes/"):
        look(page, path)
        assert page.evaluate("document.documentElement.className") == text
    size = float(page.evaluate("getComputedStyle(document.body).fontSize").removesuffix("px"))
    assert size >= (18 if text == "large" else 30)


def test_the_back_button_shows_a_whole_page(enter):
    page = enter("sheng")
    page.goto("/areas/530000000000/households/?programme=dibao")
    page.click("text=下一页")
    page.wait_for_url("**page=2")
    page.wait_for_selector("text=现为第 21–40")
    page.click("tbody th a >> nth=0")
    page.wait_for_selector("text=家庭成员")
    page.go_back()
    page.wait_for_selector("text=现为第 21–40")
    assert page.locator("nav#nav").count() == 1
    assert page.locator("h1").count() == 1
    page.go_back()
    page.wait_for_selector("text=现为第 1–20")
    assert page.locator("nav#nav").count() == 1


def test_the_pager_keeps_the_filter_and_says_what_it_did(enter):
    page = enter("sheng")
    page.goto("/areas/530000000000/households/?programme=dibao")
    page.click("text=下一页")
    page.wait_for_url("**page=2")
    assert "programme=dibao" in page.url
    page.wait_for_function("document.querySelector('#said').textContent.startsWith('已更新，共')")
    assert set(page.locator("tbody td:nth-child(5)").all_inner_texts()) == {"最低生活保障"}


def test_a_part_is_the_part_of_the_whole_and_restoring_history_gets_the_whole(base):
    visitor = Visitor(base, "sheng")
    path = "/areas/530000000000/households/?page=2"
    whole, part = visitor.get(path), visitor.get(path, HX_Request="true")
    restored = visitor.get(path, HX_Request="true", HX_History_Restore_Request="true")
    rows = re.findall(r"<tbody>.*?</tbody>", whole.text, re.S)
    assert rows == re.findall(r"<tbody>.*?</tbody>", part.text, re.S)
    assert "<html" not in part.text
    assert "<html" in restored.text
    for answer in (whole, part, restored):
        assert "HX-Request" in answer.headers["vary"]
        assert answer.headers["cache-control"] == "no-store"


def test_everything_works_without_javascript(enter):
    page = enter("jingban", java_script_enabled=False)
    page.click("nav >> text=救助对象")
    page.click("text=低保边缘 >> nth=0")
    assert "programme=marginal" in page.url
    page.goto("/households/")
    page.click("text=下一页")
    assert "page=2" in page.url
    page.click("nav >> text=查人查户")
    page.fill("input[name=q]", "7")
    page.click("main button.go")
    assert page.locator(".why").count() == 1


def test_the_menu_of_a_phone_opens_without_javascript(enter):
    page = enter("jingban", PHONE, java_script_enabled=False)
    assert not page.locator("nav#nav").is_visible()
    page.click("text=菜单 >> nth=0")
    assert page.locator("nav#nav").is_visible()
    page.click("nav >> text=月度发放计划")
    assert page.locator("h1").inner_text() == "月度发放计划"


def test_out_of_scope_is_the_same_as_absent(base):
    officer, province = Visitor(base, "jingban"), Visitor(base, "sheng")
    elsewhere = re.search(r'"(/households/\d+/)"', province.get("/areas/530102000000/households/").text)[1]
    pairs = [
        ("/areas/530102000000/", "/areas/530699000000/"),
        ("/areas/530102000000/households/", "/areas/999999999999/households/"),
        (elsewhere, "/households/99999999/"),
        ("/areas/530102000000/lines/", "/areas/12/lines/"),
        ("/plans/99999999/", "/failed/?area=530102000000"),
    ]
    for there, nowhere in pairs:
        one, other = officer.get(there), officer.get(nowhere)
        assert one.status == other.status == 404, (there, nowhere)
        assert one.text == other.text


def test_names_and_numbers_are_masked_everywhere(base):
    visitor = Visitor(base, "sheng")
    for path in (*PAGES, household_of(visitor)):
        assert not re.search(r"\b[1-9]\d{16}[\dX]\b", visitor.get(path).text), path


def test_what_a_post_may_not_do_it_is_not_shown(base):
    director = Visitor(base, "ertong")
    home = director.get("/")
    assert home.status == 200
    assert "/households/" not in home.text
    assert director.get("/households/").status == 403
    assert "不能办理这一步" in director.get("/plans/").text


def test_pages_are_light(base):
    visitor = Visitor(base, "sheng")
    sheets = sum(visitor.get(f"/static/portal/{name}").wire
                 for name in ("sheet.css", "portal.js", "htmx-2.0.11.min.js", "mark.svg"))  # fmt: skip
    assert visitor.get("/").wire + sheets <= 60_000
    drawn = {"/", "/areas/530600000000/"}
    for path in (*PAGES, household_of(visitor)):
        came = visitor.get(path).wire
        assert came <= (49_000 if path in drawn else 10_000), (path, came)


def test_the_map_is_drawn_for_the_eye_and_told_in_a_table(base):
    text = Visitor(base, "sheng").get("/").text
    drawn = re.search(r"<svg class=\"map\".*?</svg>", text, re.S)[0]
    assert 'aria-hidden="true"' in drawn
    assert drawn.count("<title>") == 129
    assert "GS(2024)0650号" in text
    assert text.count('<th scope="row"><a href="/areas/53') == 16


def test_a_plan_is_approved_by_two_people_and_the_late_one_learns_who_was_first(enter, base):
    plan = re.search(r'href="(/plans/\d+/)"', Visitor(base, "shenpi1").get("/plans/").text)[1]
    late = Visitor(base, "shenpi2")
    seen = late.get(plan)
    version = re.search(r'name="version" value="(\d+)"', seen.text)[1]
    first = enter("shenpi1")
    first.goto(plan)
    first.click("text=批准昭阳区")
    first.wait_for_selector("text=已批准。")
    refused = late.post(f"{plan}approve/", {"version": version}, seen)
    assert refused.status == 409
    assert "<title>错误：" in refused.text
    assert "已先批准的有：演示·审批甲" in refused.text
    again = first.goto(plan)
    assert again.status == 200
    first.click("text=批准昭阳区")
    first.wait_for_selector("text=您已经批准过这个计划")
    second = enter("shenpi2")
    second.goto(plan)
    second.click("text=批准昭阳区")
    second.wait_for_selector("main .tag:has-text('已批准')")
    assert late.post(f"{plan}approve/", {"version": "x"}, seen).status == 403
    assert Visitor(base, "jingban").post(f"{plan}approve/", {"version": "1"}, seen).status == 403


def test_a_change_is_settled_once_and_the_late_one_learns_who_was_first(enter, base):
    officer = Visitor(base, "jingban")
    listed = officer.get("/changes/")
    settle = re.search(r'action="(/changes/\d+/settle/)"', listed.text)[1]
    unclear = officer.post(settle, {"version": "1", "act": "perhaps"}, listed)
    assert unclear.status == 422
    assert "<title>错误：" in unclear.text
    page = enter("jingban")
    page.goto("/changes/")
    before = int(re.search(r"共 (\d+) 件", page.locator(".pager").inner_text())[1])
    page.click(f"form[action='{settle}'] >> text=确认")
    page.wait_for_selector("text=已确认，自下一个适用月份起执行")
    assert f"共 {before - 1} 件" in page.locator(".pager").inner_text()
    late = officer.post(settle, {"version": "1", "act": "confirm"}, listed)
    assert late.status == 409
    assert "先办理的是演示·经办" in late.text


def forms_of(visitor):
    """The pages on which a clerk fills in something: an account, a reason, the result of a check."""
    correct = re.search(r'href="(/failed/\d+/account/)', visitor.get("/failed/").text)[1]
    settle = re.search(r'href="(/findings/\d+/settle/)', visitor.get("/findings/").text)[1]
    lines = (f"/lines/{key}/exclude/" for key in range(1, 2000))
    return correct, settle, next(path for path in lines if visitor.get(path).status == 200)


def test_a_failed_payment_is_set_right_by_three_people_in_a_browser(enter, base):
    forms = forms_of(Visitor(base, "jingban"))
    for size in (PHONE, WIDE):
        clerk = enter("jingban", size)
        for path in forms:
            look(clerk, path)
        assert not clerk.errors
    clerk.goto("/failed/")
    clerk.click("main td.act >> text=更正账户")
    clerk.select_option("#bank", "YN02")
    clerk.fill("#number", "6200 1234 5678 9012")
    clerk.fill("#again", "6200 1234 5678 9013")
    clerk.click("main button.go")
    clerk.wait_for_selector("text=两次输入的账号不一致")
    assert clerk.input_value("#number") == ""
    clerk.fill("#number", "6200 1234 5678 9012")
    clerk.fill("#again", "6200123456789012")
    clerk.click("main button.go")
    clerk.wait_for_selector("text=新账户已登记")
    clerk.wait_for_selector("text=另一人批准新账户")
    clerk.goto("/holds/")
    assert clerk.locator("button[value=accept]").count() == 0
    same = enter("jingban-shenpi")
    same.goto("/holds/")
    same.click("tr:has-text('9012') button[value=accept]")
    same.wait_for_selector("text=变更账户的人不能自己批准")
    other = enter("shenpi1")
    other.goto("/holds/")
    other.click("tr:has-text('9012') button[value=accept]")
    other.wait_for_selector("text=新账户已批准")
    finance = enter("caiwu")
    finance.goto("/failed/")
    finance.click("main td.act >> text=重新发放")
    finance.wait_for_selector("text=已安排重新发放")
    finance.wait_for_selector("text=没有待处理的失败账户")


def test_somebody_with_two_posts_acts_under_one_at_a_time(enter):
    page = enter("jingban")
    assert "昭阳区" in page.locator("h1").inner_text()
    page.click("nav >> text=鲁甸县")
    assert "鲁甸县" in page.locator("h1").inner_text()
    assert page.goto("/areas/530602000000/").status == 404


def test_a_wrong_password_is_told_in_words(chromium, base):
    context = chromium.new_context(base_url=base)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("#login", "sheng")
    page.fill("#password", PASSWORD + "x")
    page.click("main button.go")
    assert page.title().startswith("错误：")
    assert page.locator("[role=alert]").count() == 1
    context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "390"])
def test_the_pages_of_rights_and_of_oneself_are_whole(enter, size):
    page = enter("zhaotong-guanli", size)
    mine = ("/me/", "/me/second-factor/", "/me/confirm/", "/me/password/")
    for path in (*mine, "/rights/", "/rights/?q=ludian-shenpi1", "/rights/matrix/", "/rights/appoint/"):
        look(page, path)
    page.goto("/rights/?q=ludian-shenpi1")
    look(page, page.get_attribute("tbody th a", "href"))
    assert not page.errors
    clerk = enter("jingban", size)
    look(clerk, "/me/second-factor/")
    clerk.goto(f"/areas/{COUNTY}/households/?programme=dibao")
    clerk.goto(clerk.get_attribute("tbody th a", "href"))
    look(clerk, clerk.get_attribute("a[href*='/reveal/']", "href"))


def test_a_number_is_revealed_without_javascript_and_hides_again(enter):
    page = enter("jingban", java_script_enabled=False)
    page.goto(f"/areas/{COUNTY}/households/?programme=dibao")
    page.click("tbody th a >> nth=0")
    household = page.url
    page.click("a[href*='what=number'] >> nth=0")
    page.check("#purpose7")
    page.click("main button.go")
    assert "请写明事由" in page.locator("[role=alert]").inner_text()
    page.fill("#words", "核对档案")
    with page.expect_response("**/reveal/") as came:
        page.click("main button.go")
    assert household.endswith(came.value.headers["refresh"].partition("60; url=")[2])
    assert re.search(r"\d{17}[\dX]", page.locator("main").inner_text())
    page.goto(household)
    assert not re.search(r"\d{17}[\dX]", page.locator("main").inner_text())


def test_a_refusal_says_who_may(enter):
    page = enter("zhaotong-guanli")
    assert page.goto("/plans/").status == 403
    told = page.locator("main").inner_text()
    assert "不能办理这一步" in told
    assert "县级审批" in told
    assert "昭通监督" in told
    clerk = enter("ertong")
    clerk.goto("/plans/")
    assert "演示·" not in clerk.locator("main").inner_text().replace("演示·儿童主任", "")
