"""Files as they come: what is hostile or spoiled is refused with a sentence, never repaired."""

import contextlib
import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.sheets import cells, reading
from minzheng.core.sheets.cells import CellRefusal, Field
from minzheng.core.sheets.reading import SheetRefusal
from minzheng.kernel.identity import check_digit

DAY = date(2024, 10, 8)
FIELDS = (
    Field("number", "身份证号", "identity"), Field("name", "姓名", "name"),
    Field("bank", "开户银行", "choice", choices=("演示农信", "演示邮政银行")),
    Field("account", "账号", "account"), Field("remark", "备注", required=False),
)  # fmt: skip
HEAD = ["身份证号*", "姓名*", "开户银行*", "账号*", "备注"]


def number(serial):
    """A number that holds together, of an area and day made up."""
    plain = f"53010219900101{serial:03}"
    return plain + check_digit(plain)


NUMBER = number(1)
GOOD = [NUMBER, "演示甲", "演示农信", "6200000000001", ""]


def book(rows, head=HEAD, sheets=("填报",), act=lambda book, page: None):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as out:
        for name in sheets:
            page = out.add_worksheet(name)
            for line, row in enumerate([head, *rows]):
                for at, cell in enumerate(row):
                    page.write_string(line, at, cell) if isinstance(cell, str) else page.write(line, at, cell)
            act(out, page)
    return made.getvalue()


def read(content):
    return reading.read(content, FIELDS, "trial-1")


def field(key):
    return next(each for each in FIELDS if each.key == key)


def test_columns_are_found_by_their_heads_in_any_order():
    turned = [HEAD[at] for at in (3, 1, 4, 0, 2)] + ["多出来的"]
    rows = [[GOOD[at] for at in (3, 1, 4, 0, 2)] + ["x"]]
    found = read(book(rows, turned))
    assert found.lines[0].cells["number"] == NUMBER
    assert found.lines[0].cells["account"] == GOOD[3]
    assert "多出来的" in found.notes[0]


def test_missing_and_doubled_heads_are_refused():
    with pytest.raises(SheetRefusal, match="缺少：账号"):
        read(book([GOOD[:3]], HEAD[:3]))
    with pytest.raises(SheetRefusal, match="出现了两次"):
        read(book([GOOD], [*HEAD[:4], "姓名"]))


def test_formulas_are_named_to_their_cells():
    content = book([GOOD], act=lambda _, page: page.write_formula(1, 1, "=A1", None, "演示甲"))
    assert read(content).lines[0].formulas == {"name"}


def test_merged_rows_are_named_and_a_merged_head_refused():
    content = book([GOOD, GOOD, GOOD], act=lambda _, page: page.merge_range(1, 1, 2, 1, "演示甲"))
    assert [line.merged for line in read(content).lines] == [True, True, False]
    with pytest.raises(SheetRefusal, match="表头有合并"):
        read(book([GOOD], act=lambda _, page: page.merge_range(0, 6, 0, 7, "x")))


def test_hidden_sheets_are_not_read():
    def hide(out, page):
        if page.name == "填报":
            page.hide()

    found = read(book([GOOD], sheets=("可见", "填报"), act=hide))
    assert "隐藏" in found.notes[0]


def test_two_sheets_without_the_template_s_are_refused():
    with pytest.raises(SheetRefusal, match="看不出要读哪张"):
        read(book([GOOD], sheets=("甲", "乙")))


def test_another_template_is_refused():
    def notes(out, page):
        if page.name == "填报":
            sheet = out.add_worksheet("填表说明")
            sheet.write_string(0, 0, "模板版本")
            sheet.write_string(0, 1, "trial-0")

    with pytest.raises(SheetRefusal, match="旧的或别的模板"):
        read(book([GOOD], act=notes))


def test_a_zip_bomb_is_not_unpacked():
    made = io.BytesIO(book([GOOD]))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/bomb.bin", b"\0" * (reading.UNPACKED + 1))
    content = made.getvalue()
    assert len(content) < 2**20
    with pytest.raises(SheetRefusal, match="解开后超过"):
        read(content)


def test_two_cells_far_apart_make_no_rectangle():
    for place in ((1_000_000, 0), (1, 16_000)):
        content = book([GOOD], act=lambda _, page, place=place: page.write_string(*place, "x"))
        with pytest.raises(SheetRefusal, match="超过"):
            read(content)


def altered(content, part, change):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            body = old.read(each)
            new.writestr(each.filename, change(body) if each.filename == part else body)
    return made.getvalue()


def test_cells_without_a_place_and_entities_are_refused():
    page = "xl/worksheets/sheet1.xml"
    with pytest.raises(SheetRefusal, match="没有位置"):
        read(altered(book([GOOD]), page, lambda body: body.replace(b'<c r="A1"', b"<c")))
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]>'
    with pytest.raises(SheetRefusal, match="不规范"):
        read(altered(book([GOOD]), page, lambda body: body.replace(b"<worksheet", entity + b"<worksheet", 1)))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"\0\1\2", b"\xff\xff\xff"]
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(SheetRefusal):
        read(content)


def test_csv_of_an_office_is_gb18030_and_of_another_utf8():
    text = ",".join(HEAD) + "\r\n" + ",".join(GOOD) + "\r\n"
    for coding in ("gb18030", "utf-8-sig", "utf-8"):
        assert read(text.encode(coding)).lines[0].cells["name"] == "演示甲"
    with pytest.raises(SheetRefusal, match="引号"):
        read((text + '"open').encode())


@given(st.binary(max_size=400))
def test_no_bytes_whatever_are_a_surprise(content):
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with contextlib.suppress(SheetRefusal):
            read(start + content)


def test_a_number_that_comes_as_a_number_is_refused_and_never_repaired():
    for key, cell in (("number", 530102199001010000), ("number", 5.3e17), ("account", 6200000000001)):
        with pytest.raises(CellRefusal) as refused:
            cells.read(field(key), cell, DAY)
        assert "数字格式" in str(refused.value)
        assert "文本" in refused.value.mend


def test_full_width_digits_and_blanks_are_read_as_meant():
    good = number(1)
    wide = "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in good)
    assert cells.read(field("number"), f" {wide} ", DAY) == good
    assert cells.read(field("account"), "６２００ ０００－０００００１ ", DAY) == "6200000000001"
    assert cells.read(field("name"), " 演示　甲 ", DAY) == "演示甲"
    assert cells.read(field("bank"), "演示农信 ", DAY) == "演示农信"


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("money", 1200.5, 120050), ("money", "1,200.50", 120050), ("money", "１２", 1200), ("money", 0, 0),
        ("money", 0.1, 10), ("whole", "3 ", 3), ("whole", 3.0, 3), ("date", "2024年9月1日", "2024-09-01"),
        ("date", "20240901", "2024-09-01"), ("date", "2024-9-1", "2024-09-01"),
        ("date", date(2024, 9, 1), "2024-09-01"),
        ("phone", "0871-1234567", "08711234567"), ("text", "  a   b ", "a b"), ("text", 12.0, "12"),
    ],
)  # fmt: skip
def test_values_are_read_exactly(kind, cell, value):
    assert cells.read(Field("x", "列", kind), cell, DAY) == value


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("money", "12.345"), ("money", "-1"), ("money", "abc"), ("money", True), ("money", 1e300),
        ("money", float("nan")),
        ("whole", "1.5"), ("date", "2024-02-30"), ("date", "昨天"), ("phone", "12"), ("text", "a\0b"),
        ("text", "x" * 300),
        ("identity", NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")),
        ("account", "12"), ("name", "甲=乙"), ("text", ""),
        ("text", None),
    ],
)  # fmt: skip
def test_what_is_wrong_says_how_to_mend_it(kind, cell):
    with pytest.raises(CellRefusal) as refused:
        cells.read(Field("x", "列", kind), cell, DAY)
    assert refused.value.mend


@given(
    st.sampled_from(list(cells.READERS)),
    st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates()),
)
def test_no_cell_whatever_is_a_surprise(kind, cell):
    with contextlib.suppress(CellRefusal):
        cells.read(Field("x", "列", kind, choices=("甲",)), cell, DAY)


def test_what_was_typed_is_shown_through_masks():
    assert NUMBER not in cells.shown(field("number"), NUMBER)
    assert NUMBER not in cells.shown(field("remark"), f"号码{NUMBER}")
    assert cells.shown(field("name"), "演示甲")[1:] == "**"
