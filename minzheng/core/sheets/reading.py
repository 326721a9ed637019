"""A file read as rows of typed cells: XLSX, XLS/ET, CSV (UTF-8 or GB18030). Nothing is trusted.

Before the reader sees an XLSX it is unpacked once under a limit (a zip's own sizes may lie), its cells must
say where they stand, and its width and height are looked at: a reader makes a whole rectangle of two cells
far apart. Formulas and merged cells are found there too, and named to their rows. Hidden sheets are not read.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from minzheng.core.sheets.cells import Field
from minzheng.kernel.errors import Refusal

SIZE, UNPACKED, PARTS, ROWS, COLUMNS = 20 * 2**20, 300 * 2**20, 500, 200_000, 100
FILL, NOTES, IGNORED = "填报", "填表说明", ("问题", "怎么改")
AGAIN = "请下载模板，把内容粘贴为值后再上传。"
_CELL = re.compile(rb"<c(?=[\s/>])([^>]*)>(?:\s*<(f)[\s/>])?")
_PLACE = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,8})"')


class SheetRefusal(Refusal):
    """The file as a whole cannot be taken."""


@dataclass(frozen=True)
class Line:
    """A row: its number in the file, cells by field key, keys of formulas, whether it lies in a merger."""

    number: int
    cells: dict[str, Any]
    formulas: frozenset[str] = frozenset()
    merged: bool = False


@dataclass(frozen=True)
class Content:
    """What a file holds: its rows that are not empty, and what is to be said about it as a whole."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Found:
    """A table before its heads are understood."""

    rows: Sequence[Sequence[Any]]
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def read(content: bytes, fields: Sequence[Field], version: str) -> Content:
    """The rows of a file of a sheet with these fields; raises SheetRefusal."""
    if not content:
        raise SheetRefusal("文件是空的，请重新选择。")
    if len(content) > SIZE:
        raise SheetRefusal(f"文件超过 {SIZE // 2**20} MB，请拆成几个再上传。")
    if content.startswith(b"PK\x03\x04"):
        found = _workbook(content, fields, version, _looked(content))
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        found = _workbook(content, fields, version, None)
    else:
        found = _text(content)
    return _lines(found, fields)


def _lines(found: _Found, fields: Sequence[Field]) -> Content:
    heads = ["".join(str(cell).split()).rstrip("*＊") for cell in (found.rows[0] if found.rows else ())]
    known = {each.label: each for each in fields}
    twice = sorted({head for head in heads if head in known and heads.count(head) > 1})
    missing = [each.label for each in fields if each.required and each.label not in heads]
    if twice:
        raise SheetRefusal(f"表头“{'、'.join(twice)}”出现了两次，请删去多余的一列。")
    if missing:
        raise SheetRefusal(f"第 1 行表头缺少：{'、'.join(missing)}。{AGAIN}")
    at = {index: known[head].key for index, head in enumerate(heads) if head in known}
    strange = [head for head in heads if head and head not in known and head not in IGNORED]
    notes = [*found.notes, *([f"不认识的列没有读取：{'、'.join(strange)[:100]}。"] if strange else [])]
    lines = []
    for number, row in enumerate(found.rows[1:], start=2):
        cells = {key: row[index] for index, key in at.items() if index < len(row)}
        if any(cell is not None and str(cell).strip() for cell in cells.values()):
            formulas = frozenset(key for index, key in at.items() if (number, index) in found.formulas)
            lines.append(Line(number, cells, formulas, number in found.merged))
    if not lines:
        raise SheetRefusal("表里没有内容，请填写后再上传。")
    if len(lines) > ROWS:
        raise SheetRefusal(f"超过 {ROWS:,} 行，请拆成几个再上传。")
    return Content(tuple(lines), tuple(notes))


def _text(content: bytes) -> _Found:
    if b"\0" in content:
        raise SheetRefusal("不认识这种文件。请上传 XLSX、ET 或 CSV。")
    text = ""
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetRefusal("CSV 的文字编码不认识，请另存为 UTF-8 或 GB18030。")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise SheetRefusal("CSV 的引号或分隔不完整，请用 WPS 或 Excel 另存一次。") from error
    return _Found([[cell.removeprefix("'") for cell in row] for row in rows])


def _workbook(
    content: bytes, fields: Sequence[Field], version: str, looked: dict[str, bytes] | None
) -> _Found:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        seen = [
            each.name for each in book.sheets_metadata
            if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
        ]  # fmt: skip
        notes = _versioned(book, version) if NOTES in book.sheet_names else []
        name = _chosen(seen)
        hidden = len(book.sheet_names) - len(seen)
        formulas = _cells(looked[_part(looked, name)]) if looked is not None else set()
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > (ROWS + 1) * COLUMNS:
            raise SheetRefusal("表太大，请删去没有内容的行和列后再上传。")
        merged = {
            line + 1 for (top, _), (bottom, _) in sheet.merged_cell_ranges or ()
            for line in range(top, min(bottom, ROWS) + 1)
        }  # fmt: skip
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise SheetRefusal("文件打不开，可能已损坏或加了密码。请用 WPS 或 Excel 另存一次。") from error
    if 1 in merged:
        raise SheetRefusal(f"表头有合并单元格。{AGAIN}")
    if hidden:
        notes.append(f"隐藏的工作表没有读取（{hidden} 张）。")
    return _Found(rows, formulas, merged, notes)


def _chosen(seen: Sequence[str]) -> str:
    """The sheet to read: the template's, or the only one that can be seen."""
    others = [name for name in seen if name != NOTES]
    if FILL in others:
        return FILL
    if len(others) != 1:
        raise SheetRefusal(f"看不出要读哪张工作表：请把内容放在名为“{FILL}”的工作表里。")
    return others[0]


def _versioned(book: CalamineWorkbook, version: str) -> list[str]:
    rows = book.get_sheet_by_name(NOTES).to_python(skip_empty_area=False, nrows=3)
    said = next((str(row[1]) for row in rows if len(row) > 1 and row[0] == "模板版本"), "")
    if said and said != version:
        raise SheetRefusal(
            f"这是旧的或别的模板（{said[:40]}），现用 {version}。请下载新模板，重新粘贴后上传。"
        )
    return []


def _looked(content: bytes) -> dict[str, bytes]:
    """The parts of an XLSX that say where its cells are, unpacked under the limit."""
    kept: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > PARTS or "xl/workbook.xml" not in packed.namelist():
                raise SheetRefusal("不认识这种文件。请上传 XLSX、ET 或 CSV。")
            left = UNPACKED
            for part in parts:
                wanted = part.filename.startswith(("xl/worksheets/", "xl/workbook", "xl/_rels/"))
                body = b"".join(_unpacked(packed, part, left)) if wanted else None
                left -= len(body) if body is not None else sum(map(len, _unpacked(packed, part, left)))
                if body is not None:
                    kept[part.filename] = body
                if body and b"<!DOCTYPE" in body[:2000]:
                    raise SheetRefusal(f"文件结构不规范。{AGAIN}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise SheetRefusal("文件打不开，可能已损坏或加了密码。请用 WPS 或 Excel 另存一次。") from error
    return kept


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    with packed.open(part) as source:
        while piece := source.read(2**20):
            left -= len(piece)
            if left < 0:
                raise SheetRefusal(f"文件解开后超过 {UNPACKED // 2**20} MB，没有读取。{AGAIN}")
            yield piece


def _part(looked: dict[str, bytes], name: str) -> str:
    """The part of a sheet of this name."""
    for tag in re.findall(rb"<sheet\b[^>]*>", looked["xl/workbook.xml"]):
        told = dict(re.findall(r'([\w:]+)="([^"]*)"', tag.decode("utf-8")))
        if _plain(told.get("name", "")) == name:
            for rel in re.findall(rb"<Relationship\b[^>]*>", looked["xl/_rels/workbook.xml.rels"]):
                named = dict(re.findall(r'(\w+)="([^"]*)"', rel.decode("utf-8")))
                if named.get("Id") == told.get("r:id"):
                    target = named["Target"]
                    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(name)


def _plain(text: str) -> str:
    for sign, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(sign, plain)
    return text


def _cells(body: bytes) -> set[tuple[int, int]]:
    """The (row from 1, column from 0) of each formula; refuses what is too wide, too long or unplaced."""
    formulas = set()
    for found in _CELL.finditer(body):
        place = _PLACE.search(found[1])
        if place is None:
            raise SheetRefusal(f"文件结构不规范（单元格没有位置）。{AGAIN}")
        letters, row = place[1], int(place[2])
        if len(letters) > 2 or row > ROWS + 1 or (len(letters) == 2 and _index(letters) >= COLUMNS):
            raise SheetRefusal(f"表超过 {COLUMNS} 列或 {ROWS:,} 行，请删去没有内容的行和列后再上传。")
        if found[2]:
            formulas.add((row, _index(letters)))
    return formulas


def _index(letters: bytes) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + letter - 64
    return at - 1
