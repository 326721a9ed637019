"""Stage: bank files as bytes on disk. The digest is kept before the file is written, so the same bytes
come again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from minzheng.core.ledger import bankfile, locking
from minzheng.core.ledger.payees import Details, Register
from minzheng.kernel.errors import Refusal

ZONE = ZoneInfo("Asia/Shanghai")
UNWRITTEN = "state IN ('cut', 'refused')"


class FilingRefusal(Refusal):
    """A file whose bytes can no longer be made as they were kept."""

    exit_code = 1


@dataclass(frozen=True)
class _File:
    id: int
    identity: str
    county: int
    bank: str
    programmes: list[str]
    cut_at: datetime
    digest: str
    state: str


def unwritten(month: date) -> list[int]:
    """Counties with a file that is not on disk yet, or that the bank refused as a whole, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT county FROM ledger_bankfile WHERE month = %s AND {UNWRITTEN} ORDER BY 1",
            [month],
        )
        return [row[0] for row in cursor.fetchall()]


def write(
    month: date, counties: Sequence[int], folder: Path, register: Register, labels: dict[str, str]
) -> int:
    """Write the counties' files that are not on disk yet; returns how many. `labels`: programme → its name.

    Killed between any two steps, the next call writes the same bytes again under the same name. A refused
    file is written again only where the bytes on disk are not those that were kept (a damaged disk or a
    lost file).
    """
    locking.require()
    files = _files(month, counties)
    whole = _whole(files, register, labels)
    digests = {key: bankfile.digest(data) for key, data in whole.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        for file in files:
            if file.digest not in ("", digests[file.id]):
                raise FilingRefusal(
                    f"银行文件 {file.identity}"
                    f" 已登记摘要，但登记册中的姓名或账号后来改了，不能生成同样的文件。"
                    "请先与银行核对这一批是否已受理，再决定是否另行补发。"
                )
        cursor.execute(
            "UPDATE ledger_bankfile f SET digest = d.digest"
            " FROM unnest(%s::bigint[], %s::text[]) d(id, digest) WHERE f.id = d.id AND f.digest = ''",
            [list(digests), list(digests.values())],
        )
    (folder / bankfile.OUT).mkdir(parents=True, exist_ok=True)
    written = []
    for file in files:
        path = folder / bankfile.OUT / f"{file.identity}.csv"
        if not path.exists() or path.read_bytes() != whole[file.id]:
            bankfile.write_whole(path, whole[file.id], last=False)
        written.append(file.id)
    if written:
        bankfile.sync_folder(folder / bankfile.OUT)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_bankfile SET state = 'written' WHERE id = ANY(%s) AND state = 'cut'", [written]
        )
    return len(written)


def _files(month: date, counties: Sequence[int]) -> list[_File]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, identity, county, bank, programmes, cut_at, digest, state FROM ledger_bankfile"
            f" WHERE month = %s AND county = ANY(%s) AND {UNWRITTEN} ORDER BY identity",
            [month, list(counties)],
        )
        return [_File(*row) for row in cursor.fetchall()]


def _whole(files: Sequence[_File], register: Register, labels: Mapping[str, str]) -> dict[int, bytes]:
    """The bytes of the files; the register is asked once for all of them."""
    lines: dict[int, list[tuple[Any, ...]]] = {file.id: [] for file in files}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.file_id, a.line, i.id, i.amount, i.account, i.programme, to_char(i.month, 'YYYYMM')"
            "  FROM ledger_attempt a JOIN ledger_instruction i ON i.id = a.instruction_id"
            " WHERE a.file_id = ANY(%s) ORDER BY a.file_id, a.line",
            [list(lines)],
        )
        for row in cursor.fetchall():
            lines[row[0]].append(row[1:])
    details = register.details([line[3] for each in lines.values() for line in each])
    return {file.id: _bytes(file, lines[file.id], details, labels) for file in files}


def _bytes(
    file: _File,
    lines: Sequence[tuple[Any, ...]],
    details: Mapping[int, Details],
    labels: Mapping[str, str],
) -> bytes:
    rows = [
        bankfile.Payment(
            number, known.name, known.number, file.bank, known.account, amount, instruction,
            f"{month} {labels.get(programme, programme)}",
        )
        for number, instruction, amount, account, programme, month in lines
        for known in (details[account],)
    ]  # fmt: skip
    made = file.cut_at.astimezone(ZONE).isoformat(timespec="seconds")
    month = file.identity[:6]
    return bankfile.payment_bytes(
        file.identity, _sorted(file.programmes), month, str(file.county)[:6], file.bank, made, rows
    )


def _sorted(programmes: Sequence[str]) -> list[str]:
    return sorted(programmes)
