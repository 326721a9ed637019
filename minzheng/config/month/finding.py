"""What the law finds for some counties, as the frame that `benefits.determining` stores: every registered
subject's books.
"""

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl

from minzheng.config.month import payee, register
from minzheng.config.month.past import Past
from minzheng.config.month.register import PeopleRegister
from minzheng.config.month.sources import Bounds, Sources
from minzheng.core.areas.day import today
from minzheng.core.benefits import determining, runs
from minzheng.core.benefits.runs import MonthRun
from minzheng.core.ledger.payees import Register
from minzheng.core.people import late
from minzheng.kernel.facts import Fact
from minzheng.kernel.module import Module, Programme, registry
from minzheng.kernel.parameters import Parameters
from minzheng.kernel.periods import Month
from minzheng.kernel.rules.law import Law, Statute

ROOT = Path(__file__).resolve().parents[3]
KINDS = determining.COLUMNS
COLUMNS = list(KINDS)
COUNTY = 10**6


class Subject:
    """One module's law and the way to its facts."""

    def __init__(self, module: Module) -> None:
        self.programmes = sorted(module.programmes, key=lambda p: p.priority)
        self.law = law_of(module)
        self.source = import_module(module.frames or f"minzheng.domains.{module.key}.reads")
        self.frames = self.source.frames

    def found(self, run: MonthRun, bounds: Bounds, accounts: Register) -> pl.DataFrame:
        """The rows of every programme in some counties; `accounts` tells who has one."""
        return self._judged(run, accounts, *self.frames(run.day, run.known, *bounds))

    def found_of(self, run: MonthRun, households: Sequence[int], accounts: Register) -> pl.DataFrame:
        """The same of some households, by the day and the knowledge of `run`."""
        columns = self.source.PERSON, self.source.HOUSEHOLD
        return self._judged(run, accounts, *late.frames_of(households, run.day, run.known, *columns))

    def _judged(
        self, run: MonthRun, accounts: Register, persons: pl.DataFrame, households: pl.DataFrame
    ) -> pl.DataFrame:
        if households.is_empty():
            return pl.DataFrame(schema=SCHEMA)
        statute = self.law.on(run.day, run.known.date())
        of_persons, of_households = statute.columns(persons, households, wanted(self.programmes, statute))
        digest = digests(persons, households)
        holders = accounts.accounts(persons["person"].to_list())["person"]
        payees = payee.of_households(persons, holders)
        earlier = runs.before(run)
        known = earlier[1].date() if earlier else None
        counties = (households["area"] // COUNTY * COUNTY).unique().sort().to_list()
        raised = {county: raised_in(self.programmes, statute, run.day, county, known) for county in counties}
        rows = []
        for programme in self.programmes:
            frame = of_programme(programme, of_persons, of_households, payees, holders)
            phase_out = f"{programme.book}.phase_out"
            if phase_out in of_households.columns:
                flags = of_households.select(
                    "household", pl.col(phase_out).fill_null(False).alias("phase_out")
                )
                frame = frame.join(flags, on="household", how="left")
            else:
                frame = frame.with_columns(phase_out=pl.lit(False))
            rows.append(
                frame.join(digest, on="household", how="left").with_columns(
                    programme=pl.lit(programme.key),
                    law=pl.lit(statute.hash),
                    raised=_in_counties(programme, raised),
                )
            )
        return pl.concat([frame.select(COLUMNS).cast(SCHEMA) for frame in rows])


def of_programme(
    programme: Programme,
    of_persons: pl.DataFrame,
    of_households: pl.DataFrame,
    payees: pl.DataFrame,
    holders: pl.Series,
) -> pl.DataFrame:
    """A row a household or person with what its programme's rules gave: eligible, amount, persons, payee."""
    if programme.grain == "household":
        return _by_household(programme, of_persons, of_households, payees)
    return payee.of_persons(_by_person(programme, of_persons, of_households), payees, holders)


def law_of(module: Module) -> Law:
    """A subject's law: its books on its facts and parameters."""
    facts = [f for f in module.facts if isinstance(f, Fact)]
    return Law.load(module.books, facts, Parameters.load(ROOT / module.parameters))


def standing(bounds: Bounds) -> pl.DataFrame:
    """`household`, `person`, `programme` of whoever of the areas has or had something found."""
    return determining.known_subjects(bounds)


def wanted(programmes: Sequence[Programme], statute: Statute) -> list[str]:
    """The rules that tell the rights of the programmes: eligible, amount, who is covered, and the reasons."""
    names: dict[str, None] = {}
    for programme in programmes:
        asked = [programme.eligible, programme.amount, programme.covers, f"{programme.book}.phase_out"]
        asked += [reason.rule for reason in programme.reasons]
        names.update(dict.fromkeys(name for name in asked if name in statute.articles))
    return list(names)


def raised_in(
    programmes: Sequence[Programme], statute: Statute, day: date, county: int, known: date | None = None
) -> set[str]:
    """Programmes one of whose parameters has another value in this county than a month ago, as known then."""
    before = Month.of(day).next(-1).first
    raised = set()
    for programme in programmes:
        if programme.amount is None:
            continue
        for name in statute.leaves("parameter", [programme.amount]):
            now = statute.parameters.at(name, county, day)
            if now.value != statute.parameters.at(name, county, before, known).value:
                raised.add(programme.key)
    return raised


SCHEMA = pl.Schema({
    "household": pl.Int64(), "person": pl.Int64(), "programme": pl.String(), "payee": pl.Int64(),
    "eligible": pl.Boolean(),
    "amount": pl.Int64(), "persons": pl.List(pl.Int64), "reasons": pl.List(pl.String), "facts": pl.Int64(),
    "law": pl.String(), "area": pl.Int64(), "raised": pl.Boolean(), "phase_out": pl.Boolean(),
})  # fmt: skip


def sources(month: date) -> Sources:
    """The real sources of a month's run: the register, and the law of every registered subject."""
    people = PeopleRegister(max(month, today()))
    subjects = [Subject(module) for module in registry.modules() if module.programmes]
    programmes = registry.programmes()
    paying = [p for p in programmes if p.amount is not None and p.period == "month"]

    def found(run: MonthRun, bounds: Bounds) -> pl.DataFrame:
        frame = pl.concat([subject.found(run, bounds, people) for subject in subjects])
        known = determining.known_subjects(bounds)
        # Those who never had anything and are found to have no right are not kept.
        stands = frame.join(known, on=["household", "person", "programme"], how="semi")
        new = frame.join(known, on=["household", "person", "programme"], how="anti")
        return pl.concat([stands, new.filter(pl.col("eligible").fill_null(True))])

    return Sources(
        people,
        tuple(p.key for p in paying),
        {p.key: p.label for p in programmes},
        {p.key: p.exclusive for p in paying if p.exclusive},
        {(p.key, change.kind): change.law for p in paying for change in p.automatic},
        register.counties,
        found,
        register.moved,
        people.alike,
        Past(
            lambda run, households: pl.concat([s.found_of(run, households, people) for s in subjects]),
            [subject.law.parameters for subject in subjects],
            [programme.key for programme in paying],
        ),
    )


def _in_counties(programme: Programme, raised: dict[int, set[str]]) -> pl.Expr:
    """Whether the programme's parameters changed in the row's county."""
    counties = [county for county, programmes in raised.items() if programme.key in programmes]
    return (pl.col("area") // COUNTY * COUNTY).is_in(counties)


def digests(persons: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """`household`, `facts`: a digest of every fact that was read of the household and its members."""
    members = persons.select("household", facts=persons.hash_rows(seed=0)).group_by("household")
    own = households.select("household", own=households.hash_rows(seed=1))
    joined = own.join(members.agg(pl.col("facts").bitwise_xor()), on="household", how="left")
    return joined.select(
        "household", facts=(pl.col("own") ^ pl.col("facts").fill_null(0)).reinterpret(signed=True)
    )


def _by_household(
    programme: Programme, of_persons: pl.DataFrame, of_households: pl.DataFrame, payees: pl.DataFrame
) -> pl.DataFrame:
    covered = of_persons
    if programme.covers is not None:
        covered = of_persons.filter(pl.col(programme.covers).fill_null(False))
    lists = covered.group_by("household").agg(persons=pl.col("person").sort())
    return (
        of_households.join(lists, on="household", how="left")
        .join(payees, on="household", how="inner")
        .select(
            "household",
            "area",
            "payee",
            *_result(programme),
            person=pl.lit(0, dtype=pl.Int64),
            persons=pl.col("persons").fill_null([]),
            reasons=_reasons(programme, of_households.columns),
        )
    )


def _by_person(programme: Programme, of_persons: pl.DataFrame, of_households: pl.DataFrame) -> pl.DataFrame:
    areas = of_households.select("household", "area")
    return of_persons.join(areas, on="household", how="inner").select(
        "household",
        "area",
        "person",
        *_result(programme),
        persons=pl.concat_list("person"),
        reasons=_reasons(programme, of_persons.columns),
    )


def _result(programme: Programme) -> list[pl.Expr]:
    """Eligible and amount; who is eligible with an unknown amount is not determined."""
    if programme.amount is None:
        return [pl.col(programme.eligible).alias("eligible"), pl.lit(0, dtype=pl.Int64).alias("amount")]
    eligible, amount = pl.col(programme.eligible), pl.col(programme.amount)
    known = pl.when(eligible & amount.is_null()).then(None).otherwise(eligible)
    return [known.alias("eligible"), pl.when(eligible).then(amount).otherwise(0).fill_null(0).alias("amount")]


def _reasons(programme: Programme, columns: Sequence[str]) -> pl.Expr:
    """The labels of the refusals that hold, where the right does not."""
    said = [
        pl.when(
            pl.col(reason.rule).eq(reason.when).fill_null(False) & pl.col(programme.eligible).not_()
        ).then(pl.lit(reason.label))
        for reason in programme.reasons
        if reason.rule in columns
    ]
    if not said:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(said).list.drop_nulls()
