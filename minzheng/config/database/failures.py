"""What went wrong outside the program, in a sentence: a full disk, a database that went away, a locked-out
role.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from minzheng.config.database import filefaults, home

#: SQLSTATE → sentence. Classes of two characters stand for all that begin with them.
STATES = {
    "53100": "数据库所在磁盘已满，本次操作没有写入。请清理磁盘后重新运行，会从断点继续。",
    "53": "数据库资源不足（内存、连接数或磁盘），本次操作没有写入。请稍后重新运行。",
    "57P01": "数据库被管理员停止，本次操作没有写完。请启动数据库后重新运行，会从断点继续。",
    "57P02": "数据库意外中断，本次操作没有写完。请重新运行，会从断点继续。",
    "57P03": "数据库正在启动或恢复，请稍候再试。",
    "57014": "操作被取消，没有写入。",
    "55P03": "所需的数据正被另一个操作占用，请稍后再试。",
    "40": "与另一个同时进行的操作冲突，没有写入。请重新运行。",
    "28": "数据库拒绝登录：角色或口令不对。请检查数据目录或数据库地址，然后运行 minzheng doctor。",
    "3D000": "数据库还没有建立。请先运行 minzheng setup。",
    "42P01": "数据库缺少需要的表。请先运行 minzheng migrate。",
    "42703": "数据库的表与程序版本不一致。请先运行 minzheng migrate。",
    "42501": "数据库角色没有做这件事的权限。请运行 minzheng doctor 查看。",
    "08": "与数据库的连接中断，本次操作没有写完。请重新运行，会从断点继续。",
}
LOST = "数据库连不上或连接中断，本次操作没有写完。请确认数据库在运行（minzheng server status），再重新运行。"
SEGMENT = 16 * 2**20
FULL = "磁盘已满，文件没有写成。请清理磁盘后重新运行。"


def sentence(error: BaseException) -> str | None:
    """The sentence for a known failure of the surroundings, or None for a surprise."""
    for seen in _chain(error):
        if isinstance(seen, OSError) and seen.errno in filefaults.NO_ROOM:
            return FULL + (f"文件：{seen.filename}。" if seen.filename else "")
        if isinstance(seen, OSError) and seen.filename and (why := filefaults.reason(seen)):
            return f"不能使用 {seen.filename}：{why}。请检查路径、权限和磁盘后重新运行，会从断点继续。"
        state = getattr(seen, "sqlstate", None)
        if isinstance(state, str) and (known := STATES.get(state) or STATES.get(state[:2])):
            return known
    if any("authentication failed" in str(seen) for seen in _chain(error)):
        return STATES["28"]  # libpq tells no SQLSTATE of a connection that was never made
    names = {type(seen).__name__ for seen in _chain(error)}
    if not names & {"OperationalError", "InterfaceError"}:
        return None
    return STATES["53100"] if _without_room() else LOST


def _without_room() -> bool:
    """Whether the server's disk has no room for one more log segment: then it stops without a word."""
    try:
        return shutil.disk_usage(home.cluster_folder()).free < SEGMENT
    except OSError:
        return False


def record(description: str) -> str:
    """Append a surprise to the command's log and return the log's path; a full disk must not hide the
    surprise.
    """
    target = home.log_folder() / "minzheng.log"
    try:
        home.make(target.parent, 0o700)
        with target.open("a", encoding="utf-8") as file:
            file.write(description + "\n\n")
    except Exception:
        return "（日志无法写入）"
    return str(target)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
