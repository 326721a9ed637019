"""The files between the platform and a bank, as bytes: payment, acknowledgement, answer, record. Plain
Python.

Every file is UTF-8 CSV with LF line ends: a header line that carries the identity, a count, a total and a
digest, and then (payment, answer) a line of column names and the rows. The digest is the SHA-256 of
everything after the header line. Amounts are written in yuan with two decimals and held as whole fen.
docs/reference/bank-files.md is the reference; a bank's own program can take the stand-in's place by
reading and writing these files.
"""

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from minzheng.kernel.errors import Refusal

OUT, ACK, ANSWER, RECORD = "out", "ack", "answer", "record.csv"
VERSION = "1"
CODES = {
    "00": "成功",
    "01": "户名不符",
    "02": "账号不存在",
    "03": "账户冻结或注销",
    "04": "死亡",
    "09": "其他",
}
PAYMENT_COLUMNS = ("序号", "姓名", "身份号码", "银行行号", "账号", "金额", "对象编号", "摘要")
ANSWER_COLUMNS = ("序号", "对象编号", "金额", "结果码", "结果说明", "日期")
RECORD_COLUMNS = ("批次号", "成功笔数", "成功金额", "失败笔数", "失败金额")
IDENTITY = re.compile(r"[0-9]{6}-[0-9]{6}-[A-Z0-9]{1,20}-[0-9]{2,4}")
_AMOUNT = re.compile(r"([0-9]{1,13})\.([0-9]{2})")
_WHOLE = re.compile(r"[0-9]{1,18}")


class BankFileRefusal(Refusal):
    """A file that is not whole or not in the agreed form; nothing of it may be used."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One row of a payment file; `amount` in fen, `instruction` is the platform's key of this payment."""

    line: int
    name: str
    number: str
    bank: str
    account: str
    amount: int
    instruction: int
    note: str


@dataclass(frozen=True)
class PaymentFile:
    """A payment file: who is paid what by which bank, for one county and month."""

    identity: str
    programmes: tuple[str, ...]
    month: str
    county: str
    bank: str
    count: int
    total: int
    made: str
    digest: str
    rows: tuple[Payment, ...]


@dataclass(frozen=True)
class Acknowledgement:
    """What the bank says on taking a file: accepted, or refused with a reason and nothing paid."""

    identity: str
    accepted: bool
    count: int
    total: int
    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """One row of an answer; `row` counts the answer's own rows from 1."""

    row: int
    line: int
    instruction: int
    amount: int
    code: str
    day: date


@dataclass(frozen=True)
class AnswerHead:
    """An answer's header as it is written."""

    identity: str
    count: str
    total: str


@dataclass(frozen=True)
class AnswerFile:
    """What became of the rows of one payment file. `bad` are rows that could not be read: (row, why)."""

    identity: str
    count: int
    total: int
    rows: tuple[Result, ...]
    bad: tuple[tuple[int, str], ...]


def yuan(fen: int) -> str:
    """1234567 → "12345.67"."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text: str) -> int:
    """ "12345.67" → 1234567; raises ValueError."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise ValueError("金额应为两位小数的元")
    return int(found[1]) * 100 + int(found[2])


def whole(text: str) -> int:
    """Digits only; raises ValueError."""
    if not _WHOLE.fullmatch(text):
        raise ValueError("应为数字")
    return int(text)


def digest(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _line(cells: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


def payment_bytes(
    identity: str,
    programmes: Sequence[str],
    month: str,
    county: str,
    bank: str,
    made: str,
    rows: Sequence[Payment],
) -> bytes:
    """A payment file's bytes: the same arguments make the same bytes."""
    body = _table(
        PAYMENT_COLUMNS,
        ((r.line, r.name, r.number, r.bank, r.account, yuan(r.amount), r.instruction, r.note) for r in rows),
    )
    total = sum(row.amount for row in rows)
    whose = ("民政代发", VERSION, identity, "+".join(programmes), month, county, bank)
    return _line((*whose, len(rows), yuan(total), made, digest(body))) + body


def read_payment(data: bytes) -> PaymentFile:
    """Read a payment file whole; any doubt refuses all of it (BankFileRefusal)."""
    head, body = _opened(data, "民政代发", 11)
    _, _, identity, programmes, month, county, bank, count, total, made, stated = head
    _check_digest(body, stated)
    rows = []
    for number, cells in enumerate(_rows(body, PAYMENT_COLUMNS), start=1):
        try:
            line, name, person, row_bank, account, amount, instruction, note = cells
            row = Payment(whole(line), name, person, row_bank, account, fen(amount), whole(instruction), note)
        except ValueError as error:
            raise BankFileRefusal(f"第 {number} 行读不出来，整个文件未受理，请重新生成。") from error
        if row.line != number or row.amount <= 0 or not row.account:
            raise BankFileRefusal(f"第 {number} 行的序号、金额或账号有误，整个文件未受理。")
        rows.append(row)
    _check_sum(count, total, len(rows), sum(row.amount for row in rows))
    if len({row.instruction for row in rows}) != len(rows):
        raise BankFileRefusal("对象编号有重复，整个文件未受理。")
    return PaymentFile(
        identity, tuple(programmes.split("+")), month, county, bank,
        len(rows), fen(total), made, stated, tuple(rows),
    )  # fmt: skip


def ack_bytes(ack: Acknowledgement) -> bytes:
    """An acknowledgement's bytes (one line)."""
    word = "accepted" if ack.accepted else "refused"
    return _line(
        ("民政受理", VERSION, ack.identity, word, ack.count, yuan(ack.total), ack.digest, ack.reason)
    )


def read_ack(data: bytes) -> Acknowledgement:
    """Read an acknowledgement; raises BankFileRefusal."""
    head, _ = _opened(data, "民政受理", 8)
    _, _, identity, word, count, total, stated, reason = head
    if word not in ("accepted", "refused"):
        raise BankFileRefusal(f"受理结果“{word[:20]}”不认识，只能是 accepted 或 refused。")
    try:
        return Acknowledgement(identity, word == "accepted", whole(count), fen(total), stated, reason)
    except ValueError as error:
        raise BankFileRefusal("受理回执的笔数或金额读不出来。") from error


def answer_bytes(identity: str, rows: Sequence[Result]) -> bytes:
    """An answer file's bytes."""
    body = _table(
        ANSWER_COLUMNS,
        ((r.line, r.instruction, yuan(r.amount), r.code, CODES.get(r.code, ""), r.day) for r in rows),
    )
    total = sum(row.amount for row in rows)
    return _line(("民政回盘", VERSION, identity, len(rows), yuan(total), digest(body))) + body


def open_answer(data: bytes) -> tuple[AnswerHead, bytes]:
    """An answer's header and the bytes after it; a file that is cut short or altered is refused whole."""
    head, body = _opened(data, "民政回盘", 6)
    _, _, identity, count, total, stated = head
    _check_digest(body, stated)
    return AnswerHead(identity, count, total), body


def read_answer(data: bytes) -> AnswerFile:
    """Read an answer; a file that is cut short or altered is refused whole, a bad row is named and left
    out.
    """
    head, body = open_answer(data)
    rows: list[Result] = []
    bad: list[tuple[int, str]] = []
    for number, cells in enumerate(_rows(body, ANSWER_COLUMNS), start=1):
        try:
            line, instruction, amount, code, _, day = cells
            rows.append(
                Result(number, whole(line), whole(instruction), fen(amount), code, date.fromisoformat(day))
            )
        except ValueError:
            bad.append((number, "列数、数字、金额或日期不合格式"))
    try:
        return AnswerFile(head.identity, whole(head.count), fen(head.total), tuple(rows), tuple(bad))
    except ValueError as error:
        raise BankFileRefusal("回盘文件头的笔数或金额读不出来。") from error


def record_bytes(rows: Iterable[tuple[str, int, int, int, int]]) -> bytes:
    """The bank's record: identity, paid count, paid fen, failed count, failed fen; one row a file."""
    table = ((i, n, yuan(paid), m, yuan(failed)) for i, n, paid, m, failed in rows)
    body = _table(RECORD_COLUMNS, table)
    return _line(("民政对账", VERSION, digest(body))) + body


def read_record(data: bytes) -> dict[str, tuple[int, int, int, int]]:
    """The bank's record by identity: (paid count, paid fen, failed count, failed fen); raises
    BankFileRefusal.
    """
    head, body = _opened(data, "民政对账", 3)
    _check_digest(body, head[2])
    try:
        return {
            identity: (whole(n), fen(paid), whole(m), fen(failed))
            for identity, n, paid, m, failed in _rows(body, RECORD_COLUMNS)
        }
    except ValueError as error:
        raise BankFileRefusal("银行对账文件有读不出来的行。") from error


def write_whole(path: Path, data: bytes, last: bool = True) -> None:
    """Put bytes at a path so that a reader sees all of them or none, and a crash afterwards keeps them.

    With `last` False the name is not forced to disk; who writes many files calls `sync_folder` once, at
    the end.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            os.fchmod(file.fileno(), 0o640)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        error.filename = str(path)  # a full disk is told by `write`, which names no file
        raise
    if last:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(data: bytes, word: str, cells: int) -> tuple[list[str], bytes]:
    head, _, body = data.partition(b"\n")
    try:
        row = next(csv.reader([head.decode()]), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise BankFileRefusal("文件头不是 UTF-8 文本，不是约定的银行文件。") from error
    if not row or row[0] != word:
        raise BankFileRefusal(f"文件头没有“{word}”，不是约定的银行文件。")
    if len(row) != cells or row[1] != VERSION:
        raise BankFileRefusal(f"文件头应有 {cells} 项、版本 {VERSION}，现有 {len(row)} 项。")
    if word not in ("民政对账",) and not IDENTITY.fullmatch(row[2]):
        raise BankFileRefusal("文件头的批次号不合格式。")
    return row, body


def _check_digest(body: bytes, stated: str) -> None:
    if digest(body) != stated:
        raise BankFileRefusal("内容与 SHA-256 摘要不符（文件不完整或被改动），整个文件未受理。")


def _rows(body: bytes, columns: Sequence[str]) -> list[list[str]]:
    try:
        table = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BankFileRefusal("文件内容不是 UTF-8 的 CSV。") from error
    if not table or tuple(table[0]) != tuple(columns):
        raise BankFileRefusal("列名与约定不符。")
    return table[1:]


def _check_sum(count: str, total: str, found: int, amount: int) -> None:
    if count != str(found) or total != yuan(amount):
        raise BankFileRefusal(f"文件头写 {count} 笔，实有 {found} 笔，或合计金额不符，整个文件未受理。")
