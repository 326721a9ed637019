"""A month's money in a storm: worker, database and bank are killed again and again, and everyone is paid
once.

The storm is a process with a server of its own (`tests.scale.storm`, which can be run for longer by hand).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.storm
def test_nobody_is_paid_twice_and_nobody_is_left_out_whatever_is_killed() -> None:
    command = [sys.executable, "-m", "tests.scale.storm", "--kills", "25", "--households", "2000"]
    # It kills its server, so that one is always its own.
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr[-3000:]
    verdict = json.loads(done.stdout)
    assert done.returncode == 0, verdict
    assert sum(verdict["kills"].values()) >= 25
    assert verdict["payments"] == 2000 * verdict["months"]
    assert (verdict["twice"], verdict["left_out"], verdict["unanswered"]) == (0, 0, 0)
    assert verdict["differences"] == []
