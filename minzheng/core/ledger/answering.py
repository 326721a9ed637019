"""Stage: what the bank sent is read in. Each file once (by name and digest), in one transaction with its
effects.

A row that does not fit (unknown, another amount, twice, contradicting, unreadable) is one visible finding
and is not settled; the other rows are. A file that is cut short or altered is one finding and nothing of
it is used. A row that says again what is already settled is nothing new. The bank may send what is
missing in a further file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits.staging import stage
from minzheng.core.ledger import bankfile
from minzheng.core.ledger.bankfile import Acknowledgement, AnswerFile, BankFileRefusal

BATCH = 64
ROWS = {
    "row": "integer",
    "line": "integer",
    "instruction": "bigint",
    "amount": "bigint",
    "code": "text",
    "day": "date",
}

# Each row of the answer beside the attempt it speaks of, and what is wrong with it, if anything.
JUDGED = """
    CREATE TEMPORARY TABLE judged ON COMMIT DROP AS
    SELECT r.*, a.id AS attempt, i.area,
           CASE WHEN a.id IS NULL THEN 'unknown'
                WHEN a.amount <> r.amount THEN 'amount'
                WHEN r.code <> ALL(%(codes)s) THEN 'code'
                WHEN a.code <> '' AND a.code <> r.code THEN 'contradiction'
                WHEN min(r.code) OVER w <> max(r.code) OVER w THEN 'contradiction'
                WHEN row_number() OVER (PARTITION BY r.instruction ORDER BY r.row) > 1 THEN 'duplicate'
                WHEN a.line <> r.line THEN 'line'
                WHEN a.code <> '' THEN 'known'
                ELSE 'settle' END AS verdict
      FROM answered r LEFT JOIN ledger_attempt a ON a.instruction_id = r.instruction AND a.file_id = %(file)s
      LEFT JOIN ledger_instruction i ON i.id = a.instruction_id
    WINDOW w AS (PARTITION BY r.instruction)
"""

WORDS = {
    "unknown": "回盘行的对象编号不在这一批文件中，未采用。",
    "amount": "回盘行的金额与发出的不同，未采用，请与银行核对。",
    "code": "回盘行的结果码不在约定之内，未采用。",
    "contradiction": "同一笔的回盘结果前后不一，后者未采用，请与银行核对。",
    "duplicate": "同一笔在回盘文件中出现多次，只采用第一次。",
    "line": "回盘行的序号与发出的不同，未采用。",
}

FINDINGS = """
    INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)
    SELECT 'answer_' || j.verdict, format('answer_%%s:%%s:%%s', j.verdict, %(digest)s, j.row),
           %(words)s::jsonb ->> j.verdict,
           jsonb_build_object('file', %(name)s, 'row', j.row, 'instruction', j.instruction, 'amount',
               j.amount,
                              'code', left(j.code, 10)), coalesce(j.area, %(area)s), 'open'
      FROM judged j WHERE j.verdict NOT IN ('settle', 'known') ON CONFLICT DO NOTHING
"""

SETTLE = (
    "UPDATE ledger_attempt a SET code = j.code, answered_on = j.day FROM judged j"
    " WHERE j.verdict = 'settle' AND a.id = j.attempt AND a.code = ''",
    "UPDATE ledger_instruction i SET state = CASE j.code WHEN '00' THEN 'paid' ELSE 'failed' END FROM judged"
    " j"
    " WHERE j.verdict = 'settle' AND i.id = j.instruction AND i.state = 'filed'",
)

# What was on its way has arrived, or has come back.
POSTINGS = """
    INSERT INTO ledger_posting (entry_id, account, instruction_id, debit, credit, area)
    SELECT %(entry)s, 'transit', NULL, sum(amount), 0, %(area)s FROM judged WHERE verdict = 'settle'
    UNION ALL
    SELECT %(entry)s, CASE code WHEN '00' THEN 'bank' ELSE 'returned' END, instruction, 0, amount, area
      FROM judged WHERE verdict = 'settle'
"""


@dataclass(frozen=True)
class Read:
    """What reading the bank's folder brought."""

    files: int
    settled: int
    findings: int


def read_folder(folder: Path) -> Read:
    """Read every acknowledgement and answer that was not read before; bad files are findings, never an
    end.
    """
    known, done = _known(), Read(0, 0, 0)
    for kind in (bankfile.ACK, bankfile.ANSWER):
        paths = sorted((folder / kind).glob("*.csv"))
        for at in range(0, len(paths), BATCH):
            done = _read_batch(kind, paths[at : at + BATCH], known, done)
    return done


def _read_batch(kind: str, paths: Sequence[Path], known: set[tuple[str, str]], done: Read) -> Read:
    """Some files in one transaction; each with its effects and the mark that it was read."""
    take = _take_ack if kind == bankfile.ACK else _take_answer
    files, settled, findings = done.files, done.settled, done.findings
    with transaction.atomic(), connection.cursor() as cursor:
        for path in paths:
            data = path.read_bytes()
            name, digest = f"{kind}/{path.name}"[:120], bankfile.digest(data)
            if (name, digest) not in known:
                done_now, found = take(cursor, name, data, digest)
                files, settled, findings = files + 1, settled + done_now, findings + found
    return Read(files, settled, findings)


def _known() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, digest FROM ledger_answer")
        return set(cursor.fetchall())


def _take_ack(cursor: CursorWrapper, name: str, data: bytes, digest: str) -> tuple[int, int]:
    try:
        ack = bankfile.read_ack(data)
    except BankFileRefusal as refusal:
        return _unreadable(cursor, name, digest, str(refusal))
    file = _file(cursor, ack.identity)
    if file is None:
        return _unreadable(cursor, name, digest, f"受理回执的批次号 {ack.identity} 不是本平台发出的。")
    why = _ack_trouble(ack, file)
    if ack.accepted and not why:
        cursor.execute(
            "UPDATE ledger_bankfile SET state = 'acked', acked_at = now()"
            " WHERE id = %s AND state IN ('written', 'refused')",
            [file["id"]],
        )
    elif not ack.accepted:
        # Nothing of it was paid. The stage `filing` writes it again where the bytes on disk are not those
        # kept.
        cursor.execute(
            "UPDATE ledger_bankfile SET state = 'refused' WHERE id = %s AND state = 'written'", [file["id"]]
        )
    found = _finding(cursor, "ack", f"ack:{digest}", why, {"file": name}, file["county"]) if why else 0
    _note(cursor, name, "ack", digest, file["id"], (1, 0, found))
    return 0, found


def _ack_trouble(ack: Acknowledgement, file: dict[str, object]) -> str:
    if not ack.accepted:
        return f"银行没有受理文件 {ack.identity}：{ack.reason[:200]}"
    if ack.digest != file["digest"]:
        return f"银行受理的 {ack.identity} 与发出的摘要不同，请立即与银行核对。"
    if (ack.count, ack.total) != (file["count"], file["total"]):
        return f"银行受理 {ack.identity} 的笔数或金额与发出的不同，请与银行核对。"
    return ""


def _take_answer(cursor: CursorWrapper, name: str, data: bytes, digest: str) -> tuple[int, int]:
    try:
        answer = bankfile.read_answer(data)
    except BankFileRefusal as refusal:
        return _unreadable(cursor, name, digest, str(refusal))
    file = _file(cursor, answer.identity)
    if file is None:
        return _unreadable(cursor, name, digest, f"回盘文件的批次号 {answer.identity} 不是本平台发出的。")
    _judge(cursor, answer, file["id"])
    words = _words()
    cursor.execute(FINDINGS, {"digest": digest, "words": words, "name": name, "area": file["county"]})
    found = int(cursor.rowcount) + _whole_findings(cursor, answer, name, digest, file)
    for step in SETTLE:
        cursor.execute(step)
    settled = int(cursor.rowcount)
    noted = _note(cursor, name, "answer", digest, file["id"], (len(answer.rows), settled, found))
    if settled:
        cursor.execute(
            "INSERT INTO ledger_entry (kind, file_id, answer_id) VALUES ('answered', %s, %s) RETURNING id",
            [file["id"], noted],
        )
        cursor.execute(POSTINGS, {"entry": cursor.fetchone()[0], "area": file["county"]})
    cursor.execute(
        "UPDATE ledger_bankfile f SET state = 'answered', answered_at = now() WHERE id = %s"
        " AND state IN ('written', 'acked') AND NOT EXISTS"
        " (SELECT FROM ledger_attempt a WHERE a.file_id = f.id AND a.code = '')",
        [file["id"]],
    )
    return settled, found


def _judge(cursor: CursorWrapper, answer: AnswerFile, file: object) -> None:
    rows = pl.DataFrame(
        [(r.row, r.line, r.instruction, r.amount, r.code, r.day) for r in answer.rows],
        schema={
            "row": pl.Int64,
            "line": pl.Int64,
            "instruction": pl.Int64,
            "amount": pl.Int64,
            "code": pl.String,
            "day": pl.Date,
        },
        orient="row",
    ).filter(pl.col("line") < 2**31)
    stage(cursor, "answered", ROWS, rows)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.judged")
    cursor.execute(JUDGED, {"codes": list(bankfile.CODES), "file": file})


def _whole_findings(
    cursor: CursorWrapper, answer: AnswerFile, name: str, digest: str, file: dict[str, object]
) -> int:
    found = 0
    for row, why in answer.bad:
        text = f"回盘文件 {name} 第 {row} 行读不出来（{why}），未采用。"
        found += _finding(cursor, "answer_row", f"row:{digest}:{row}", text, {"file": name}, file["county"])
    rows, total = len(answer.rows) + len(answer.bad), sum(row.amount for row in answer.rows)
    if answer.count != rows:
        text = f"回盘文件 {name} 头部写 {answer.count} 行，实有 {rows} 行；能核对的行已采用。"
        found += _finding(cursor, "answer_count", f"count:{digest}", text, {"file": name}, file["county"])
    if answer.total != total and not answer.bad:
        text = f"回盘文件 {name} 头部的合计金额与各行之和不同；能核对的行已采用。"
        found += _finding(cursor, "answer_total", f"total:{digest}", text, {"file": name}, file["county"])
    return found


def _unreadable(cursor: CursorWrapper, name: str, digest: str, why: str) -> tuple[int, int]:
    found = _finding(
        cursor, "bank_file", f"bank_file:{name}:{digest}", f"银行文件 {name}：{why}", {"file": name}, 0
    )
    _note(cursor, name, "unreadable", digest, None, (0, 0, found))
    return 0, found


def _file(cursor: CursorWrapper, identity: str) -> dict[str, object] | None:
    cursor.execute(
        "SELECT id, county, count, total, digest, state FROM ledger_bankfile WHERE identity = %s FOR UPDATE",
        [identity],
    )
    row = cursor.fetchone()
    return (
        None
        if row is None
        else dict(zip(("id", "county", "count", "total", "digest", "state"), row, strict=True))
    )


def _finding(
    cursor: CursorWrapper, kind: str, identity: str, text: str, evidence: dict[str, object], area: object
) -> int:
    cursor.execute(
        "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
        " VALUES (%s, %s, %s, %s, %s, 'open') ON CONFLICT DO NOTHING",
        [kind, identity, text, dumps(evidence, ensure_ascii=False), area],
    )
    return int(cursor.rowcount)


def _note(
    cursor: CursorWrapper, name: str, kind: str, digest: str, file: object, counts: tuple[int, int, int]
) -> int:
    cursor.execute(
        "INSERT INTO ledger_answer (name, kind, digest, file_id, rows, settled, findings)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [name, kind, digest, file, *counts],
    )
    return int(cursor.fetchone()[0])


def _words() -> str:
    return dumps(WORDS, ensure_ascii=False)
