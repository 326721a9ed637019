"""Stage: due lines of a month, and the plan of each county that freezes them.

There is one plan a month for each county (a second one where something came later, such as a new grant):
the county makes the list and answers for it, and a change that waits in one county holds up nobody else.
A person is covered once (`coverage_once`): an entitlement one of whose
persons is already covered elsewhere gets no line and a finding that names where.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from json import dumps

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits import revising, turn
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.benefits.staging import stage

COUNTY = 10**6
MANY = 3
"""So many households paid into one account are looked at by a person: 演示值, no act names a number."""

# LIMIT keeps it a look into the index for each entitlement: the table grows while the month is drafted, and
# a join that was planned for fewer rows reads all of them for each.
CANDIDATES = """
    CREATE TEMPORARY TABLE candidate ON COMMIT DROP AS
    SELECT e.id, e.household, e.payee, e.programme, e.amount, e.area
      FROM benefits_entitlement e
     WHERE e.area BETWEEN %(lo)s AND %(hi)s AND e.area / 1000000 * 1000000 = ANY(%(counties)s)
       AND e.valid @> %(month)s::date
       AND (SELECT d.id FROM benefits_dueline d
             WHERE d.entitlement_id = e.id AND d.month = %(month)s AND d.revision = 0 LIMIT 1) IS NULL
       AND (SELECT d.id FROM benefits_dueline d JOIN benefits_entitlement o ON o.id = d.entitlement_id
             WHERE d.household = e.household AND d.month = %(month)s AND d.state = 'withheld'
               AND o.person = e.person AND o.programme = e.programme LIMIT 1) IS NULL
"""

# Where the right goes to another payee from next month on, and this month's payee has died, the other is paid
# already now: nobody waits a month because of a death.
PASSED_ON = """
    SELECT c.id, c.payee, o.payee AS heir
      FROM candidate c JOIN benefits_entitlement e ON e.id = c.id
      JOIN benefits_entitlement o
        ON (o.household, o.person, o.programme) = (e.household, e.person, e.programme)
       AND upper_inf(o.valid) AND o.payee <> c.payee
"""
PASS_ON = """
    UPDATE candidate c SET payee = h.heir
      FROM unnest(%s::bigint[], %s::bigint[]) h(id, heir) WHERE c.id = h.id
"""

COVERING = """
    CREATE TEMPORARY TABLE covering ON COMMIT DROP AS
    SELECT p.person, coalesce(%(groups)s::jsonb ->> c.programme, c.programme) AS benefit, c.id, c.area
      FROM candidate c JOIN benefits_entitlementperson p ON p.entitlement_id = c.id
"""

# Who is covered elsewhere already is not covered again; what the insertion returns is what it did.
COVER = """
    WITH fresh AS (
        INSERT INTO benefits_coverage (person, benefit, month, entitlement_id, area)
        SELECT person, benefit, %(month)s, id, area FROM covering ORDER BY id, person
        ON CONFLICT DO NOTHING RETURNING entitlement_id, person)
    INSERT INTO covered SELECT entitlement_id, person FROM fresh
"""

BLOCKED = """
    CREATE TEMPORARY TABLE blocked ON COMMIT DROP AS
    SELECT DISTINCT ON (c.id) c.id, c.area, c.person, o.entitlement_id AS other, o.area AS other_area
      FROM (SELECT v.id, v.person, v.benefit, v.area FROM covering v
             WHERE NOT EXISTS (SELECT FROM covered d WHERE d.id = v.id AND d.person = v.person)) c
      JOIN LATERAL (SELECT o.entitlement_id, o.area FROM benefits_coverage o
                     WHERE o.person = c.person AND o.benefit = c.benefit AND o.month = %(month)s) o ON true
     ORDER BY c.id, c.person
"""

# Each county reads of its own right alone, and who else must be asked; both are told where there are two.
BLOCKED_FINDINGS = """
    INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)
    SELECT 'covered_twice', format('covered_twice:%%s:%%s:%%s', %(month)s, b.id, s.area / 1000000),
           CASE WHEN NOT s.stopped
                THEN '有一名保障对象同时列入别县的一项待遇，本项本月照发、别县不发，请核对后停发其中一项。'
                WHEN s.apart
                THEN '有一名保障对象已在别县的一项待遇中保障，本项本月不发，请与别县核对后停发其中一项。'
                ELSE '有一名保障对象本月已在另一项待遇中保障，本项本月不发，请核对后停发其中一项。' END,
           jsonb_build_object('entitlement', s.entitlement, 'person', b.person) || CASE WHEN s.apart
               THEN jsonb_build_object('other_county', s.other_area / 1000000 * 1000000)
               ELSE jsonb_build_object('other', s.other) END,
           s.area, 'open'
      FROM blocked b CROSS JOIN LATERAL (VALUES
           (true, b.id, b.area, b.other, b.other_area, b.area / 1000000 <> b.other_area / 1000000),
           (false, b.other, b.other_area, b.id, b.area, b.area / 1000000 <> b.other_area / 1000000)
           ) s(stopped, entitlement, area, other, other_area, apart)
     WHERE s.stopped OR s.apart
    ON CONFLICT DO NOTHING
"""

LINES = """
    INSERT INTO benefits_dueline (entitlement_id, month, revision, plan_id, household, payee, programme,
        amount,
                                  state, reason, area)
    SELECT c.id, %(month)s, 0, p.id, c.household, c.payee, c.programme, c.amount, 'due', '', c.area
      FROM candidate c JOIN benefits_plan p ON p.run_id = %(run)s AND p.area = c.area / 1000000 * 1000000
          WHERE NOT EXISTS (SELECT FROM blocked b WHERE b.id = c.id)
     ORDER BY c.area, c.id
    ON CONFLICT DO NOTHING
"""

DRAFTS = """
    INSERT INTO benefits_plan (month, area, sequence, run_id, state, lines, total, digest, version)
    SELECT %(month)s, a.area, 1 + (SELECT coalesce(max(p.sequence), 0) FROM benefits_plan p
                                    WHERE p.month = %(month)s AND p.area = a.area), %(run)s, 'draft', 0,
                                        0, '', 1
      FROM unnest(%(counties)s::bigint[]) a(area)
    ON CONFLICT DO NOTHING
"""

FREEZE = """
    UPDATE benefits_plan p SET state = 'frozen', version = version + 1, frozen_at = now(), lines = t.lines,
           total = t.total, digest = t.digest
      FROM (SELECT count(*) AS lines, sum(amount) AS total,
                   encode(sha256(convert_to(string_agg(format('%%s,%%s,%%s', id, payee, amount), E'\n'
                       ORDER BY id),
                                            'UTF8')), 'hex') AS digest
              FROM benefits_dueline WHERE plan_id = %(plan)s AND state = 'due') t
     WHERE p.id = %(plan)s AND p.state = 'draft' AND t.lines > 0
"""


# Many is counted over the whole run; each county reads of its own households. What they have in common, the
# village, township or county, is where the finding stands.
SHARED = """
    INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)
    SELECT 'shared_account', format('shared_account:%%s:%%s:%%s', %(month)s, t.account, t.county),
           format('本月有 %%s 户的待遇打入同一个银行账户%%s，请核对是否为本人账户、有无代管协议。',
               cardinality(t.households),
               CASE WHEN t.counties > 1 THEN '，别县也有户打入这个账户' ELSE '' END),
           jsonb_build_object('households', t.households, 'payees', t.payees),
           CASE WHEN t.low = t.high THEN t.low WHEN t.low / 1000 = t.high / 1000 THEN t.low / 1000 * 1000
                ELSE t.county * 1000000 END,
           'open'
      FROM (SELECT account, county, min(area) AS low, max(area) AS high,
                   array_agg(DISTINCT household) AS households, array_agg(DISTINCT payee) AS payees,
                   count(*) OVER (PARTITION BY account) AS counties,
                   sum(count(DISTINCT household)) OVER (PARTITION BY account) AS many
              FROM (SELECT coalesce(a.account, d.payee) AS account, d.area / 1000000 AS county, d.area,
                           d.household, d.payee
                      FROM benefits_dueline d JOIN benefits_plan p ON p.id = d.plan_id
                      LEFT JOIN account_shared a ON a.person = d.payee
                     WHERE p.run_id = %(run)s AND p.state = 'draft' AND d.state = 'due') l
             GROUP BY account, county) t
     WHERE t.many >= %(many)s
    ON CONFLICT DO NOTHING
"""


def write_lines(
    cursor: CursorWrapper,
    run: MonthRun,
    counties: Sequence[int],
    groups: Mapping[str, str],
    dead: Callable[[Sequence[int]], Sequence[int]],
) -> dict[int, int]:
    """Draft plans of some counties with their due lines; `groups`: programme → exclusive group; `dead`: who
    of some persons is known to have died.

    Returns the lines by county.
    """
    values = {
        "lo": min(counties),
        "hi": max(counties) + COUNTY - 1,
        "counties": list(counties),
        "run": run.id,
        "month": run.month,
        "groups": dumps(dict(groups), ensure_ascii=False, sort_keys=True),
    }
    turn.take(cursor, counties)
    cursor.execute(DRAFTS, values)
    cursor.execute(CANDIDATES, values)
    cursor.execute("ANALYZE candidate")
    _pass_on(cursor, dead)
    cursor.execute(COVERING, values)
    cursor.execute("CREATE TEMPORARY TABLE covered (id bigint, person bigint) ON COMMIT DROP")
    cursor.execute(COVER, values)
    cursor.execute("ANALYZE covering, covered")
    cursor.execute(BLOCKED, values)
    cursor.execute(
        "DELETE FROM benefits_coverage v USING blocked b WHERE v.entitlement_id = b.id AND v.month ="
        " %(month)s",
        values,
    )
    cursor.execute(BLOCKED_FINDINGS, values)
    cursor.execute(LINES, values)
    revising.settle(cursor, values)
    cursor.execute(
        "SELECT p.area, count(d.id) FROM benefits_plan p LEFT JOIN benefits_dueline d ON d.plan_id = p.id"
        " WHERE p.run_id = %(run)s AND p.area = ANY(%(counties)s) GROUP BY p.area",
        values,
    )
    return dict(cursor.fetchall())


def _pass_on(cursor: CursorWrapper, dead: Callable[[Sequence[int]], Sequence[int]]) -> None:
    """Let the household's new payee have the line of one who has died."""
    cursor.execute(PASSED_ON)
    found = cursor.fetchall()
    gone = set(dead([payee for _, payee, _ in found])) if found else set()
    heirs = [(line, heir) for line, payee, heir in found if payee in gone]
    if heirs:
        cursor.execute(PASS_ON, [[line for line, _ in heirs], [heir for _, heir in heirs]])


def find_shared_accounts(run: MonthRun, alike: pl.DataFrame) -> int:
    """Findings for accounts into which the run's drafts pay many households; call it before freezing.

    `alike`: `person`, `account`, where persons with the same `account` hold accounts of one number; who is
    not named has an account alone. Returns how many findings are new.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        stage(cursor, "account_shared", {"person": "bigint", "account": "bigint"}, alike)
        cursor.execute(SHARED, {"run": run.id, "month": run.month, "many": MANY})
        return int(cursor.rowcount)


def freeze(plan: int) -> bool:
    """Freeze a draft with its count, total and digest; a draft without lines is taken away. True when
    frozen.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM benefits_plan WHERE id = %s FOR UPDATE", [plan])
        row = cursor.fetchone()
        if row is None or row[0] != "draft":
            return False
        cursor.execute(FREEZE, {"plan": plan})
        if cursor.rowcount:
            return True
        cursor.execute(
            "DELETE FROM benefits_plan p WHERE p.id = %s AND p.state = 'draft' AND NOT EXISTS"
            " (SELECT FROM benefits_dueline d WHERE d.plan_id = p.id)",
            [plan],
        )
        return False


def waiting_changes(run: MonthRun) -> dict[int, int]:
    """How many changes of this run wait for a person, by county."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area / %(p)s * %(p)s, count(*) FROM benefits_change WHERE run_id = %(run)s"
            " AND state = 'waiting' GROUP BY 1",
            {"p": COUNTY, "run": run.id},
        )
        return dict(cursor.fetchall())


def entitled(month: date) -> list[tuple[int, int]]:
    """The counties where somebody is entitled in a month or a past one is settled, as 12-digit codes, and how
    many are entitled, in order.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT county, sum(n)::bigint FROM (SELECT area / 1000000 * 1000000 AS county, count(*) AS n"
            " FROM benefits_entitlement WHERE valid @> %s::date GROUP BY 1"
            f" UNION ALL SELECT area, 0 FROM ({revising.WAITING}) w(area)) c GROUP BY 1 ORDER BY 1",
            [month],
        )
        return cursor.fetchall()


def drafts(run: MonthRun) -> list[tuple[int, int]]:
    """The run's draft plans: (plan, county)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, area FROM benefits_plan WHERE run_id = %s AND state = 'draft' ORDER BY area", [run.id]
        )
        return cursor.fetchall()


def to_approve(month: date, lo: int, hi: int, step: int) -> list[tuple[int, int]]:
    """Plans in the range that wait for the first (or second) approval: (plan, version)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, version FROM benefits_plan WHERE month = %s AND area BETWEEN %s AND %s AND state = %s"
            " ORDER BY area, sequence",
            [month, lo, hi, "frozen" if step == 1 else "approved_once"],
        )
        return cursor.fetchall()
