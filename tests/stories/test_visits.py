"""Visits written where there is no network: sent later, once, with their photos, by nobody else.

One journey a test, in a real browser, on a served demonstration.
"""

import pytest

from minzheng.domains.assistance.terms import CHECKLIST
from tests.stories.browser import PHONE, judge, look
from tests.stories.casework import apply, go_on, number, photo, step, walk
from tests.stories.site import sign_in

pytestmark = pytest.mark.page
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
    assert worker.input_value("#visited_on"), "the next visit has its day"
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


def test_what_arrived_without_an_answer_is_sent_again_unchanged_and_kept_once(enter, waiting):
    worker = enter("cun", PHONE)
    written(worker)
    worker.click("text=保存在手机上")
    worker.wait_for_selector("text=待发送 1 件")

    def swallow(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    address = f"**/assistance/visits/{waiting}/"
    worker.context.set_offline(False)
    worker.route(address, swallow)
    worker.goto("/assistance/visits/")
    worker.wait_for_selector("text=没有网络，有网络时自动发送")
    assert worker.evaluate(QUEUED) == 1
    assert worker.locator("text=打开修改").count() == 0
    worker.unroute(address)
    worker.click("text=现在发送")
    left(worker, 0)
    assert seen(enter, waiting).locator("text=等待另一人确认").count() == 1
