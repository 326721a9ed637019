"""The ledger against itself and against the bank's own record. Differences are findings; nothing is put
right here.
"""

from dataclasses import dataclass
from datetime import date
from json import dumps
from pathlib import Path

from django.db import connection

from minzheng.core.ledger import bankfile
from minzheng.core.ledger.bankfile import BankFileRefusal

BALANCES = """
    SELECT p.account, coalesce(sum(p.debit), 0)::bigint, coalesce(sum(p.credit), 0)::bigint
      FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id JOIN ledger_bankfile f ON f.id =
          e.file_id
     WHERE f.month = %s GROUP BY p.account
"""

# Each account's balance beside the sum of the payments that make it up.
STATES = """
    SELECT coalesce(sum(a.amount) FILTER (WHERE i.kind <> 'reissue'), 0)::bigint,
           coalesce(sum(a.amount) FILTER (WHERE a.code = ''), 0)::bigint,
           coalesce(sum(a.amount) FILTER (WHERE a.code = '00'), 0)::bigint,
           coalesce(sum(a.amount) FILTER (WHERE a.code NOT IN ('', '00')), 0)::bigint
           - coalesce(sum(a.amount) FILTER (WHERE i.kind = 'reissue'), 0)::bigint
      FROM ledger_attempt a JOIN ledger_bankfile f ON f.id = a.file_id
      JOIN ledger_instruction i ON i.id = a.instruction_id WHERE f.month = %s
"""

FILES = """
    SELECT f.identity, count(*) FILTER (WHERE a.code = '00'), coalesce(sum(a.amount) FILTER (WHERE a.code
        = '00'), 0)::bigint,
           count(*) FILTER (WHERE a.code NOT IN ('', '00')),
           coalesce(sum(a.amount) FILTER (WHERE a.code NOT IN ('', '00')), 0)::bigint, f.county, f.state
      FROM ledger_bankfile f JOIN ledger_attempt a ON a.file_id = f.id WHERE f.month = %s GROUP BY f.id
          ORDER BY 1
"""


@dataclass(frozen=True)
class Reconciliation:
    """Fen by account, and what does not agree (sentences). `checked` counts files compared with the
    bank's record.
    """

    expense: int
    transit: int
    paid: int
    returned: int
    checked: int
    differences: tuple[str, ...]


def reconcile(month: date, folder: Path) -> Reconciliation:
    """Compare the month's postings with its payments, and its payments with the bank's record in `folder`."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, [month])
        sides = {account: (debit, credit) for account, debit, credit in cursor.fetchall()}
        cursor.execute(STATES, [month])
        expense, transit, paid, returned = cursor.fetchone()
    booked = {name: sides.get(name, (0, 0)) for name in ("expense", "transit", "bank", "returned")}
    balance = {name: debit - credit for name, (debit, credit) in booked.items()}
    expected = {"expense": expense, "transit": -transit, "bank": -paid, "returned": -returned}
    differences = [
        f"台账科目 {name} 余额 {balance[name]} 分，与支付明细合计 {expected[name]} 分不符。"
        for name in expected
        if balance[name] != expected[name]
    ]
    checked, others = _with_the_bank(month, folder)
    differences += others
    return Reconciliation(expense, transit, paid, returned, checked, tuple(differences))


def _with_the_bank(month: date, folder: Path) -> tuple[int, list[str]]:
    path = folder / bankfile.RECORD
    if not path.exists():
        return 0, []
    try:
        record = bankfile.read_record(path.read_bytes())
    except BankFileRefusal as refusal:
        return 0, [f"银行对账文件读不出来：{refusal}"]
    with connection.cursor() as cursor:
        cursor.execute(FILES, [month])
        ours = {row[0]: row for row in cursor.fetchall()}
        differences = []
        for identity, row in ours.items():
            theirs = record.get(identity, (0, 0, 0, 0))
            # What the bank has done and has not told us yet is no difference.
            if row[6] == "answered" and theirs != row[1:5]:
                text = f"文件 {identity} 的台账与银行对账记录不符。"
                differences.append(text)
                cursor.execute(
                    "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
                    " VALUES ('reconcile', %s, %s, %s, %s, 'open') ON CONFLICT DO NOTHING",
                    [f"reconcile:{identity}", text, dumps({"ours": row[1:5], "bank": theirs}), row[5]],
                )
        strangers = sorted(i for i in record if i.startswith(f"{month:%Y%m}-") and i not in ours)
    differences += [f"银行对账记录中的文件 {identity} 不是本平台发出的。" for identity in strangers]
    return len(ours), differences
