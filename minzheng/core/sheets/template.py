"""The workbook that officers fill in: drop-downs, columns as text, notes; and the rows sent back."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from minzheng.core.sheets.cells import Field
from minzheng.core.sheets.reading import FILL, IGNORED, NOTES
from minzheng.core.sheets.sheet import Sheet

#: As far down as a template's drop-downs and formats go.
DOWN = 20_000
KINDS = {
    "text": "文字", "identity": "身份证号（文本格式）", "name": "姓名", "account": "账号（文本格式）",
    "phone": "电话", "money": "金额（元）", "whole": "整数", "date": "日期", "choice": "从下拉列表选",
}  # fmt: skip


def template(sheet: Sheet) -> bytes:
    """An empty template."""
    return _book(sheet, sheet.fields, (), "")


def again(sheet: Sheet, rows: Iterable[Sequence[str]], mark: str) -> bytes:
    """The template with rows that were wrong, as typed, then 问题 and 怎么改, to be mended."""
    return _book(sheet, sheet.fields, rows, mark)


def _book(sheet: Sheet, fields: Sequence[Field], rows: Iterable[Sequence[str]], mark: str) -> bytes:
    made = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, settings) as book:
        book.set_properties({"title": f"{sheet.label}模板 {sheet.mark}", "comments": mark})
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F8"})
        page = book.add_worksheet(FILL)
        page.freeze_panes(1, 0)
        if mark:
            page.set_footer(f"&L{mark.replace('&', '&&')[:180]}")
        for at, each in enumerate(fields):
            page.set_column(at, at, 24 if each.kind in ("identity", "account") else 16, text)
            page.write_string(0, at, f"{each.label}{'*' if each.required else ''}", bold)
            if each.choices:
                _choices(page, at, each)
        if mark:
            for at, label in enumerate(IGNORED, start=len(fields)):
                page.set_column(at, at, 40, text)
                page.write_string(0, at, label, bold)
        for line, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if cell:
                    page.write_string(line, at, cell, text)
        _notes(book.add_worksheet(NOTES), sheet, bold, text)
    return made.getvalue()


def _choices(page: Any, at: int, each: Field) -> None:
    """A drop-down: inline where it is short, else from the notes' column of choices."""
    short = len(",".join(each.choices)) <= 250
    column = xlsxwriter.utility.xl_col_to_name(6 + at)
    source = list(each.choices) if short else f"='{NOTES}'!${column}$2:${column}${len(each.choices) + 1}"
    page.data_validation(
        1, at, DOWN, at,
        {"validate": "list", "source": source, "error_message": "请从下拉列表中选。"},
    )  # fmt: skip


def _notes(page: Any, sheet: Sheet, bold: Any, text: Any) -> None:
    page.set_column(0, 4, 24, text)
    page.write_string(0, 0, "模板版本", bold)
    page.write_string(0, 1, sheet.mark)
    page.write_string(1, 0, sheet.note)
    page.write_string(2, 0, "每行一条，从第 2 行填起；不要合并单元格，不要用公式。带 * 的列必填。")
    for at, label in enumerate(("列", "必填", "内容", "怎么填", "示例")):
        page.write_string(4, at, label, bold)
    for line, each in enumerate(sheet.fields, start=5):
        cells = (each.label, "是" if each.required else "否", KINDS[each.kind], each.note, each.example)
        for at, cell in enumerate(cells):
            page.write_string(line, at, cell, text)
    for at, each in enumerate(sheet.fields):
        if len(",".join(each.choices)) > 250:
            for line, choice in enumerate((each.label, *each.choices)):
                page.write_string(line, 6 + at, choice, text)
