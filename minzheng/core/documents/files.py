"""The content of documents: encrypted files outside the database, found by what they hold.

    MINZHENG_DOCUMENTS (else HOME/documents, 0700)/ab/cdef…     one file a content, 0600

The name is the blind index of the content's SHA-256 and part of what the cipher authenticates: who lists the
folder learns nothing of the contents, and a file moved to another name does not open. A file is written
beside, forced to the disk and moved in before any row names it, so that a row without its file is damage,
never a moment. Nothing serves this folder: contents leave it through `reads.opened` alone.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from minzheng.core.documents.refusals import FileRefusal
from minzheng.core.people.crypto import CryptoRefusal, provider

LABEL = "documents.file"
DAMAGED = "材料 {number} 的文件{what}，不能打开。请立即告知系统管理员，从备份核对恢复，不要重复上传。"


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def folder() -> Path:
    """The folder of this installation; not made by asking."""
    return Path(settings.DOCUMENTS)


def path_of(digest: str, made: str = "") -> Path:
    """Where the content of this digest lies, or what was `made` of it and can be made again."""
    name = provider().index([f"{LABEL}{made}|{digest}"])[0].hex()
    return folder() / name[:2] / name[2:]


def write(content: bytes) -> str:
    """Keep a content for good; returns its digest. A damaged file of the same content is mended by it."""
    digest = digest_of(content)
    target = path_of(digest)
    if fault(digest):
        _make(target.parent)
        _put(target, provider().seal(f"{LABEL}|{target.name}", content))
    return digest


def read(digest: str, number: int) -> bytes:
    """The content of a document; FileRefusal names it by its number where the file is damaged."""
    what, content = _tried(digest)
    if what:
        raise FileRefusal(DAMAGED.format(number=number, what=what))
    return content


def made_of(digest: str, made: str, make: Callable[[], bytes]) -> bytes:
    """What can be made of a content: as kept, else made now and kept for the next who asks."""
    target = path_of(digest, made)
    with suppress(OSError, CryptoRefusal):
        return provider().unseal(f"{LABEL}|{target.name}", target.read_bytes())
    content = make()
    _make(target.parent)
    _put(target, provider().seal(f"{LABEL}|{target.name}", content))
    return content


def fault(digest: str) -> str:
    """What is wrong with a file, in a word or two; "" where it is whole."""
    return _tried(digest)[0]


def _tried(digest: str) -> tuple[str, bytes]:
    target = path_of(digest)
    try:
        cipher = target.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return "不在原处", b""
    except OSError:
        return "读不出来", b""
    try:
        content = provider().unseal(f"{LABEL}|{target.name}", cipher)
    except CryptoRefusal:
        return "被改动过", b""
    return ("", content) if digest_of(content) == digest else ("与登记的摘要不符", b"")


def _make(place: Path) -> None:
    for each in (folder(), place):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)


def _put(target: Path, cipher: bytes) -> None:
    """All of it or nothing, on the disk before this returns."""
    draft = target.with_name(f".{target.name[:16]}-{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(cipher)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    for place in (target.parent, folder()):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
