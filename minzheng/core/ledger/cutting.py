"""Stage: approved due lines become instructions, and instructions become lines of bank files, some
counties at a time.

Both happen in one transaction, so an instruction exists only together with its line. Left out, and looked
at again the next time: payees without an account and payees whose changed account waits for approval. A
payee whose death is known is not paid: the line is withheld with a finding, and the household names
another payee. What has been cut is never cut again (`instruction_one_regular`, `instruction_one_reissue`,
`attempt_once`).
"""

from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits.staging import stage
from minzheng.core.ledger import locking
from minzheng.core.ledger.payees import Register

# LIMIT keeps it a look into the index for each line; see `due.CANDIDATES`.
READY = """
    CREATE TEMPORARY TABLE payable ON COMMIT DROP AS
    SELECT d.id AS due_line, NULL::bigint AS instruction, d.payee, p.run_id AS run, d.programme, d.household,
           d.amount, d.area,
           CASE WHEN d.month = p.month AND coalesce(d.before, 0) = 0 THEN 'regular' ELSE 'arrears' END AS kind
      FROM benefits_dueline d JOIN benefits_plan p ON p.id = d.plan_id
     WHERE p.month = %(month)s AND p.state IN ('approved', 'instructed', 'closed') AND d.state = 'due'
       AND d.area BETWEEN %(lo)s AND %(hi)s
       AND (SELECT i.id FROM ledger_instruction i
             WHERE i.due_line_id = d.id AND i.kind IN ('regular', 'arrears') LIMIT 1) IS NULL
    UNION ALL
    SELECT i.due_line_id, i.id, i.payee, i.run_id, i.programme, i.household, i.amount, i.area, i.kind
      FROM ledger_instruction i
     WHERE i.month = %(month)s AND i.state = 'ready' AND i.area BETWEEN %(lo)s AND %(hi)s
"""

WITHHOLD_DEAD = (
    "CREATE TEMPORARY TABLE stopped ON COMMIT DROP AS SELECT y.* FROM payable y JOIN known_dead k ON"
    " k.person = y.payee",
    "UPDATE benefits_dueline d SET state = 'withheld', code = 'payee_dead',"
    " reason = '领取人已死亡，未付' FROM stopped s"
    " WHERE s.instruction IS NULL AND d.id = s.due_line AND d.state = 'due'",
    "UPDATE ledger_instruction i SET state = 'withheld' FROM stopped s WHERE i.id = s.instruction AND"
    " i.state = 'ready'",
    "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
    " SELECT 'payee_dead', 'payee_dead:' || s.due_line,"
    " '领取人已死亡，本月这一笔没有付出，请核对家庭情况并变更领取人。',"
    " jsonb_build_object('due_line', s.due_line, 'payee', s.payee, 'household', s.household), s.area, 'open'"
    " FROM stopped s ON CONFLICT DO NOTHING",
    "DELETE FROM payable y USING stopped s WHERE y.due_line = s.due_line",
)

# A payee who was paid before, and never into this account, is held until a person approves it: whichever
# way the
# register came to another account. So is an account whose approval was refused.
LEAVE_OUT = (
    "INSERT INTO ledger_hold (person, account, state, by, approved_by, version, area)"
    " SELECT DISTINCT ON (y.payee) y.payee, a.account, 'waiting', '登记册变更', '', 1, y.area"
    "   FROM payable y JOIN payee_account a ON a.person = y.payee"
    "  WHERE (SELECT i.id FROM ledger_instruction i WHERE i.payee = y.payee LIMIT 1) IS NOT NULL"
    "    AND (SELECT i.id FROM ledger_instruction i WHERE i.payee = y.payee AND i.account = a.account"
    "          LIMIT 1) IS NULL"
    "    AND NOT EXISTS (SELECT FROM ledger_hold h WHERE h.person = y.payee AND h.account = a.account)"
    "  ORDER BY y.payee ON CONFLICT DO NOTHING",
    "DELETE FROM payable y USING ledger_hold h, payee_account a WHERE h.person = y.payee AND a.person ="
    " y.payee"
    " AND (h.state = 'waiting' OR h.state = 'refused' AND h.account = a.account)",
    "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
    " SELECT 'no_account', 'no_account:' || y.due_line,"
    " '领取人没有可用的银行账户，这一笔还没有付出，请补登账户后重新运行。',"
    " jsonb_build_object('due_line', y.due_line, 'payee', y.payee, 'household', y.household), y.area, 'open'"
    " FROM payable y WHERE NOT EXISTS (SELECT FROM payee_account a WHERE a.person = y.payee) ON CONFLICT DO"
    " NOTHING",
    "DELETE FROM payable y WHERE NOT EXISTS (SELECT FROM payee_account a WHERE a.person = y.payee)",
)

CUT_TABLE = """
    CREATE TEMPORARY TABLE cut (instruction bigint, run bigint, bank text, programme text, amount bigint,
                                reissue boolean, area bigint, county bigint) ON COMMIT DROP
"""

INSTRUCT = """
    WITH made AS (
        INSERT INTO ledger_instruction (payee, run_id, kind, sequence, due_line_id, month, programme,
            household,
                                        amount, account, bank, state, area)
        SELECT y.payee, y.run, y.kind,
               coalesce((SELECT max(i.sequence) FROM ledger_instruction i
                          WHERE i.payee = y.payee AND i.run_id = y.run AND i.kind = y.kind), 0)
               + row_number() OVER (PARTITION BY y.payee, y.run, y.kind ORDER BY y.due_line),
               y.due_line, %(month)s, y.programme, y.household, y.amount, a.account, a.bank, 'filed', y.area
          FROM payable y JOIN payee_account a ON a.person = y.payee
         WHERE y.instruction IS NULL
         ORDER BY y.due_line
        ON CONFLICT (due_line_id) WHERE kind IN ('regular', 'arrears') DO NOTHING
        RETURNING id, run_id, bank, programme, amount, area)
    INSERT INTO cut SELECT id, run_id, bank, programme, amount, false, area, area / 1000000 * 1000000 FROM
        made
"""

REISSUE = """
    WITH moved AS (
        UPDATE ledger_instruction i SET state = 'filed', account = a.account, bank = a.bank
          FROM payable y JOIN payee_account a ON a.person = y.payee
         WHERE i.id = y.instruction AND i.state = 'ready'
        RETURNING i.id, i.run_id, i.bank, i.programme, i.amount, i.area)
    INSERT INTO cut SELECT id, run_id, bank, programme, amount, true, area, area / 1000000 * 1000000 FROM
        moved
"""

FILES = """
    INSERT INTO ledger_bankfile (identity, run_id, month, county, bank, sequence, programmes, count,
        total, cut_at,
                                 digest, state)
    SELECT format('%%s-%%s-%%s-%%s', to_char(%(month)s::date, 'YYYYMM'), left(t.county::text, 6), t.bank,
                  lpad((t.before + 1)::text, 2, '0')),
           t.run, %(month)s, t.county, t.bank, t.before + 1, t.programmes, t.count, t.total, now(), '', 'cut'
      FROM (SELECT c.county, c.bank, max(c.run) AS run, array_agg(DISTINCT c.programme ORDER BY
          c.programme) AS programmes,
                   count(*) AS count, sum(c.amount) AS total,
                   (SELECT coalesce(max(f.sequence), 0) FROM ledger_bankfile f
                     WHERE f.month = %(month)s AND f.county = c.county AND f.bank = c.bank) AS before
              FROM cut c GROUP BY c.county, c.bank) t
    RETURNING id, county, bank
"""

ATTEMPTS = """
    INSERT INTO ledger_attempt (file_id, line, instruction_id, amount, code, area)
    SELECT f.id, row_number() OVER (PARTITION BY f.id ORDER BY c.instruction), c.instruction, c.amount,
        '', c.area
      FROM cut c JOIN fresh_file f ON f.county = c.county AND f.bank = c.bank
"""

# Sent: 救助支出 (or what came back before) is owed no longer, it is on its way.
POSTINGS = """
    WITH entry AS (
        INSERT INTO ledger_entry (kind, file_id) SELECT 'sent', id FROM fresh_file RETURNING id, file_id),
    sums AS (
        SELECT e.id, f.county, coalesce(sum(c.amount) FILTER (WHERE NOT c.reissue), 0) AS regular,
               coalesce(sum(c.amount) FILTER (WHERE c.reissue), 0) AS again, sum(c.amount) AS total
          FROM entry e JOIN fresh_file f ON f.id = e.file_id JOIN cut c ON c.county = f.county AND c.bank
              = f.bank
         GROUP BY e.id, f.county)
    INSERT INTO ledger_posting (entry_id, account, debit, credit, area)
    SELECT id, 'expense', regular, 0, county FROM sums WHERE regular > 0
    UNION ALL SELECT id, 'returned', again, 0, county FROM sums WHERE again > 0
    UNION ALL SELECT id, 'transit', 0, total, county FROM sums
"""


@dataclass(frozen=True)
class Cut:
    """What a cutting made."""

    instructions: int
    files: int


def counties(month: date) -> list[tuple[int, int]]:
    """Counties with something of this month that is approved and has no line in a file yet, and how much,
    in order.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT county, sum(n)::bigint FROM ("
            "SELECT p.area AS county, count(*) AS n FROM benefits_dueline d JOIN benefits_plan p"
            " ON p.id = d.plan_id WHERE p.month = %(month)s AND p.state IN ('approved', 'instructed',"
            " 'closed')"
            " AND d.state = 'due' AND NOT EXISTS (SELECT FROM ledger_instruction i"
            "     WHERE i.due_line_id = d.id AND i.kind IN ('regular', 'arrears')) GROUP BY p.area"
            " UNION ALL SELECT area / 1000000 * 1000000, count(*) FROM ledger_instruction"
            " WHERE month = %(month)s AND state = 'ready' GROUP BY 1) waiting GROUP BY county ORDER BY"
            " county",
            {"month": month},
        )
        return cursor.fetchall()


def cut(month: date, bounds: tuple[int, int], register: Register) -> Cut:
    """Instructions and file rows of the counties in [lo, hi], in one transaction."""
    values = {"month": month, "lo": bounds[0], "hi": bounds[1]}
    locking.require()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READY, values)
        cursor.execute("ANALYZE payable")
        _stage_register(cursor, register)
        for step in WITHHOLD_DEAD + LEAVE_OUT:
            cursor.execute(step)
        cursor.execute(CUT_TABLE)
        cursor.execute(INSTRUCT, values)
        cursor.execute(REISSUE)
        cursor.execute("ANALYZE cut")
        return _file(cursor, values)


def _stage_register(cursor: CursorWrapper, register: Register) -> None:
    cursor.execute("SELECT DISTINCT payee FROM payable ORDER BY 1")
    payees = [row[0] for row in cursor.fetchall()]
    dead = pl.DataFrame({"person": pl.Series(register.dead(payees), dtype=pl.Int64)})
    stage(cursor, "known_dead", {"person": "bigint"}, dead)
    accounts = register.accounts(payees)
    stage(cursor, "payee_account", {"person": "bigint", "account": "bigint", "bank": "text"}, accounts)


def _file(cursor: CursorWrapper, values: dict[str, object]) -> Cut:
    cursor.execute("CREATE TEMPORARY TABLE fresh_file (id bigint, county bigint, bank text) ON COMMIT DROP")
    cursor.execute(f"WITH made AS ({FILES}) INSERT INTO fresh_file SELECT id, county, bank FROM made", values)
    files = int(cursor.rowcount)
    cursor.execute(ATTEMPTS)
    instructions = int(cursor.rowcount)
    cursor.execute(POSTINGS)
    return Cut(instructions, files)


def advance_plans(month: date) -> None:
    """The month's plans whose lines have all been looked at are instructed; plans of any month, all of
    whose files are answered, are closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE benefits_plan SET state = 'instructed', version = version + 1"
            " WHERE month = %s AND state = 'approved'",
            [month],
        )
        cursor.execute(
            "UPDATE benefits_plan p SET state = 'closed', version = version + 1 WHERE state = 'instructed'"
            " AND NOT EXISTS (SELECT FROM ledger_bankfile f WHERE f.month = p.month AND f.county = p.area"
            "                 AND f.state <> 'answered')"
        )
