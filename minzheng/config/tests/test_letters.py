"""`minzheng letters`: a list, a sample that opens, a check that finds what a template forgot."""

import io
import json
import shutil

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from minzheng.config.command import main
from minzheng.core.notices.letters import LETTERS, drawing

pytestmark = pytest.mark.page  # they need Debian's Chinese fonts, as the pages do


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function: the command in an empty data folder."""
    monkeypatch.setenv("MINZHENG_HOME", str(tmp_path))
    drawing._folder.cache_clear()
    return lambda *words: CliRunner().invoke(main, ["letters", *words])


def test_every_letter_is_listed_and_an_own_template_is_marked(run, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "refused.typ").write_text("", "utf-8")
    assert "refused：不予受理、不予确认通知书（本单位模板）" in run("list").output
    listed = json.loads(run("list", "--json").output)["letters"]
    assert set(listed) == set(LETTERS)
    assert [name for name, each in listed.items() if each["own"]] == ["refused"]


def test_a_sample_opens(run, tmp_path):
    assert run("sample", "survey", str(tmp_path / "a.pdf")).exit_code == 0
    assert "入户调查表" in PdfReader(tmp_path / "a.pdf").metadata.title
    assert len(PdfReader(io.BytesIO(run("sample", "survey", "-").stdout_bytes)).pages) == 1
    assert "现有" in run("sample", "nothing", "-").output
    away = run("sample", "survey", str(tmp_path / "none" / "a.pdf"))
    assert (away.exit_code, "写不了" in away.output) == (2, True)


def test_a_template_that_forgets_is_found(run, tmp_path):
    assert run("check").exit_code == 0
    own = tmp_path / "letters"
    own.mkdir()
    shutil.copyfile(drawing.HERE / "changed.typ", own / "changed.typ")
    text = (own / "changed.typ").read_text("utf-8")
    (own / "changed.typ").write_text(text.replace("#appeal(v.appeal)", ""), "utf-8")
    drawing._folder.cache_clear()
    checked = run("check")
    assert checked.exit_code == 1
    assert "changed：样张上没有“演示区人民法院”" in checked.output
    assert "refused" not in checked.output
