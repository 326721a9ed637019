"""`minzheng documents` as a person calls it, and the copy of the files. Signed in already, as owner."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from minzheng.config.command import documents, main
from minzheng.core.documents import files

ROOT = Path(__file__).resolve().parents[3]
INSERT = """
INSERT INTO documents_document (id, about, about_key, kind, name, media, size, pages, digest, rotation,
                                user_key, natural_person, by, withdrawn_by, withdrawn_reason, area)
 VALUES (%s, 'household', 1, 'letter', 'a.pdf', 'application/pdf', 1, 1, %s, 0,
         1, 'a', 'a', '', '', 530102001001)
"""


@pytest.fixture
def kept(db: None, monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> list[Path]:
    """The files of two documents."""
    monkeypatch.setattr(documents, "start", lambda role: None)
    settings.DOCUMENTS = tmp_path / "documents"
    with connection.cursor() as cursor:
        digests = [files.write(content) for content in (b"one", b"other")]
        cursor.executemany(INSERT, [(key, digest) for key, digest in enumerate(digests, 71)])
    return [files.path_of(digest) for digest in digests]


def called(*words: str) -> Result:
    return CliRunner().invoke(main, ["documents", "check", *words])


def test_every_damaged_file_is_a_line_and_the_exit_code_says_so(kept: list[Path]) -> None:
    well = called()
    assert (well.exit_code, "核对 2 份材料" in well.stdout, "一切相符" in well.stdout) == (0, True, True)
    kept[0].unlink()
    ill = called("--json")
    found = json.loads(ill.stdout)
    assert (ill.exit_code, found["documents"]) == (1, 2)
    (problem,) = found["problems"]
    assert "材料 71 的文件不在原处" in problem


def test_a_spoilt_file_does_not_spoil_its_copy(kept: list[Path], settings: object, tmp_path: Path) -> None:
    if shutil.which("rsync") is None:
        return
    copy = [ROOT / "deploy/backup/copy-documents", settings.DOCUMENTS, tmp_path / "copy"]
    subprocess.run(copy, check=True)
    for path in kept:
        path.write_bytes(b"")
    files.write(b"third")
    subprocess.run(copy, check=True)
    shutil.rmtree(settings.DOCUMENTS)
    shutil.copytree(tmp_path / "copy", settings.DOCUMENTS)
    settings.DOCUMENTS.chmod(0o700)
    assert called().exit_code == 0
    assert files.fault(files.digest_of(b"third")) == ""
