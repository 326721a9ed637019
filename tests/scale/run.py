"""`make run` on a bare machine: a fresh clone, no environment, no data folder.

Run it as `python -m tests.scale.run [--write]`. Prints one JSON object. The packages come over the line,
so their seconds say more about the line than about us.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.scale.page import ROOT, machine, write_section

REACH_ALL, REACH_AFTER = 360, 120


def main() -> int:
    """Clone, install, run everything but the serving; each part timed."""
    with tempfile.TemporaryDirectory(prefix="minzheng-bench-") as folder:
        clone, home = Path(folder) / "clone", Path(folder) / "home"
        Path(folder).chmod(0o755)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {**os.environ, "MINZHENG_HOME": str(home)}
        try:
            result = {
                "bench": "run",
                "packages_s": _timed(["make", "--silent", ".venv/run.stamp"], clone, environment),
                "setup_s": _minzheng(["setup"], clone, environment),
                "province_s": _minzheng(["province"], clone, environment),
                "month_s": _minzheng(["month", "2024-10", "--unattended"], clone, environment),
                "again_s": _minzheng(["run", "--no-serve"], clone, environment),
            }
        finally:
            subprocess.run(["make", "--silent", "stop"], cwd=clone, env=environment, check=False)
    result["after_packages_s"] = round(sum(result[k] for k in ("setup_s", "province_s", "month_s")), 1)
    print(json.dumps(result))
    if "--write" in sys.argv:
        write_section("run", _markdown(result))
    slow = (
        result["after_packages_s"] > REACH_AFTER
        or result["packages_s"] + result["after_packages_s"] > REACH_ALL
    )
    return int(slow)


def _minzheng(words: list[str], clone: Path, environment: dict[str, str]) -> float:
    return _timed([str(clone / ".venv/bin/minzheng"), *words], clone, environment)


def _timed(command: list[str], clone: Path, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=clone, env=environment, check=True, stdout=sys.stderr)
    return round(time.perf_counter() - start, 1)


def _markdown(result: dict) -> str:
    whole = round(result["packages_s"] + result["after_packages_s"], 1)
    return f"""## Everything on a bare machine

A fresh clone with no environment and no data folder, scale 0.01 (the steps of `make run`, each by itself,
without the serving). {machine()}. Run it with `python -m tests.scale.run --write`.

| step | seconds | reach |
|---|---|---|
| environment and packages | {result["packages_s"]} | |
| database, tables, reference data | {result["setup_s"]} | |
| province: 50,000 people drawn, determined, loaded | {result["province_s"]} | |
| month: facts to bank files, answers, ledger | {result["month_s"]} | |
| after packages | {result["after_packages_s"]} | {REACH_AFTER} |
| in all | {whole} | {REACH_ALL} |
| `make run` again, nothing to do | {result["again_s"]} | |"""


if __name__ == "__main__":
    sys.exit(main())
