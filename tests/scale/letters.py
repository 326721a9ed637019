"""Every kind of letter as PDF/A, warm, in process: each draw with values never drawn before.

Run it as `python -m tests.scale letters [--write]`. Prints one JSON object. Exit 1 when the slowest kind's
95th percentile passes 100 ms.
"""

import json
import statistics
import sys
import time
from dataclasses import replace

from minzheng.core.notices.letters import LETTERS, draw, values
from minzheng.core.notices.letters.samples import SAMPLES
from tests.scale.page import machine, write_section

REACH, ROUNDS, ROWS = 100.0, 60, 300


def main() -> int:
    """Time the first letter of the process, each kind many times, and a long list."""
    first = _timed("confirmed", SAMPLES["confirmed"])
    kinds = {name: _measured(name, SAMPLES[name]) for name in LETTERS}
    rows = tuple(values.Listed(f"演示第{at}户", 1 + at % 5, 100_000 + at) for at in range(ROWS))
    result = {
        "bench": "letters",
        "first_ms": round(first, 1),
        "kinds": kinds,
        "long_list_ms": _measured("published", replace(SAMPLES["published"], rows=rows))["median_ms"],
        "rows": ROWS,
        "reach_ms": REACH,
    }
    print(json.dumps(result, ensure_ascii=False))
    if "--write" in sys.argv:
        write_section("letters", _markdown(result))
    return int(max(kind["p95_ms"] for kind in kinds.values()) > REACH)


def _measured(name: str, sample: values.Letter) -> dict[str, float]:
    """Median and 95th percentile in ms, and the size in KB; every letter has a number of its own."""
    drawn = [replace(sample, number=f"演示〔2024〕{at}号") for at in range(ROUNDS)]
    times = [_timed(name, each) for each in drawn]
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[18], 1),
        "kb": round(len(draw(name, sample)) / 1024),
    }


def _timed(name: str, letter: values.Letter) -> float:
    start = time.perf_counter()
    draw(name, letter)
    return (time.perf_counter() - start) * 1000


def _markdown(result: dict) -> str:
    rows = "\n".join(
        f"| {LETTERS[name][1]} `{name}` | {kind['median_ms']} | {kind['p95_ms']} | 100 | {kind['kb']} |"
        for name, kind in result["kinds"].items()
    )
    return f"""## A letter as PDF

Every kind of letter from values to PDF/A-2b by Typst, {ROUNDS} times each with another number, warm, in
process, with the fonts of Debian's `fonts-noto-cjk`. {machine()}, on a machine that others used as well.
Run it with `python -m tests.scale letters --write`.

| letter | median, ms | 95th percentile, ms | reach | KB |
|---|---|---|---|---|
{rows}

The first letter of a process finds and reads the fonts: {result["first_ms"]} ms.
A list of {result["rows"]} rows takes {result["long_list_ms"]} ms."""


if __name__ == "__main__":
    sys.exit(main())
