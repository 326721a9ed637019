"""Run by `make bench`: `python -m tests.scale.explain`: one household case with its whole reasoning, warm.

Prints one JSON object (milliseconds), and with `--write` puts the section "explain" into
docs/reference/benchmarks.md. Exit 1 when the median of an explanation passes 5 ms.
"""

import argparse
import json
import os
import platform
import re
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from minzheng.domains.assistance.rules import casebook
from minzheng.domains.assistance.rules.reasoning import explain_case

ROOT = Path(__file__).parents[3]
CASES = ROOT / "minzheng/domains/assistance/tests/cases"
PAGE = ROOT / "docs/reference/benchmarks.md"
REACH = 5.0


def main() -> int:
    """Time every household case of the worked cases, and its largest household, many times over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    asked = [
        (casebook.asked(path, case), case.member_names)
        for path in sorted(CASES.glob("*.yaml"))
        for case in casebook.read(path).cases
        if not case.function
    ]
    for case, names in asked:
        explain_case(case, names)
    times = [timed(case, names) for _ in range(options.rounds) for case, names in asked]
    lines = sum(len(explain_case(case, names).lines) for case, names in asked) / len(asked)
    large, people = max(asked, key=lambda pair: len(pair[0].members))
    whole = [timed_trace(large, people) for _ in range(options.rounds)]
    result = {
        "cases": len(asked),
        "lines_on_average": round(lines),
        "median_ms": round(statistics.median(times), 2),
        "p99_ms": round(statistics.quantiles(times, n=100)[98], 2),
        "with_full_trace_median_ms": round(statistics.median(whole), 2),
        "reach_ms": REACH,
    }
    print(json.dumps(result, ensure_ascii=False, indent=2))
    if options.write:
        write(result)
    return int(result["median_ms"] > REACH)


def timed(case, names) -> float:
    """Milliseconds of one explanation."""
    start = time.perf_counter()
    explain_case(case, names)
    return (time.perf_counter() - start) * 1000


def timed_trace(case, names) -> float:
    """Milliseconds of one explanation and the trace of every rule of every member behind it."""
    start = time.perf_counter()
    explanation = explain_case(case, names)
    assert explanation.outcome.trace
    return (time.perf_counter() - start) * 1000


def write(result: dict) -> None:
    """Replace the section of the page that is ours."""
    day = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    slow = result["with_full_trace_median_ms"]
    text = (
        f"<!-- explain -->\n## Explain one household case (`python -m tests.scale.explain`)\n\n"
        f"{day}, {machine}. {result['cases']} worked cases, {result['lines_on_average']} lines each,"
        " warm, in process.\n\n"
        "| measure | ms | reach |\n|---|---|---|\n"
        f"| median | {result['median_ms']} | ≤ 5 |\n| 99th percentile | {result['p99_ms']} | |\n"
        f"| largest household, and every rule of every member besides | {slow} | |\n"
        "<!-- /explain -->"
    )
    page = PAGE.read_text("utf-8") if PAGE.exists() else "# Benchmarks\n"
    pattern = re.compile(r"<!-- explain -->.*?<!-- /explain -->", re.S)
    page = pattern.sub(lambda _: text, page) if pattern.search(page) else page.rstrip() + "\n\n" + text + "\n"
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
