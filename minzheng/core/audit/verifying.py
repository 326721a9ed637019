"""`verify()`: whether the log is as it was sealed; what is not, where, and what it looks like.

It recomputes the chain from the rows, compares every seal with its signed head outside the database, and
looks at the triggers: whether each table that keeps history does so now, and did at every sealing.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from minzheng.core.audit import heads
from minzheng.core.audit.rows import KeepHistory
from minzheng.core.audit.sealing import MARK, SOURCES, START, Item, chained, guard, items

NAMES = {letter: name for name, (letter, _) in SOURCES.items()}
WORDS = {"audit_history": "行历史", "audit_accesslog": "访问日志"}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `kind` is altered, deleted, inserted or reordered (an entry), seal, head,
    trigger (off now) or silenced (off at a sealing).
    """

    kind: str
    where: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and what is wrong with it."""

    seals: int
    entries: int
    unsealed: int
    faults: tuple[Fault, ...]


def verify() -> Verdict:
    """Read everything once, in one snapshot. Nothing is changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(
            "SELECT number, after, upto, entries, marks, guard, digest FROM audit_seal ORDER BY number"
        )
        seals = [(*row[:4], bytes(row[4]), row[5], bytes(row[6])) for row in cursor.fetchall()]
        faults = [*_chain(seals), *_heads(seals), *_triggers(), *_silenced(seals)]
        upto = seals[-1][2] if seals else 0
        cursor.execute(
            "SELECT " + " + ".join(f"(SELECT count(*) FROM {t} WHERE transaction > %s)" for t in SOURCES),
            [upto] * len(SOURCES),
        )
        unsealed = cursor.fetchone()[0]
    return Verdict(len(seals), sum(seal[3] for seal in seals), unsealed, tuple(faults))


def _chain(seals: list[tuple]) -> list[Fault]:
    faults, previous, expected, end = [], START, 1, 0
    for number, after, upto, entries, marks, state, digest in seals:
        if number != expected or after != end:
            text = f"第 {expected} 号至第 {number} 号之间的封存不连续：有封存被删除或改动。"
            faults.append(Fault("seal", f"封存 {expected}", text))
        found = list(items(after, upto))
        if chained(previous, number, after, upto, state, found) != digest:
            told = _differences(number, marks, found)
            faults += told or [
                Fault("seal", f"封存 {number}", f"第 {number} 号封存本身被改动，或其前一号被换过。")
            ]
        elif len(marks) != entries * MARK.size or marks != b"".join(item.mark for item in found):
            faults.append(Fault("seal", f"封存 {number}", f"第 {number} 号封存的条目记号被改动。"))
        previous, expected, end = digest, number + 1, upto
    return faults


def _differences(number: int, marks: bytes, found: list[Item]) -> list[Fault]:
    """What happened to the entries of a seal, one fault an entry."""
    sealed = {
        (letter, key): content for letter, key, content in MARK.iter_unpack(marks[: len(marks) // 17 * 17])
    }
    present = {(item.source, item.key): item.content[:8] for item in found}
    gone, come = sealed.keys() - present.keys(), present.keys() - sealed.keys()
    changed = {at for at in sealed.keys() & present.keys() if sealed[at] != present[at]}
    moved = _moved(sealed, present, changed)
    kinds = [("deleted", gone, "被删除"), ("inserted", come, "是后来插入的")]
    kinds += [("reordered", moved, "被调换了次序"), ("altered", changed - moved, "被改动")]
    return [
        Fault(
            kind, f"{NAMES[letter]} {key}", f"{WORDS[NAMES[letter]]}第 {key} 条{word}（第 {number} 号封存）。"
        )
        for kind, where, word in kinds
        for letter, key in sorted(where)
    ]


def _moved(sealed: dict, present: dict, changed: set) -> set:
    """Of the changed entries those whose sealed content now stands under another of their keys."""
    contents = Counter(sealed[at] for at in changed) & Counter(present[at] for at in changed)
    return {at for at in changed if sealed[at] in contents and present[at] in contents}


def _heads(seals: list[tuple]) -> list[Fault]:
    known, wrong = heads.published()
    faults = [Fault("head", heads.FILE, text) for text in wrong]
    digests = {seal[0]: (seal[6].hex(), seal[2], seal[3]) for seal in seals}
    current: dict[int, heads.Head] = {}
    for head in known:
        if head.kind == "restored":
            current = {n: h for n, h in current.items() if n <= head.number}
        else:
            current[head.number] = head
    for number, head in sorted(current.items()):
        if number not in digests:
            text = f"第 {number} 号封存已对外发布，数据库里却没有：封存被删除，或数据库恢复到了较早的时候。"
            faults.append(Fault("head", f"封存 {number}", text))
        elif digests[number] != (head.digest, head.upto, head.entries):
            text = f"第 {number} 号封存与对外发布的签名头不符：数据库里的封存被重做过。"
            faults.append(Fault("head", f"封存 {number}", text))
    unknown = "号封存没有对外发布的签名头：头文件被删改，或封存程序中断。"
    return faults + [
        Fault("head", f"封存 {number}", f"第 {number} {unknown}")
        for number in sorted(digests.keys() - current.keys())
    ]


def kept() -> dict[str, KeepHistory]:
    """Table → the migration operation by which its history is kept."""
    graph = MigrationLoader(connection).disk_migrations.values()
    found = (operation for migration in graph for operation in migration.operations)
    return {operation.table: operation for operation in found if isinstance(operation, KeepHistory)}


def _triggers() -> list[Fault]:
    present = {tuple(line.split(" ")[:2]): line.split(" ")[2:4] for line in guard().splitlines()}
    faults = []
    for table in sorted(kept()):
        for event in ("insert", "update", "delete"):
            state = present.get((table, f"history_{event}"))
            if state is None:
                text = f"表 {table} 的行历史触发器 history_{event} 不见了：此后的改动没有留痕。"
                faults.append(Fault("trigger", table, text))
            elif state != ["A", "audit_keep_history"]:
                text = f"表 {table} 的行历史触发器 history_{event} 被停用或改换：此后的改动没有留痕。"
                faults.append(Fault("trigger", table, text))
    return faults


def _silenced(seals: list[tuple]) -> list[Fault]:
    """Triggers that were off at a sealing and are on again: what was written meanwhile left no trace."""
    faults, always = [], " A audit_keep_history "
    for before, after in pairwise(seals):
        on = {line.split(always)[0] for line in before[5].splitlines() if always in line}
        still = {line.split(always)[0] for line in after[5].splitlines() if always in line}
        for name in sorted(on - still):
            table, trigger = name.split(" ")
            text = (
                f"第 {after[0]} 号封存时，表 {table} 的行历史触发器 {trigger} 是停用的：其间的改动没有留痕。"
            )
            faults.append(Fault("silenced", f"{table} 封存 {after[0]}", text))
    return faults
