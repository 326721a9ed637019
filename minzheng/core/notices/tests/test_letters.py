"""Letters drawn and read back: every value is on the paper, as text, and nothing that must not be."""

import io
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from minzheng.core.notices.letters import LETTERS, checking, code, draw, drawing, fonts, picture, values
from minzheng.core.notices.letters.checking import read
from minzheng.core.notices.letters.drawing import LetterRefusal
from minzheng.core.notices.letters.samples import SAMPLES
from minzheng.core.notices.letters.values import Poster

HERE = Path(drawing.__file__).parent
MM = 72 / 25.4
pytestmark = pytest.mark.page  # they need Debian's Chinese fonts, as the pages do


@pytest.fixture(autouse=True)
def shipped(tmp_path, monkeypatch):
    """An empty data folder: the templates shipped, not those of whoever runs the tests."""
    monkeypatch.setenv("MINZHENG_HOME", str(tmp_path))
    monkeypatch.delenv("MINZHENG_KEYS", raising=False)
    monkeypatch.delenv("MINZHENG_FONTS", raising=False)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_everything_it_was_given(name):
    assert checking.problems(name) == []
    text = read(draw(name, SAMPLES[name]))
    assert code(name, SAMPLES[name]) in text
    assert "第1页，共" in text


def test_every_letter_has_its_template_and_sample():
    assert {file.stem for file in HERE.glob("*.typ")} - {"frame"} == set(LETTERS) == set(SAMPLES)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_an_archivable_a4_with_a_title(name):
    reader = PdfReader(io.BytesIO(draw(name, SAMPLES[name])))
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert reader.metadata.title
    assert reader.metadata.creation_date.date() == SAMPLES[name].day
    for page in reader.pages:
        assert (round(page.mediabox.width / MM), round(page.mediabox.height / MM)) == (210, 297)
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")


def test_the_same_values_give_the_same_bytes_in_another_process_too():
    draws = (
        "import hashlib\nfrom minzheng.core.notices.letters import draw\n"
        "from minzheng.core.notices.letters.samples import SAMPLES\n"
        "print(hashlib.sha256(draw('confirmed', SAMPLES['confirmed'])).hexdigest())"
    )
    run = [
        subprocess.run([sys.executable, "-c", draws], capture_output=True, text=True, check=True)
        for _ in "12"
    ]
    assert run[0].stdout == run[1].stdout != ""


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        "*[",
        "$x$ _y_ `z`",
        '#image("/etc/passwd")',
        "\\ // /* @a <b> = c",
        "李\n#v.law",
        "~--- '\"",
    ],
)
def test_a_hostile_name_prints_as_text(name):
    text = read(draw("accepted", replace(SAMPLES["accepted"], applicant=name)))
    assert "".join(name.split()) in text


@pytest.mark.parametrize("character", ["\U0002b740", "\ue000", "\u202e", "\u200b", "\x07", "\U000e0041"])
def test_a_character_that_cannot_be_printed_is_refused_by_its_number(character):
    with pytest.raises(fonts.GlyphRefusal) as refused:
        draw("accepted", replace(SAMPLES["accepted"], applicant=f"张秘密{character}"))
    assert f"U+{ord(character):04X}" in f"{refused.value}"
    assert "张秘密" not in f"{refused.value}"


def test_a_glyph_missing_in_a_template_itself_is_refused_too(tmp_path):
    own = tmp_path / "letters"
    own.mkdir()
    text = (HERE / "accepted.typ").read_text("utf-8")
    (own / "accepted.typ").write_text(f"{text}\n张秘密\U0002b740", "utf-8")
    with pytest.raises(fonts.GlyphRefusal, match=r"accepted\.typ") as refused:
        draw("accepted", SAMPLES["accepted"])
    assert "张秘密" not in f"{refused.value}"


def test_a_machine_without_fonts_says_what_to_install(tmp_path):
    (tmp_path / fonts.FILE).write_text(json.dumps({"body": [], "base": ["没有的宋体"], "rare": []}), "utf-8")
    with pytest.raises(fonts.FontRefusal, match=f"apt-get install {fonts.PACKAGE}"):
        fonts.find(tmp_path)
    assert fonts.problems(tmp_path)
    assert not fonts.problems()


def test_the_sign_of_money_is_printed_by_the_song_face():
    reader = PdfReader(io.BytesIO(draw("confirmed", SAMPLES["confirmed"])))
    faces = []
    reader.pages[0].extract_text(
        visitor_text=lambda text, cm, tm, font, size: (
            faces.append(font["/BaseFont"]) if "￥" in text else None
        )
    )
    assert "￥1,280.50元" in read(draw("confirmed", SAMPLES["confirmed"]))
    assert faces
    assert all("Serif" in face for face in faces)


def test_a_page_holds_22_lines_of_28_characters(tmp_path):
    own = tmp_path / "letters"
    own.mkdir()
    (own / "accepted.typ").write_text(
        '#import "frame.typ": *\n#show: letter.with("甲")\n#pagebreak()\n'
        '#set par(first-line-indent: 0pt)\n#("国" * 28 * 30)\n',
        "utf-8",
    )
    page = PdfReader(io.BytesIO(draw("accepted", SAMPLES["accepted"]))).pages[1]
    lines = [line for line in page.extract_text().splitlines() if "国" in line]
    assert {len(line.strip()) for line in lines} == {28}
    assert len(lines) == 22


def test_a_poster_shows_surnames_and_three_things_only():
    text = read(draw("publicity", SAMPLES["publicity"]))
    assert "李*" in text
    assert not [row.name for row in SAMPLES["publicity"].rows if row.name in text]
    assert {field.name for field in fields(Poster)} == {"name", "members", "amount_fen"}
    assert {field.name for field in fields(values.Listed)} == {"name", "members", "amount_fen"}


def test_a_poster_may_be_a3_and_a_long_list_repeats_its_header_and_loses_no_row():
    rows = tuple(values.Listed(f"演示第{at}户", 1 + at % 5, 100_000 + at) for at in range(1, 201))
    reader = PdfReader(io.BytesIO(draw("published", replace(SAMPLES["published"], rows=rows, paper="a3"))))
    pages = ["".join(page.extract_text().split()) for page in reader.pages]
    assert round(reader.pages[0].mediabox.width / MM) == 297
    assert len(pages) > 3
    listed = [page for page in pages if "演示第" in page]
    assert all("序号申请人家庭成员数量" in page for page in listed)
    assert all(f"演示第{at}户" in "".join(pages) for at in range(1, 201))


def test_numbers_of_identity_are_masked():
    text = read(draw("authorisation", SAMPLES["authorisation"]))
    assert "53**************1X" in text
    assert not re.search(r"\d{17}[\dX]", text)


def test_a_second_print_says_so_and_bears_the_same_code():
    first = SAMPLES["refused"]
    again = replace(first, printed=replace(first.printed, by="演示·另一人", again=True))
    assert "再次打印" not in read(draw("refused", first))
    text = read(draw("refused", again))
    assert "再次打印" in text
    assert "演示·另一人" in text
    assert code("refused", first) == code("refused", again) != code("refused", replace(first, number="改"))
    assert re.fullmatch(r"[0-9a-f]{12}", code("refused", first))


def test_a_refusal_names_both_ways_to_appeal():
    text = read(draw("refused", SAMPLES["refused"]))
    for words in ("60日内向演示区人民政府申请行政复议", "6个月内向演示区人民法院提起行政诉讼"):
        assert words in text


def test_another_letters_values_and_unknown_words_are_refused():
    for name, letter in (
        ("accepted", SAMPLES["refused"]),
        ("none", SAMPLES["refused"]),
        ("refused", replace(SAMPLES["refused"], kind="讨论")),
        ("publicity", replace(SAMPLES["publicity"], paper="b5")),
    ):
        with pytest.raises(LetterRefusal):
            draw(name, letter)


def test_an_office_lays_its_own_template_over_ours(tmp_path):
    own = tmp_path / "letters"
    own.mkdir()
    shutil.copyfile(HERE / "accepted.typ", own / "accepted.typ")
    text = (own / "accepted.typ").read_text("utf-8")
    (own / "accepted.typ").write_text(text.replace("可以凭受理编号", "请凭本通知书或者受理编号"), "utf-8")
    assert "请凭本通知书或者受理编号查询" in read(draw("accepted", SAMPLES["accepted"]))
    assert read(draw("missing", SAMPLES["missing"]))
    (own / "missing.typ").write_text("#panic(1)", "utf-8")
    drawing._folder.cache_clear()
    with pytest.raises(LetterRefusal, match=r"missing\.typ"):
        draw("missing", SAMPLES["missing"])
    assert [problem for problem in checking.problems("missing") if "missing.typ" in problem]
    forgot = (HERE / "refused.typ").read_text("utf-8").replace("#appeal(v.appeal)", "")
    (own / "refused.typ").write_text(forgot, "utf-8")
    drawing._folder.cache_clear()
    assert "refused：样张上没有“演示区人民法院”" in "".join(checking.problems("refused"))


def test_a_picture_of_each_page_for_the_screen():
    pages = picture("confirmed", SAMPLES["confirmed"])
    assert len(pages) == 2
    assert Image.open(io.BytesIO(pages[0])).size == (794, 1123)


def test_several_threads_may_ask_at_once():
    with ThreadPoolExecutor(4) as pool:
        drawn = set(pool.map(lambda _: draw("refused", SAMPLES["refused"]), range(12)))
    assert drawn == {draw("refused", SAMPLES["refused"])}
