"""Help for a page: what it is, on which law it rests, how it is done (`help.yaml`)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

SOURCE = Path(__file__).parents[1] / "help.yaml"


@dataclass(frozen=True)
class Help:
    """One page's help; `key` is the page's in the menu."""

    key: str
    what: str
    law: tuple[str, ...]
    how: tuple[str, ...]


@cache
def entries() -> dict[str, Help]:
    """Key → help, read once."""
    rows = yaml.safe_load(SOURCE.read_text("utf-8"))
    return {key: Help(key, row["what"], tuple(row["law"]), tuple(row["how"])) for key, row in rows.items()}
