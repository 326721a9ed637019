"""The step of `.ci/postgresql` that installs the server: what it asks of apt-get; no cluster is made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STEP = Path(__file__).resolve().parents[3] / ".ci" / "postgresql"
APT = """#!/bin/sh
echo "$* $(grep -c '^create_main_cluster = false' "$CREATECLUSTER_CONF")" >> "$CALLS"
case "$*" in *install*postgresql-15*) [ -n "$WORKS" ] && mkdir "$PGBIN" && cp "$0" "$PGBIN/initdb" \\
    && cp "$0" "$PGBIN/pg_basebackup" ;; esac
"""


def step(folder: Path, user: int, works: bool, *words: str) -> tuple[int, list[str], str, str]:
    """Exit code, what apt-get was asked (1: without a cluster), the configuration after, what was told."""
    for name in ("bash", "cat", "env", "sh", "cp", "mv", "mkdir", "grep"):
        (folder / name).symlink_to(shutil.which(name) or name)
    (folder / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (folder / "apt-get").write_text(APT)
    for name in ("id", "apt-get"):
        (folder / name).chmod(0o755)
    calls, conf = folder / "calls", folder / "createcluster.conf"
    calls.touch()
    conf.write_text("#create_main_cluster = true\n")
    environment = {
        "PATH": str(folder),
        "CALLS": str(calls),
        "WORKS": "1" if works else "",
        "PGBIN": str(folder / "pgbin"),
        "CREATECLUSTER_CONF": str(conf),
    }
    done = subprocess.run(
        [STEP, *words], env=environment, capture_output=True, text=True, check=False, cwd=os.sep
    )
    return done.returncode, calls.read_text().splitlines(), conf.read_text(), done.stderr


def test_root_installs_the_programs_without_a_cluster(tmp_path: Path) -> None:
    code, calls, conf, _ = step(tmp_path, 0, True)
    quietly = "install -y -qq --no-install-recommends"
    assert calls == ["update -qq 0", f"{quietly} postgresql-common 0", f"{quietly} postgresql-15 1"]
    assert (code, conf) == (0, "#create_main_cluster = true\n")


def test_an_installation_that_fails_is_told(tmp_path: Path) -> None:
    code, calls, conf, told = step(tmp_path, 0, False)
    assert (code, len(calls), "恢复演练" in told) == (1, 3, True)
    assert conf == "#create_main_cluster = true\n"


@pytest.mark.parametrize("words", [(), ("--remind",)])
def test_anybody_else_is_told_and_nothing_is_installed(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, calls, _, told = step(tmp_path, 1000, True, *words)
    assert (code, calls, "apt-get install postgresql-15" in told) == (0 if words else 1, [], True)
