"""Merging two records of one person, and taking it back: the register changes, no money moves.

Rights, coverage, due lines, orders and postings stay with the record they were made for. Where both records
were covered by the same benefit in a month, that is a finding for people to look at, not an error.
"""

from django.db import connection, transaction

from minzheng.core.access.actor import ScopeLike, allowed
from minzheng.core.people import actions as people

TWICE = """
    INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)
    SELECT 'double_benefit', format('double_benefit:%%s:%%s:%%s', %(into)s, %(person)s, v.benefit),
           '合并的两条人员记录在同一月份都享受了同一类待遇，请核对是否重复发放；合并没有改动任何款项。',
           jsonb_build_object('person', %(into)s, 'merged', %(person)s, 'benefit', v.benefit,
                              'months', jsonb_agg(v.month ORDER BY v.month)), min(v.area), 'open'
      FROM benefits_coverage v JOIN benefits_coverage o ON (o.benefit, o.month) = (v.benefit, v.month)
     WHERE v.person = %(into)s AND o.person = %(person)s
     GROUP BY v.benefit
    ON CONFLICT (identity) DO UPDATE SET state = 'open', evidence = EXCLUDED.evidence, settled_at = NULL,
                  settled_by = '', settled_reason = ''
"""


def merge_persons(person: int, into: int, scope: ScopeLike) -> None:
    """Let one record stand for another; raises Refusal."""
    allowed(scope, "people.merge")
    with transaction.atomic():
        people.merge(person, into)
        with connection.cursor() as cursor:
            cursor.execute(TWICE, {"into": into, "person": person})


def undo_merge(person: int, scope: ScopeLike) -> None:
    """Take a merge back: every read is as before, and its findings are settled; raises Refusal."""
    allowed(scope, "people.merge")
    with transaction.atomic():
        people.unmerge(person)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE benefits_finding SET state = 'settled', settled_at = now(),"
                " settled_reason = '合并已撤销'"
                " WHERE kind = 'double_benefit'"
                " AND state = 'open' AND (evidence ->> 'merged')::bigint = %s",
                [person],
            )
