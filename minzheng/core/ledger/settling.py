"""Answers of the bank, many files by set: each row is judged beside the attempt it speaks of, and settled.

A row that does not fit (unknown, another amount, twice, contradicting, unreadable) is one visible finding and
is not settled; the other rows are. A row that says again what is already settled is nothing new.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps

import polars as pl
from django.db.backends.utils import CursorWrapper

from minzheng.core.benefits.staging import analyze, stage
from minzheng.core.ledger import bankfile
from minzheng.core.ledger.received import BankFile, Sent, files_of, finding, note, unreadable

SCHEMA = pl.Schema({
    "row": pl.Int64(), "line": pl.Int64(), "instruction": pl.Int64(), "amount": pl.Int64(),
    "code": pl.String(),
    "day": pl.Date(),
})  # fmt: skip
ROWS = {
    "answer": "integer",
    "file": "bigint",
    "row": "bigint",
    "line": "bigint",
    "instruction": "bigint",
    "amount": "bigint",
    "code": "text",
    "day": "date",
}
HEADS = {"answer": "integer", "name": "text", "digest": "text", "file": "bigint", "county": "bigint"}
_AMOUNT, _WHOLE, _DAY = r"^[0-9]{1,13}\.[0-9]{2}$", r"^[0-9]{1,18}$", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

# Each row of the answers beside the attempt it speaks of, and what is wrong with it, if anything.
# LIMIT keeps it a look into the index (`attempt_once`) for each row.
JUDGED = """
    CREATE TEMPORARY TABLE judged ON COMMIT DROP AS
    SELECT r.*, a.id AS attempt, a.area,
           CASE WHEN a.id IS NULL THEN 'unknown'
                WHEN a.amount <> r.amount THEN 'amount'
                WHEN r.code <> ALL(%(codes)s) THEN 'code'
                WHEN a.code <> '' AND a.code <> r.code THEN 'contradiction'
                WHEN min(r.code) OVER w <> max(r.code) OVER w THEN 'contradiction'
                WHEN row_number() OVER (PARTITION BY r.answer, r.instruction ORDER BY r.row) > 1
                    THEN 'duplicate'
                WHEN a.line <> r.line THEN 'line'
                WHEN a.code <> '' THEN 'known'
                ELSE 'settle' END AS verdict
      FROM answered r LEFT JOIN LATERAL (
           SELECT t.id, t.amount, t.code, t.line, t.area FROM ledger_attempt t
            WHERE t.instruction_id = r.instruction AND t.file_id = r.file LIMIT 1) a ON true
    WINDOW w AS (PARTITION BY r.answer, r.instruction)
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
    WITH found AS (
        INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)
        SELECT 'answer_' || j.verdict, format('answer_%%s:%%s:%%s', j.verdict, h.digest, j.row),
               %(words)s::jsonb ->> j.verdict,
               jsonb_build_object('file', h.name, 'row', j.row, 'instruction', j.instruction,
                                  'amount', j.amount, 'code', left(j.code, 10)),
               coalesce(j.area, h.county), 'open'
          FROM judged j JOIN answer_head h ON h.answer = j.answer
         WHERE j.verdict NOT IN ('settle', 'known')
        ON CONFLICT DO NOTHING RETURNING evidence ->> 'file' AS name)
    SELECT name, count(*) FROM found GROUP BY name
"""

SETTLE = (
    "UPDATE ledger_attempt a SET code = j.code, answered_on = j.day FROM judged j"
    " WHERE j.verdict = 'settle' AND a.id = j.attempt AND a.code = ''",
    "UPDATE ledger_instruction i SET state = CASE j.code WHEN '00' THEN 'paid' ELSE 'failed' END"
    " FROM judged j WHERE j.verdict = 'settle' AND i.id = j.instruction AND i.state = 'filed'",
)

# What was on its way has arrived, or has come back. One entry an answer, all postings by one statement.
POSTINGS = """
    WITH entry AS (
        INSERT INTO ledger_entry (kind, file_id, answer_id)
        SELECT 'answered', file, noted FROM settled_answer RETURNING id, answer_id),
    side AS (
        SELECT e.id, j.code, j.instruction, j.amount, j.area, s.county
          FROM entry e JOIN settled_answer s ON s.noted = e.answer_id
          JOIN judged j ON j.answer = s.answer AND j.verdict = 'settle')
    INSERT INTO ledger_posting (entry_id, account, instruction_id, debit, credit, area)
    SELECT id, 'transit', NULL, sum(amount), 0, county FROM side GROUP BY id, county
    UNION ALL
    SELECT id, CASE code WHEN '00' THEN 'bank' ELSE 'returned' END, instruction, 0, amount, area FROM side
"""

ANSWERED = """
    UPDATE ledger_bankfile f SET state = 'answered', answered_at = now()
     WHERE id = ANY(%s) AND state IN ('written', 'acked')
       AND NOT EXISTS (SELECT FROM ledger_attempt a WHERE a.file_id = f.id AND a.code = '')
"""


@dataclass(frozen=True)
class Answered:
    """An answer that could be read: its rows as a frame (SCHEMA), and those that could not: (row, why)."""

    sent: Sent
    identity: str
    count: int
    total: int
    rows: pl.DataFrame
    bad: tuple[tuple[int, str], ...]


def read(sent: Sent) -> Answered:
    """Read an answer; raises BankFileRefusal where the whole of it cannot be used."""
    head, body = bankfile.open_answer(sent.data)
    rows = _plain_rows(body)
    if rows is not None and re.fullmatch(_WHOLE, head.count) and re.fullmatch(_AMOUNT, head.total):
        return Answered(sent, head.identity, int(head.count), bankfile.fen(head.total), rows, ())
    answer = bankfile.read_answer(sent.data)
    each = [(r.row, r.line, r.instruction, r.amount, r.code, r.day) for r in answer.rows]
    frame = pl.DataFrame(each, schema=SCHEMA, orient="row")
    return Answered(sent, answer.identity, answer.count, answer.total, frame, answer.bad)


def _plain_rows(body: bytes) -> pl.DataFrame | None:
    """The rows in columns where every one is in the agreed form; None where any must be looked at alone."""
    if b'"' in body or b"\r" in body or not body.endswith(b"\n"):
        return None
    try:
        table = pl.read_csv(body, infer_schema=False, empty_string_is_null=False)
    except pl.exceptions.PolarsError:
        return None
    if tuple(table.columns) != bankfile.ANSWER_COLUMNS or table.height != body.count(b"\n") - 1:
        return None
    line, instruction, amount, code, _, day = bankfile.ANSWER_COLUMNS
    fits = table.select(
        pl.col(line, instruction).str.contains(_WHOLE).all(),
        pl.col(amount).str.contains(_AMOUNT).all(),
        pl.col(day).str.contains(_DAY).all(),
    )
    if not all(fits.row(0)):
        return None
    frame = table.select(
        row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        line=pl.col(line).cast(pl.Int64),
        instruction=pl.col(instruction).cast(pl.Int64),
        amount=pl.col(amount).str.replace(".", "", literal=True).cast(pl.Int64),
        code=pl.col(code),
        day=pl.col(day).str.to_date("%Y-%m-%d", strict=False),
    )
    return None if frame["day"].null_count() else frame


def settle(cursor: CursorWrapper, answers: Sequence[Answered]) -> tuple[int, int]:
    """Settle answers, no two of which speak of one file; returns the rows settled, and the findings."""
    files = files_of(cursor, [answer.identity for answer in answers])
    findings, told = 0, list[tuple[Answered, BankFile]]()
    for answer in answers:
        file = files.get(answer.identity)
        if file is None:
            why = f"回盘文件的批次号 {answer.identity} 不是本平台发出的。"
            findings += unreadable(cursor, answer.sent, why)
        else:
            told.append((answer, file))
    if not told:
        return 0, findings
    settled, found = _settle(cursor, told)
    return settled, findings + found


def _settle(cursor: CursorWrapper, told: Sequence[tuple[Answered, BankFile]]) -> tuple[int, int]:
    _judge(cursor, told)
    cursor.execute(FINDINGS, {"words": dumps(WORDS, ensure_ascii=False)})
    found = dict(cursor.fetchall())
    for answer, file in told:
        found[answer.sent.name] = found.get(answer.sent.name, 0) + _whole_findings(cursor, answer, file)
    for step in SETTLE:
        cursor.execute(step)
    cursor.execute("SELECT answer, count(*) FROM judged WHERE verdict = 'settle' GROUP BY answer")
    settled = dict(cursor.fetchall())
    noted = note(
        cursor,
        "answer",
        [
            (answer.sent, file.id, answer.rows.height, settled.get(at, 0), found[answer.sent.name])
            for at, (answer, file) in enumerate(told)
        ],
    )
    _book(cursor, [(at, noted[told[at][0].sent.name], told[at][1]) for at in sorted(settled)])
    cursor.execute(ANSWERED, [[file.id for _, file in told]])
    return sum(settled.values()), sum(found.values())


def _judge(cursor: CursorWrapper, told: Sequence[tuple[Answered, BankFile]]) -> None:
    heads = [(at, a.sent.name, a.sent.digest, f.id, f.county) for at, (a, f) in enumerate(told)]
    stage(cursor, "answer_head", HEADS, pl.DataFrame(heads, schema=list(HEADS), orient="row"))
    rows = pl.concat(
        answer.rows.with_columns(answer=pl.lit(at), file=pl.lit(file.id))
        for at, (answer, file) in enumerate(told)
    )
    stage(cursor, "answered", ROWS, rows)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.judged")
    cursor.execute(JUDGED, {"codes": list(bankfile.CODES)})
    analyze(cursor, "judged", ("attempt", "instruction", "answer", "verdict"))


def _book(cursor: CursorWrapper, settled: Sequence[tuple[int, int, BankFile]]) -> None:
    """The entries of the answers of which something was settled: (place, its key, the file)."""
    if not settled:
        return
    shape = {"answer": "integer", "noted": "bigint", "file": "bigint", "county": "bigint"}
    rows = [(at, noted, file.id, file.county) for at, noted, file in settled]
    stage(cursor, "settled_answer", shape, pl.DataFrame(rows, schema=list(shape), orient="row"))
    cursor.execute(POSTINGS)


def _whole_findings(cursor: CursorWrapper, answer: Answered, file: BankFile) -> int:
    name, digest, found = answer.sent.name, answer.sent.digest, 0
    for row, why in answer.bad:
        text = f"回盘文件 {name} 第 {row} 行读不出来（{why}），未采用。"
        found += finding(cursor, "answer_row", f"row:{digest}:{row}", text, {"file": name}, file.county)
    rows, total = answer.rows.height + len(answer.bad), answer.rows["amount"].sum()
    if answer.count != rows:
        text = f"回盘文件 {name} 头部写 {answer.count} 行，实有 {rows} 行；能核对的行已采用。"
        found += finding(cursor, "answer_count", f"count:{digest}", text, {"file": name}, file.county)
    if answer.total != total and not answer.bad:
        text = f"回盘文件 {name} 头部的合计金额与各行之和不同；能核对的行已采用。"
        found += finding(cursor, "answer_total", f"total:{digest}", text, {"file": name}, file.county)
    return found
