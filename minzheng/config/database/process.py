"""The embedded server's processes, found by what they say of themselves.

/proc/PID/cmdline is open to everyone; /proc/PID/cwd and exe of another account are closed even to root in a
container without ptrace. So the postmaster is known by its `-D FOLDER`, and its backends by the cluster's
name,
which PostgreSQL puts into their titles.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import time
from pathlib import Path

from minzheng.config.database import home


def cluster_name() -> str:
    """A name for this home's cluster that no other home has; it stands in the title of each of its
    processes.
    """
    return "mz-" + hashlib.sha256(os.fsencode(home.home())).hexdigest()[:16]


def command_line(pid: int) -> list[str]:
    """The words a process was started with; empty when it has ended (a zombie has none left)."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # it may be our own child that nobody has waited for
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return os.fsdecode(raw).rstrip("\0 ").split("\0") if raw else []


def postmaster() -> int | None:
    """The process id of this home's running server, or None."""
    pid = recorded()
    if pid is None:
        return None
    words = command_line(pid)
    return pid if "-D" in words and str(home.cluster_folder()) in words else None


def recorded() -> int | None:
    """The process id that postmaster.pid names, whoever has it now."""
    try:
        return int((home.cluster_folder() / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def remains() -> list[int]:
    """Processes of this cluster other than a living postmaster: backends that outlived a killed one."""
    title = f"postgres: {cluster_name()}:"
    found = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in found if command_line(pid)[:1] and command_line(pid)[0].startswith(title)]


def end(pids: list[int], number: signal.Signals, patience: float) -> list[int]:
    """Signal these processes and wait; returns those still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    until = time.monotonic() + patience
    while (left := [pid for pid in pids if command_line(pid)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def sweep() -> None:
    """Clear away what a killed server left: its backends, and lock files that name a process which is not it.

    PostgreSQL does this itself unless the number was given to another process, or the dead one is a zombie
    nobody
    reaps. Called only under the home's lock and only when no postmaster of this home is alive.
    """
    left = end(remains(), signal.SIGTERM, 5.0)
    left = end(left, signal.SIGQUIT, 5.0)
    end(left, signal.SIGKILL, 5.0)
    pid = recorded()
    if pid is not None and not any("postgres" in word for word in command_line(pid)[:1]):
        (home.cluster_folder() / "postmaster.pid").unlink(missing_ok=True)
    lock = home.socket_folder() / f"{home.SOCKET_FILE}.lock"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        if not any("postgres" in word for word in command_line(int(lock.read_text().splitlines()[0]))[:1]):
            lock.unlink()
