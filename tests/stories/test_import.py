"""A county clerk sends 5,000 rows with errors, in a real browser: the result, the wrong rows, an export."""

import io

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from minzheng.kernel.identity import check_digit
from tests.stories import browser
from tests.stories.browser import PHONE, WIDE, judge
from tests.stories.site import Visitor

pytestmark = pytest.mark.page
ROWS = 5000


def nobody(line):
    """A number that holds together, of nobody in the register."""
    plain = f"1101011950{1 + line // 1000:02}01{line % 1000:03}"
    return plain + check_digit(plain)


def book():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
        page = out.add_worksheet("填报")
        for at, label in enumerate(("身份证号", "姓名", "开户银行", "账号")):
            page.write_string(0, at, label)
        for line in range(1, ROWS + 1):
            wrong = line % 50 == 0
            page.write_string(line, 0, nobody(line))
            page.write_string(line, 1, "" if wrong else "演示无此人")
            page.write_string(line, 2, "没有的银行" if wrong else "演示农信")
            page.write_string(line, 3, f"6217{line:012}")
    return made.getvalue()


def test_five_thousand_rows_with_errors(base, tmp_path):
    path = tmp_path / "账户.xlsx"
    path.write_bytes(book())
    with browser.launched() as chromium:
        page = browser.entered(chromium, base, "jingban")
        page.goto("/imports/")
        judge(page)
        page.set_input_files("#file-accounts", str(path))
        page.click("text=上传并核对")
        page.wait_for_selector("text=只下载有误的", timeout=120_000)
        assert "5,000" in page.inner_text("main")
        assert "您的管辖范围内没有这名领取人" in page.inner_text("main")
        judge(page)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        judge(page)
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.click("text=只下载有误的")
        page.wait_for_selector("a.go", timeout=120_000)
        judge(page)
        with page.expect_download() as taken:
            page.click("a.go")
        rows = CalamineWorkbook.from_path(str(taken.value.path())).get_sheet_by_name("填报").to_python()
        assert len(rows) == 1 + ROWS
        assert rows[0][-1] == "怎么改"
        page.goto("/jobs/")
        judge(page)
        page.goto("/areas/530602000000/households/")
        page.click("text=导出…")
        judge(page)
        page.fill("#purpose", "月度核对名单")
        page.click("button.go")
        page.wait_for_selector("a.go", timeout=60_000)
        judge(page)


def test_another_clerk_finds_nothing_of_it(base):
    other = Visitor(base, "shuifu")
    assert other.get("/imports/1/").status == 404
    assert other.get("/jobs/1/").status == 404
