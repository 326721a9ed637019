"""Kill the month's run, its database and its bank at random instants, and let the bank's own log judge.

    python -m tests.scale.storm --kills 200 --households 20000

Everything is real: the worker is a process that runs the month's stages on an embedded PostgreSQL of its
own, the bank is a process with its own log, and each is ended by SIGKILL (the database also by SIGQUIT,
an immediate stop) at an instant drawn at random. Months follow each other until the kills are spent; then
all is left to finish in peace. Judged: in the bank's log each household's account has exactly one line a
month, and what the ledger says agrees with it.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 3.0
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


def storm(kills: int, households: int, seed: int, folder: Path) -> dict[str, object]:
    """Prepare, storm, finish in peace, judge."""
    home, bank = folder / "home", folder / "bank"
    finished(home, "tests.scale.storm_worker", "prepare", str(households))
    chance = random.Random(seed)
    count: Counter[str] = Counter()
    month, worker, clerk = 10, None, None
    try:
        while sum(count.values()) < kills:
            if worker is None or worker.poll() is not None:
                if worker is not None and worker.returncode == 0:
                    month += 1
                worker = spawn(home, "tests.scale.storm_worker", "work", _name(month), str(bank))
            if clerk is None or clerk.poll() is not None:
                clerk = spawn(home, "minzheng.config.month.counter", str(bank), "--serve")
            time.sleep(chance.uniform(0.05, LONGEST))
            hit = _kill(chance, home, worker, clerk)
            count.update([hit] if hit else [])
        for process in (worker, clerk):
            if process is not None:
                process.wait(60) if process is worker else process.kill()
    finally:
        for process in (worker, clerk):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
    _in_peace(home, bank, month)
    verdict = judge(home, bank, households, range(10, month + 1))
    return {"kills": dict(count), "seed": seed, **verdict}


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


def main() -> int:
    """0 when nobody was paid twice or left out."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--households", type=int, default=2000)
    words.add_argument("--seed", type=int, default=int(time.time()))
    told = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mz-storm-"))
    folder.chmod(0o755)
    try:
        verdict = storm(told.kills, told.households, told.seed, folder)
    except Exception:
        sys.stderr.write((folder / "processes.log").read_text(errors="replace")[-4000:])
        raise
    finally:
        _stop(folder)
    sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
    bad = ("twice", "left_out", "strangers", "total_differs", "unanswered", "differences")
    return int(any(verdict[name] for name in bad))


def _stop(folder: Path) -> None:
    if (folder / "home").exists():
        subprocess.run(
            [sys.executable, "-m", "tests.scale.storm_worker", "stop"],
            env=environment(folder / "home"), check=False, cwd=ROOT, capture_output=True,
        )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
