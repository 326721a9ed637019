"""What changed before the as-of day and was reported after it, so that the month's run meets every kind of
change.

Known on the as-of day is only what stood before; the rows here are recorded when it was reported. A row
that no longer holds is superseded, closed on its day, and followed by the new one: nothing is updated in
place.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from minzheng.config.province import register
from minzheng.config.province.register import SOURCE, Tables, Times
from minzheng.core.people.terms import ConditionKind, IncomeKind

CHANGES = 9
SHARES = {"death": 0.005, "rise": 0.012, "fall": 0.012, "work": 0.004, "birth": 0.004, "leave": 0.003}


@dataclass(frozen=True)
class Draw:
    """Households by what happens to them; no household is in two."""

    homes: dict[str, pl.Series]


def pick(households: pl.Series, seed: int) -> Draw:
    """Choose households at random, whatever the law found in them."""
    rng = np.random.default_rng([seed, CHANGES])
    order = rng.permutation(households.to_numpy())
    found, low = {}, 0
    for kind, share in SHARES.items():
        count = max(1, round(share * len(order)))
        found[kind] = pl.Series(np.sort(order[low : low + count]))
        low += count
    return Draw(found)


def apply(tables: Tables, persons: pl.DataFrame, drawn: Draw, times: Times) -> Tables:
    """The tables with what happened; `persons` as in `register.tables`."""
    found = dict(tables)
    found["death"] = _deaths(persons, drawn.homes["death"], times)
    incomes = _incomes(found["incomeitem"], persons, drawn)
    found["incomeitem"] = _amended(found["incomeitem"], incomes, times)
    workers = _workers(persons, drawn.homes["work"])
    found["employment"] = _employed(found["employment"], workers, times)
    leavers = _leavers(persons, drawn.homes["leave"], times)
    found["membership"] = _closed(found["membership"], leavers, times)
    return _born(found, persons, drawn.homes["birth"], times)


def _of(persons: pl.DataFrame, homes: pl.Series) -> pl.DataFrame:
    return persons.filter(pl.col("household").is_in(homes.implode()))


def _deaths(persons: pl.DataFrame, homes: pl.Series, times: Times) -> pl.DataFrame:
    """The oldest of each household."""
    oldest = _of(persons, homes).sort("born", "person").unique("household", keep="first", maintain_order=True)
    rows = oldest.select(person_id="person", area="area").sort("person_id")
    return register.dated(rows, times.happened, times.reported)


def _workers(persons: pl.DataFrame, homes: pl.Series) -> pl.DataFrame:
    """One who can work, in each household that has one."""
    able = _of(persons, homes).filter("can_work")
    return able.sort("relation", "person").unique("household", keep="first", maintain_order=True)


def _leavers(persons: pl.DataFrame, homes: pl.Series, times: Times) -> pl.DataFrame:
    """A grown member who is not the head."""
    grown = _of(persons, homes).filter((pl.col("relation") > 1) & (pl.col("born") < times.years_before(20)))
    return grown.sort("person").unique("household", keep="first", maintain_order=True)


def _incomes(items: pl.DataFrame, persons: pl.DataFrame, drawn: Draw) -> pl.DataFrame:
    """New yearly amounts (person_id, kind, area, yearly): more, less, or wages from new work."""
    earned = [int(kind) for kind in (IncomeKind.wages, IncomeKind.business_net, IncomeKind.transfers)]
    home = persons.select(person_id="person", household="household")
    known = items.filter(pl.col("kind").is_in(earned) & pl.col("yearly").is_not_null()).join(
        home, on="person_id"
    )
    parts = []
    for kind, numerator, denominator in (("rise", 13, 5), ("fall", 2, 5)):
        own = known.filter(pl.col("household").is_in(drawn.homes[kind].implode()))
        amount = pl.col("yearly") * numerator // denominator // 100 * 100
        parts.append(own.select("person_id", "kind", "area", yearly=amount))
    workers = _workers(persons, drawn.homes["work"])
    parts.append(
        workers.select(
            person_id="person",
            kind=pl.lit(int(IncomeKind.wages), pl.Int64),
            area="area",
            yearly=pl.lit(3_600_000, pl.Int64),
        )
    )
    return pl.concat(parts).unique(["person_id", "kind"], keep="last", maintain_order=True)


def _amended(items: pl.DataFrame, new: pl.DataFrame, times: Times) -> pl.DataFrame:
    """Rows of the same person and kind superseded and closed, and the new ones."""
    keys = ["person_id", "kind"]
    touched = items.join(new.select(keys), on=keys, how="semi", maintain_order="left")
    rest = items.join(new.select(keys), on=keys, how="anti", maintain_order="left")
    fresh = register.dated(new.select("person_id", "area", "kind", "yearly"), times.happened, times.reported)
    return pl.concat([rest, *_history(touched, times), fresh.select(items.columns)])


def _history(rows: pl.DataFrame, times: Times) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(as it was known before, as it is known since: closed on the day)."""
    instant = pl.lit(times.reported).cast(rows.schema["superseded_at"])
    before = rows.with_columns(superseded_at=instant)
    since = rows.with_columns(
        valid_to=pl.lit(times.happened), recorded_at=pl.lit(times.reported).cast(rows.schema["recorded_at"])
    )
    return before, since


def _employed(employments: pl.DataFrame, workers: pl.DataFrame, times: Times) -> pl.DataFrame:
    key = workers.select(person_id="person")
    touched = employments.join(key, on="person_id", how="semi", maintain_order="left")
    rest = employments.join(key, on="person_id", how="anti", maintain_order="left")
    fresh = register.dated(
        touched.select(
            "person_id", "area", "can_work", "job_refusals", employed_since=pl.lit(times.happened)
        ),
        times.happened,
        times.reported,
    )
    return pl.concat([rest, *_history(touched, times), fresh.select(employments.columns)])


def _closed(memberships: pl.DataFrame, leavers: pl.DataFrame, times: Times) -> pl.DataFrame:
    key = leavers.select(person_id="person")
    touched = memberships.join(key, on="person_id", how="semi", maintain_order="left")
    rest = memberships.join(key, on="person_id", how="anti", maintain_order="left")
    return pl.concat([rest, *_history(touched, times)])


def _born(tables: Tables, persons: pl.DataFrame, homes: pl.Series, times: Times) -> Tables:
    """A child in each household with a mother to be; without a number yet, so under a provisional code."""
    mothers = _of(persons, homes).filter(
        (pl.col("sex") == 2) & pl.col("born").is_between(times.years_before(40), times.years_before(20))
    )
    mothers = mothers.sort("person").unique("household", keep="first", maintain_order=True)
    first = tables["person"].height + 1
    child = mothers.with_columns(child=pl.int_range(first, first + mothers.height, dtype=pl.Int64))
    found = dict(tables)
    found["person"] = pl.concat([tables["person"], _children(child, times).select(tables["person"].columns)])
    rows = {
        "membership": child.select(
            person_id="child", area="area", household_id="household", relation=_generation(child)
        ),
        "residence": child.select(person_id="child", area="area"),
        "hukou": child.select(person_id="child", area="area", place="hukou", urban="urban"),
        "condition": child.select(
            person_id="child",
            area="area",
            kind=pl.lit(int(ConditionKind.obligor_survey), pl.Int64),
            value=pl.lit(1, pl.Int64),
        ),
        "obligor": child.select(
            person_id="child", area="area", relation=pl.lit(5, pl.Int64), able=pl.lit(True)
        ),
    }
    for name, frame in rows.items():
        whole = register.dated(frame, times.happened, times.reported).select(tables[name].columns)
        found[name] = pl.concat([found[name], whole.cast(tables[name].schema)])
    return found


def _generation(children: pl.DataFrame) -> pl.Expr:
    """Daughter of a head or spouse, grandchild of the others' parents."""
    return pl.when(pl.col("relation") <= 1).then(pl.lit(3, pl.Int64)).otherwise(pl.lit(4, pl.Int64))


def _children(mothers: pl.DataFrame, times: Times) -> pl.DataFrame:
    return mothers.select(
        id="child",
        name=pl.concat_str(pl.col("name").str.slice(0, 1), pl.lit("小宝")),
        name_note=pl.lit(""),
        sex=pl.lit(2, pl.Int64),
        born=pl.lit(times.happened),
        ethnicity="ethnicity",
        number=pl.lit(None, pl.String),
        area="area",
        provisional_code=pl.concat_str(pl.lit("LSX"), pl.col("child").cast(pl.String)),
        recorded_at=pl.lit(times.reported),
        source=pl.lit(SOURCE),
    )
