"""`minzheng audit` as a person calls it. The tests are signed in already, as owner."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from minzheng.config.command import audit, main
from minzheng.core.audit.actions import log_access


@pytest.fixture
def heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Path:
    """The file of heads of this test's own, over one entry."""
    monkeypatch.setattr(audit, "start", lambda role: None)
    monkeypatch.setenv("MINZHENG_HEADS", str(tmp_path))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_history, audit_accesslog, audit_seal")
    log_access("people.reveal", "people_person/1", "核对")
    return tmp_path / "heads.jsonl"


def called(*words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words])


def test_a_restored_database_wants_a_reason(heads: Path) -> None:
    assert called("restored").exit_code == 2
    blank = called("restored", " ")
    assert (blank.exit_code, "原因" in blank.stderr) == (1, True)


def test_every_fault_is_a_line_and_the_exit_code_says_so(heads: Path) -> None:
    assert "已封存 1 条" in called("seal").stdout
    well = called("verify", "--json")
    assert (well.exit_code, json.loads(well.stdout)["faults"]) == (0, [])
    assert "一切相符" in called("verify").stdout
    heads.write_text(heads.read_text().replace('"entries":1', '"entries":2'))
    ill = called("verify")
    assert ill.exit_code == 1
    assert "第 1 行" in ill.stdout


def test_a_missing_key_is_a_sentence(heads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINZHENG_KEYS", str(tmp_path / "none"))
    lost = called("seal")
    assert lost.exit_code == 1
    assert "缺少封存密钥" in lost.stderr
