"""The folder that holds everything which one installation of the platform keeps: data, secrets, keys, logs.

    HOME/
      postgresql/   the embedded server's cluster (0700, the server's own account)
      socket/       its private socket (0700)
      secrets/      one password file in libpq's format (0700)
      keys/         field.key, index.key (0700; MINZHENG_KEYS names another folder)
      log/          the command's and the server's logs
      server.lock   held while a server is being started or stopped

Nothing here needs Django, and nothing here is created by looking at it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from minzheng.config.database.filefaults import reason
from minzheng.kernel.errors import Refusal

ROOT_HOME = Path("/var/lib/minzheng")
#: sockaddr_un holds 108 bytes with its closing zero; PostgreSQL adds "/.s.PGSQL.5432".
SOCKET_PATH_LIMIT = 107
SOCKET_FILE = ".s.PGSQL.5432"


class HomeRefusal(Refusal):
    """The data folder cannot be used."""


def is_root() -> bool:
    return os.geteuid() == 0


def home() -> Path:
    """The data folder: MINZHENG_HOME, else /var/lib/minzheng as root, else ~/.local/share/minzheng."""
    named = os.environ.get("MINZHENG_HOME")
    if named:
        return Path(named).expanduser().resolve()
    return (ROOT_HOME if is_root() else Path.home() / ".local" / "share" / "minzheng").resolve()


def make(folder: Path, mode: int) -> Path:
    """Create a folder with exactly this mode; a folder that cannot be made or written is refused in a
    sentence.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(mode)
    except OSError as error:
        why = reason(error) or error.strerror
        raise HomeRefusal(
            f"数据目录 {folder} 无法建立（{why}）。请用 MINZHENG_HOME 或 --home 指定可写的目录。"
        ) from error
    if not is_root() and folder.stat().st_uid != os.geteuid():
        raise HomeRefusal(f"数据目录 {folder} 属于另一账户。请用 MINZHENG_HOME 或 --home 指定自己的目录。")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise HomeRefusal(f"数据目录 {folder} 不可写。请用 MINZHENG_HOME 或 --home 指定一个可写的目录。")
    return folder


def make_home() -> Path:
    """The data folder, made when it is missing; others may pass through it (the server's account must),
    not list it.
    """
    return make(home(), 0o711)


def cluster_folder() -> Path:
    return home() / "postgresql"


def lock_file() -> Path:
    return home() / "server.lock"


def keys_folder() -> Path:
    named = os.environ.get("MINZHENG_KEYS")
    return Path(named).expanduser().absolute() if named else home() / "keys"


def log_folder() -> Path:
    return home() / "log"


def password_file() -> Path:
    """All role passwords in libpq's own format, so that a connection names the file and never holds a
    password.
    """
    return home() / "secrets" / "pgpass"


def socket_folder() -> Path:
    """The private socket folder: inside the home, or (path too long for a socket) a short one derived from
    it.
    """
    inside = home() / "socket"
    if len(os.fsencode(inside / SOCKET_FILE)) <= SOCKET_PATH_LIMIT - len(".lock"):
        return inside
    digest = hashlib.sha256(os.fsencode(home())).hexdigest()[:12]
    return (
        Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 40 else "/tmp")
        / f"mz-{os.geteuid()}-{digest}"
    )


def passwords() -> dict[str, str]:
    """Role → password, as kept; empty when nothing was set up yet."""
    try:
        lines = password_file().read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise HomeRefusal(f"口令文件 {password_file()} 属于另一账户，当前账户不能读取。") from error
    fields = (line.split(":") for line in lines)
    return {parts[3]: parts[4] for parts in fields if len(parts) == 5}


def keep_passwords(roles: tuple[str, ...]) -> dict[str, str]:
    """Make random passwords for the roles that have none; the file is written beside and moved in, 0600
    throughout.
    """
    known = passwords()
    missing = [role for role in roles if role not in known]
    if not missing:
        return known
    known |= {role: secrets.token_hex(24) for role in missing}
    make_home()
    make(password_file().parent, 0o700)
    draft = password_file().with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.writelines(f"*:*:*:{role}:{password}\n" for role, password in known.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(password_file())
    return known
