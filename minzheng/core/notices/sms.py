"""What hands text messages to a gateway. The installation chooses one by the setting SMS_PROVIDER.

The stand-in writes a file a message, which any gateway's program can take. A real gateway is another class
with these two methods, in a module of the installation's own.
"""

import json
import os
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from minzheng.core.notices.folders import folder as data_folder
from minzheng.kernel.errors import Refusal

TAKEN = "taken"


class SmsRefusal(Refusal):
    """The gateway will not take this message, now or later; the sentence holds no number."""


class SmsProvider(Protocol):
    """A gateway. What it raises but SmsRefusal and OSError is a surprise."""

    def send(self, key: str, phone: str, words: str) -> None:
        """Hand over one message. OSError: not now, try again; SmsRefusal: never."""

    def known(self, key: str) -> bool | None:
        """Whether the message of this key was handed over; None where the gateway cannot tell."""


class FileProvider:
    """One JSON file a message, whole or not at all; a gateway moves what it took to `taken` and keeps it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder("sms")

    def send(self, key: str, phone: str, words: str) -> None:
        """See SmsProvider."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{key}.draft"
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"key": key, "phone": phone, "words": words}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / f"{key}.json")
        _settle(self.folder)

    def known(self, key: str) -> bool | None:
        """See SmsProvider."""
        return any((folder / f"{key}.json").exists() for folder in (self.folder, self.folder / TAKEN))


def chosen() -> SmsProvider:
    """The gateway of this installation."""
    made: SmsProvider = import_string(settings.SMS_PROVIDER)()
    return made


def _settle(folder: Path) -> None:
    """Make the new name last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
