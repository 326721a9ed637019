"""What paying asks of the register: who died, which account is current, and what a bank file says of a payee.

`config.month` brings the register's answers; tests bring their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class Details:
    """What the bank must know to pay into an account; in clear, only on the way into a file."""

    name: str
    number: str
    account: str


class Register(Protocol):
    """The register as paying sees it, on the day of the run, as known now."""

    def dead(self, persons: Sequence[int]) -> list[int]:
        """Those of the persons whose death is known."""
        ...

    def accounts(self, persons: Sequence[int]) -> pl.DataFrame:
        """The current account of each person who has one: `person`, `account` (key), `bank` (code)."""
        ...

    def details(self, accounts: Sequence[int]) -> dict[int, Details]:
        """Name, identity number and account number by account key."""
        ...
