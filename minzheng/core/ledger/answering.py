"""Stage: what the bank sent is read in. Each file once (by name and digest), in one transaction with its
effects.

A file that is cut short or altered is one finding and nothing of it is used; rows of an answer are judged by
`settling`. The bank may send what is missing in a further file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.ledger import bankfile, settling
from minzheng.core.ledger.bankfile import Acknowledgement, BankFileRefusal
from minzheng.core.ledger.received import BankFile, Sent, files_of, finding, note, unreadable
from minzheng.core.ledger.settling import Answered

BATCH = 64


@dataclass(frozen=True)
class Read:
    """What reading the bank's folder brought."""

    files: int
    settled: int
    findings: int


def read_folder(folder: Path, foreign: bool = True) -> Read:
    """Read every acknowledgement and answer that was not read before; bad files are findings, never an
    end. Without `foreign`, what speaks of a file that we do not know is left for later: after a restore the
    file may yet be taken in.
    """
    known, done = _known(), Read(0, 0, 0)
    for kind, take in ((bankfile.ACK, _take_acks), (bankfile.ANSWER, _take_answers)):
        paths = sorted((folder / kind).glob("*.csv"))
        for at in range(0, len(paths), BATCH):
            fresh = [
                sent for sent in _sent(kind, paths[at : at + BATCH]) if (sent.name, sent.digest) not in known
            ]
            if not foreign:
                fresh = _ours(kind, fresh)
            if fresh:
                with transaction.atomic(), connection.cursor() as cursor:
                    settled, findings = take(cursor, fresh)
                done = Read(done.files + len(fresh), done.settled + settled, done.findings + findings)
    return done


def _sent(kind: str, paths: Sequence[Path]) -> Iterator[Sent]:
    for path in paths:
        data = path.read_bytes()
        yield Sent(f"{kind}/{path.name}"[:120], bankfile.digest(data), data)


def _ours(kind: str, fresh: Sequence[Sent]) -> list[Sent]:
    """Those that speak of a file of ours, and those that nobody can read."""
    named: list[tuple[Sent, str | None]] = []
    for sent in fresh:
        try:
            ack = kind == bankfile.ACK
            named.append(
                (sent, bankfile.read_ack(sent.data).identity if ack else settling.read(sent).identity)
            )
        except BankFileRefusal:
            named.append((sent, None))
    with connection.cursor() as cursor:
        files = files_of(cursor, [identity for _, identity in named if identity])
    return [sent for sent, identity in named if identity is None or identity in files]


def _known() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, digest FROM ledger_answer")
        return set(cursor.fetchall())


def _take_answers(cursor: CursorWrapper, fresh: Sequence[Sent]) -> tuple[int, int]:
    """Answers together, as long as no two speak of one file: the second must see what the first did."""
    settled, findings, together = 0, 0, dict[str, Answered]()
    for sent in fresh:
        try:
            answered = settling.read(sent)
        except BankFileRefusal as refusal:
            findings += unreadable(cursor, sent, str(refusal))
            continue
        if answered.identity in together:
            settled, findings = _add((settled, findings), settling.settle(cursor, list(together.values())))
            together.clear()
        together[answered.identity] = answered
    return _add((settled, findings), settling.settle(cursor, list(together.values())))


def _add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _take_acks(cursor: CursorWrapper, fresh: Sequence[Sent]) -> tuple[int, int]:
    read: list[tuple[Sent, Acknowledgement]] = []
    findings = 0
    for sent in fresh:
        try:
            read.append((sent, bankfile.read_ack(sent.data)))
        except BankFileRefusal as refusal:
            findings += unreadable(cursor, sent, str(refusal))
    files = files_of(cursor, [ack.identity for _, ack in read])
    accepted: list[int] = []
    refused: list[int] = []
    notes = []
    for sent, ack in read:
        file = files.get(ack.identity)
        if file is None:
            why = f"受理回执的批次号 {ack.identity} 不是本平台发出的。"
            findings += unreadable(cursor, sent, why)
            continue
        found, why = 0, _ack_trouble(ack, file)
        if why:
            found = finding(cursor, "ack", f"ack:{sent.digest}", why, {"file": sent.name}, file.county)
        if not ack.accepted:
            refused.append(file.id)
        elif not why:
            accepted.append(file.id)
        findings += found
        notes.append((sent, file.id, 1, 0, found))
    _acknowledge(cursor, accepted, refused)
    note(cursor, "ack", notes)
    return 0, findings


def _acknowledge(cursor: CursorWrapper, accepted: Sequence[int], refused: Sequence[int]) -> None:
    # Nothing of a refused file was paid. The stage `filing` writes it again where the bytes on disk are not
    # those kept. Who is refused and accepted in one reading was accepted at last.
    cursor.execute(
        "UPDATE ledger_bankfile SET state = 'refused' WHERE id = ANY(%s) AND state = 'written'",
        [list(refused)],
    )
    cursor.execute(
        "UPDATE ledger_bankfile SET state = 'acked', acked_at = now()"
        " WHERE id = ANY(%s) AND state IN ('written', 'refused')",
        [list(accepted)],
    )


def _ack_trouble(ack: Acknowledgement, file: BankFile) -> str:
    if not ack.accepted:
        return f"银行没有受理文件 {ack.identity}：{ack.reason[:200]}"
    if ack.digest != file.digest:
        return f"银行受理的 {ack.identity} 与发出的摘要不同，请立即与银行核对。"
    if (ack.count, ack.total) != (file.count, file.total):
        return f"银行受理 {ack.identity} 的笔数或金额与发出的不同，请与银行核对。"
    return ""
