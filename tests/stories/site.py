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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stories import lodging

ROOT = Path(__file__).parents[2]
PASSWORD = "minzheng-yanshi"
SCALE, SEED, AS_OF, MONTH = "0.002", "1", "2024-09-30", "2024-10"
USERS = """
from minzheng.config.command import start
start("engine")
from minzheng.core.access.actions import ensure_demo_users
ensure_demo_users()
from datetime import date
from django.contrib.auth.hashers import make_password
from minzheng.core.access.actions import appoint, ensure_user
from minzheng.core.access.reads import DEMO_PASSWORD
word = make_password(DEMO_PASSWORD)
both = ensure_user("jingban-shenpi", "演示·经办的另一账号", "演示:jingban", word, is_demo=True)
appoint(both, "county_approver", 530602000000, date(2019, 1, 1))
from minzheng.core.access.factors import DEMO_SECRET, enrol
enrol(both, DEMO_SECRET)
"""
DAY = """
from minzheng.config.command import start
start("engine")
from minzheng.core.areas.models import BusinessDay
BusinessDay.objects.update(day="{day}")
"""
#: After the plans are frozen, in one county: a payment that failed, a finding, a change that waits.
TROUBLE = """
from minzheng.config.command import start
start("engine")
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('''
WITH line AS (
    SELECT d.id, d.payee, d.household, d.programme, d.amount, d.area, d.month, p.run_id, a.id AS account,
           a.bank
      FROM benefits_dueline d JOIN benefits_plan p ON p.id = d.plan_id
      JOIN people_account a ON a.person_id = d.payee AND a.superseded_at IS NULL AND upper_inf(a.valid)
     WHERE d.area BETWEEN 530602000000 AND 530602999999 AND d.state = 'due' ORDER BY d.id LIMIT 1),
file AS (
    INSERT INTO ledger_bankfile (identity, run_id, month, county, bank, sequence, programmes, count, total,
                                 cut_at, digest, state)
    SELECT 'story', run_id, month, 530602000000, bank, 99, '{}', 1, amount, now(), 'story', 'answered'
      FROM line RETURNING id),
sent AS (
    INSERT INTO ledger_instruction (payee, run_id, kind, sequence, due_line_id, month, programme, household,
                                    amount, account, bank, state, area)
    SELECT payee, run_id, 'regular', 1, id, month, programme, household, amount, account, bank, 'failed', area
      FROM line RETURNING id, amount, area),
found AS (
    INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)
    SELECT 'no_account', 'story', '请核对。', jsonb_build_object('household', household), area, 'open'
      FROM line)
INSERT INTO ledger_attempt (file_id, line, instruction_id, amount, code, area)
SELECT file.id, 1, sent.id, sent.amount, '02', sent.area FROM file, sent''')
    cursor.execute('''
INSERT INTO benefits_change (run_id, household, person, programme, payee, kind, old, new, persons, reason,
                             needs_person, law, state, version, decided_by, area)
SELECT r.id, e.household, e.person, e.programme, e.payee, 'up', e.amount, e.amount + 100, '{}', '收入变化',
       true, '', 'waiting', 1, '', e.area
  FROM (SELECT max(id) AS id FROM benefits_run) r, benefits_entitlement e
 WHERE e.area BETWEEN 530602000000 AND 530602999999 AND e.programme = 'dibao'
   AND NOT EXISTS (SELECT FROM benefits_change c WHERE c.household = e.household AND c.state = 'waiting')
 ORDER BY e.id DESC LIMIT 1''')
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
        second = self.post("/accounts/login/", {"login": user, "password": PASSWORD}, page)
        shown = re.search(r'id="code"[^>]* value="(\d{6})"', second.text)
        if shown:
            self.post("/accounts/second/", {"code": shown[1]}, second)

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


def sign_in(page: Any, user: str) -> None:
    """Sign in on a browser's page by the demonstration's list; the code that a post asks for is filled in."""
    page.goto(f"/accounts/login/?as={user}")
    page.click("main button.go")
    page.wait_for_load_state()
    if "/accounts/second/" in page.url:
        page.click("main button.go")


@dataclass(frozen=True)
class Site:
    """A served demonstration: its address, and a way to run commands beside it."""

    base: str
    command: Callable[..., None]

    def set_day(self, day: str) -> None:
        """Let the business date be another."""
        self.command("-c", DAY.format(day=day))


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The base address of a served demonstration whose plans are frozen and whose changes wait."""
    with housed(home, ("month", MONTH, "--freeze"), TROUBLE) as site:
        yield site.base


@contextmanager
def housed(home: Path, month: tuple[str, ...], trouble: str = "") -> Iterator[Site]:
    """A served demonstration of which a month has been run so."""
    environment = {**os.environ, "MINZHENG_HOME": str(home)}
    environment.pop("MINZHENG_ROLE", None)
    environment.pop("DATABASE_URL", None)
    database = lodging.make(home.name)  # a house of its own, there or embedded
    environment.update(lodging.addresses(database))

    def command(*words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, timeout=500)

    command("-m", "minzheng.config", "setup")
    try:
        command("-m", "minzheng.config", "province", "--scale", SCALE, "--seed", SEED, "--as-of", AS_OF)
        command("-c", USERS)
        command("-m", "minzheng.config", *month)
        if trouble:
            command("-c", trouble)
        port = free_port()
        words = [sys.executable, "-m", "minzheng.config", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(words, cwd=ROOT, env=environment)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield Site(f"http://127.0.0.1:{port}", command)
        finally:
            server.terminate()
            server.wait(timeout=30)
    finally:
        if database:
            lodging.drop(database)
        else:
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
