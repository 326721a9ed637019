"""Past months: what is known now differs from what was known then, and money was ordered by the latter.

`propose` sets what the law finds for past months beside what was ordered, and hangs it on a change; a
decision, by a person or by the law that the manifest names, lets it take effect. `settle` then writes the
revisions of the due lines, all of some counties in one statement: more is ordered as arrears in the run's
plan, less is written as overpaid and waits. What a person withheld stays withheld.
"""

from collections.abc import Sequence

import polars as pl
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits.runs import MonthRun
from minzheng.core.benefits.staging import stage

COLUMNS = {
    "month": "date",
    "household": "bigint",
    "person": "bigint",
    "programme": "text",
    "payee": "bigint",
    "amount": "bigint",
    "was": "bigint",
    "persons": "bigint[]",
    "area": "bigint",
    "same_facts": "boolean",
}
"""One row a subject and month of which the law finds otherwise (`amount`) than was known then (`was`); 0 is
no right. Where the facts are the same, the law became known late: a standard."""

LINES_OF = """
    SELECT coalesce(sum(d.amount) FILTER (WHERE d.state = 'due'), 0)::bigint AS ordered, count(*) AS lines,
           bool_or(d.state = 'withheld' AND d.code = '') AS stopped,
           (array_agg(d.entitlement_id ORDER BY d.id DESC))[1] AS entitlement,
           max(d.revision) AS revision
      FROM benefits_dueline d JOIN benefits_entitlement e ON e.id = d.entitlement_id
     WHERE d.household = f.household AND d.month = f.month AND d.programme = f.programme
       AND e.person = f.person
"""

# A right that had ended, where what ended it is what turns out to have been wrong: its first month without a
# line is among those that the law finds otherwise now. A right that begins has no such month.
ENDED = """
    SELECT e.id AS ended FROM benefits_entitlement e
     WHERE (e.household, e.person, e.programme) = (f.household, f.person, f.programme)
       AND NOT isempty(e.valid) AND upper(e.valid) <= f.month
       AND EXISTS (SELECT FROM {named} o WHERE o.month = upper(e.valid) AND o.amount > 0
                    AND (o.household, o.person, o.programme) = (f.household, f.person, f.programme))
       AND NOT EXISTS (SELECT FROM benefits_entitlement x WHERE x.valid && daterange(upper(e.valid), f.month,
           '[]') AND (x.household, x.person, x.programme) = (f.household, f.person, f.programme))
     LIMIT 1
"""

# Only what became known counts: where the law finds less than was known then, and more was not ordered (its
# change was rejected, or confirmed late), nothing is revised. `counts`: the month was ordered, or waits.
ORDERED = f"""
    CREATE TEMPORARY TABLE past_ordered ON COMMIT DROP AS
    SELECT * FROM (
        SELECT f.*, t.ordered, t.lines > 0 OR n.ended IS NOT NULL OR w.id IS NOT NULL AS counts,
               w.id IS NOT NULL AS waits
          FROM past_found f CROSS JOIN LATERAL ({LINES_OF}) t
          LEFT JOIN LATERAL ({ENDED.format(named="past_found")}) n ON t.lines = 0
          LEFT JOIN benefits_pastmonth w ON w.settled_id IS NULL AND w.month = f.month
           AND (w.household, w.person, w.programme) = (f.household, f.person, f.programme)
          LEFT JOIN benefits_change c ON c.id = w.change_id
         WHERE f.programme = ANY(%(programmes)s) AND NOT coalesce(t.stopped, false)
           AND (w.amount = f.amount AND c.state IN ('automatic', 'confirmed')) IS NOT TRUE) p
     WHERE p.waits OR p.counts AND sign(p.amount - p.was) = sign(p.amount - p.ordered)
        OR NOT p.counts AND p.month = %(month)s
"""

PROPOSE = (
    "UPDATE benefits_pastmonth p SET settled_id = %(run)s FROM benefits_change c"
    " WHERE c.id = p.change_id AND c.state = 'rejected' AND p.settled_id IS NULL"
    " AND p.area BETWEEN %(lo)s AND %(hi)s",
    # The month of the run itself matters only beside an earlier one, or where it was ordered already.
    "DELETE FROM past_ordered p WHERE NOT EXISTS (SELECT FROM past_ordered o WHERE o.counts"
    " AND (o.household, o.person, o.programme) = (p.household, p.person, p.programme))",
    # What waited on a change that this run overtook goes on waiting, on this run's change.
    """
    CREATE TEMPORARY TABLE past_subject ON COMMIT DROP AS
    SELECT household, person, programme, min(area) AS area,
           (array_agg(payee ORDER BY month DESC))[1] AS payee,
           coalesce(bool_and(amount <= ordered) FILTER (WHERE counts), true) AS less,
           coalesce(bool_and(amount >= ordered) FILTER (WHERE counts), true) AS more,
           bool_and(same_facts) AS lawful,
           coalesce(sum(amount - ordered) FILTER (WHERE counts), 0) >= 0 AS up
      FROM (SELECT household, person, programme, area, payee, month, amount, ordered, same_facts, counts
              FROM past_ordered
             UNION ALL
            SELECT f.household, f.person, f.programme, f.area, f.payee, f.month, f.amount, t.ordered, false,
                   t.lines > 0
              FROM benefits_pastmonth f JOIN benefits_change c ON c.id = f.change_id AND c.state = 'overtaken'
             CROSS JOIN LATERAL ("""
    + LINES_OF
    + """) t
             WHERE f.settled_id IS NULL AND f.area BETWEEN %(lo)s AND %(hi)s) rows
     GROUP BY 1, 2, 3
    """,
    # A change that the law lets follow carries an earlier start only where all of it goes the law's way.
    """
    UPDATE benefits_change c SET needs_person = true, law = '', state = 'waiting',
           kind = CASE WHEN c.new = 0 THEN 'stop' WHEN s.up THEN 'up' ELSE 'down' END
      FROM past_subject s WHERE c.run_id = %(run)s AND c.state = 'automatic'
       AND (c.household, c.person, c.programme) = (s.household, s.person, s.programme)
       AND NOT (c.kind = 'death' AND s.less OR c.kind = 'standard' AND s.more AND s.lawful)
    """,
    """
    INSERT INTO benefits_change (run_id, determination_id, household, person, programme, payee, kind, old,
                                 new, persons, reason, needs_person, law, state, version, decided_by, area)
    SELECT %(run)s, k.determination, k.household, k.person, k.programme, k.payee, k.kind, k.amount, k.amount,
           k.persons, '以前月份的情况有更正，须按更正后的情况结算', l.law IS NULL, coalesce(l.law, ''),
           CASE WHEN l.law IS NULL THEN 'waiting' ELSE 'automatic' END, 1, '', k.area
      FROM (SELECT s.household, s.person, s.programme, coalesce(e.payee, s.payee) AS payee, s.area,
                   coalesce(e.amount, 0) AS amount,
                   CASE WHEN s.more AND s.lawful THEN 'standard' WHEN s.up THEN 'up' ELSE 'down' END AS kind,
                   coalesce((SELECT array_agg(q.person ORDER BY q.person) FROM benefits_entitlementperson q
                              WHERE q.entitlement_id = e.id), '{}') AS persons,
                   (SELECT d.id FROM benefits_determination d WHERE d.current AND (d.household, d.person,
                     d.programme) = (s.household, s.person, s.programme)) AS determination
              FROM past_subject s LEFT JOIN benefits_entitlement e ON upper_inf(e.valid)
               AND (e.household, e.person, e.programme) = (s.household, s.person, s.programme)) k
      LEFT JOIN lawful l ON (l.programme, l.kind) = (k.programme, k.kind)
    ON CONFLICT DO NOTHING
    """,
    "UPDATE benefits_pastmonth p SET change_id = n.id FROM benefits_change c, benefits_change n"
    " WHERE p.settled_id IS NULL AND p.area BETWEEN %(lo)s AND %(hi)s AND c.id = p.change_id"
    " AND c.state = 'overtaken' AND n.run_id = %(run)s"
    " AND (n.household, n.person, n.programme) = (p.household, p.person, p.programme)",
    """
    INSERT INTO benefits_pastmonth (household, person, programme, month, payee, amount, persons,
                                    change_id, area)
    SELECT p.household, p.person, p.programme, p.month, p.payee, p.amount, p.persons, c.id, p.area
      FROM past_ordered p JOIN benefits_change c ON c.run_id = %(run)s
       AND (c.household, c.person, c.programme) = (p.household, p.person, p.programme)
    ON CONFLICT (household, person, programme, month) WHERE settled_id IS NULL
    DO UPDATE SET amount = EXCLUDED.amount, payee = EXCLUDED.payee, persons = EXCLUDED.persons,
                  change_id = EXCLUDED.change_id
    """,
    # What waits on may be decided after this month is drafted too; then it differs like those before it.
    """
    INSERT INTO benefits_pastmonth (household, person, programme, month, payee, amount, persons,
                                    change_id, area)
    SELECT c.household, c.person, c.programme, %(month)s, c.payee, c.new, c.persons, c.id, c.area
      FROM benefits_change c WHERE c.run_id = %(run)s AND c.state = 'waiting' AND c.new <> c.old
       AND EXISTS (SELECT FROM benefits_pastmonth p WHERE p.change_id = c.id AND p.settled_id IS NULL)
    ON CONFLICT DO NOTHING
    """,
)

DECIDED = f"""
    CREATE TEMPORARY TABLE past_decided ON COMMIT DROP AS
    SELECT f.*, c.kind AS code, c.reason AS words, c.decided_by, c.law, t.ordered,
           coalesce(t.entitlement, n.ended) AS entitlement, coalesce(t.revision, 0) AS revision,
           coalesce(t.stopped, false) AS stopped, false AS blocked,
           coalesce(%(groups)s::jsonb ->> f.programme, f.programme) AS benefit
      FROM benefits_pastmonth f
      JOIN benefits_change c ON c.id = f.change_id AND c.state IN ('automatic', 'confirmed')
     CROSS JOIN LATERAL ({LINES_OF}) t
      LEFT JOIN LATERAL ({ENDED.format(named="benefits_pastmonth")}) n ON t.lines = 0
     WHERE f.settled_id IS NULL AND f.area / 1000000 * 1000000 = ANY(%(counties)s)
"""

SETTLE = (
    "DELETE FROM benefits_coverage v USING past_decided p WHERE v.entitlement_id = p.entitlement"
    " AND v.month = p.month AND v.person <> ALL(p.persons) AND NOT p.stopped",
    "INSERT INTO benefits_coverage (person, benefit, month, entitlement_id, area)"
    " SELECT q.person, p.benefit, p.month, p.entitlement, p.area FROM past_decided p"
    " CROSS JOIN unnest(p.persons) q(person) WHERE p.entitlement IS NOT NULL AND p.amount > 0"
    " AND NOT p.stopped"
    " ORDER BY p.entitlement, q.person ON CONFLICT DO NOTHING",
    # Who is covered by another right in that month is not paid for twice: it waits, with a finding.
    "UPDATE past_decided p SET blocked = true WHERE p.amount > p.ordered AND EXISTS"
    " (SELECT FROM unnest(p.persons) q(person) JOIN benefits_coverage v ON v.person = q.person"
    "   AND v.benefit = p.benefit AND v.month = p.month AND v.entitlement_id <> p.entitlement)",
    "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
    " SELECT 'covered_twice', format('covered_twice:%%s:%%s', p.month, p.entitlement),"
    " '以前月份的更正涉及已在另一项待遇中保障的人，差额暂不补发，请核对。',"
    " jsonb_build_object('entitlement', p.entitlement, 'household', p.household, 'month', p.month), p.area,"
    " 'open' FROM past_decided p WHERE p.blocked ON CONFLICT DO NOTHING",
    # The decision that carries the earlier start, with each month's sum.
    "INSERT INTO benefits_decision (household, person, programme, kind, amount, starts, by, law, basis, area)"
    " SELECT household, person, programme, 'past', (array_agg(amount ORDER BY month))[1], min(month),"
    " min(decided_by), min(law), jsonb_build_object('change', change_id, 'kind', min(code), 'past',"
    " jsonb_agg(jsonb_build_object('month', month, 'before', ordered, 'after', amount) ORDER BY month)),"
    " min(area) FROM past_decided WHERE entitlement IS NOT NULL AND ordered <> amount"
    " AND NOT stopped AND NOT blocked"
    " GROUP BY household, person, programme, change_id",
    "INSERT INTO benefits_dueline (entitlement_id, month, revision, plan_id, household, payee, programme,"
    " amount, state, reason, area, code, before, after)"
    " SELECT p.entitlement, p.month, p.revision + 1, CASE WHEN p.amount > p.ordered THEN n.id END,"
    " p.household, p.payee, p.programme, greatest(p.amount - p.ordered, 0),"
    " CASE WHEN p.amount > p.ordered THEN 'due' ELSE 'overpaid' END, p.words,"
    " p.area, p.code, p.ordered, p.amount"
    " FROM past_decided p JOIN benefits_plan n ON n.run_id = %(run)s AND n.area = p.area / 1000000 * 1000000"
    " WHERE p.entitlement IS NOT NULL AND p.ordered <> p.amount AND NOT p.stopped AND NOT p.blocked"
    " ORDER BY p.area, p.entitlement, p.month",
    "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
    " SELECT 'overpaid', 'overpaid:' || p.change_id || ':' || p.household || ':' || p.person,"
    " '以前月份多发了待遇，已登记，待按程序追回；没有从以后的待遇中扣除。',"
    " jsonb_build_object('household', p.household, 'programme', p.programme, 'months', count(*),"
    " 'fen', sum(p.ordered - p.amount)), min(p.area), 'open' FROM past_decided p"
    " WHERE p.amount < p.ordered AND NOT p.stopped"
    " GROUP BY p.change_id, p.household, p.person, p.programme ON CONFLICT DO NOTHING",
    "UPDATE benefits_pastmonth f SET settled_id = %(run)s FROM past_decided p WHERE p.id = f.id"
    " AND NOT p.blocked",
)

# A line that was not paid because its payee had died is due to whom the household's right goes to now.
RENEW = """
    INSERT INTO benefits_dueline (entitlement_id, month, revision, plan_id, household, payee, programme,
                                  amount, state, reason, area, code, before, after)
    SELECT d.entitlement_id, d.month, d.revision + 1, n.id, d.household, o.payee, d.programme, d.amount,
           'due', '领取人已死亡，改由本户其他成员领取', d.area, 'new_payee', 0, d.amount
      FROM benefits_dueline d
      JOIN benefits_entitlement e ON e.id = d.entitlement_id
      JOIN benefits_entitlement o
        ON (o.household, o.person, o.programme) = (e.household, e.person, e.programme)
       AND upper_inf(o.valid) AND o.payee <> d.payee
      JOIN benefits_plan n ON n.run_id = %(run)s AND n.area = d.area / 1000000 * 1000000
     WHERE d.state = 'withheld' AND d.code = 'payee_dead' AND d.area / 1000000 * 1000000 = ANY(%(counties)s)
       AND NOT EXISTS (SELECT FROM benefits_dueline l WHERE l.entitlement_id = d.entitlement_id
                        AND l.month = d.month AND l.revision > d.revision)
     ORDER BY d.id
    ON CONFLICT DO NOTHING
"""

PAID_ANEW = """
    UPDATE benefits_finding g SET state = 'settled', settled_at = now(), settled_reason = '已另行安排发放'
      FROM benefits_dueline d JOIN benefits_dueline l ON l.entitlement_id = d.entitlement_id
       AND l.month = d.month AND l.revision > d.revision
     WHERE d.state = 'withheld' AND d.code = 'payee_dead' AND g.identity = 'payee_dead:' || d.id
       AND g.state = 'open' AND EXISTS (SELECT FROM ledger_instruction i WHERE i.due_line_id = l.id)
"""


def propose(
    cursor: CursorWrapper,
    run: MonthRun,
    bounds: tuple[int, int],
    programmes: Sequence[str],
    past: pl.DataFrame,
) -> None:
    """Hang what was found for past months (COLUMNS) on changes; call it after `determining.compare`."""
    stage(cursor, "past_found", COLUMNS, past)
    values = {
        "run": run.id,
        "month": run.month,
        "lo": bounds[0],
        "hi": bounds[1],
        "programmes": list(programmes),
    }
    cursor.execute(ORDERED, values)
    for step in PROPOSE:
        cursor.execute(step, values)


def settle(cursor: CursorWrapper, values: dict[str, object]) -> None:
    """Write the revisions of some counties; `values` are those of `due.write_lines`, whose drafts exist."""
    cursor.execute(DECIDED, values)
    cursor.execute("ANALYZE past_decided")
    for step in SETTLE:
        cursor.execute(step, values)
    cursor.execute(RENEW, values)
    cursor.execute(PAID_ANEW)


WAITING = """
    SELECT area / 1000000 * 1000000 FROM benefits_pastmonth WHERE settled_id IS NULL
     UNION SELECT area / 1000000 * 1000000 FROM benefits_dueline
            WHERE state = 'withheld' AND code = 'payee_dead'
"""
