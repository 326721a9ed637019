"""The province made and loaded, stage by stage: `python -m tests.scale province [--scale 1] [--replace]`.

Runs `minzheng province` on the data folder of MINZHENG_HOME; `--report FILE` takes what the command printed
with `--json` in an earlier run instead.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.scale.page import ROOT, machine, write_section

REACH_S, REACH_GB = 900, 8.0


def main(words: list[str]) -> int:
    """Make or take the report, show it; 1 where a reach is missed at scale 1."""
    parser = argparse.ArgumentParser(prog="province")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--replace", action="store_true")
    parser.add_argument("--report", type=Path)
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args(words)
    if told.report:
        report: dict[str, Any] = json.loads(told.report.read_text("utf-8"))
    elif os.environ.get("MINZHENG_HOME"):
        command = [sys.executable, "-m", "minzheng.config", "province", "--scale", told.scale, "--json"]
        command += ["--replace"] if told.replace else []
        report = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    else:
        parser.error("MINZHENG_HOME names the data folder that is filled.")
    print(json.dumps({"bench": "province", **report}, ensure_ascii=False))
    if told.write:
        write_section("province", _markdown(report))
    slow = report["seconds"] > REACH_S or report["peak_bytes"] > REACH_GB * 1e9
    return int(report["scale"] == 1 and slow)


def _markdown(report: dict[str, Any]) -> str:
    lines = "\n".join(
        f"| {stage['name']} | {stage['seconds']:.1f} | {stage['rows']:,} |" for stage in report["stages"]
    )
    return f"""## The province made and loaded

`minzheng province --scale {report["scale"]:g}`: {report["persons"]:,} persons in
{report["households"]:,} households drawn, judged by the law ({report["low_income"]:,} of low income), loaded
as {report["rows"]:,} rows with {report["decisions"]:,} past decisions. {machine()}.
Run it with `python -m tests.scale province --write`.

| measure | result | reach |
|---|---|---|
| the whole | {report["seconds"]:.0f} s | {REACH_S} s |
| most memory of the command and its processes | {report["peak_bytes"] / 1e9:.1f} GB | {REACH_GB:g} GB |

| stage | seconds | rows |
|---|---|---|
{lines}"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
