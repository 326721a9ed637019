"""The demonstration as its users meet it: set up, made, run and served in a folder of its own."""

import gzip
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PASSWORD = "minzheng-yanshi"
SCALE, SEED, AS_OF, MONTH = "0.002", "1", "2024-09-30", "2024-10"
USERS = """
from minzheng.config.command import start
start("engine")
from minzheng.core.access.actions import ensure_demo_users
ensure_demo_users()
"""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (lower case), body as it is and as it came over the wire."""

    status: int
    headers: dict[str, str]
    text: str
    wire: int


class Visitor:
    """Somebody signed in, without a browser and without JavaScript."""

    def __init__(self, base: str, user: str) -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        page = self.get("/accounts/login/")
        self.post("/accounts/login/", {"login": user, "password": PASSWORD}, page)

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for an address; header names with `_` for `-`."""
        asked = urllib.request.Request(self.base + urllib.parse.quote(path, safe="/?&=%#"))
        for name, value in {"Accept-Encoding": "gzip", **headers}.items():
            asked.add_header(name.replace("_", "-"), value)
        return self.answer(asked)

    def post(self, path: str, values: dict[str, str], page: Answer) -> Answer:
        """Send a form with the token of the page that it stands on."""
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)
        assert token
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **values}).encode()
        return self.answer(urllib.request.Request(self.base + path, body, {"Referer": self.base}))

    def answer(self, asked: urllib.request.Request) -> Answer:
        try:
            came = self.opener.open(asked, timeout=60)
        except urllib.error.HTTPError as error:
            came = error
        raw = came.read()
        headers = {name.lower(): value for name, value in came.headers.items()}
        body = gzip.decompress(raw) if headers.get("content-encoding") == "gzip" else raw
        return Answer(came.status, headers, body.decode(), len(raw))


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The base address of a served demonstration whose plans are frozen and whose changes wait."""
    environment = {**os.environ, "MINZHENG_HOME": str(home)}
    environment.pop("MINZHENG_ROLE", None)
    environment.pop("DATABASE_URL", None)  # a house of its own, embedded

    def command(*words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, timeout=500)

    command("-m", "minzheng.config", "setup")
    try:
        command("-m", "minzheng.config", "province", "--scale", SCALE, "--seed", SEED, "--as-of", AS_OF)
        command("-c", USERS)
        command("-m", "minzheng.config", "month", MONTH, "--freeze")
        port = free_port()
        words = [sys.executable, "-m", "minzheng.config", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(words, cwd=ROOT, env=environment)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)
    finally:
        command("-m", "minzheng.config", "server", "stop")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(base: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"{base}/accounts/login/", timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
