"""After a restore: the payment files that the bank has and the database lost are taken into the ledger again.

A file is taken whole or not at all. Each of its rows must be one that this database would have ordered: an
approved due line that nobody ordered yet, a failed payment not ordered again, or an order that waited for its
file; same person, account, programme and amount. It gets back the key under which the bank paid it. Then the
bank's answers are read as always. What cannot be matched is a difference, told without anything personal, and
payments stay locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits.staging import stage
from minzheng.core.ledger import answering, bankfile, cutting, locking, reconciling
from minzheng.core.ledger.bankfile import BankFileRefusal, Payment, PaymentFile
from minzheng.core.ledger.payees import Register

COUNTY_SPAN = 999_999
Sources = Callable[[date], tuple[Register, Mapping[str, str]]]
"""For a benefit month: the register as its payments saw it, and programme → the name the bank reads."""
Key = tuple[str, str, str, int]
"""Identity number, account number, note and amount: what makes a row of a file one payment."""

# What this database would order now (`cutting.READY`), and what failed and was not ordered again.
OPEN = """
    SELECT y.due_line, NULL::bigint AS reissue_of, coalesce(y.instruction, 0) AS waiting, y.payee, y.run,
           y.programme, y.household, y.amount, y.area, y.kind
      FROM payable y
    UNION ALL
    SELECT i.due_line_id, i.id, 0, i.payee, i.run_id, i.programme, i.household, i.amount, i.area, 'reissue'
      FROM ledger_instruction i
     WHERE i.month = %(month)s AND i.area BETWEEN %(lo)s AND %(hi)s AND i.state = 'failed'
       AND NOT EXISTS (SELECT FROM ledger_instruction r WHERE r.reissue_of_id = i.id)
    ORDER BY 1
"""

TAKEN = {"line": "integer", "instruction": "bigint", "due_line": "bigint", "reissue_of": "bigint",
         "waiting": "bigint", "payee": "bigint", "run": "bigint", "programme": "text", "household": "bigint",
         "amount": "bigint", "account": "bigint", "area": "bigint", "kind": "text"}  # fmt: skip

ADOPT = (
    "INSERT INTO ledger_instruction (id, payee, run_id, kind, sequence, due_line_id, reissue_of_id, month,"
    " programme, household, amount, account, bank, state, area)"
    " SELECT t.instruction, t.payee, t.run, t.kind,"
    "  coalesce((SELECT max(i.sequence) FROM ledger_instruction i WHERE i.payee = t.payee"
    "   AND i.run_id = t.run AND i.kind = t.kind), 0)"
    "  + row_number() OVER (PARTITION BY t.payee, t.run, t.kind ORDER BY t.due_line),"
    " t.due_line, t.reissue_of, %(month)s, t.programme, t.household, t.amount, t.account, %(bank)s, 'filed',"
    " t.area"
    " FROM taken t WHERE t.waiting = 0",
    "UPDATE ledger_instruction i SET state = 'filed', account = t.account, bank = %(bank)s FROM taken t"
    " WHERE i.id = t.waiting AND i.state = 'ready'",
    "INSERT INTO ledger_attempt (file_id, line, instruction_id, amount, code, area)"
    " SELECT %(file)s, line, instruction, amount, '', area FROM taken",
    "INSERT INTO ledger_entry (kind, file_id) VALUES ('sent', %(file)s)",
    # Booked as it was when it was cut: see `cutting.POSTINGS`.
    "INSERT INTO ledger_posting (entry_id, account, debit, credit, area)"
    " SELECT e.id, s.account, s.debit, s.credit, %(county)s FROM ledger_entry e, LATERAL ("
    "  SELECT CASE WHEN reissue_of IS NULL AND waiting = 0 THEN 'expense' ELSE 'returned' END AS account,"
    "   sum(amount)::bigint AS debit, 0 AS credit FROM taken GROUP BY 1 UNION ALL"
    "  SELECT 'transit', 0, sum(amount)::bigint FROM taken) s"
    " WHERE e.file_id = %(file)s AND e.kind = 'sent'",
)


@dataclass(frozen=True)
class Recovery:
    """Files and payments taken in again, files compared with the bank, and what does not agree."""

    files: int
    payments: int
    checked: int
    differences: tuple[str, ...]


@dataclass(frozen=True)
class _Open:
    due_line: int
    reissue_of: int | None
    waiting: int
    payee: int
    run: int
    programme: str
    household: int
    amount: int
    area: int
    kind: str
    account: int


class _Unmatched(Exception):
    """Why a file cannot be taken, in a sentence."""


def recover(folder: Path, sources: Sources) -> Recovery:
    """Take what the bank has into the ledger, read its answers, compare; may be run any number of times."""
    files = payments = 0
    _above_all_keys(folder)
    while True:  # an answer that was read may make the failed payment of which a later file is the re-issue
        before = files
        troubles = []
        for identity in locking.unknown_files(folder):
            try:
                payments += _take(folder, identity, sources)
                files += 1
            except (_Unmatched, BankFileRefusal) as why:
                troubles.append(f"代发文件 {identity}：{why}")
        answering.read_folder(folder, foreign=False)
        if files == before:
            break
    checked, others = _compare(folder)
    return Recovery(files, payments, checked, (*troubles, *others))


def _above_all_keys(folder: Path) -> None:
    """No new payment may get a key that the bank has seen: it would be taken for the old one."""
    highest = 0
    for path in (folder / bankfile.OUT).glob("*.csv"):
        try:
            highest = max(
                [highest, *(row.instruction for row in bankfile.read_payment(path.read_bytes()).rows)]
            )
        except BankFileRefusal:
            continue  # told when it is to be taken
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(s, greatest(%s, nextval(s)))"
            " FROM pg_get_serial_sequence('ledger_instruction', 'id') s",
            [highest],
        )


def _take(folder: Path, identity: str, sources: Sources) -> int:
    """One file into the ledger, in one transaction; the number of its payments. Raises _Unmatched."""
    data = (folder / bankfile.OUT / f"{identity}.csv").read_bytes()
    file = bankfile.read_payment(data)
    _same_as_acknowledged(folder, identity, bankfile.digest(data))
    month = date(int(file.month[:4]), int(file.month[4:]), 1)
    register, labels = sources(month)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL minzheng.adopting = 'on'")
        county = int(file.county) * 1_000_000
        rows = _matched(file, _open(cursor, month, county, register, labels, file.bank))
        stage(cursor, "taken", TAKEN, pl.DataFrame(rows, schema=_schema(), orient="row"))
        key = _write_file(cursor, file, bankfile.digest(data), month, county, rows)
        values = {"file": key, "month": month, "bank": file.bank, "county": county}
        for step in ADOPT:
            cursor.execute(step, values)
        cursor.execute("DROP TABLE taken")
    return len(rows)


def _same_as_acknowledged(folder: Path, identity: str, digest: str) -> None:
    path = folder / bankfile.ACK / f"{identity}.csv"
    if path.exists():
        ack = bankfile.read_ack(path.read_bytes())
        if ack.accepted and ack.digest != digest:
            raise _Unmatched("与银行受理的摘要不同，请向银行索取受理的原文件。")


def _open(
    cursor: CursorWrapper, month: date, county: int, register: Register, labels: Mapping[str, str], bank: str
) -> dict[Key, list[_Open]]:
    """What could be a row of the county's and bank's file, by what the bank was told of it."""
    values = {"month": month, "lo": county, "hi": county + COUNTY_SPAN}
    cursor.execute(cutting.READY, values)
    cursor.execute(OPEN, values)
    lines = cursor.fetchall()
    cursor.execute("DROP TABLE payable")
    accounts = register.accounts(sorted({line[3] for line in lines}))
    held = {
        person: key
        for person, key, of in accounts.select("person", "account", "bank").iter_rows()
        if of == bank
    }
    details = register.details(sorted(held.values()))
    found: dict[Key, list[_Open]] = defaultdict(list)
    for due, again, waiting, payee, run, programme, household, amount, area, kind in lines:
        if payee not in held:
            continue
        account, label = held[payee], labels.get(programme, programme)
        clear = details[account]
        key = (clear.number, clear.account, f"{month:%Y%m} {label}", amount)
        one = _Open(due, again, waiting, payee, run, programme, household, amount, area, kind, account)
        found[key].append(one)
    return found


def _matched(file: PaymentFile, found: dict[Key, list[_Open]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    lost = 0
    for row in file.rows:
        match = _best(row, found[row.number, row.account, row.note, row.amount])
        if match is None:
            lost += 1
            continue
        rows.append((row.line, row.instruction, match.due_line, match.reissue_of, match.waiting, match.payee,
                     match.run, match.programme, match.household, match.amount, match.account,
                     match.area, match.kind))  # fmt: skip
    if lost:
        raise _Unmatched(
            f"{lost} 行在本数据库中没有已批准的应发（人、账户、项目、金额相同）。"
            "请补录恢复点之后的登记，重新测算并批准该月计划，再核对。"
        )
    return rows


def _best(row: Payment, candidates: list[_Open]) -> _Open | None:
    """The order that waited under this very key, else the first without a key; taken out of the list."""
    for one in candidates:
        if one.waiting in (row.instruction, 0):
            candidates.remove(one)
            return one
    return None


def _write_file(
    cursor: CursorWrapper,
    file: PaymentFile,
    digest: str,
    month: date,
    county: int,
    rows: list[tuple[object, ...]],
) -> int:
    cursor.execute(
        "INSERT INTO ledger_bankfile (identity, run_id, month, county, bank, sequence, programmes, count,"
        " total, cut_at, digest, state)"
        " SELECT %s, max(run), %s, %s, %s, %s, %s, %s, %s, %s, %s, 'written' FROM taken RETURNING id",
        [file.identity, month, county, file.bank, int(file.identity.rsplit("-", 1)[1]), list(file.programmes),
         len(rows), file.total, file.made, digest],
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def _compare(folder: Path) -> tuple[int, list[str]]:
    """Every file of the bank's record against ours, and the ledger of every month that has files."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT month FROM ledger_bankfile ORDER BY 1")
        months = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT identity FROM ledger_bankfile WHERE state <> 'cut'")
        known = {row[0] for row in cursor.fetchall()}
    checked, differences = 0, []
    for month in months:
        found = reconciling.reconcile(month, folder)
        checked += found.checked
        differences += [text for text in found.differences if "不是本平台发出的" not in text]
    return checked, differences + list(_only_at_the_bank(folder, known))


def _only_at_the_bank(folder: Path, known: set[str]) -> Iterator[str]:
    path = folder / bankfile.RECORD
    if not path.exists():
        yield "没有银行对账记录（record.csv），不能核对。请向银行索取后放入银行目录。"
        return
    for identity in sorted(set(bankfile.read_record(path.read_bytes())) - known):
        if not (folder / bankfile.OUT / f"{identity}.csv").exists():
            yield f"银行已付代发文件 {identity}，而银行目录 out 中没有它。请向银行索取原文件放回后再核对。"


def _schema() -> dict[str, pl.DataType]:
    kinds = {"integer": pl.Int32(), "bigint": pl.Int64(), "text": pl.String()}
    return {name: kinds[kind] for name, kind in TAKEN.items()}
