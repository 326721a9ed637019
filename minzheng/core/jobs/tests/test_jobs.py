"""Jobs on a real queue: under the asker's scope, cancelled, killed, revoked, never another's."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.core.access import actions as access
from minzheng.core.access import reads
from minzheng.core.access.actor import ActRefusal, MissingRefusal, StaleRefusal
from minzheng.core.access.scope import acting, current
from minzheng.core.areas.models import Area
from minzheng.core.jobs import actions, kinds, working
from minzheng.core.jobs import reads as jobs
from minzheng.core.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
COUNTY, OTHER = 530602000000, 530621000000
ROOT = Path(__file__).parents[4]


@pytest.fixture
def places(db):
    """The areas that the posts are held in; every test of this file starts from an empty database."""
    for code, level in ((530000000000, 1), (530600000000, 2), (COUNTY, 3), (OTHER, 3)):
        Area.objects.create(
            code=code, level=level, name=f"演示{code}", pinyin="", kind="county", bigrams=[], source="演示",
            valid=DateRange(date(2019, 1, 1), None),
        )  # fmt: skip


@pytest.fixture
def clerk(places):
    user = access.ensure_user("clerk", "演示·甲", "演示:甲", "!")
    post = access.appoint(user, "county_clerk", COUNTY, date(2019, 1, 1))
    return user, post


@pytest.fixture
def queue():
    settings = connection.get_connection_params()
    named = {
        key: settings[key] for key in ("dbname", "user", "host", "port", "passfile") if settings.get(key)
    }
    with psycopg.connect(**named, autocommit=True) as queue:
        queue.execute("SET ROLE minzheng_engine")
        yield queue


@pytest.fixture
def kind():
    seen = []

    def run(task):
        with acting(task.scope):
            seen.append((task.arguments, current().area))
        task.tell(1, 2)
        return kinds.Outcome(told="好了")

    kinds.register(kinds.Kind("trial", "试验", "jobs.view", run))
    return seen


def ask(clerk, **more):
    scope = reads.scope_of(*clerk)
    with acting(scope):
        return actions.ask("trial", "试验", {"n": 1}, scope, **more)


def state(key):
    return Job.unscoped.get(pk=key)


def fail(error):
    raise error


def test_a_job_runs_under_the_scope_of_who_asked(clerk, queue, kind):
    key = ask(clerk)
    ended = []
    working.ended.connect(lambda **sent: ended.append((sent["job"], sent["state"])), weak=False,
                          dispatch_uid="trial")  # fmt: skip
    assert working.Worker(queue, fail).work() == 1
    assert kind == [({"n": 1}, COUNTY)]
    row = state(key)
    assert (row.state, row.done, row.total, row.told) == ("done", 1, 2, "好了")
    assert row.kept_until is not None
    assert ended == [(key, "done")]
    working.ended.disconnect(dispatch_uid="trial")


def test_a_post_that_was_taken_away_is_refused(clerk, queue, kind):
    key = ask(clerk)
    access.end_post(clerk[1], date(2020, 1, 1))
    working.Worker(queue, fail).work()
    assert (state(key).state, kind) == ("refused", [])


def test_another_post_of_the_same_user_does_not_stand_in(clerk, queue, kind):
    key = ask(clerk)
    access.appoint(clerk[0], "county_clerk", OTHER, date(2019, 1, 1))
    access.end_post(clerk[1], date(2020, 1, 1))
    working.Worker(queue, fail).work()
    assert (state(key).state, kind) == ("refused", [])


def test_a_waiting_job_is_cancelled_at_once_and_an_ended_one_not(clerk, queue, kind):
    key, scope = ask(clerk), reads.scope_of(*clerk)
    with acting(scope):
        actions.cancel(key, scope)
    assert state(key).state == "cancelled"
    assert working.Worker(queue, fail).work() == 0
    with acting(scope), pytest.raises(StaleRefusal):
        actions.cancel(key, scope)


def test_a_running_job_is_cancelled_at_its_next_step(clerk, queue):
    scope, after = reads.scope_of(*clerk), []

    def run(task):
        with acting(scope):
            actions.cancel(task.job, scope)
        task.tell(1, 9)
        after.append(1)
        return kinds.Outcome()

    kinds.register(kinds.Kind("trial", "试验", "jobs.view", run))
    key = ask(clerk)
    working.Worker(queue, fail).work()
    assert (state(key).state, after) == ("cancelled", [])


def test_another_s_job_does_not_exist_even_in_the_same_area(clerk, kind):
    key = ask(clerk)
    other = access.ensure_user("other", "演示·乙", "演示:乙", "!")
    scope = reads.scope_of(other, access.appoint(other, "county_clerk", COUNTY, date(2019, 1, 1)))
    with acting(scope):
        assert jobs.job(key) is None
        assert jobs.mine() == ()
        with pytest.raises(MissingRefusal):
            actions.cancel(key, scope)
    with acting(reads.scope_of(*clerk)):
        assert jobs.job(key).word == "排队中"


def test_one_person_does_not_fill_the_queue(clerk, kind):
    for _ in range(actions.MOST):
        ask(clerk)
    with pytest.raises(ActRefusal):
        ask(clerk)


def test_a_surprise_ends_the_job_and_is_logged_once(clerk, queue):
    def run(task):
        raise RuntimeError("a surprise")

    kinds.register(kinds.Kind("trial", "试验", "jobs.view", run))
    key, seen = ask(clerk), []
    working.Worker(queue, seen.append).work()
    assert (state(key).state, len(seen)) == ("failed", 1)
    assert "surprise" not in state(key).told


def test_a_result_is_let_go_when_its_time_is_over(clerk, queue, kind):
    key, gone = ask(clerk), []
    worker = working.Worker(queue, fail)
    worker.work()
    queue.execute("UPDATE jobs_job SET kept_until = now() - interval '1 s', result = 'trial-1'")
    working.forgotten.connect(lambda result, **_: gone.append(result), weak=False, dispatch_uid="trial")
    assert worker.forget() == 1
    working.forgotten.disconnect(dispatch_uid="trial")
    assert (state(key).state, gone) == ("expired", ["trial-1"])


KILLED = """
import os, sys, time
os.environ["MINZHENG_ROLE"] = "owner"
from minzheng.config.database import startup, connection
from django.conf import settings
startup.begin("owner")
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from minzheng.core.jobs import kinds, working
def run(task):
    task.tell(1, 2)
    print("at work", flush=True)
    time.sleep(60)
kinds.register(kinds.Kind("trial", "试验", "jobs.view", run))
queue = connection.connect("owner", database=sys.argv[1])
queue.execute("SET ROLE minzheng_engine")
working.Worker(queue, print).work()
"""


def killed():
    words = [sys.executable, "-c", KILLED, connection.settings_dict["NAME"]]
    process = subprocess.Popen(words, cwd=ROOT, env=dict(os.environ), text=True, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "at work\n"
    return process


def test_a_killed_job_is_taken_again_and_a_living_one_is_not(clerk, queue, kind):
    key = ask(clerk)
    process = killed()
    worker = working.Worker(queue, fail)
    assert worker.work() == 0  # somebody is at it
    process.send_signal(signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 10
    while not worker.work():
        assert time.monotonic() < until
        time.sleep(0.05)
    row = state(key)
    assert (row.state, row.attempts, len(kind)) == ("done", 2, 1)


def test_what_takes_its_worker_down_again_and_again_is_given_up(clerk, queue, kind):
    key = ask(clerk)
    queue.execute("UPDATE jobs_job SET state = 'running', attempts = 3")
    working.Worker(queue, fail).work()
    assert (state(key).state, state(key).told, kind) == ("failed", working.LOST, [])
