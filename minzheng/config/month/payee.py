"""Who is paid: a person for himself, a family by its first member who has an account.

Where the entitled person has no account (a child, an old parent), the household's payee receives for him.
Where nobody in the household has an account, the run leaves the line unpaid with a finding (`no_account`).
"""

import polars as pl


def of_households(persons: pl.DataFrame, holders: pl.Series) -> pl.DataFrame:
    """`household`, `payee`: its first living member, those with an account first and the head before others.

    `persons` has person, household, relation and, where deaths are known, alive; `holders` are the persons
    who have an account.
    """
    alive = persons.filter(pl.col("alive")) if "alive" in persons.columns else persons
    without = ~pl.col("person").is_in(holders.implode())
    return (
        alive.select("household", "relation", "person", without=without)
        .sort("household", "without", "relation", "person")
        .group_by("household", maintain_order=True)
        .agg(payee=pl.col("person").first())
    )


def of_persons(frame: pl.DataFrame, households: pl.DataFrame, holders: pl.Series) -> pl.DataFrame:
    """`frame` (household, person, …) with `payee`: himself if he has an account, else the household's.

    `households` is what `of_households` made; whoever has no household payee stays his own.
    """
    own = pl.when(pl.col("person").is_in(holders.implode())).then("person").otherwise("payee")
    joined = frame.join(households, on="household", how="left", maintain_order="left")
    return joined.with_columns(payee=pl.coalesce(own, "person"))
