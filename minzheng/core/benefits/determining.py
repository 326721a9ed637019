"""Stage: what the law finds is stored when it differs, and set against what is paid.

The orchestrator brings a frame for one county; see COLUMNS. Everything here is set-based and runs in the
chunk's transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits.runs import MonthRun
from minzheng.core.benefits.staging import analyze, stage

COLUMNS = {
    "household": "bigint",
    "person": "bigint",
    "programme": "text",
    "payee": "bigint",
    "eligible": "boolean",
    "amount": "bigint",
    "persons": "bigint[]",
    "reasons": "text[]",
    "facts": "bigint",
    "law": "text",
    "area": "bigint",
    "raised": "boolean",
    "phase_out": "boolean",
}
"""One row a household (person 0) or person and programme. `raised`: the standard of its area rose since
the day of the last run; `phase_out`: what is found is paid only for a while after work was taken up."""

# LATERAL with LIMIT keeps it a look into the index for each row: the table grows while the month is
# determined, and a join that was planned for fewer rows reads all of them for each.
FOUND = """
    CREATE TEMPORARY TABLE found ON COMMIT DROP AS
    SELECT s.*, d.id AS before_id, coalesce(d.facts = s.facts, false) AS same_facts,
           CASE WHEN d.id IS NULL THEN s.eligible IS NOT FALSE
                ELSE (d.eligible, d.amount, d.persons, d.payee, d.facts)
                     IS DISTINCT FROM (s.eligible, s.amount, s.persons, s.payee, s.facts) END AS differs
      FROM found_rows s LEFT JOIN LATERAL (
           SELECT d.id, d.eligible, d.amount, d.persons, d.payee, d.facts FROM benefits_determination d
            WHERE d.current AND d.household = s.household AND d.person = s.person
              AND d.programme = s.programme LIMIT 1) d ON true
"""

# What is paid from the run's month on (or from a later one that is decided already), beside what was found.
# A row without `programme` found means: nothing found. `phasing`: what is paid rests on a phase-out that was
# decided already, so that it is asked once, though the amount need not change.
COMPARED = """
    CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
    WITH paid AS (
        SELECT e.id, e.household, e.person, e.programme, e.payee, e.amount, e.area,
               EXISTS (SELECT FROM benefits_decision n WHERE n.id = e.decision_id
                        AND n.basis ->> 'kind' = 'phase_out') AS phasing,
               (SELECT array_agg(p.person ORDER BY p.person) FROM benefits_entitlementperson p
                 WHERE p.entitlement_id = e.id) AS persons
          FROM benefits_entitlement e
         WHERE e.area BETWEEN %(lo)s AND %(hi)s AND upper_inf(e.valid)
           AND e.programme = ANY(%(programmes)s) AND e.household <> ALL(%(elsewhere)s)
    )
    SELECT coalesce(s.household, p.household) AS household, coalesce(s.person, p.person) AS person,
           coalesce(s.programme, p.programme) AS programme, coalesce(s.payee, p.payee) AS payee,
           coalesce(s.area, p.area) AS area, coalesce(p.amount, 0) AS old,
           CASE WHEN s.eligible THEN s.amount ELSE 0 END AS new,
           CASE WHEN s.eligible THEN s.persons ELSE coalesce(p.persons, '{}') END AS persons,
           coalesce(p.persons, '{}') AS persons_before, p.payee AS payee_before,
           p.id IS NOT NULL AS paid, coalesce(s.eligible AND s.amount > 0, false) AS due,
           coalesce(s.raised, false) AS raised, coalesce(s.phase_out, false) AS phase_out,
           coalesce(p.phasing, false) AS phasing,
           coalesce(s.reasons, '{}') AS reasons, coalesce(s.same_facts, false) AS same_facts,
           EXISTS (SELECT FROM known_dead k WHERE k.person = ANY(p.persons)) AS dead_before,
           NOT EXISTS (SELECT FROM unnest(p.persons) q(person) WHERE NOT EXISTS
                       (SELECT FROM known_dead k WHERE k.person = q.person)) AS all_dead,
           EXISTS (SELECT FROM known_dead k WHERE k.person = p.payee) AS payee_dead
      FROM (SELECT * FROM found WHERE programme = ANY(%(programmes)s)) s FULL JOIN paid p
        ON s.household = p.household AND s.person = p.person AND s.programme = p.programme
     WHERE (s.programme IS NULL OR s.eligible IS NOT NULL)
"""

# A new right about which a case is open is decided there, by its procedure.
# An undetermined outcome (facts missing) changes nothing and is left out above. A phase-out that a person
# rejected is asked again only on another basis: another determination (its digest of facts) or standard.
CHANGES = """
    INSERT INTO benefits_change (run_id, determination_id, household, person, programme, payee, kind, old,
        new,
                                 persons, reason, needs_person, law, state, version, decided_by, area)
    SELECT %(run)s, (SELECT d.id FROM benefits_determination d WHERE d.current
                      AND (d.household, d.person, d.programme) = (k.household, k.person, k.programme)),
           k.household, k.person, k.programme, k.payee, k.kind, k.old, k.new, k.persons, k.reason,
           l.law IS NULL, coalesce(l.law, ''), CASE WHEN l.law IS NULL THEN 'waiting' ELSE 'automatic'
               END, 1, '',
           k.area
      FROM (
        SELECT c.*,
               CASE WHEN NOT c.paid THEN 'new'
                    WHEN c.dead_before AND (NOT c.due AND c.all_dead OR c.due) AND c.persons <@
                        c.persons_before
                         AND c.new <= c.old THEN 'death'
                    WHEN NOT c.due THEN 'stop'
                    WHEN c.phase_out THEN 'phase_out'
                    WHEN c.raised AND c.same_facts AND c.new > c.old AND c.persons = c.persons_before
                         THEN 'standard'
                    WHEN c.new >= c.old THEN 'up'
                    ELSE 'down' END AS kind,
               CASE WHEN c.dead_before THEN '保障对象死亡' || coalesce('；' ||
                   nullif(array_to_string(c.reasons, '；'), ''), '')
                    WHEN c.reasons <> '{}' THEN array_to_string(c.reasons, '；')
                    WHEN c.phase_out AND c.due AND NOT c.phasing THEN '就业后收入超过标准，进入渐退期'
                    WHEN NOT c.paid THEN '经测算符合条件'
                    WHEN NOT c.due THEN '经测算不再符合条件'
                    WHEN c.persons <> c.persons_before THEN '保障人数变化'
                    WHEN c.raised THEN '保障标准调整'
                    ELSE '家庭收入等情况变化' END AS reason
          FROM compared c
         WHERE c.paid <> c.due OR c.due AND (c.old <> c.new OR c.persons <> c.persons_before OR c.payee_dead
                                          AND c.payee <> c.payee_before
                                          OR c.phase_out AND NOT c.phasing)
      ) k LEFT JOIN lawful l ON (l.programme, l.kind) = (k.programme, k.kind)
     WHERE k.kind <> 'phase_out' OR k.raised OR NOT EXISTS
           (SELECT FROM benefits_change r JOIN benefits_determination d ON d.id = r.determination_id
             WHERE d.current AND r.kind = 'phase_out' AND r.state = 'rejected' AND r.new = k.new
               AND (r.household, r.person, r.programme) = (k.household, k.person, k.programme))
       AND NOT (k.kind = 'new' AND EXISTS (SELECT FROM cases_case s WHERE s.household = k.household
                AND s.procedure = k.programme AND s.closed_on IS NULL))
    ON CONFLICT DO NOTHING
"""

# Nothing that is already planned for payment is decided again: what comes later starts the month after.
PLANNED = """
    SELECT (max(d.month) + interval '1 month')::date FROM benefits_dueline d
      JOIN benefits_entitlement e ON e.id = d.entitlement_id
     WHERE d.household = c.household AND d.programme = c.programme AND e.person = c.person AND d.state = 'due'
"""

# A change that waited from an earlier run gives way to this run's finding of the same matter.
OVERTAKE = """
    UPDATE benefits_change c SET state = 'overtaken', version = version + 1
     WHERE c.state = 'waiting' AND c.run_id <> %(run)s AND c.area BETWEEN %(lo)s AND %(hi)s
"""


# A household that moved takes its right along to its new area.
MOVE = """
    UPDATE benefits_entitlement e SET area = s.area FROM found s
     WHERE upper_inf(e.valid) AND e.area <> s.area
       AND (e.household, e.person, e.programme) = (s.household, s.person, s.programme)
"""


def unfound(cursor: CursorWrapper, bounds: tuple[int, int]) -> list[int]:
    """Households that are paid in the area and of which nothing was found there; call it after `store`."""
    cursor.execute(
        "SELECT DISTINCT e.household FROM benefits_entitlement e WHERE e.area BETWEEN %s AND %s"
        " AND upper_inf(e.valid) AND NOT EXISTS (SELECT FROM found s WHERE s.household = e.household) ORDER"
        " BY 1",
        bounds,
    )
    return [row[0] for row in cursor.fetchall()]


def covered(cursor: CursorWrapper, bounds: tuple[int, int]) -> list[int]:
    """Everyone who is covered or paid in the area."""
    cursor.execute(
        "SELECT p.person FROM benefits_entitlement e JOIN benefits_entitlementperson p ON p.entitlement_id ="
        " e.id"
        " WHERE e.area BETWEEN %(lo)s AND %(hi)s AND upper_inf(e.valid)"
        " UNION SELECT e.payee FROM benefits_entitlement e"
        " WHERE e.area BETWEEN %(lo)s AND %(hi)s AND upper_inf(e.valid)",
        {"lo": bounds[0], "hi": bounds[1]},
    )
    return [row[0] for row in cursor.fetchall()]


def known_subjects(bounds: tuple[int, int]) -> pl.DataFrame:
    """Whoever of the area has a current determination or an open entitlement: `household`, `person`,
    `programme`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household, person, programme FROM benefits_determination WHERE current"
            " AND area BETWEEN %(lo)s AND %(hi)s"
            " UNION SELECT household, person, programme FROM benefits_entitlement WHERE upper_inf(valid)"
            " AND area BETWEEN %(lo)s AND %(hi)s",
            {"lo": bounds[0], "hi": bounds[1]},
        )
        schema = {"household": pl.Int64, "person": pl.Int64, "programme": pl.String}
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def store(cursor: CursorWrapper, run: MonthRun, frame: pl.DataFrame) -> int:
    """Keep the determinations that differ from the last ones; returns how many."""
    stage(cursor, "found_rows", COLUMNS, frame)
    cursor.execute(FOUND)
    analyze(cursor, "found", ("household", "person", "before_id", "same_facts", "differs"))
    cursor.execute(
        "UPDATE benefits_determination d SET current = false FROM found f"
        " WHERE f.differs AND d.id = f.before_id"
    )
    cursor.execute(
        "INSERT INTO benefits_determination (household, person, programme, payee, eligible, amount, persons,"
        " reasons, facts, law, day, known, run_id, area, current)"
        " SELECT household, person, programme, payee, eligible, amount, persons, reasons, facts, law, %s,"
        " %s, %s,"
        " area, true FROM found WHERE differs",
        [run.day, run.known, run.id],
    )
    return int(cursor.rowcount)


def compare(
    cursor: CursorWrapper,
    run: MonthRun,
    bounds: tuple[int, int],
    programmes: Sequence[str],
    lawful: Mapping[tuple[str, str], str],
    dead: Sequence[int],
    elsewhere: Sequence[int],
) -> int:
    """Write the changes of one county; `lawful` names the law by which a kind of change follows by itself.

    `programmes` are those that pay, `dead` the persons known to have died, `elsewhere` the households
    that moved to another county and are looked at there. Call it after `store` in the same transaction.
    Returns the number of changes.
    """
    rows = [(programme, kind, law) for (programme, kind), law in sorted(lawful.items())]
    laws = pl.DataFrame(
        rows, schema={"programme": pl.String, "kind": pl.String, "law": pl.String}, orient="row"
    )
    stage(cursor, "lawful", {"programme": "text", "kind": "text", "law": "text"}, laws)
    stage(
        cursor, "known_dead", {"person": "bigint"}, pl.DataFrame({"person": pl.Series(dead, dtype=pl.Int64)})
    )
    lo, hi = bounds
    values = {"run": run.id, "lo": lo, "hi": hi, "programmes": list(programmes), "elsewhere": list(elsewhere)}
    cursor.execute(MOVE)
    cursor.execute(OVERTAKE, values)
    cursor.execute(COMPARED, values)
    cursor.execute(CHANGES, values)
    return int(cursor.rowcount)


def apply(cursor: CursorWrapper, where: str, values: Mapping[str, object], starts: date) -> int:
    """Turn changes that stand (automatic or confirmed; `where` picks among `c`) into decisions and
    entitlements.

    A change is applied once (`decision_once_a_change`). Returns the number of decisions.
    """
    named = {**values, "starts": starts}
    chosen = f"SELECT c.id FROM benefits_change c WHERE c.state IN ('automatic', 'confirmed') AND {where}"
    cursor.execute(
        "INSERT INTO benefits_decision (household, person, programme, kind, amount, starts, by, law, basis,"
        " change_id, area)"
        " SELECT c.household, c.person, c.programme, CASE WHEN c.old = 0 THEN 'grant' WHEN c.new = 0 THEN"
        " 'end'"
        " ELSE 'change' END, c.new, greatest(%(starts)s, (" + PLANNED + ")), c.decided_by, c.law,"
        " jsonb_build_object('determination', c.determination_id, 'law', d.law, 'facts', d.facts,"
        "                    'kind', c.kind, 'reason', c.reason, 'old', c.old, 'new', c.new),"
        " c.id, c.area FROM benefits_change c LEFT JOIN benefits_determination d ON d.id = c.determination_id"
        f" WHERE c.id IN ({chosen}) ON CONFLICT DO NOTHING",
        named,
    )
    made = int(cursor.rowcount)
    fresh = (
        "benefits_decision n WHERE n.change_id IN (" + chosen + ") AND NOT EXISTS"
        " (SELECT FROM benefits_entitlement x WHERE x.decision_id = n.id)"
    )
    cursor.execute(
        "UPDATE benefits_entitlement e SET valid = daterange(lower(e.valid), greatest(lower(e.valid),"
        " n.starts))"
        f" FROM {fresh} AND upper_inf(e.valid)"
        " AND (e.household, e.person, e.programme) = (n.household, n.person, n.programme)",
        named,
    )
    cursor.execute(
        "INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid, decision_id,"
        " area)"
        " SELECT n.household, n.person, n.programme, c.payee, n.amount, daterange(n.starts, NULL), n.id,"
        " n.area"
        "   FROM benefits_change c JOIN benefits_decision n ON n.change_id = c.id AND n.amount > 0"
        f"  WHERE c.id IN ({chosen}) AND NOT EXISTS"
        "       (SELECT FROM benefits_entitlement x WHERE x.decision_id = n.id)",
        named,
    )
    cursor.execute(
        "INSERT INTO benefits_entitlementperson (entitlement_id, person, area)"
        " SELECT e.id, p.person, e.area FROM benefits_change c JOIN benefits_decision n ON n.change_id = c.id"
        "   JOIN benefits_entitlement e ON e.decision_id = n.id CROSS JOIN unnest(c.persons) p(person)"
        f" WHERE c.id IN ({chosen}) ON CONFLICT DO NOTHING",
        named,
    )
    return made
