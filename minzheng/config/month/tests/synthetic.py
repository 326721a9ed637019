"""A made-up register for tests of money: persons, accounts and findings follow from the household's
number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from django.db import connection

from minzheng.config.month.running import Approvers as Approvers
from minzheng.config.month.sources import Sources
from minzheng.core.benefits import actions
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.ledger.payees import Details

COUNTIES = (530102000000, 530103000000, 530302000000)
LAWFUL = {("dibao", "death"): "死亡的规定", ("dibao", "standard"): "标准的规定"}
WEIGHT = 16_000  # two counties a chunk
BANKS = ("YN01", "YN02")


@dataclass(frozen=True)
class Scope:
    """A scope as `access` makes it."""

    user: int
    lo: int = 530000000000
    hi: int = 539999999999
    post: str = "test"


def household_area(household: int) -> int:
    """Households are dealt out to the counties in turn."""
    return COUNTIES[household % len(COUNTIES)] + 1001


def persons_of(household: int) -> list[int]:
    """One to three persons; the first is the payee."""
    return [household * 10 + k for k in range(1 + household % 3)]


def amount_of(household: int) -> int:
    """A sum that differs between households."""
    return 30000 + household * 7 % 40000


@dataclass
class Register:
    """Everyone lives and has an account unless a test says otherwise; the account key is the person's."""

    deaths: set[int] = field(default_factory=set)
    without_account: set[int] = field(default_factory=set)
    corrected: dict[int, int] = field(default_factory=dict)

    def dead(self, persons: Sequence[int]) -> list[int]:
        return sorted(self.deaths.intersection(persons))

    def accounts(self, persons: Sequence[int]) -> pl.DataFrame:
        kept = [p for p in persons if p not in self.without_account]
        return pl.DataFrame(
            {
                "person": pl.Series(kept, dtype=pl.Int64),
                "account": pl.Series([self.corrected.get(p, p) for p in kept], dtype=pl.Int64),
                "bank": pl.Series([BANKS[p // 10 % len(BANKS)] for p in kept], dtype=pl.String),
            }
        )

    def details(self, accounts: Sequence[int]) -> dict[int, Details]:
        return {a: Details(f"演示{a % 97}", f"5301{a:014d}", account_number(a)) for a in accounts}


def account_number(account: int) -> str:
    """The last three digits decide what the stand-in bank answers: households whose number ends in 99
    fail.
    """
    return f"62{account:014d}" + ("991" if account // 10 % 100 == 99 else "000")


def frame(households: Sequence[int], **changed: dict[int, object]) -> pl.DataFrame:
    """What the law finds for households; `changed` is column → {household: value}."""
    rows = [
        {
            "household": h,
            "person": 0,
            "programme": "dibao",
            "payee": h * 10,
            "eligible": True,
            "amount": amount_of(h),
            "persons": persons_of(h),
            "reasons": [],
            "facts": h,
            "law": "0" * 8,
            "area": household_area(h),
            "raised": False,
            "phase_out": False,
        }
        for h in households
    ]
    for row in rows:
        row.update(
            {name: values[row["household"]] for name, values in changed.items() if row["household"] in values}
        )
    schema = {
        "household": pl.Int64, "person": pl.Int64, "programme": pl.String, "payee": pl.Int64,
        "eligible": pl.Boolean,
        "amount": pl.Int64, "persons": pl.List(pl.Int64), "reasons": pl.List(pl.String), "facts": pl.Int64,
        "law": pl.String, "area": pl.Int64, "raised": pl.Boolean, "phase_out": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def standing(households: Sequence[int], starts: date = date(2024, 1, 1)) -> pl.DataFrame:
    """Imported past decisions for the same households."""
    found = frame(households)
    return found.select(
        "household", "person", "programme", "payee", "amount", "persons", "area"
    ).with_columns(pl.lit(starts).alias("starts"), pl.lit("演示：既往决定").alias("source"))


def load(count: int) -> None:
    """Standing recipients 1..count."""
    actions.import_decisions(standing(range(1, count + 1)))


def sources(register: Register, found: pl.DataFrame | None = None) -> Sources:
    """What a run asks, answered from the frame `found` (None: nothing is determined)."""

    def of_counties(run: MonthRun, bounds: tuple[int, int]) -> pl.DataFrame:
        assert found is not None
        return found.filter(pl.col("area").is_between(*bounds))

    return Sources(
        register,
        ("dibao",),
        {"dibao": "低保"},
        {"dibao": "basic_living"},
        LAWFUL,
        lambda: [(county, WEIGHT) for county in COUNTIES],
        None if found is None else of_counties,
    )


def users() -> list[int]:
    """Four accounts of three natural persons: the first two accounts are one person's."""
    keys = []
    with connection.cursor() as cursor:
        for number, person in enumerate(("甲", "甲", "乙", "丙")):
            cursor.execute(
                "INSERT INTO access_user (username, name, natural_person, password, email, is_active,"
                " is_demo,"
                " date_joined) VALUES (%s, '演示', %s, '!', '', true, true, now())"
                " ON CONFLICT (username) DO UPDATE SET name = '演示' RETURNING id",
                [f"money-test-{number}", person],
            )
            keys.append(cursor.fetchone()[0])
    return keys


def approvers(keys: Sequence[int]) -> Approvers:
    """甲 confirms changes, 乙 and 丙 approve."""
    return Approvers([Scope(keys[0])], [Scope(keys[2])], [Scope(keys[3])])
