"""Folders of this part in the data folder, as the environment says now: `sms` and an office's `letters`."""

import os
from pathlib import Path


def folder(name: str) -> Path:
    """`name` in MINZHENG_HOME, else in the account's own data folder; made by whoever writes there."""
    home = os.environ.get("MINZHENG_HOME")
    if home:
        return Path(home).expanduser() / name
    own = Path("/var/lib/minzheng") if os.geteuid() == 0 else Path.home() / ".local/share/minzheng"
    return own / name
