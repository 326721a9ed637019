"""The pages under a steady load: `python -m tests.scale pages [--rate 50] [--seconds 60]`.

The load is open: requests start at fixed instants whether or not earlier ones have been answered, and a
request's time counts from the instant at which it should have started, so that a slow page cannot hide its
own queue. `minzheng serve` runs as it does in an office, on the data folder of MINZHENG_HOME; visitors are
signed in under posts of the province, two prefectures, two counties and a township. Loopback only; the
visitors share the machine's cores with the site and its database.
"""

import argparse
import http.client
import json
import os
import queue
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from tests.scale.page import ROOT, machine, write_section
from tests.scale.visitors import POSTS
from tests.stories.site import Visitor, free_port, wait_for

REACH_PAGE, REACH_SEARCH, THREADS, WARM = 300, 100, 96, 10
KINDS = {
    "province": ("the province's page", REACH_PAGE),
    "counties": ("a prefecture's page with its counties", REACH_PAGE),
    "households": ("the list of a county's households", REACH_PAGE),
    "household": ("a household's page", REACH_PAGE),
    "name": ("search by two characters of a name", REACH_SEARCH),
    "number": ("search by identity number", REACH_SEARCH),
}
Asked = tuple[str, str, str]
"""Kind, user, address."""


def main(words: list[str]) -> int:
    """Serve, load, report; 1 where a reach is missed or a request failed."""
    parser = argparse.ArgumentParser(prog="pages")
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kinds", default=",".join(KINDS), help="which kinds of pages, with commas")
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args(words)
    if not os.environ.get("MINZHENG_HOME"):
        parser.error("MINZHENG_HOME names the data folder whose site is measured.")
    people = json.loads(_asked("sample", ""))
    chance, kinds = random.Random(1), told.kinds.split(",")
    mix = [_one(chance, people, kinds) for _ in range(told.rate * (told.seconds + WARM))]
    first = {kind: (user, address) for kind, user, address in reversed(mix)}
    counted = json.loads(_asked("count", json.dumps(first)))
    times, errors = _served(lambda base: _load(base, mix, told.rate))
    result = {
        "bench": "pages", "rate": told.rate, "seconds": told.seconds, "persons": _persons(), "errors": errors,
        "pages": {kind: _summary(times[kind]) | counted[kind] for kind in KINDS if times.get(kind)},
    }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False))
    if told.write:
        write_section("pages", _markdown(result))
    return int(bool(errors) or any(row["p95"] > KINDS[kind][1] for kind, row in result["pages"].items()))


def _asked(what: str, given: str) -> str:
    command = [sys.executable, "-m", "tests.scale.visitors", what]
    return subprocess.run(command, cwd=ROOT, check=True, input=given, capture_output=True, text=True).stdout


def _persons() -> int:
    code = (
        "from minzheng.config.command import start; start('engine')\n"
        "from django.db import connection as c\nk = c.cursor()\n"
        "k.execute('SELECT count(*) FROM people_person'); print(k.fetchone()[0])"
    )
    return int(subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True).stdout)


def _one(chance: random.Random, people: dict[str, list[dict[str, Any]]], kinds: list[str]) -> Asked:
    """One request: any kind, under any post that has such a page."""
    kind = chance.choice(kinds)
    if kind in ("province", "counties"):
        user = "sheng" if kind == "province" else chance.choice(("sheng", "kunming", "zhaotong"))
        area = (
            POSTS[user]
            if kind == "province" or user != "sheng"
            else chance.choice((530300000000, 532500000000))
        )
        return kind, user, f"/areas/{area}/"
    user = chance.choice(sorted(people))
    of = chance.choice(people[user])
    if kind == "households":
        county = POSTS[user] if POSTS[user] % 10**8 else {"kunming": 530112000000}.get(user, 530621000000)
        return kind, user, f"/areas/{county}/households/?page={chance.randint(1, 20)}"
    if kind == "household":
        return kind, user, f"/households/{of['household']}/"
    typed = of["name"].partition("（")[0][:2] if kind == "name" else of["number"]
    return kind, user, f"/search/?{urllib.parse.urlencode({'q': typed})}"


def _served(load: Callable[[str], Any]) -> Any:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "minzheng.config", "serve", "--port", str(port)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", 120)
        return load(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(timeout=60)


def _load(base: str, mix: list[Asked], rate: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Milliseconds of each kind after the warming up, and what went wrong, by status or exception."""
    cookies = {user: _cookie(base, user) for user in POSTS}
    waiting: queue.SimpleQueue[tuple[float, Asked] | None] = queue.SimpleQueue()
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    errors: dict[str, int] = {}
    began = time.perf_counter() + 1
    for at, asked in enumerate(mix):
        waiting.put((began + at / rate, asked))
    for _ in range(THREADS):
        waiting.put(None)

    def visit() -> None:
        line = http.client.HTTPConnection(base.removeprefix("http://"), timeout=60)
        while (next_one := waiting.get()) is not None:
            start, (kind, user, address) = next_one
            time.sleep(max(0.0, start - time.perf_counter()))
            status = _get(line, address, cookies[user])
            if start - began >= WARM:
                times[kind].append((time.perf_counter() - start) * 1000)
                if status != "200":
                    errors[f"{kind} {status}"] = errors.get(f"{kind} {status}", 0) + 1

    visitors = [threading.Thread(target=visit) for _ in range(THREADS)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    return times, errors


def _cookie(base: str, user: str) -> str:
    visitor = Visitor(base, user)
    jars = [each for each in visitor.opener.handlers if hasattr(each, "cookiejar")]
    return "; ".join(f"{cookie.name}={cookie.value}" for jar in jars for cookie in jar.cookiejar)


def _get(line: http.client.HTTPConnection, address: str, cookie: str) -> str:
    """The status; a connection that the server closed while idle is opened anew, once."""
    for attempt in (1, 2):
        try:
            line.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            answer = line.getresponse()
            answer.read()
            return str(answer.status)
        except (http.client.RemoteDisconnected, ConnectionError):
            line.close()
            if attempt == 2:
                return "disconnected"
        except OSError as error:
            line.close()
            return type(error).__name__
    return "disconnected"


def _summary(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"requests": len(times), "p50": round(cuts[49]), "p95": round(cuts[94]), "p99": round(cuts[98])}


def _markdown(result: dict[str, Any]) -> str:
    lines = "\n".join(
        f"| {KINDS[kind][0]} | {row['requests']} | {row['p50']} | {row['p95']} | {row['p99']} "
        f"| {KINDS[kind][1]} | {row['statements']} |"
        for kind, row in result["pages"].items()
    )
    errors = re.sub(r"[{}']", "", str(result["errors"])) or "none"
    return f"""## Pages under load

{result["rate"]} requests a second for {result["seconds"]} seconds, all kinds mixed, over
{result["persons"]:,} persons. The load is open: each request has its instant, and its time counts from that
instant, answered late or not. `minzheng serve` with two processes; signed in under six posts from the
province to a township; the visitors use the same cores.
Requests that failed: {errors}. {machine()}. Run it with `python -m tests.scale pages --write`.

| page | requests | median ms | 95th percentile | 99th | reach of the 95th | statements |
|---|---|---|---|---|---|---|
{lines}"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
