"""The worker: takes jobs from the queue, runs each under its asker's scope, and writes how it stands.

Two connections. The queue's is the engine's, since jobs of all areas wait there; the work's is Django's own,
the runtime's, so that both walls stand around it. Whoever runs a job holds an advisory lock of the queue's
session: the lock of a killed worker is gone with its connection, and the next to look takes the job again,
at once and only then. A job that took its worker down three times is not tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import OperationalError, connection
from django.dispatch import Signal
from psycopg.rows import dict_row

from minzheng.core.access import grants
from minzheng.core.access import reads as access
from minzheng.core.access.actor import ActRefusal
from minzheng.core.access.scope import Scope, acting
from minzheng.core.jobs.kinds import Cancelled, Outcome, Stopped, Task, kind
from minzheng.kernel.errors import Refusal

DAYS, TRIES, LOOKED = 7, 3, 20
LOST = "处理这项任务的程序多次意外中断，没有完成，已写入的部分保留。请联系系统管理员，不要反复提交。"
#: Sent when a job has ended, in a transaction under its asker's scope: `job` (key), `user`, `state`, `words`.
ended = Signal()
#: Sent for each job whose result is no longer kept: `result`.
forgotten = Signal()

TAKEABLE = """
    SELECT id FROM jobs_job WHERE state IN ('queued', 'running') ORDER BY state = 'running' DESC, id LIMIT %s
"""
TAKE = """
    UPDATE jobs_job SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now())
     WHERE id = %s AND state IN ('queued', 'running') AND NOT (state = 'queued' AND cancelled_by IS NOT NULL)
    RETURNING id, user_key, post, area, kind, words, arguments, purpose, attempts, cancelled_by
"""
END = """
    UPDATE jobs_job SET state = %(state)s, told = %(told)s, result = %(result)s, result_name = %(name)s,
           link = %(link)s, ended_at = now(), kept_until = now() + make_interval(days => %(days)s)
     WHERE id = %(id)s
"""


@dataclass
class Worker:
    """One worker. `queue` is an autocommitting connection as engine; `surprised` logs an error, once."""

    queue: psycopg.Connection[Any]
    surprised: Callable[[Exception], object]
    stopping: bool = False

    def work(self) -> int:
        """Run what waits until nothing does or the worker is to stop; returns how many jobs ended."""
        count = 0
        while not self.stopping and self.step():
            count += 1
        return count

    def step(self) -> bool:
        """Run one job; False where none could be taken."""
        for (key,) in self.queue.execute(TAKEABLE, [LOOKED]).fetchall():
            if not self._lock(key):
                continue
            try:
                with self.queue.cursor(row_factory=dict_row) as cursor:
                    row = cursor.execute(TAKE, [key]).fetchone()
                if row is not None:
                    self._run(row)
                    return True
            finally:
                self.queue.execute("SELECT pg_advisory_unlock(hashtext('minzheng job'), %s)", [key])
        return False

    def forget(self) -> int:
        """Let go of results whose time is over; returns how many."""
        gone = self.queue.execute(
            "UPDATE jobs_job SET state = 'expired' WHERE state = 'done' AND kept_until < now()"
            " RETURNING result"
        ).fetchall()
        for (result,) in gone:
            if result:
                forgotten.send(sender=type(self), result=result)
        return len(gone)

    def _lock(self, key: int) -> bool:
        row = self.queue.execute(
            "SELECT pg_try_advisory_lock(hashtext('minzheng job'), %s)", [key]
        ).fetchone()
        return bool(row and row[0])

    def _run(self, row: dict[str, Any]) -> None:
        scope: Scope | None = None
        try:
            if row["cancelled_by"] is not None:
                raise Cancelled
            if row["attempts"] > TRIES:
                return self._end(row, None, "failed", Outcome(LOST))
            scope = scope_of(row["user_key"], row["post"], row["area"])
            found = kind(row["kind"])
            if not grants.may(scope, found.step):
                raise ActRefusal("您现在的岗位已没有办理这一步的权限，任务没有执行。")
            task = Task(row["id"], row["arguments"], scope, row["purpose"], self._teller(row["id"]))
            self._end(row, scope, "done", found.run(task))
        except Cancelled:
            self._end(row, scope, "cancelled", Outcome("已按您的要求取消。"))
        except Stopped:
            self.queue.execute(
                "UPDATE jobs_job SET state = 'queued', attempts = attempts - 1 WHERE id = %s", [row["id"]]
            )
        except ActRefusal as refusal:
            self._end(row, scope, "refused", Outcome(f"{refusal}"))
        except Refusal as refusal:
            self._end(row, scope, "failed", Outcome(f"{refusal}"))
        except OperationalError as error:  # the database was away: the next try begins anew
            connection.close()
            self.surprised(error)
        except Exception as error:
            self.surprised(error)
            self._end(row, scope, "failed", Outcome("程序出现意外，任务没有完成，已记录。请联系系统管理员。"))

    def _teller(self, key: int) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            told = self.queue.execute(
                "UPDATE jobs_job SET done = %s, total = %s WHERE id = %s RETURNING cancelled_by",
                [done, total, key],
            ).fetchone()
            if told and told[0] is not None:
                raise Cancelled
            if self.stopping:
                raise Stopped

        return tell

    def _end(self, row: dict[str, Any], scope: Scope | None, state: str, outcome: Outcome) -> None:
        values = {"told": outcome.told[:500], "result": outcome.result, "name": outcome.name}
        self.queue.execute(
            END, {**values, "link": outcome.link, "state": state, "days": DAYS, "id": row["id"]}
        )
        if scope is None:
            return
        try:
            with acting(scope):
                ended.send(
                    sender=type(self), job=row["id"], user=row["user_key"], state=state, words=row["words"]
                )
        except Exception as error:  # the job has ended, whoever could not be told
            self.surprised(error)


def scope_of(user: int, post: str, area: int) -> Scope:
    """The scope of a user under this post as it is today; raises ActRefusal where it was taken away."""
    held = next((each for each in access.held_posts(user) if (each.key, each.area) == (post, area)), None)
    scope = access.scope_of(user, held.id) if held else None
    if scope is None or (scope.post, scope.area) != (post, area):
        raise ActRefusal("您提交任务时的岗位已被收回或到期，任务没有执行。")
    return scope
