"""The register as a month's run asks it: deaths, accounts, what a bank file says, and where a household lives now."""

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db import connection

from minzheng.core.ledger.payees import Details
from minzheng.core.people import reads


class PeopleRegister:
    """Answers from `core.people`, as known now; accounts are those of `day`."""

    def __init__(self, day: date) -> None:
        self.day = day

    def dead(self, persons: Sequence[int]) -> list[int]:
        """See `ledger.payees.Register`."""
        return reads.dead(persons)

    def accounts(self, persons: Sequence[int]) -> pl.DataFrame:
        """See `ledger.payees.Register`."""
        return reads.payees(persons, self.day)

    def details(self, accounts: Sequence[int]) -> dict[int, Details]:
        """See `ledger.payees.Register`."""
        return {key: Details(*clear) for key, clear in reads.in_clear(accounts).items()}


def counties() -> list[int]:
    """The counties in which a household lives, as 12-digit codes, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT area / 1000000 * 1000000 FROM people_household ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def moved(households: Sequence[int], county: int) -> list[int]:
    """Those of the households that live outside the county now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_household WHERE id = ANY(%s) AND area NOT BETWEEN %s AND %s ORDER BY id",
            [list(households), county, county + 999_999],
        )
        return [row[0] for row in cursor.fetchall()]
