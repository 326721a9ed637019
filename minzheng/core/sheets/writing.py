"""Tables written as XLSX (constant memory) or CSV. A text is written as text: no cell is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from minzheng.core.sheets.listing import Kind

#: A cell that begins so would be run by a spreadsheet that opens a CSV file.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST = 1_000_000
WIDTHS = {"text": 20, "number": 12, "money": 16, "date": 12}


@dataclass(frozen=True)
class Head:
    """A column's word and kind."""

    label: str
    kind: Kind


@dataclass(frozen=True)
class Mark:
    """Who took it out, when, of which area, for what: stands in the head, the foot and the properties."""

    title: str
    author: str
    words: str


def write_xlsx(path: Path, mark: Mark, heads: Sequence[Head], rows: Iterable[Sequence[Any]]) -> None:
    """One sheet: the mark, the heads, the rows; money in yuan, days as days, everything else as text."""
    settings = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), settings) as book:
        book.set_properties({"title": mark.title, "author": mark.author, "comments": mark.words})
        sheet = book.add_worksheet("名单")
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F8", "bottom": 1})
        forms = {
            "text": book.add_format({"num_format": "@"}),
            "number": book.add_format({"num_format": "0"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for at, head in enumerate(heads):
            sheet.set_column(at, at, WIDTHS[head.kind])
        plain = mark.words.replace("&", "&&")
        sheet.set_header(f"&C{plain[:200]}")
        sheet.set_footer(f"&L{plain[:180]}&R&P / &N")
        sheet.repeat_rows(1)
        sheet.freeze_panes(2, 1)
        sheet.write_string(0, 0, mark.words)
        for at, head in enumerate(heads):
            sheet.write_string(1, at, head.label, bold)
        for line, row in enumerate(rows, start=2):
            for at, (head, value) in enumerate(zip(heads, row, strict=True)):
                _put(sheet, line, at, head.kind, value, forms[head.kind])


def _put(sheet: Any, line: int, at: int, kind: Kind, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if kind == "money":
        sheet.write_number(line, at, value / 100, form)
    elif kind == "number":
        sheet.write_number(line, at, value, form)
    elif kind == "date" and isinstance(value, date):
        sheet.write_datetime(line, at, value, form)
    else:
        sheet.write_string(line, at, str(value), form)


def write_csv(path: Path, mark: Mark, heads: Sequence[Head], rows: Iterable[Sequence[Any]]) -> None:
    """The same as UTF-8 with a mark that WPS and Excel know; what would run is written behind a '."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([harmless(mark.words)])
        out.writerow([harmless(head.label) for head in heads])
        for row in rows:
            out.writerow([_plain(head.kind, value) for head, value in zip(heads, row, strict=True)])


def harmless(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(RUN) else text


def _plain(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if kind == "money":
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    return f"{value}" if kind == "number" else harmless(f"{value}")
