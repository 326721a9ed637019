"""One run of a kind at a time: a session advisory lock that says who holds it.

The lock lives on a connection of its own and ends with the process, however it ends. It spares people a
confusing
second run; that nobody is paid twice is kept by unique keys, not by this.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from minzheng.config.database.connection import connect
from minzheng.kernel.errors import Refusal

#: First half of every lock's key, so that no other user of advisory locks meets ours.
SPACE = 0x6D7A
LABELS = {"province": "生成演示省", "month": "月度发放", "setup": "建立平台", "bank": "银行收发"}

HOLDER = """
SELECT application_name, to_char(backend_start AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND classid = %s AND objid = hashtext(%s)::oid AND granted
"""


class BusyRefusal(Refusal):
    """The same kind of work is running already."""

    exit_code = 1


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock of this name (in the database that Django is signed in to) for the length of the block.

    Raises BusyRefusal that says which process holds it and since when.
    """
    from django.db import connections

    database = str(connections["default"].settings_dict["NAME"])
    with connect(os.environ.get("MINZHENG_ROLE", "engine"), database) as session:
        session.execute("SELECT set_config('application_name', %s, false)", [_signature(name)])
        taken = session.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [SPACE, name]).fetchone()
        if not (taken and taken[0]):
            raise BusyRefusal(_told(name, session.execute(HOLDER, [SPACE, name]).fetchone()))
        try:
            yield
        finally:
            if not session.closed and not session.broken:
                session.execute("SELECT pg_advisory_unlock_all()")


def _signature(name: str) -> str:
    """What others see of the holder; PostgreSQL keeps 63 bytes of it."""
    return f"minzheng {name} pid {os.getpid()} {socket.gethostname()}"[:63]


def _told(name: str, holder: tuple[str, str] | None) -> str:
    label = LABELS.get(name, name)
    if holder is None:  # it ended between the two questions
        return f"“{label}”刚才正由另一个进程执行，请再运行一次。"
    who, since = holder
    words = who.split()
    process = f"进程 {words[3]}（主机 {' '.join(words[4:])}）" if len(words) >= 4 else who
    return (
        f"“{label}”正在由{process}执行，{since} 开始，现在是 {time.strftime('%H:%M')}。请等它结束后再运行。"
    )
