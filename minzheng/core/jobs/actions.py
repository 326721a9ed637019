"""Asking for a job and cancelling one's own."""

from typing import Any

from django.db import connection, transaction

from minzheng.core.access.actor import ActRefusal, MissingRefusal, StaleRefusal, allowed
from minzheng.core.access.scope import Scope
from minzheng.core.jobs.kinds import kind
from minzheng.core.jobs.models import OPEN, Job

#: So many jobs of one person wait or run at a time.
MOST = 5


def ask(what: str, words: str, arguments: dict[str, Any], scope: Scope, purpose: str = "") -> int:
    """Queue a job for whoever acts; returns its key. It starts when this transaction is committed."""
    who = allowed(scope, kind(what).step)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two requests at once count one another
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('minzheng jobs of'), %s)", [who.user])
        if Job.objects.filter(user=who.user, state__in=OPEN).count() >= MOST:
            raise ActRefusal(f"您已有 {MOST} 项任务在排队或进行，请等其中一项结束或取消一项后再提交。")
        made = Job.objects.create(
            area=scope.area or scope.lo,
            user=who.user,
            post=scope.post or "",
            kind=what,
            words=words[:120],
            arguments=arguments,
            purpose=purpose[:200],
        )
    return int(made.pk)


def cancel(key: int, scope: Scope) -> None:
    """Cancel one's own job: at once while it waits, at its next step while it runs."""
    who = allowed(scope, "jobs.view")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET cancelled_by = %s, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE"
            " state END, ended_at = CASE state WHEN 'queued' THEN now() END"
            " WHERE id = %s AND user_key = %s AND area BETWEEN %s AND %s AND state IN ('queued', 'running')",
            [who.user, key, who.user, who.lo, who.hi],
        )
        if cursor.rowcount:
            return
    if not Job.objects.filter(pk=key, user=who.user).exists():
        raise MissingRefusal("找不到这项任务。")
    raise StaleRefusal("这项任务已经结束，不能再取消。")
