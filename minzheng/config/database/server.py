"""The embedded PostgreSQL server: made once, started when needed, adopted when it runs, left running.

The wheel's binaries with our own start-up (design.md §6): checksums, builtin C.UTF-8, passwords for every
role, no
network, a private socket, and patience with recovery. Two processes that start it at once wait for one
another at
a lock inside the home; nothing is shared between accounts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from minzheng.config.database import account, home, process
from minzheng.kernel.errors import Refusal

SUPERUSER = "postgres"
DATABASE = "minzheng"
#: Seconds to wait for recovery; a large write-ahead log on a slow disk takes minutes.
PATIENCE = 900.0
STOP_PATIENCE = 120.0
#: Seconds in which a launched server must have written its process id.
LAUNCH_PATIENCE = 15.0
SHARED_MEMORY_FLOOR = 512 * 1024 * 1024

TELLING = re.compile(r"FATAL|PANIC|error|invalid|could not|must ")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "80",
    "shared_buffers": "512MB",
    "effective_cache_size": "8GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "min_wal_size": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "lc_messages": "C",
    # What a statement or a row holds may be personal: errors go to the client, the log keeps only the
    # server's own.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}


class ServerRefusal(Refusal):
    """The embedded server cannot be made, started or stopped."""

    exit_code = 1


@dataclass(frozen=True)
class Status:
    """Whether the server of this home was made, and the process it runs as (None: it does not run)."""

    made: bool
    pid: int | None
    socket: Path


def status() -> Status:
    return Status((home.cluster_folder() / "PG_VERSION").exists(), process.postmaster(), home.socket_folder())


def ensure() -> None:
    """Bring the server up, making it first if there is none, and return once it answers.

    Raises ServerRefusal with the reason and the log's path, HomeRefusal or AccountRefusal when it has no
    place.
    """
    with locked():
        if not status().made:
            _create()
        if process.postmaster() is not None and _answers():
            return
        # Either none runs, or the one that seemed to was dying while we looked.
        _launch()
        if not _answers():
            raise ServerRefusal(f"数据库没有启动：{_why(_tail())}。完整日志：{log_file()}。")


def stop() -> bool:
    """Stop the server (open sessions are ended); False when it did not run."""
    with locked():
        pid = process.postmaster()
        if pid is None:
            return False
        left = process.end([pid], signal.SIGINT, STOP_PATIENCE)
        if process.end(left, signal.SIGQUIT, STOP_PATIENCE):
            raise ServerRefusal(f"数据库服务（进程 {pid}）没有停下来。请查看 {log_file()}。")
        return True


def log_file() -> Path:
    return home.log_folder() / "postgresql.log"


def superuser(database: str = "postgres") -> psycopg.Connection:
    """A connection as the cluster's superuser; only set-up and tests of the start-up check use it."""
    return psycopg.connect(
        host=str(home.socket_folder()), port=5432, dbname=database, user=SUPERUSER,
        passfile=str(home.password_file()), connect_timeout=10, autocommit=True,
    )  # fmt: skip


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Hold the home's lock; another process that is starting the server is waited for."""
    home.make_home()
    handle = os.open(home.lock_file(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise ServerRefusal(f"另一个进程一直占用 {home.lock_file()}，请确认后重试。") from error
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def _create() -> None:
    """initdb into a draft that is renamed when it is whole, so that a killed one leaves nothing to repair."""
    runner, install = account.account(), account.programs()
    secret = home.keep_passwords((SUPERUSER,))[SUPERUSER]
    draft = home.home() / "postgresql.draft"
    shutil.rmtree(draft, ignore_errors=True)
    runner.own(home.make(draft, 0o700))
    if not runner.reaches(draft):
        raise ServerRefusal(
            f"数据库账户 {runner.name} 进不了 {draft}（上级目录不许他人通过）。"
            "请用 MINZHENG_HOME 或 --home 指定别处，例如 /var/lib/minzheng。"
        )
    word = home.home() / "initdb.password"
    word.unlink(missing_ok=True)
    with os.fdopen(os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    runner.own(word)
    command: list[str | Path] = [
        install / "bin" / "initdb", "-D", draft, "--username", SUPERUSER, "--pwfile", word,
        "--encoding", "UTF8", "--data-checksums", "--locale", "C", "--locale-provider", "builtin",
        "--builtin-locale", "C.UTF-8",
        "--auth-local", "scram-sha-256", "--auth-host", "reject",
    ]  # fmt: skip
    try:
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=_environment(),
            cwd="/",
            check=False,
            **runner.process,
        )
    finally:
        word.unlink(missing_ok=True)
    if made.returncode:
        raise ServerRefusal(f"建立数据库失败：{_why(made.stderr)}。目录：{draft}。")
    with (draft / "postgresql.conf").open("a") as file:
        file.write("\ninclude 'minzheng.conf'\n")
    draft.rename(home.cluster_folder())


def _launch() -> None:
    runner, install = account.account(), account.programs()
    runner.own(home.make(home.socket_folder(), 0o700))
    if home.socket_folder().stat().st_uid != runner.uid:
        raise ServerRefusal(f"套接字目录 {home.socket_folder()} 属于另一账户，请删除它后重试。")
    home.make(home.log_folder(), 0o700)
    process.sweep()
    _configure(runner)
    with log_file().open("ab") as log:
        subprocess.Popen(
            [install / "bin" / "postgres", "-D", home.cluster_folder()], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, cwd="/", env=_environment(), start_new_session=True, **runner.process,
        )  # fmt: skip


def _configure(runner: account.Account) -> None:
    """Our settings, written at every start so that a moved home or a newer release takes effect."""
    shared = os.statvfs("/dev/shm") if Path("/dev/shm").is_dir() else None
    small = shared is None or shared.f_frsize * shared.f_blocks < SHARED_MEMORY_FLOOR
    values = SETTINGS | {
        "unix_socket_directories": str(home.socket_folder()),
        "cluster_name": process.cluster_name(),
        "dynamic_shared_memory_type": "mmap" if small else "posix",
    }
    target = home.cluster_folder() / "minzheng.conf"
    draft = target.with_suffix(".draft")
    lines = (f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items())
    draft.write_text("".join(lines), "utf-8")
    runner.own(draft)
    draft.replace(target)


def _answers() -> bool:
    """Wait until the server answers (it may be replaying its log for minutes); False when it has died."""
    began, told, seen = time.monotonic(), False, False
    while True:
        try:
            superuser().close()
            return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServerRefusal(
                    f"{home.password_file()} 中的口令与数据库不符。请恢复该文件，或换一个数据目录。"
                ) from error
        waited = time.monotonic() - began
        alive = process.postmaster() is not None
        seen = seen or alive
        if not alive and (seen or waited > LAUNCH_PATIENCE):
            return False
        if waited > PATIENCE:
            raise ServerRefusal(f"等了 {int(waited)} 秒，数据库仍未就绪。日志：{log_file()}。")
        if waited > 10 and not told:
            told = True
            sys.stderr.write("数据库正在恢复，请稍候……\n")
        time.sleep(0.05 if waited < 2 else 0.5)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}


def _tail() -> str:
    with contextlib.suppress(OSError):
        return log_file().read_bytes()[-4000:].decode("utf-8", "replace")
    return ""


def _why(text: str) -> str:
    """The last two lines that say why, or the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if TELLING.search(line)]
    return "; ".join((telling or lines or ["原因不明"])[-2:])
