"""Where the keys of this installation lie, as the environment says now: never in the database."""

import os
from pathlib import Path


def folder() -> Path:
    """MINZHENG_KEYS, else `keys` in the data folder (MINZHENG_HOME or the account's own)."""
    named = os.environ.get("MINZHENG_KEYS")
    if named:
        return Path(named)
    home = os.environ.get("MINZHENG_HOME")
    if home:
        return Path(home) / "keys"
    return Path("/var/lib/minzheng/keys") if os.geteuid() == 0 else Path.home() / ".local/share/minzheng/keys"
