"""Files as a spreadsheet program reads them back: texts stay texts, nothing runs, the mark is everywhere."""

import csv
import zipfile
from datetime import date

from python_calamine import CalamineWorkbook

from minzheng.core.sheets.writing import Head, Mark, write_csv, write_xlsx

HEADS = [
    Head("姓名", "text"),
    Head("号码", "text"),
    Head("金额", "money"),
    Head("人数", "number"),
    Head("日", "date"),
]
MARK = Mark("演示名单", "演示·甲", "演示名单｜导出人：演示·甲 & 乙｜用途：核对")
ROWS = [
    ["=HYPERLINK(\"http://x\")", "530102********001X", 123456, 3, date(2024, 1, 2)],
    ["+1", "0012", -5, None, None],
    ["https://example.com", "@SUM(A1)", 0, 0, date(2024, 2, 29)],
]  # fmt: skip


def test_xlsx_keeps_texts_as_texts_and_carries_its_mark(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, MARK, HEADS, iter(ROWS))
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == MARK.words
    assert rows[1] == [head.label for head in HEADS]
    assert rows[2] == ['=HYPERLINK("http://x")', "530102********001X", 1234.56, 3, date(2024, 1, 2)]
    assert rows[3][:3] == ["+1", "0012", -0.05]
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet.lower().replace(b"=hyperlink(", b"")
        assert "演示·甲 &amp;&amp; 乙".encode() in sheet
        assert "用途：核对".encode() in book.read("docProps/core.xml")


def test_csv_runs_nothing_and_opens_as_chinese(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, MARK, HEADS, iter(ROWS))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[2] == ['\'=HYPERLINK("http://x")', "530102********001X", "1234.56", "3", "2024-01-02"]
    assert rows[3] == ["'+1", "0012", "-0.05", "", ""]
    assert rows[4][1] == "'@SUM(A1)"
