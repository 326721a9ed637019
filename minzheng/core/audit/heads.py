"""The signed heads of the sealed log: a file outside the database, one line a seal, only ever added to.

    {"number": 7, "upto": 81234, "entries": 12, "digest": "…", "at": "2024-10-05T08:00:05+00:00", …,
     "signature": "…"}

The signature (Ed25519, KEYS/seal.key) covers the line without it. Whoever can write the whole database can
still not write these lines; a copy on another machine (MINZHENG_HEADS may name a mounted folder) makes them
safe from whoever has this one. A line of `kind` "restored" tells that the database was set back to an earlier
seal.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from minzheng.core.audit import keys
from minzheng.kernel.errors import Refusal

FILE = "heads.jsonl"


class HeadsRefusal(Refusal):
    """The file of heads or its key cannot be used."""

    exit_code = 1


@dataclass(frozen=True)
class Head:
    """One published seal. `upto` is the last transaction that it covers, `digest` hexadecimal."""

    number: int
    upto: int
    entries: int
    digest: str
    at: str
    kind: str = "seal"
    reason: str = ""


def folder() -> Path:
    """Where the heads lie: MINZHENG_HEADS, else `heads` in the data folder."""
    named = os.environ.get("MINZHENG_HEADS")
    return Path(named) if named else keys.folder().parent / "heads"


def publish(heads: list[Head]) -> None:
    """Add these lines, signed, and wait until they are on the disk."""
    if not heads:
        return
    signer, place = _key(), folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(place / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for head in heads:
            body = asdict(head)
            file.write(_line(body | {"signature": signer.sign(_line(body).encode()).hex()}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def published() -> tuple[list[Head], list[str]]:
    """(heads in their order, what is wrong with the file: one Chinese sentence a line).

    A last line without its end is one that a killed sealer left half written: it is passed over here and
    published again by the next sealer.
    """
    try:
        text = (folder() / FILE).read_text("utf-8")
    except FileNotFoundError:
        return [], []
    except (OSError, UnicodeDecodeError) as error:
        raise HeadsRefusal(f"封存头文件 {folder() / FILE} 不能读取。请核对权限，或从副本恢复。") from error
    verifier, found, wrong = _key().public_key(), [], []
    for at, line in enumerate(text.splitlines(keepends=True), 1):
        if not line.endswith("\n"):
            break
        try:
            body = json.loads(line)
            verifier.verify(bytes.fromhex(body.pop("signature")), _line(body).encode())
            found.append(Head(**body))
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            wrong.append(f"封存头文件第 {at} 行的签名不符或内容残缺：这一行被改动过。")
    return found, wrong


def mend_tail() -> None:
    """Cut a half-written last line off, before anything is added."""
    place = folder() / FILE
    if not place.exists():
        return
    whole = place.read_bytes()
    kept = whole.rfind(b"\n") + 1
    if kept < len(whole):
        os.truncate(place, kept)


def _line(body: dict[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _key() -> Ed25519PrivateKey:
    path = keys.folder() / "seal.key"
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
    except FileNotFoundError as error:
        raise HeadsRefusal(
            f"缺少封存密钥 {path}。请从备份恢复；演示环境可运行 minzheng setup 生成。"
        ) from error
    except (OSError, ValueError) as error:
        raise HeadsRefusal(f"封存密钥 {path} 不能读取或不是 32 字节的十六进制数字。请从备份恢复。") from error
