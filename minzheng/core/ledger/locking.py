"""The lock on payments: after a restore nothing is ordered, no file is cut, until the bank's record agrees.

Two signs lock. The database's own: the life it is in (system and timeline) is not the one in which payments
were opened, as after a restore to a point in time, a dump read into another server, or a switch to a replica.
The bank's folder: a payment file there that the database does not know, as after an old copy of the files was
put back. The database refuses by trigger (`Life`), whatever the program; here the refusal gets its sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from minzheng.core.access.actor import ScopeLike, StaleRefusal, allowed
from minzheng.core.ledger import bankfile
from minzheng.kernel.errors import Refusal

UNKNOWN_FILES = "银行目录中有本数据库不认识的代发文件，数据库可能是旧的副本"
REMEDY = (
    "没有生成支付指令，没有写银行文件。请运行 minzheng payments reconcile 与银行核对，"
    "全部相符后由省级审批人运行 minzheng payments unlock 解除锁定。"
)


class LockedRefusal(Refusal):
    """Payments are locked since the database was restored."""

    exit_code = 1
    status = 409


@dataclass(frozen=True)
class Lock:
    """Why payments are locked ("" where they are open), and the life the database is in."""

    reason: str
    system: str
    timeline: int


def state() -> Lock:
    """Whether payments are locked now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(ledger_lock_reason(), ''), system, timeline FROM ledger_life_now()")
        return Lock(*cursor.fetchone())


def require() -> None:
    """Raise LockedRefusal where payments are locked."""
    if reason := state().reason:
        raise LockedRefusal(f"支付已锁定：{reason}。{REMEDY}")


def require_agreement(folder: Path) -> None:
    """The same, after the bank's folder was asked: a file that we do not know locks payments."""
    found = unknown_files(folder)
    if found and not state().reason:
        _write("locked", UNKNOWN_FILES, "", {"files": found[:50], "count": len(found)})
    require()
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM ledger_life)")
        if not cursor.fetchone()[0]:  # a register made anew begins its first life
            _write("opened", "", "", {})


def unknown_files(folder: Path) -> list[str]:
    """Payment files in the bank's folder that the database does not know, by identity, in order."""
    paths = (path.stem for path in (folder / bankfile.OUT).glob("*.csv"))
    named = sorted(name for name in paths if bankfile.IDENTITY.fullmatch(name))
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity FROM ledger_bankfile WHERE identity = ANY(%s)", [named])
        known = {row[0] for row in cursor.fetchall()}
    return [name for name in named if name not in known]


def unlock(scope: ScopeLike, differences: tuple[str, ...], evidence: dict[str, Any]) -> None:
    """Open payments in this life of the database; a person answers for it, and no difference may be open."""
    who = allowed(scope, "ledger.unlock")
    if differences:
        raise LockedRefusal(
            f"与银行核对还有 {len(differences)} 处不符，不能解除锁定。请先逐条处理，再核对一次。"
        )
    with transaction.atomic():
        if not state().reason:
            raise StaleRefusal("支付没有锁定，无需解除。")
        _write("opened", "", who.natural_person, evidence)


def _write(kind: str, reason: str, by: str, evidence: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_life (kind, system, timeline, reason, by, evidence)"
            " SELECT %s, system, timeline, %s, %s, %s FROM ledger_life_now()",
            [kind, reason, by, dumps(evidence, ensure_ascii=False)],
        )
