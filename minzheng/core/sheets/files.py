"""Files that jobs read and leave: encrypted, in a folder outside the database, until they are let go.

    MINZHENG_SHEETS (else HOME/sheets, 0700)/name     one sealed file, 0600
                                             clear/   what is just being written; let go after a day

A name is of our own making and part of what the cipher authenticates.
"""

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from minzheng.core.people.crypto import CryptoRefusal, provider
from minzheng.kernel.errors import Refusal

LABEL = "sheets.file"
_NAME = re.compile(r"[a-z]+-[0-9]+(-[0-9a-f]{16})?")
DAY = 24 * 60 * 60


class FileRefusal(Refusal):
    """A kept file that cannot be opened."""


def folder() -> Path:
    """The folder of this installation, made when it is missing."""
    path = Path(settings.SHEETS)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(name: str, content: bytes) -> str:
    """Keep a content under a name ("export-12"), replacing what was there; returns the name."""
    target = _path(name)
    beside = target.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(provider().seal(f"{LABEL}|{name}", content))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
    return name


def read(name: str) -> bytes | None:
    """What was kept, or None where it is gone; raises FileRefusal where it is damaged."""
    try:
        return provider().unseal(f"{LABEL}|{name}", _path(name).read_bytes())
    except FileNotFoundError:
        return None
    except CryptoRefusal as refusal:
        raise FileRefusal("这个文件已损坏，不能打开。请重新提交一次。") from refusal


def forget(result: str, **_: Any) -> None:
    """Let a file go; receiver of `jobs.working.forgotten`. What was left half written goes too."""
    _path(result).unlink(missing_ok=True)
    for left in (folder() / "clear").glob("*"):
        if time.time() - left.stat().st_mtime > DAY:
            left.unlink(missing_ok=True)


@contextmanager
def clear() -> Iterator[Path]:
    """A path for a file in clear that is being written; gone afterwards."""
    place = folder() / "clear"
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / secrets.token_hex(8)
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise FileRefusal("文件名不正确。")
    return folder() / name
