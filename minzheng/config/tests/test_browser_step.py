"""The step of `.ci/browser` that installs Chromium: what it asks of apt-get, on a machine that lacks it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STEP = Path(__file__).resolve().parents[3] / ".ci" / "browser"
APT = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *install*chromium*) [ -n "$WORKS" ] && printf '#!/bin/sh\\n' > "$0.d" && chmod 755 "$0.d" \\
    && mv "$0.d" "${0%/*}/chromium" ;; esac
"""


def step(folder: Path, user: int, works: bool, *words: str) -> tuple[int, str, str]:
    """Exit code, what was asked of apt-get, and what was told; no other program is found."""
    for name in ("bash", "find", "cat", "env", "sh", "chmod", "mv"):
        (folder / name).symlink_to(shutil.which(name) or name)
    (folder / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (folder / "apt-get").write_text(APT)
    for name in ("id", "apt-get"):
        (folder / name).chmod(0o755)
    calls = folder / "calls"
    calls.touch()
    environment = {
        "PATH": str(folder),
        "CALLS": str(calls),
        "WORKS": "1" if works else "",
        "HOME": str(folder),
    }
    (folder / ".fonts").mkdir()
    (folder / ".fonts" / "NotoSansCJK.ttc").touch()
    done = subprocess.run(
        [STEP, *words], env=environment, capture_output=True, text=True, check=False, cwd=os.sep
    )
    return done.returncode, calls.read_text(), done.stderr


def test_root_installs_what_is_missing_and_only_that(tmp_path: Path) -> None:
    code, calls, _ = step(tmp_path, 0, True)
    assert code == 0
    assert calls.splitlines() == ["update -qq", "install -y -qq --no-install-recommends chromium"]


def test_an_installation_that_fails_is_told(tmp_path: Path) -> None:
    code, calls, told = step(tmp_path, 0, False)
    assert (code, "install" in calls, "缺少：chromium" in told) == (1, True, True)


@pytest.mark.parametrize("words", [(), ("--remind",)])
def test_anybody_else_is_told_and_nothing_is_installed(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, calls, told = step(tmp_path, 1000, True, *words)
    assert (code, calls, "apt-get install chromium" in told) == (0 if words else 1, "", True)
