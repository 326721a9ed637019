"""Make the province: draw, let the law judge, trim, date, change, load, bring in the past decisions. One
transaction.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
from django.db import connection, transaction

from minzheng.analysis.synthesis import population
from minzheng.config.month import finding, payee
from minzheng.config.province import changes, register, trimming
from minzheng.config.province.register import Tables, Times
from minzheng.config.province.stages import Stages
from minzheng.core.areas import actions as areas
from minzheng.core.benefits import actions as benefits
from minzheng.core.indicators.actions import record_sample
from minzheng.core.people import aside, loading, sealing
from minzheng.domains.assistance.rules import law
from minzheng.domains.assistance.rules.programmes import PROGRAMMES
from minzheng.domains.assistance.terms import ASSUMED
from minzheng.kernel.errors import Refusal

DATA = Path(__file__).resolve().parents[3] / "data"
WANT = (
    "dibao.eligible",
    "dibao.covered",
    "dibao.amount_monthly",
    "tekun.eligible",
    "tekun.amount_monthly",
    "marginal.eligible",
    "marginal.covered",
    "rigid_expenditure.eligible",
    "rigid_expenditure.covered",
    "status.low_income",
)
MADE = ("people", "benefits", "ledger")
IMPORTING = [
    "benefits_determination",
    "benefits_decision",
    "benefits_entitlement",
    "benefits_entitlementperson",
]
IMPORTED = "演示：导入的历史决定"
STARTS = 8
Tell = Callable[[str, int], None]


class ProvinceRefusal(Refusal):
    """There is a province already, or the way it was asked for is wrong."""


@dataclass(frozen=True)
class Made:
    """What was made: kept people and households, and what the law found in them."""

    scale: float
    seed: int
    as_of: date
    persons: int
    households: int
    dibao: int
    tekun: int
    marginal: int
    rigid_expenditure: int
    low_income: int
    failing_households: int
    decisions: int
    rows: int
    law: str


@dataclass(frozen=True)
class Judged:
    """The kept persons and homes with their keys, and the law's findings beside them."""

    persons: pl.DataFrame
    homes: pl.DataFrame
    hash: str


def exists() -> bool:
    """Whether the register holds anybody; asked as engine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM people_person)")
        return bool(cursor.fetchone()[0])


def make(scale: float, seed: int, as_of: date, replace: bool, tell: Tell | Stages) -> Made:
    """Make the province as engine; `tell` hears (stage, steps done). Refuses to overwrite without
    `replace`.
    """
    if not replace and exists():
        raise ProvinceRefusal(
            "登记库里已经有人员，没有改动。要重新生成演示省，请加 --replace（原有的演示数据会全部清除）。"
        )
    stages = tell if isinstance(tell, Stages) else Stages(tell, scale)
    times = Times(as_of)
    with sealing.sealers() as sealers:
        judged = judge(scale, seed, as_of, stages.drawn)
        stages.at("成表")
        tables, later = _tables(judged, seed, times, sealers)
        past = decisions(judged, seed, as_of)
        found = determinations(judged, as_of)
        made = _made(judged, scale, seed, as_of, past)
        del judged
        with transaction.atomic():
            _announce()
            if replace:
                loading.empty(MADE)
            with aside.aside([f"people_{name}" for name in loading.ORDER] + IMPORTING, stages.building):
                rows = _fill(tables, later, stages)
                stage = stages.at("导入决定")
                stage.rows = imported = benefits.import_decisions(past)
                benefits.import_determinations(found, as_of, times.recorded)
            areas.fix_today(times.reported.date())
            record_sample(Fraction(str(scale)), seed, as_of)
            stages.at("提交")
    stages.at("统计")
    _analyse()
    stages.end()
    return replaced(made, rows=rows, decisions=imported)


def _tables(
    judged: Judged, seed: int, times: Times, sealers: ProcessPoolExecutor
) -> tuple[Tables, dict[str, sealing.Later]]:
    """(tables to load, tables that are being sealed meanwhile)."""
    drawn = changes.pick(judged.homes["household"], seed)
    tables = changes.apply(register.tables(judged.persons, judged.homes, times), judged.persons, drawn, times)
    clear = {"person": tables.pop("person"), "account": register.accounts(judged.persons, times)}
    return tables, {name: sealing.Later(sealers, name, frame) for name, frame in clear.items()}


def _fill(tables: Tables, later: dict[str, sealing.Later], stages: Stages) -> int:
    """Load what is ready while the numbers are being sealed; each table is given back to memory."""
    rows = 0
    for name in (name for name in loading.ORDER if name in tables):
        frame = tables.pop(name)
        rows += loading.write(name, [frame] if frame.height else [], stages.loaded, fresh=True)
    for name in sorted(later, reverse=True):
        rows += loading.write(name, later[name], stages.loaded, fresh=True)
    return rows


def judge(scale: float, seed: int, as_of: date, tell: Tell) -> Judged:
    """Draw, decide by columns, keep what the quotas need; sorted by village, keys from 1. Touches no
    database.
    """
    wanted = trimming.quotas(DATA / "demonstration" / "recipients.csv", scale)
    drawn = population.draw(DATA / "reference", wanted, seed, as_of, lambda done: tell("抽取", done))
    assumed = {name: pl.lit(value) for name, value in ASSUMED.items() if name not in drawn.persons.columns}
    persons = drawn.persons.rename({"draw": "person"}).with_columns(**assumed)
    homes = drawn.households.with_columns(
        prior_amount=pl.lit(0, pl.Int64), expenses_until=pl.lit(None, pl.Date)
    )
    statute = law().on(as_of)
    tell("认定", 1)
    by_person, by_home = statute.columns(persons, homes, list(WANT))
    persons = persons.hstack(by_person.select(pl.exclude("person", "household")))
    homes = homes.hstack(by_home.select(pl.exclude("household", "area")))
    counts = persons.group_by("household", maintain_order=True).agg(
        pl.col("dibao.covered").sum().cast(pl.Int64), low=pl.col("status.low_income").sum().cast(pl.Int64)
    )
    # Eligible for nothing a month (a shortfall below half a fen) is no recipient.
    paid = counts["dibao.covered"] * (homes["dibao.amount_monthly"] > 0).fill_null(False).cast(pl.Int64)
    stay = trimming.kept(paid.to_numpy(), counts["low"].to_numpy(), homes["cell"].to_numpy(), wanted)
    columns = {column.name: column for column in persons.get_columns()}
    del drawn, persons, by_person
    return _keyed(columns, homes.filter(pl.Series(stay)), statute.hash)


def _keyed(columns: dict[str, pl.Series], homes: pl.DataFrame, law_hash: str) -> Judged:
    """Keys in the order of villages, so that a county's rows lie together.

    `columns` of the persons are taken out one by one: two whole provinces at a time need too much memory.
    """
    homes = homes.sort("area", "household").rename({"household": "drawn"})
    homes = homes.with_columns(household=register.as_keys(homes.height))
    del columns["person"]
    keys = pl.DataFrame([columns[name] for name in ("relation", "born", "number")])
    keys = keys.with_row_index("row").with_columns(drawn=columns.pop("household"))
    keys = keys.join(homes.select("drawn", "household", "area", "urban"), on="drawn", how="inner")
    order = keys.sort("household", "relation", "born", "number", "row", nulls_last=True)
    persons = order.select("household", "area", "urban", person=register.as_keys(order.height))
    taken = [columns.pop(name).gather(order["row"]) for name in list(columns)]
    return Judged(persons.hstack(taken), homes.drop("drawn"), law_hash)


def decisions(judged: Judged, seed: int, as_of: date) -> pl.DataFrame:
    """The standing recipients as past decisions: a family's dibao, a destitute person's support.

    Paid as the month's run pays: `config.month.payee`.
    """
    rng = np.random.default_rng([seed, STARTS])
    covered = (
        judged.persons.filter("dibao.covered").group_by("household").agg(persons=pl.col("person").sort())
    )
    families = (
        judged.homes.filter(pl.col("dibao.eligible") & (pl.col("dibao.amount_monthly") > 0))
        .join(covered, on="household")
        .select("household", "area", "persons", amount="dibao.amount_monthly", programme=pl.lit("dibao"))
        .with_columns(person=pl.lit(0, pl.Int64))
    )
    destitute = judged.persons.filter(pl.col("tekun.eligible") & (pl.col("tekun.amount_monthly") > 0)).select(
        "household",
        "area",
        persons=pl.concat_list("person"),
        amount="tekun.amount_monthly",
        programme=pl.lit("tekun"),
        person="person",
    )
    holders = register.holders(judged.persons, Times(as_of))["person"]
    payees = payee.of_households(judged.persons, holders)
    paid = [
        families.join(payees, on="household"),
        payee.of_persons(destitute.select(families.columns), payees, holders),
    ]
    whole = pl.concat([frame.select(*families.columns, "payee") for frame in paid])
    whole = whole.sort("household", "programme", "person")
    months = pl.Series(rng.integers(1, 36, whole.height))
    start = pl.lit(as_of.replace(day=1)).dt.offset_by(pl.format("-{}mo", months))
    return whole.with_columns(starts=start, source=pl.lit(IMPORTED))


def determinations(judged: Judged, as_of: date) -> pl.DataFrame:
    """What the law found in the drawn register: whoever has a right, or may have one that facts are missing
    for, as a month's run keeps it.
    """
    holders = register.holders(judged.persons, Times(as_of))["person"]
    payees = payee.of_households(judged.persons, holders)
    rules = {rule for each in PROGRAMMES for rule in (each.eligible, each.amount, each.covers) if rule}
    persons = judged.persons.select(
        "household", "person", *(rule for rule in sorted(rules) if rule in judged.persons.columns)
    )
    rows = [
        finding.of_programme(programme, persons, judged.homes, payees, holders)
        .filter(pl.col("eligible").fill_null(True))
        .select(
            "household", "person", "payee", "eligible", "amount", "persons", "area",
            programme=pl.lit(programme.key), law=pl.lit(judged.hash),
        )
        for programme in PROGRAMMES
    ]  # fmt: skip
    return pl.concat(rows).sort("area", "household", "programme", "person")


def _made(judged: Judged, scale: float, seed: int, as_of: date, past: pl.DataFrame) -> Made:
    """What was judged; the rows are counted when they are written."""
    persons, homes = judged.persons, judged.homes
    helped = persons.group_by("household").agg(pl.col("status.low_income").fill_null(False).any())
    return Made(
        scale=scale,
        seed=seed,
        as_of=as_of,
        persons=persons.height,
        households=homes.height,
        dibao=int(past.filter(pl.col("programme") == "dibao")["persons"].list.len().sum()),
        tekun=int(persons["tekun.eligible"].sum()),
        marginal=int(persons["marginal.covered"].sum()),
        rigid_expenditure=int(persons["rigid_expenditure.covered"].sum()),
        low_income=int(persons["status.low_income"].sum()),
        failing_households=int((~helped["status.low_income"]).sum()),
        decisions=0,
        rows=0,
        law=judged.hash,
    )


def _announce() -> None:
    """What the history of this transaction says it was for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.purpose', '生成演示省', true)")


def _analyse() -> None:
    """Statistics for the planner; without them the first reads of a fresh register are slow."""
    with suppress(OSError), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(people|benefits)_'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {table}")
