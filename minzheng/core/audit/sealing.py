"""The sealer: chains the entries of row history and access log (SM3) and publishes each head, signed.

It works apart from the business, every few seconds: an entry is sealed when its transaction, and every one
that began before it, has ended, so that nothing can slip in beneath a seal. A seal covers the entries of a
range of transactions in the order (transaction, source, key):

    content = SM3(the entry's columns but its key, as JSON)
    digest  = SM3(previous digest, number, range, guard, then source, key, content of every entry)

Beside the digest a seal keeps a mark an entry (source, key, first 8 bytes of its content), by which
`verifying` says which entry was touched. `guard` is the state of the triggers that write history.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from django.db import connection, transaction

from minzheng.core.audit import heads
from minzheng.core.audit.heads import Head, HeadsRefusal

#: source → (letter in a mark, SQL of an entry's content).
SOURCES = {
    "audit_history": (
        b"h",
        "jsonb_build_array(extract(epoch FROM at), table_name, kind, row, rows, area, before, user_key, post,"
        " request, purpose, role, transaction)",
    ),
    "audit_accesslog": (
        b"a",
        "jsonb_build_array(extract(epoch FROM at), user_key, post, area, what, subject, purpose, outcome,"
        " request, transaction)",
    ),
}
MARK = struct.Struct(">cq8s")
LOCK = 4_713_001  # pg_advisory_xact_lock: one sealer at a time
START = bytes(32)
#: A long backlog is sealed in pieces of about this many transactions, each a seal.
PIECE = 20_000

#: The triggers that keep history: table, name, whether always on, function, its text's digest, arguments.
GUARD = """
    SELECT coalesce(string_agg(concat_ws(' ', c.relname, t.tgname, t.tgenabled, p.proname, md5(p.prosrc),
        encode(t.tgargs, 'hex')), E'\\n' ORDER BY c.relname, t.tgname), '')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND p.proname LIKE 'audit%'"""


@dataclass(frozen=True)
class Item:
    """One entry as it stands in the database: source letter, key, SM3 of its content."""

    source: bytes
    key: int
    content: bytes

    @property
    def mark(self) -> bytes:
        return MARK.pack(self.source, self.key, self.content[:8])


def seal() -> int:
    """Seal all that is finished; the number of entries sealed. May be killed and run again at any time."""
    heads.mend_tail()
    total, more = 0, True
    while more:
        count, more = _seal_piece()
        total += count
    _publish_missing()
    return total


def restored(reason: str) -> None:
    """Say, signed, that the database was set back: heads beyond its last seal are void from here on."""
    if not reason.strip():
        raise HeadsRefusal("请写明恢复的原因和批准人。")
    heads.mend_tail()
    number, upto, digest = last()
    heads.publish([Head(number, upto, 0, digest.hex(), now(), kind="restored", reason=reason.strip())])


def last() -> tuple[int, int, bytes]:
    """(number, last transaction, digest) of the newest seal; zeros before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, upto, digest FROM audit_seal ORDER BY number DESC LIMIT 1")
        row = cursor.fetchone()
    return (row[0], row[1], bytes(row[2])) if row else (0, 0, START)


def items(after: int, upto: int) -> Iterator[Item]:
    """The entries of the transactions in (after, upto], in the order of the chain, by a server's cursor."""
    parts = " UNION ALL ".join(
        f"SELECT transaction, '{letter.decode()}' AS source, id, {content}::text AS content FROM {table}"
        f" WHERE transaction > {int(after)} AND transaction <= {int(upto)}"
        for table, (letter, content) in SOURCES.items()
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT source, id, content FROM ({parts}) e ORDER BY transaction, source, id")
        while rows := cursor.fetchmany(5000):
            for source, key, content in rows:
                yield Item(source.encode(), key, sm3(content.encode()))


def chained(previous: bytes, number: int, after: int, upto: int, guard: str, found: list[Item]) -> bytes:
    """The digest of a seal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(previous + struct.pack(">qqq", number, after, upto) + sm3(guard.encode()))
    for item in found:
        digest.update(item.source + struct.pack(">q", item.key) + item.content)
    return digest.finalize()


def guard() -> str:
    """The state of the triggers that write history, a line each."""
    with connection.cursor() as cursor:
        cursor.execute(GUARD)
        return str(cursor.fetchone()[0])


def sm3(text: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(text)
    return digest.finalize()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _seal_piece() -> tuple[int, bool]:
    """(entries sealed, whether there is more). Nothing new and an unchanged guard make no seal."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise HeadsRefusal("另一个封存程序正在运行。请勿同时启动两个。")
        number, after, previous = last()
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1,"
            " (SELECT guard FROM audit_seal WHERE number = %s)",
            [number],
        )
        finished, before = cursor.fetchone()
        first = _first(after, finished)
        upto = finished if first is None else min(finished, first + PIECE)
        state, found = guard(), list(items(after, upto))
        if not found and state == before:
            return 0, upto < finished
        digest = chained(previous, number + 1, after, upto, state, found)
        marks = b"".join(item.mark for item in found)
        cursor.execute(
            "INSERT INTO audit_seal (number, after, upto, entries, marks, guard, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [number + 1, after, upto, len(found), marks, state, digest],
        )
    return len(found), upto < finished


def _first(after: int, finished: int) -> int | None:
    with connection.cursor() as own:
        tables = " UNION ALL ".join(
            f"SELECT min(transaction) AS t FROM {table} WHERE transaction > %s AND transaction <= %s"
            for table in SOURCES
        )
        own.execute(f"SELECT min(t) FROM ({tables}) f", [after, finished] * len(SOURCES))
        first: int | None = own.fetchone()[0]
    return first


def _publish_missing() -> None:
    """Publish the seals that have no head yet; refuse when heads exist that the database does not know."""
    known, wrong = heads.published()
    if wrong:
        raise HeadsRefusal("".join(wrong) + "封存没有发布。请先运行 minzheng audit verify。")
    newest = known[-1].number if known else 0
    number, _, _ = last()
    if newest > number:
        raise HeadsRefusal(
            f"封存头文件已到第 {newest} 号，数据库只有第 {number} 号：数据库被恢复到较早的时候，或封存被删。"
            "请先运行 minzheng audit verify；确是恢复的，用 minzheng audit restored 写明原因。"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, upto, entries, encode(digest, 'hex'), at FROM audit_seal WHERE number > %s"
            " ORDER BY number",
            [newest],
        )
        heads.publish([Head(n, u, e, d, at.isoformat()) for n, u, e, d, at in cursor.fetchall()])
