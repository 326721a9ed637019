"""`minzheng month --engine spark` as a person calls it: bad input, no Java, and no database."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from minzheng.config.cluster.tests.conftest import KNOWN
from minzheng.config.cluster.tests.conftest import drawn_facts as drawn_facts
from minzheng.config.cluster.tests.conftest import population as population
from minzheng.config.command import main

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--engine", "spark"], "同时写"),
        (["--facts", "x"], "同时写"),
        (["--engine", "spark", "--facts", "/nowhere"], "不存在"),
        (["--engine", "spark", "--facts", "{empty}"], "没有 2024-10 的事实"),
        (["--engine", "spark", "--facts", "{full}", "--province", "11"], "没有 11 省"),
        (["--export-facts", "x", "--province", "53"], "单独的一步"),
    ],
)
def test_what_was_asked_wrongly_is_refused_before_java_starts(drawn_facts, tmp_path, words, told):
    given = [word.format(empty=tmp_path, full=drawn_facts) for word in words]
    done = CliRunner().invoke(main, ["month", "2024-10", *given])
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


def test_without_java_or_with_an_old_one_there_is_a_sentence(drawn_facts, tmp_path, monkeypatch):
    words = ["month", "2024-10", "--engine", "spark", "--facts", str(drawn_facts)]
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "没有 Java" in done.stderr) == (1, True)
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "11.0.2" in done.stderr) == (1, True)


def test_the_command_computes_without_a_database(drawn_facts, tmp_path):
    folder = shutil.copytree(drawn_facts, tmp_path / "facts")
    words = ["month", "2024-10", "--engine", "spark", "--facts", str(folder), "--json"]
    surroundings = {
        "MINZHENG_HOME": str(tmp_path / "none"),
        "DATABASE_URL": "",
        "PYSPARK_PYTHON": sys.executable,
    }
    done = subprocess.run(
        [sys.executable, "-m", "minzheng.config", *words],
        env={**os.environ, **surroundings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (report,) = json.loads(done.stdout)
    assert (report["province"], report["known"]) == (53, KNOWN.isoformat())
    assert report["rows"] > 0
