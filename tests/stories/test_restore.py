"""The drill: the whole way on PostgreSQL 15, a disaster after payments were sent, and nobody paid twice.

Its steps are tests in their order on one cluster. `make test` leaves them out where the programs are missing
and cannot be installed (`.ci/postgresql`), and says so.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories import cluster
from tests.stories.cluster import Cluster
from tests.stories.conftest import ROOT, Done, Place

MONTH = "2024-11"
# The month's run, which dies of nothing but comes no further than half of the counties.
HALF = (
    "import sys; from minzheng.config.command import main; import minzheng.core.ledger.cutting as cutting\n"
    "whole = cutting.counties; cutting.counties = lambda month: whole(month)[: len(whole(month)) // 2]\n"
    f"sys.argv = ['minzheng', 'month', '{MONTH}', '--unattended', '--json']; main()"
)
COUNTS = (
    "SELECT (SELECT count(*) FROM ledger_instruction), (SELECT count(*) FROM ledger_bankfile),"
    " (SELECT count(*) FROM ledger_posting)"
)


@dataclass(frozen=True)
class Elsewhere(Place):
    """A data folder whose database is another server's."""

    url: str = ""

    @property
    def surroundings(self) -> dict[str, str]:
        return {**super().surroundings, "DATABASE_URL": self.url}

    def python(self, code: str) -> Done:
        """A program of ours, in these surroundings."""
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, cwd=ROOT, env=self.surroundings, capture_output=True, text=True, check=False
        )


@dataclass(frozen=True)
class Drill:
    """A month paid, a backup, half of the next month paid, and a database that forgot the half."""

    cluster: Cluster
    place: Elsewhere
    at_the_bank: list[tuple[str, int]]
    remembered: tuple

    @property
    def november(self) -> list[tuple[str, int]]:
        return [row for row in self.at_the_bank if row[0].startswith("202411")]


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    assert cluster.present(), f"没有 {cluster.PROGRAMS}；不运行演练请加 -m 'not postgresql15'"
    made = Cluster(Path(f"/tmp/mz-drill-{os.getpid()}"))
    place = Elsewhere(Path(f"/tmp/mz-drill-{os.getpid()}-home"), url=made.url)
    try:
        made.make()
        lost_half_a_month(made, place)
        yield Drill(made, place, lines(place), one(made, COUNTS))
    finally:
        made.remove()
        subprocess.run(["rm", "-rf", str(place.home)], check=True)


def lines(place: Place) -> list[tuple[str, int]]:
    with sqlite3.connect(place.home / "bank" / "bank.sqlite") as log:
        return log.execute("SELECT identity, instruction FROM line ORDER BY 1, 2").fetchall()


def one(made: Cluster, sql: str) -> tuple:
    with made.connect() as session:
        return session.execute(sql).fetchone() or ()


def lost_half_a_month(made: Cluster, place: Elsewhere) -> None:
    """A month paid, a backup, half of the next month paid, and a database that forgot the half."""
    place.did("setup")
    place.did("province", "--scale", "0.001")
    assert json.loads(place.did("month", "2024-10", "--unattended", "--json"))["state"] == "done"
    backup = made.back_up()
    made.mark("before")
    half = place.python(HALF)
    assert half.returncode == 0, half.stderr
    made.archive_all()
    made.restore(backup, "name before")


@pytest.mark.postgresql15
def test_a_restored_database_locks_payments_by_itself(drill: Drill) -> None:
    made, place = drill.cluster, drill.place
    assert drill.november
    locked = place.run("month", MONTH, "--unattended")
    assert (locked.returncode, "支付已锁定" in locked.stderr) == (1, True), locked.stderr
    assert one(made, COUNTS) == drill.remembered
    assert lines(place) == drill.at_the_bank
    assert place.run("payments", "status").returncode == 1
    assert "sheng-shenpi1" not in unlocked_by(place, "wuren", "x").stderr


@pytest.mark.postgresql15
def test_what_only_the_bank_has_keeps_payments_locked(drill: Drill) -> None:
    place = drill.place
    gone = sorted((place.home / "bank" / "out").glob("202411-*.csv"))[0]
    kept = gone.read_bytes()
    gone.unlink()
    found = place.run("payments", "reconcile")
    assert (found.returncode, gone.stem in found.stdout) == (1, True)
    refused = unlocked_by(place, "sheng-shenpi1", password(place))
    assert (refused.returncode, "不符" in refused.stderr) == (1, True)
    gone.write_bytes(kept)


@pytest.mark.postgresql15
def test_a_reconciled_database_pays_only_the_complement(drill: Drill) -> None:
    made, place, november = drill.cluster, drill.place, drill.november
    found = json.loads(place.did("payments", "reconcile", "--json"))
    assert (found["files"], found["differences"]) == (1, [])  # the one that was away
    assert json.loads(place.did("payments", "reconcile", "--json"))["payments"] == 0
    taken = "SELECT count(*) FROM ledger_instruction WHERE month = '2024-11-01' AND state <> 'filed'"
    assert one(made, taken) == (len(november),)  # all are in the books again, with the bank's answers
    assert place.run("month", MONTH, "--unattended").returncode == 1

    assert unlocked_by(place, "sheng-shenpi1", "wrong").returncode == 2
    done = unlocked_by(place, "sheng-shenpi1", password(place))
    assert done.returncode == 0, done.stderr
    report = json.loads(place.did("month", MONTH, "--unattended", "--json"))
    assert (report["state"], report["ledger"]["differences"]) == ("done", [])
    everybody = lines(place)
    assert len(everybody) == len({key for _, key in everybody})
    due = one(made, "SELECT count(*) FROM benefits_dueline WHERE month = '2024-11-01' AND state = 'due'")[0]
    paid = [row for row in everybody if row[0].startswith("202411")]
    assert len(november) < len(paid) <= due
    assert len(paid) == sum(report["payments"].values())
    twice = one(made, "SELECT count(*) - count(DISTINCT due_line_id) FROM ledger_instruction")[0]
    assert twice == 0


def unlocked_by(place: Elsewhere, user: str, word: str) -> Done:
    return place.run("payments", "unlock", "--user", user, "--password", word)


def password(place: Elsewhere) -> str:
    done = place.python("from minzheng.core.access.reads import DEMO_PASSWORD; print(DEMO_PASSWORD)")
    if done.returncode:  # models need Django first
        code = "from minzheng.config.database import startup; startup.begin('engine')\n"
        done = place.python(
            code + "from minzheng.core.access.reads import DEMO_PASSWORD; print(DEMO_PASSWORD)"
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_archive_takes_a_segment_once(tmp_path: Path) -> None:
    archive = tmp_path / "wal"
    archive.mkdir()
    segment = tmp_path / "segment"

    def put(content: bytes) -> int:
        segment.write_bytes(content)
        words = [str(cluster.BACKUP / "archive-wal"), str(segment), "000000010000000000000001", str(archive)]
        return subprocess.run(words, check=False, capture_output=True).returncode

    assert [put(b"one"), put(b"one"), put(b"two")] == [0, 0, 1]
    assert [path.read_bytes() for path in archive.iterdir()] == [b"one"]
