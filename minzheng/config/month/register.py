"""The register as a month's run asks it: deaths, accounts, what a bank file says, and where a household
lives now.
"""

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

    def alike(self) -> pl.DataFrame:
        """Persons whose accounts bear one number: `person`, `account` (the first of these persons)."""
        query = (
            "SELECT a.person_id, b.first FROM people_account a JOIN (SELECT number_index, min(person_id) AS"
            " first FROM people_account WHERE valid @> %(day)s AND superseded_at IS NULL GROUP BY 1"
            " HAVING count(DISTINCT person_id) > 1) b USING (number_index)"
            " WHERE a.valid @> %(day)s AND a.superseded_at IS NULL ORDER BY 1"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, {"day": self.day})
            schema = {"person": pl.Int64, "account": pl.Int64}
            return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def counties() -> list[tuple[int, int]]:
    """The counties in which households live, as 12-digit codes, with the number of households, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area / 1000000 * 1000000, count(*) FROM people_household GROUP BY 1 ORDER BY 1"
        )
        return cursor.fetchall()


def moved(households: Sequence[int], bounds: tuple[int, int]) -> list[int]:
    """Those of the households that live outside the areas [lo, hi] now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_household WHERE id = ANY(%s) AND area NOT BETWEEN %s AND %s ORDER BY id",
            [list(households), *bounds],
        )
        return [row[0] for row in cursor.fetchall()]
