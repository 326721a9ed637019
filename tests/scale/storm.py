"""Kill the month's run, its database and its bank at random instants, and let the bank's own log judge.

    python -m tests.scale storm --kills 200 --households 20000

Everything is real: the worker is a process that runs the month's stages on an embedded PostgreSQL of its
own, the bank is a process with its own log, and each is ended by SIGKILL (the database also by SIGQUIT, an
immediate stop) at an instant drawn at random within a stage, mostly the one that was hit least. Months
follow each other until the kills are spent; then all is left to finish in peace. Judged: in the bank's log
each household's account has exactly one line a month, and what the ledger says agrees with it.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.scale.page import machine, write_section

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 6.0
STAGES = (
    "determine",
    "confirm",
    "due",
    "freeze",
    "approve",
    "instruct",
    "file",
    "answer",
    "reconcile",
    "starting",
)
BAD = ("twice", "left_out", "strangers", "total_differs", "unanswered", "differences")
COUNTIES = tuple(530101000000 + number * 1_000_000 for number in range(1, 25))


def environment(home: Path) -> dict[str, str]:
    """What every process of the storm runs with."""
    return {
        **os.environ,
        "MINZHENG_HOME": str(home),
        "MINZHENG_TODAY": "2024-09-30",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "minzheng.config.settings",
    }


def spawn(home: Path, *words: str) -> "subprocess.Popen[bytes]":
    """A process of the storm; its complaints go to a log."""
    log = (home.parent / "processes.log").open("ab")
    return subprocess.Popen(
        [sys.executable, "-m", *words], env=environment(home), stdout=log, stderr=log, cwd=ROOT
    )


def finished(home: Path, *words: str) -> str:
    """Run to the end in peace; raises with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


@dataclass
class Course:
    """How far a storm has come; kept in a file, so that it can be broken off and taken up again."""

    households: int
    seed: int
    month: int = 10
    kills: dict[str, int] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, stage: str) -> None:
        """One more kill."""
        self.kills[what] = self.kills.get(what, 0) + 1
        self.stages[stage] = self.stages.get(stage, 0) + 1

    def rarest(self, chance: random.Random) -> str:
        """The stage to aim at next: mostly one that was hit least."""
        return min(STAGES, key=lambda stage: self.stages.get(stage, 0) * chance.uniform(0.5, 1.5))


def storm(course: Course, kills: int, minutes: float, folder: Path) -> bool:
    """Kill until the kills are spent or the minutes are over; whether they are spent."""
    home, bank = folder / "home", folder / "bank"
    until, done = time.monotonic() + minutes * 60, sum(course.kills.values())
    chance = random.Random(course.seed + done)
    worker, clerk = None, None
    try:
        while sum(course.kills.values()) < kills and time.monotonic() < until:
            if worker is None or worker.poll() is not None:
                if worker is not None and worker.returncode == 0:
                    course.month += 1
                (folder / "stage").write_text("starting")
                worker = spawn(home, "tests.scale.storm_worker", "work", _name(course.month), str(bank))
            if clerk is None or clerk.poll() is not None:
                clerk = spawn(home, "minzheng.config.month.counter", str(bank), "--serve")
            stage = _reached(course.rarest(chance), folder, worker, chance)
            hit = _kill(chance, home, worker, clerk)
            if hit:
                course.count(hit, stage)
                _keep(course, folder)
    finally:
        for process in (worker, clerk):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
    return sum(course.kills.values()) >= kills


def _reached(aim: str, folder: Path, worker: "subprocess.Popen[bytes]", chance: random.Random) -> str:
    """Wait until the worker is in the stage aimed at, and then a little; the stage it is in now.

    A worker that goes on without coming there (it is done for the month), or ends, is not waited for.
    """
    told, until = folder / "stage", time.monotonic() + LONGEST * 4
    while time.monotonic() < until and worker.poll() is None and _stage(told) != aim:
        time.sleep(0.01)
    if _stage(told) == aim:
        time.sleep(chance.uniform(0, min(LONGEST, _lasts(folder, aim))))
    return _stage(told) if worker.poll() is None else "between lives"


def _lasts(folder: Path, stage: str) -> float:
    """Seconds that a stage took when it last came to its end; a life begins for some two."""
    took = folder / f"took-{stage}"
    return float(took.read_text() or 0) if took.exists() else 2.0 if stage == "starting" else 0.02


def _stage(told: Path) -> str:
    return told.read_text() or "between"


def _keep(course: Course, folder: Path) -> None:
    part = folder / "course.part"
    part.write_text(json.dumps(asdict(course)))
    part.replace(folder / "course.json")


def _name(month: int) -> str:
    return f"{2024 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}"


def _kill(
    chance: random.Random, home: Path, worker: "subprocess.Popen[bytes]", clerk: "subprocess.Popen[bytes]"
) -> str:
    what = chance.choice(("worker", "worker", "database", "database stopped", "bank"))
    if what.startswith("database"):
        pid = _postmaster(home)
        if pid is None:
            return ""
        os.kill(pid, signal.SIGKILL if what == "database" else signal.SIGQUIT)
        return what
    process = worker if what == "worker" else clerk
    if process.poll() is not None:
        return ""
    process.kill()
    process.wait()
    return what


def _postmaster(home: Path) -> int | None:
    """The postmaster of the storm's own cluster, by its own folder's pid file."""
    os.environ["MINZHENG_HOME"] = str(home)
    from minzheng.config.database import process

    return process.postmaster()


def _in_peace(home: Path, bank: Path, month: int) -> None:
    for _ in range(4):
        finished(home, "minzheng.config.month.counter", str(bank))
        out = finished(home, "tests.scale.storm_worker", "work", _name(month), str(bank))
        if out.strip().endswith("done"):
            return
    raise RuntimeError(f"{_name(month)} does not finish: {out}")


def judge(home: Path, bank: Path, households: int, months: range) -> dict[str, object]:
    """The bank's log beside what should have been paid."""
    names = [_name(month).replace("-", "") for month in months]
    with sqlite3.connect(bank / "bank.sqlite") as log:
        lines = Counter(log.execute("SELECT substr(identity, 1, 6), account FROM line").fetchall())
        total = log.execute("SELECT sum(amount) FROM line").fetchone()[0]
        again = log.execute(
            "SELECT count(*) FROM (SELECT 1 FROM line GROUP BY instruction HAVING count(*) > 1)"
        ).fetchone()[0]
    books = json.loads(
        finished(home, "tests.scale.storm_worker", "books", *map(_name, months), "--", str(bank))
    )
    twice = sum(1 for times in lines.values() if times > 1) + again
    return {
        "months": len(names),
        "payments": sum(lines.values()),
        "twice": twice,
        "left_out": households * len(names) - len(lines),
        "strangers": sum(1 for month, _ in lines if month not in names),
        "total_differs": total - books["due"],
        "unanswered": books["unanswered"],
        "differences": books["differences"],
    }


def main(given: list[str]) -> int:
    """0 when nobody was paid twice or left out; 3 when the minutes were over first (run it again)."""
    words = argparse.ArgumentParser(prog="storm", description=__doc__)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--households", type=int, default=2000)
    words.add_argument("--seed", type=int, default=int(time.time()))
    words.add_argument("--minutes", type=float, default=600, help="break off after so long; needs --folder")
    words.add_argument("--folder", type=Path, help="where the storm is kept, to be taken up again")
    words.add_argument("--write", action="store_true")
    told = words.parse_args(given)
    folder = told.folder or Path(tempfile.mkdtemp(prefix="mz-storm-"))
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
    try:
        verdict = _whole(told, folder)
    except Exception:
        said = folder / "processes.log"
        sys.stderr.write(said.read_text(errors="replace")[-4000:] if said.exists() else "")
        _stop(folder, keep=told.folder is not None)
        raise
    _stop(folder, keep=verdict is None)
    if verdict is None:
        sys.stderr.write(f"Broken off; the same command with --folder {folder} goes on.\n")
        return 3
    sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
    if told.write:
        write_section("storm", _markdown(verdict))
    return int(any(verdict[name] for name in BAD))


def _whole(told: argparse.Namespace, folder: Path) -> dict[str, Any] | None:
    """Prepare or take up, storm, finish in peace, judge; None when the minutes were over."""
    began, kept = time.monotonic(), folder / "course.json"
    if kept.exists():
        course = Course(**json.loads(kept.read_text()))
    else:
        course = Course(told.households, told.seed)
        finished(folder / "home", "tests.scale.storm_worker", "prepare", str(course.households))
        _keep(course, folder)
    if not storm(course, told.kills, told.minutes, folder):
        return None
    home, bank = folder / "home", folder / "bank"
    _in_peace(home, bank, course.month)
    verdict = judge(home, bank, course.households, range(10, course.month + 1))
    minutes = round((time.monotonic() - began) / 60, 1)
    return {
        "kills": course.kills,
        "stages": course.stages,
        "seed": course.seed,
        "minutes": minutes,
        **verdict,
    }


def _stop(folder: Path, keep: bool) -> None:
    if (folder / "home").exists():
        subprocess.run(
            [sys.executable, "-m", "tests.scale.storm_worker", "stop"],
            env=environment(folder / "home"), check=False, cwd=ROOT, capture_output=True,
        )  # fmt: skip
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)


def _markdown(verdict: dict[str, Any]) -> str:
    kills = ", ".join(f"{what} {times}" for what, times in sorted(verdict["kills"].items()))
    stages = ", ".join(f"{stage} {times}" for stage, times in sorted(verdict["stages"].items()))
    return f"""## A month's money in a storm

{verdict["payments"]:,} payments in {verdict["months"]} months while worker, database and bank were
killed {sum(verdict["kills"].values())} times ({kills}), aimed at every stage
({stages}). `database` is SIGKILL of the postmaster, `database stopped` an immediate stop. Judged by the
bank's own log; {verdict["minutes"]} minutes. {machine()}.
Run it with `python -m tests.scale storm --kills 200 --households 1000000 --write`.

| promise | found |
|---|---|
| paid twice | {verdict["twice"]} |
| left out | {verdict["left_out"]} |
| paid though not owed | {verdict["strangers"]} |
| fen that the bank's sum differs from the due lines' | {verdict["total_differs"]} |
| lines without an answer | {verdict["unanswered"]} |
| differences between ledger and bank | {len(verdict["differences"])} |"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
