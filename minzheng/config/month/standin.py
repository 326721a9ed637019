"""The stand-in bank: reads payment files in a folder, keeps its own log, answers. It knows nothing of the
platform.

Its log (`bank.sqlite`, every commit forced to disk) is the judge of tests: each line taken is one row,
and a second row for one instruction would mean that somebody was paid twice; the log does not forbid it,
as a real bank would not. A file is known by its identity: the same bytes again are answered again and not
paid again, other bytes under a known identity are refused. What an account answers follows from its last
three digits (`FAILURES`), so a run repeats.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from minzheng.core.ledger import bankfile
from minzheng.core.ledger.bankfile import Acknowledgement, BankFileRefusal, PaymentFile, Result
from minzheng.kernel.errors import Refusal

LOG = "bank.sqlite"
BATCH = 64
FAILURES = {"991": "01", "992": "02", "993": "03", "994": "09"}
TABLES = """
CREATE TABLE IF NOT EXISTS file(
    identity TEXT PRIMARY KEY, digest TEXT NOT NULL, count INTEGER NOT NULL, total INTEGER NOT NULL, day
        TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS line(
    identity TEXT NOT NULL REFERENCES file, line INTEGER NOT NULL, instruction INTEGER NOT NULL, account
        TEXT NOT NULL,
    name TEXT NOT NULL, amount INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY(identity, line)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal(identity TEXT, digest TEXT, reason TEXT, PRIMARY KEY(identity, digest));
"""


class BankRefusal(Refusal):
    """The folder or the log cannot be used."""


def code_of(account: str) -> str:
    """What the stand-in answers for an account: by its last three digits."""
    return FAILURES.get(account[-3:], "00")


def open_log(folder: Path) -> sqlite3.Connection:
    """The bank's log, made when missing. A commit returns when it is on disk."""
    try:
        log = sqlite3.connect(folder / LOG, timeout=30, isolation_level=None)
        log.execute("PRAGMA journal_mode=WAL")
        log.execute("PRAGMA synchronous=FULL")
        log.executescript(TABLES)
    except sqlite3.Error as error:
        raise BankRefusal(
            f"银行日志 {folder / LOG} 打不开：文件损坏或不可写。请换一个目录或修复后再来。"
        ) from error
    return log


def serve_once(folder: Path) -> dict[str, int]:
    """Take every file that lies in `out`, answer each; returns how many were taken, refused and known
    before.
    """
    folders = [folder / name for name in (bankfile.OUT, bankfile.ACK, bankfile.ANSWER)]
    for each in folders:
        each.mkdir(parents=True, exist_ok=True)
    done = {"taken": 0, "refused": 0, "known": 0}
    with closing(open_log(folder)) as log:
        paths = sorted(folders[0].glob("*.csv"))
        for at in range(0, len(paths), BATCH):
            _take_batch(log, folder, paths[at : at + BATCH], done)
        if done["taken"] or not (folder / bankfile.RECORD).exists():
            bankfile.write_whole(folder / bankfile.RECORD, bankfile.record_bytes(record(log)))
    return done


def serve(folder: Path, pause: float = 0.5) -> None:
    """Serve until stopped."""
    while True:
        serve_once(folder)
        time.sleep(pause)


def record(log: sqlite3.Connection) -> Iterator[tuple[str, int, int, int, int]]:
    """One row a file: identity, paid count, paid fen, failed count, failed fen."""
    yield from log.execute(
        "SELECT identity, sum(code = '00'), sum(iif(code = '00', amount, 0)), sum(code <> '00'),"
        " sum(iif(code <> '00', amount, 0)) FROM line GROUP BY identity ORDER BY identity"
    )


def _take_batch(log: sqlite3.Connection, folder: Path, paths: Sequence[Path], done: dict[str, int]) -> None:
    """Pay first (the log is on disk), then answer; killed in between, the files are known and answered
    next time.
    """
    log.execute("BEGIN IMMEDIATE")
    try:
        taken = [path for path in paths if _take(log, folder, path, done)]
        log.execute("COMMIT")
    except BaseException:
        log.execute("ROLLBACK")
        raise
    for path in taken:
        _answer(log, folder, path.stem)
    for name in (bankfile.ACK, bankfile.ANSWER):
        bankfile.sync_folder(folder / name)


def _take(log: sqlite3.Connection, folder: Path, path: Path, done: dict[str, int]) -> bool:
    """Whether the file must be answered: it is new, or it is known and an answer is missing."""
    data, identity = path.read_bytes(), path.stem
    known = log.execute("SELECT digest FROM file WHERE identity = ?", [identity]).fetchone()
    whole = bankfile.digest(data)
    try:
        if known and known[0] != whole:
            raise BankFileRefusal("同一批次号已受理过另一份内容，本份未付款。")
        if not known:
            file = bankfile.read_payment(data)
            if file.identity != identity:
                raise BankFileRefusal("文件名与文件头的批次号不同，未受理。")
            _keep(log, file, whole)
    except BankFileRefusal as refusal:
        _refuse(log, folder, identity, whole, str(refusal))
        done["refused"] += 1
        return False
    answered = all((folder / name / path.name).exists() for name in (bankfile.ACK, bankfile.ANSWER))
    done["known" if known and answered else "taken"] += 1
    return not (known and answered)


def _keep(log: sqlite3.Connection, file: PaymentFile, whole: str) -> None:
    """The bank pays: the file and its lines, in the batch's transaction."""
    day = str(_value_day(file.month))
    log.execute(
        "INSERT INTO file VALUES (?, ?, ?, ?, ?)", [file.identity, whole, file.count, file.total, day]
    )
    log.executemany(
        "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (file.identity, r.line, r.instruction, r.account, r.name, r.amount, code_of(r.account))
            for r in file.rows
        ),
    )


def _answer(log: sqlite3.Connection, folder: Path, identity: str) -> None:
    digest, count, total, day = log.execute(
        "SELECT digest, count, total, day FROM file WHERE identity = ?", [identity]
    ).fetchone()
    ack = Acknowledgement(identity, True, count, total, digest, "")
    bankfile.write_whole(folder / bankfile.ACK / f"{identity}.csv", bankfile.ack_bytes(ack), last=False)
    rows = [
        Result(line, line, instruction, amount, code, date.fromisoformat(day))
        for line, instruction, amount, code in log.execute(
            "SELECT line, instruction, amount, code FROM line WHERE identity = ? ORDER BY line", [identity]
        )
    ]
    path = folder / bankfile.ANSWER / f"{identity}.csv"
    bankfile.write_whole(path, bankfile.answer_bytes(identity, rows), last=False)


def _refuse(log: sqlite3.Connection, folder: Path, identity: str, whole: str, reason: str) -> None:
    """Say no in a file of its own, so that an earlier acceptance stays as it was said."""
    log.execute("INSERT OR IGNORE INTO refusal VALUES (?, ?, ?)", [identity, whole, reason])
    path = folder / bankfile.ACK / f"{identity}.refused-{whole[:8]}.csv"
    if not path.exists():
        shown = identity if bankfile.IDENTITY.fullmatch(identity) else "000000-000000-UNKNOWN-00"
        ack = Acknowledgement(shown, False, 0, 0, whole, reason)
        bankfile.write_whole(path, bankfile.ack_bytes(ack), last=False)


def _value_day(month: str) -> date:
    """The demonstration's bank pays on the tenth of the benefit month."""
    try:
        return date(int(month[:4]), int(month[4:]), 1) + timedelta(days=9)
    except ValueError as error:
        raise BankFileRefusal("文件头的期次不是年月（YYYYMM），整个文件未受理。") from error
