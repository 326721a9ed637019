"""One household explained: families of five by the real books (`python -m tests.scale.rules.explain`).

Warm, in process, with the whole trace and its words. Prints one JSON object.
"""

import json
import statistics
import sys
import time
from datetime import date

from minzheng.domains.assistance.rules import law
from minzheng.kernel.rules import Case
from minzheng.kernel.rules.agreement import random_cases
from tests.scale.rules.page import write_section

DAY = date(2024, 10, 1)
AREAS = (530102001001, 532301002003)


def main() -> int:
    """Measure the median over a hundred households, each with five members."""
    statute = law().on(DAY)
    drawn = random_cases(statute, AREAS, 1, 600)
    families = [
        Case(DAY, c.area, c.household, [*c.members, *c.members][:5]) for c in drawn if len(c.members) >= 3
    ]
    times: list[float] = []
    for case in [*families[:10], *families[:100]]:
        start = time.perf_counter()
        steps = len(statute.decide(case).trace)
        times.append((time.perf_counter() - start) * 1000)
    report = {
        "bench": "explain",
        "rules": len(statute.articles),
        "steps": steps,
        "median_ms": round(statistics.median(times[10:]), 2),
    }
    print(json.dumps(report))
    if "--write" in sys.argv:
        write_section("explain", _markdown(report))
    return 0


def _markdown(report: dict[str, object]) -> str:
    rules, steps = report["rules"], report["steps"]
    return f"""## One household explained

A family of five by all {rules} rules of the assistance books, with the whole trace ({steps} steps,
every value and formula in words), warm, in process: median {report["median_ms"]} ms (reach: 5 ms).
Run it with `python -m tests.scale.rules.explain --write`."""


if __name__ == "__main__":
    sys.exit(main())
