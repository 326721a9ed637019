"""Encryption of identity and account numbers, behind one provider: software now, a token by PKCS#11 later.

A cipher text is one version byte, a nonce of 12 bytes, the SM4-GCM text and its tag of 16 bytes. What is
authenticated beside it is `table.column|row`, so that a text moved to another row or column does not open.
The blind index is a full-length HMAC-SM3 over the canonical value. Keys are hexadecimal files in a folder
outside the database (`MINZHENG_KEYS`, or `keys` in the data folder) and are never logged.
"""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from minzheng.core.audit import keys
from minzheng.kernel.errors import Refusal

VERSION = b"\x01"
NONCE, TAG = 12, 16


class CryptoRefusal(Refusal):
    """A key is missing or unfit, or a cipher text does not belong where it stands."""


class CryptoProvider(Protocol):
    """What holds the keys."""

    def encrypt(self, table_column: str, rows: Sequence[int], values: Sequence[str]) -> list[bytes]:
        """One cipher text a value, bound to its table.column and row."""

    def decrypt(self, table_column: str, row: int, cipher: bytes) -> str:
        """The value; CryptoRefusal if the text was altered or belongs elsewhere."""

    def seal(self, label: str, content: bytes) -> bytes:
        """The cipher text of a whole file, bound to its label."""

    def unseal(self, label: str, cipher: bytes) -> bytes:
        """The content; CryptoRefusal if the file was altered or belongs under another label."""

    def index(self, values: Sequence[str]) -> list[bytes]:
        """The blind index of each canonical value, 32 bytes."""


class SoftwareProvider:
    """SM4-GCM and HMAC-SM3 by `cryptography`, keys in memory."""

    def __init__(self, field_key: bytes, index_key: bytes) -> None:
        if len(field_key) != 16 or len(index_key) < 32:
            raise CryptoRefusal("字段密钥应为16字节、索引密钥应为32字节。请从备份恢复密钥文件。")
        self._algorithm = algorithms.SM4(field_key)
        self._hmac = HMAC(index_key, hashes.SM3())

    def encrypt(self, table_column: str, rows: Sequence[int], values: Sequence[str]) -> list[bytes]:
        """See CryptoProvider."""
        nonces = os.urandom(NONCE * len(values))
        done = []
        for at, (row, value) in enumerate(zip(rows, values, strict=True)):
            nonce = nonces[at * NONCE : (at + 1) * NONCE]
            encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
            encryptor.authenticate_additional_data(f"{table_column}|{row}".encode())
            text = encryptor.update(value.encode()) + encryptor.finalize()
            done.append(VERSION + nonce + text + encryptor.tag)
        return done

    def decrypt(self, table_column: str, row: int, cipher: bytes) -> str:
        """See CryptoProvider."""
        cipher = bytes(cipher)
        nonce, text, tag = cipher[1 : 1 + NONCE], cipher[1 + NONCE : -TAG], cipher[-TAG:]
        if cipher[:1] != VERSION or len(cipher) < 1 + NONCE + TAG:
            raise CryptoRefusal(
                f"{table_column} 第 {row} 行的密文不完整或版本不认识，不能打开。请从备份核对。"
            )
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(f"{table_column}|{row}".encode())
        try:
            return (decryptor.update(text) + decryptor.finalize()).decode()
        except InvalidTag as error:
            raise CryptoRefusal(
                f"{table_column} 第 {row} 行的密文被改动、移动过，或密钥不对，不能打开。请从备份核对。"
            ) from error

    def seal(self, label: str, content: bytes) -> bytes:
        """See CryptoProvider."""
        nonce = os.urandom(NONCE)
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(label.encode())
        return b"".join((VERSION, nonce, encryptor.update(content), encryptor.finalize(), encryptor.tag))

    def unseal(self, label: str, cipher: bytes) -> bytes:
        """See CryptoProvider."""
        if cipher[:1] != VERSION or len(cipher) < 1 + NONCE + TAG:
            raise CryptoRefusal("加密文件不完整或版本不认识，不能打开。请从备份核对。")
        nonce, text, tag = cipher[1 : 1 + NONCE], cipher[1 + NONCE : -TAG], cipher[-TAG:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(label.encode())
        try:
            return decryptor.update(text) + decryptor.finalize()
        except InvalidTag as error:
            raise CryptoRefusal("加密文件被改动、移动过，或密钥不对，不能打开。请从备份核对。") from error

    def index(self, values: Sequence[str]) -> list[bytes]:
        """See CryptoProvider."""
        done = []
        for value in values:
            one = self._hmac.copy()
            one.update(value.encode())
            done.append(one.finalize())
        return done


def provider() -> CryptoProvider:
    """The provider of this installation, made once a folder."""
    return _software(keys.folder())


def encrypt_many(
    table_column: str, rows: Sequence[int], values: Sequence[str]
) -> tuple[list[bytes], list[bytes]]:
    """(cipher texts, blind indexes) of many values; on several processes by `core.people.sealing`."""
    own = provider()
    return own.encrypt(table_column, rows, values), own.index(values)


@cache
def _software(folder: Path) -> SoftwareProvider:
    return SoftwareProvider(_key(folder / "field.key"), _key(folder / "index.key"))


def _key(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise CryptoRefusal(
            f"缺少密钥 {path}。请从备份恢复；全新的演示环境可运行 minzheng setup 生成。"
        ) from error
    except (OSError, ValueError) as error:
        raise CryptoRefusal(f"密钥 {path} 不能读取或不是十六进制数字。请从备份恢复。") from error
