"""What reading the bank's files shares: the files they speak of, what is noted and found of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import dumps

from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Sent:
    """A file that the bank sent and that was not read before."""

    name: str
    digest: str
    data: bytes


@dataclass(frozen=True)
class BankFile:
    """The payment file that it speaks of."""

    id: int
    identity: str
    county: int
    count: int
    total: int
    digest: str


Noted = tuple[Sent, int | None, int, int, int]
"""A file with the payment file it speaks of, its rows, how many were settled, how many findings it made."""


def files_of(cursor: CursorWrapper, identities: Sequence[str]) -> dict[str, BankFile]:
    """The payment files by identity, locked until the transaction ends."""
    cursor.execute(
        "SELECT id, identity, county, count, total, digest FROM ledger_bankfile WHERE identity = ANY(%s)"
        " ORDER BY id FOR UPDATE",
        [list(identities)],
    )
    return {row[1]: BankFile(*row) for row in cursor.fetchall()}


def finding(
    cursor: CursorWrapper, kind: str, identity: str, text: str, evidence: Mapping[str, object], area: int
) -> int:
    """Something that a person must look at; 1 if it is new."""
    cursor.execute(
        "INSERT INTO benefits_finding (kind, identity, text, evidence, area, state)"
        " VALUES (%s, %s, %s, %s, %s, 'open') ON CONFLICT DO NOTHING",
        [kind, identity, text, dumps(evidence, ensure_ascii=False), area],
    )
    return int(cursor.rowcount)


def note(cursor: CursorWrapper, kind: str, files: Sequence[Noted]) -> dict[str, int]:
    """Keep that the files were read; returns the key of each by name."""
    columns = list(
        zip(*((s.name, s.digest, file, rows, settled, found) for s, file, rows, settled, found in files),
            strict=True)
    )  # fmt: skip
    if not columns:
        return {}
    cursor.execute(
        "INSERT INTO ledger_answer (name, kind, digest, file_id, rows, settled, findings)"
        " SELECT n.name, %s, n.digest, n.file, n.rows, n.settled, n.findings"
        " FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::int[], %s::int[], %s::int[])"
        " WITH ORDINALITY n(name, digest, file, rows, settled, findings, at)"
        " ORDER BY n.at RETURNING name, id",
        [kind, *map(list, columns)],
    )
    return dict(cursor.fetchall())


def unreadable(cursor: CursorWrapper, sent: Sent, why: str) -> int:
    """A file nothing of which can be used: one finding, and it is not read again. Returns the findings."""
    text = f"银行文件 {sent.name}：{why}"
    identity = f"bank_file:{sent.name}:{sent.digest}"
    found = finding(cursor, "bank_file", identity, text, {"file": sent.name}, 0)
    note(cursor, "unreadable", [(sent, None, 0, 0, found)])
    return found
