"""One household case explained with its whole trace, warm, in process.

Run it as `python -m tests.scale.explain [--write]`. Prints one JSON object.
Exit 1 when the median passes 5 ms.
"""

import json
import statistics
import sys
import time

from minzheng.domains.assistance.rules import casebook
from minzheng.domains.assistance.rules.reasoning import explain_case
from tests.scale.page import ROOT, machine, write_section

CASES = ROOT / "minzheng/domains/assistance/tests/cases"
REACH, ROUNDS = 5.0, 20


def main() -> int:
    """Time every household case of the worked cases, many times over."""
    asked = [
        (casebook.asked(path, case), case.member_names)
        for path in sorted(CASES.glob("*.yaml"))
        for case in casebook.read(path).cases
        if not case.function
    ]
    steps = [_explained(*each)[1] for each in asked]
    times = [_explained(*each)[0] for _ in range(ROUNDS) for each in asked]
    result = {
        "bench": "explain",
        "cases": len(asked),
        "steps_on_average": round(statistics.mean(steps)),
        "steps_at_most": max(steps),
        "median_ms": round(statistics.median(times), 2),
        "p99_ms": round(statistics.quantiles(times, n=100)[98], 2),
        "reach_ms": REACH,
    }
    print(json.dumps(result))
    if "--write" in sys.argv:
        write_section("explain", _markdown(result))
    return int(result["median_ms"] > REACH)


def _explained(case, names) -> tuple[float, int]:
    """Milliseconds of one explanation with its whole trace, and how many steps that has."""
    start = time.perf_counter()
    steps = len(explain_case(case, names).outcome.trace)
    return (time.perf_counter() - start) * 1000, steps


def _markdown(result: dict) -> str:
    return f"""## One household explained

The {result["cases"]} worked household cases, each decided by all books with its reasons and the whole trace
of every rule of every member ({result["steps_on_average"]} steps on average, {result["steps_at_most"]} at
most), warm, in process. {machine()}. Run it with `python -m tests.scale.explain --write`.

| measure | ms | reach |
|---|---|---|
| median | {result["median_ms"]} | 5 |
| 99th percentile | {result["p99_ms"]} | |"""


if __name__ == "__main__":
    sys.exit(main())
