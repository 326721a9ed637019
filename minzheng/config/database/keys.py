"""The keys outside the database: made once, never overwritten, refused when missing, short or open to others.

    KEYS/field.key     encrypts identity numbers and accounts (SM4: 16 bytes)
    KEYS/index.key     makes their blind index (HMAC-SM3: 32 bytes)
    KEYS/seal.key      signs the heads of the sealed log (Ed25519: 32 bytes)
    secrets/django.key signs sessions and forms

A key file holds hexadecimal digits. An installation that is not a demonstration brings its own three keys.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from minzheng.config.database import home

#: File → bytes of the key.
LENGTHS = {"field.key": 16, "index.key": 32, "seal.key": 32}
DJANGO_KEY = "django.key"
DJANGO_LENGTH = 48


def places() -> dict[Path, int]:
    """Every key file and the number of bytes that its hexadecimal digits must hold."""
    folder = home.keys_folder()
    own = {folder / name: length for name, length in LENGTHS.items()}
    return own | {home.home() / "secrets" / DJANGO_KEY: DJANGO_LENGTH}


def make() -> list[Path]:
    """Make the keys that are missing; returns what was made. An existing file is never touched."""
    made = []
    for path, length in places().items():
        if path.exists():
            continue
        home.make(path.parent, 0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(length) + "\n")
            file.flush()
            os.fsync(file.fileno())
        made.append(path)
    return made


def problems() -> list[str]:
    """What is wrong with the keys, a Chinese sentence each; empty when all is well."""
    return [told for path, length in places().items() if (told := _problem(path, length))]


def _problem(path: Path, length: int) -> str | None:
    try:
        text = path.read_text("ascii").strip()
        mode = path.stat().st_mode & 0o077
    except FileNotFoundError:
        return f"缺少密钥 {path}。请从备份恢复；全新的演示环境可运行 minzheng setup 生成。"
    except (OSError, UnicodeDecodeError):
        return f"密钥 {path} 不能读取。请核对文件的属主、权限和内容（应为十六进制数字）。"
    try:
        size = len(bytes.fromhex(text))
    except ValueError:
        return f"密钥 {path} 不是十六进制数字。请从备份恢复。"
    if size < length:
        return f"密钥 {path} 太短：需要 {length} 字节，实有 {size} 字节。请从备份恢复或更换。"
    if mode:
        return f"密钥 {path} 对其他账户开放。请执行 chmod 600 {path}。"
    return None
