"""The province before it is loaded: quotas met, enough refused for every reason, numbers that are valid."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from minzheng.analysis.synthesis.population import Quota
from minzheng.config.province import changes, making, register, trimming
from minzheng.config.province.making import DATA, Judged
from minzheng.config.province.register import Times
from minzheng.core.people.terms import IncomeKind, LabelKind
from minzheng.domains.assistance.module import MODULE
from minzheng.domains.assistance.rules import law
from minzheng.kernel.identity import ResidentNumber

DAY = date(2024, 9, 30)
SCALE = 0.004


@pytest.fixture(scope="module")
def judged() -> Judged:
    """A small province."""
    return making.judge(SCALE, 3, DAY, lambda stage, done: None)


def test_quotas_add_up() -> None:
    for scale in (0.001, 0.01, 0.0123, 1):
        wanted = trimming.quotas(DATA / "demonstration" / "recipients.csv", scale)
        assert sum(q.persons for q in wanted) == round(2_691_800 * scale)
        assert sum(q.low_income for q in wanted) == round(3_542_200 * scale)
        assert len(wanted) == 258
        assert min(q.persons for q in wanted) >= 0


def test_the_law_finds_the_quota(judged: Judged) -> None:
    past = making.decisions(judged, 3, DAY).filter(pl.col("programme") == "dibao")
    assert past["persons"].list.len().sum() == round(2_691_800 * SCALE)
    assert judged.persons["status.low_income"].sum() == round(3_542_200 * SCALE)


def test_a_person_has_one_status_at_most(judged: Judged) -> None:
    tiers = ("tekun.eligible", "dibao.covered", "marginal.covered", "rigid_expenditure.covered")
    found = judged.persons.select(pl.sum_horizontal(pl.col(t).fill_null(False).cast(pl.Int64) for t in tiers))
    assert found.to_series().max() == 1


def test_the_shape_of_the_province(judged: Judged) -> None:
    at_one = 1 / SCALE
    assert 4.6e6 < judged.persons.height * at_one < 5.5e6
    assert 90_000 < judged.persons["tekun.eligible"].sum() * at_one < 160_000
    assert 330_000 < judged.persons["marginal.covered"].sum() * at_one < 520_000
    assert 200_000 < judged.persons["rigid_expenditure.covered"].sum() * at_one < 420_000
    helped = judged.persons.group_by("household").agg(pl.col("status.low_income").fill_null(False).any())
    assert (~helped["status.low_income"]).mean() >= 0.25
    failed = judged.homes["dibao.eligible"].fill_null(False)
    assert (~failed).mean() >= 0.25


def test_every_reason_of_refusal_occurs(judged: Judged) -> None:
    reasons = {reason.rule: reason.when for programme in MODULE.programmes for reason in programme.reasons}
    homes = judged.homes.with_columns(prior_amount=pl.lit(0, pl.Int64)).select(pl.exclude("^.*\\..*$"))
    persons = judged.persons.select(pl.exclude("^.*\\..*$"))
    by_person, by_home = law().on(DAY).columns(persons, homes, list(reasons))
    for rule, when in reasons.items():
        frame = by_person if rule in by_person.columns else by_home
        assert (frame[rule] == when).sum() > 0, rule


def test_labels_are_drawn_apart_from_any_status(judged: Judged) -> None:
    """Every label occurs, on people with and without a status; a few people have two."""
    rows = register.tables(judged.persons, judged.homes, Times(DAY))["label"]
    status = judged.persons.select(person_id="person", low="status.low_income")
    found = rows.join(status, on="person_id").group_by("kind").agg(pl.col("low").mean())
    assert sorted(found["kind"]) == sorted(LabelKind)
    assert found["low"].is_between(0.2, 0.98).sum() == 4
    assert rows["person_id"].n_unique() <= rows.height


def test_expenses_are_drawn_apart_from_incomes(judged: Judged) -> None:
    """A drawn bill knows nothing of what a household lives on: the same share of both halves has one."""
    homes = judged.persons.group_by("household").agg(
        pl.col("medical_bills").gt(0).mean().alias("ill"), pl.col("wages").sum(), pl.len()
    )
    grown = homes.filter(pl.col("len") == 3)
    poor = grown.filter(pl.col("wages") <= pl.col("wages").median())["ill"].mean()
    rich = grown.filter(pl.col("wages") > pl.col("wages").median())["ill"].mean()
    assert isinstance(poor, float)
    assert isinstance(rich, float)
    assert abs(poor - rich) < 0.15


def test_numbers_are_valid(judged: Judged) -> None:
    people = judged.persons.select("number", "born", "sex").drop_nulls()
    for number, born, sex in people.head(3000).iter_rows():
        parsed = ResidentNumber.parse(number)
        assert (parsed.born, int(parsed.sex)) == (born, sex)


def test_rows_lie_by_village_and_household(judged: Judged) -> None:
    assert judged.homes["area"].is_sorted()
    assert judged.persons["household"].is_sorted()
    assert judged.persons["person"].to_list() == list(range(1, judged.persons.height + 1))


def test_decisions_cover_each_person_once(judged: Judged) -> None:
    past = making.decisions(judged, 3, DAY)
    covered = past["persons"].explode()
    assert covered.n_unique() == covered.len()
    assert (past["amount"] > 0).all()
    assert past["starts"].max() < DAY
    assert set(past["programme"].unique()) == {"dibao", "tekun"}


def test_the_destitute_are_paid_themselves(judged: Judged) -> None:
    past = making.decisions(judged, 3, DAY).filter(pl.col("programme") == "tekun")
    grown = judged.persons.filter(pl.col("born") <= DAY.replace(year=DAY.year - 18))["person"]
    own = past.filter(pl.col("person").is_in(grown.implode()))
    assert own.height > 0
    assert (own["payee"] == own["person"]).all()
    children = past.filter(~pl.col("person").is_in(grown.implode()))
    holders = register.holders(judged.persons, Times(DAY))["person"]
    assert children["payee"].is_in(holders.implode()).mean() > 0.5  # others live where nobody has an account


def test_changes_keep_what_was_known(judged: Judged) -> None:
    times = Times(DAY)
    tables = register.tables(judged.persons, judged.homes, times)
    after = changes.apply(tables, judged.persons, changes.pick(judged.homes["household"], 3), times)
    known = pl.col("recorded_at") <= pl.lit(times.recorded)
    for name, frame in tables.items():
        if "valid_from" in frame.columns:
            before = after[name].filter(known).drop("superseded_at")
            keys = [
                c
                for c in ("person_id", "household_id", "kind", "relation", "place", "able")
                if c in frame.columns
            ]
            assert before.sort(keys).equals(frame.drop("superseded_at").sort(keys)), name
    assert after["death"].height > 0
    assert after["person"].height > tables["person"].height
    wages = after["incomeitem"].filter(
        pl.col("kind") == int(IncomeKind.wages), pl.col("superseded_at").is_null()
    )
    assert wages.group_by("person_id", "valid_from").len()["len"].max() == 1


def test_the_prefix_nearest_to_the_quota_is_kept() -> None:
    covered = np.array([2, 0, 3, 2, 1, 4, 2, 1])
    cell = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    low = np.array([2, 1, 3, 3, 1, 4, 2, 1])
    stay = trimming.kept(covered, low, cell, [Quota(1, True, 4, 6), Quota(1, False, 6, 5)])
    assert int(covered[stay].sum()) == 10
    assert int(low[stay].sum()) == 11
    assert stay.tolist()[:3] == [True, True, True]


def test_too_few_households_are_told() -> None:
    with pytest.raises(trimming.TrimRefusal, match="还差 91 人"):
        trimming.kept(np.array([5, 4]), np.array([5, 4]), np.array([0, 0]), [Quota(1, True, 100, 120)])
