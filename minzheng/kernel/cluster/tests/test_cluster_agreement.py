"""The readings agree with Spark: on random trees, on the toy law, with unknowns and extremes."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from minzheng.kernel.cluster.reading import quoted, read
from minzheng.kernel.cluster.tests.frames import to_polars, to_spark
from minzheng.kernel.rules import Law, RuleRefusal, parse_unit, verbs
from minzheng.kernel.rules.agreement import frames, random_cases
from minzheng.kernel.rules.pick import Article
from minzheng.kernel.rules.tree import leaf
from minzheng.kernel.tests import random_law, toy_law

pytestmark = pytest.mark.spark
AREAS = [toy_law.PANLONG + 1001, toy_law.WUHUA + 2, toy_law.YUNNAN, 532301000000]
TREES = 12


@st.composite
def laws(draw):
    """Several random books of three rules each, in one law, so that one start of Spark tries them all."""
    articles = []
    for at in range(TREES):
        articles += book(draw, f"random{at}")
    return Law(articles, random_law.NAMED, random_law.PARAMETERS).on(random_law.DAY)


def book(draw, name):
    grower = random_law.Grower(draw)
    first = article(name, "first", "分/人·年", grower.money(True, draw(st.integers(0, 3))), draw)
    inner = leaf("rule", f"{name}.first", parse_unit("分/人·年"), "person")
    tree = verbs.total(inner) + grower.money(False, draw(st.integers(0, 3)))
    second = article(name, "second", "分/户·年", tree, draw, f"{name}.first")
    whole = leaf("rule", f"{name}.second", parse_unit("分/户·年"), "household")
    tree = (whole > grower.money(False, 1)) & grower.yes(True, draw(st.integers(0, 3)))
    return [first, second, article(name, "third", "是否/人", tree, draw, f"{name}.second")]


def article(name, rule, unit, tree, draw, *reads):
    made = random_law._article(rule, unit, tree, draw, *reads)
    return Article(replace(made.rule, book=name, label=f"{name}.{rule}"), tree, reads)


# Not shrunk: a smaller example of twelve books costs more starts of Spark than it saves reading.
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(law=laws(), cases=st.lists(random_law.cases(), min_size=6, max_size=12))
def test_the_readings_agree_on_random_trees(spark, tmp_path_factory, law, cases):
    folder = tmp_path_factory.mktemp("random")
    cases = [case for some in cases for case in some]
    names = list(law.articles)
    persons, households = frames(law, cases)
    reading = read(law, to_spark(spark, persons, folder), to_spark(spark, households, folder), names)
    rows = to_polars(reading.rows, folder, "household", "person")
    found = {key[0]: part for key, part in rows.partition_by("household", as_dict=True).items()}
    for at, case in enumerate(cases):
        faults = "".join(said for listed in found[at]["faults"].to_list() for said in listed if said)
        for start in range(0, len(names), 3):
            compare(law, case, names[start : start + 3], found[at], faults)


def decided(law, case, names):
    try:
        return law.decide(case, names).values, ""
    except RuleRefusal as refusal:
        return None, str(refusal)


def compare(law, case, names, rows, faults):
    """One book and one household: refused by both in the same words, or the same values and types."""
    values, refusal = decided(law, case, names)
    if values is None:
        # What two books of the law sum alike is made once, and told in the name of the first of them.
        assert faults
        assert refusal in faults or not any(f"（{name}，" in faults for name in names)
        return
    assert not any(f"（{name}，" in faults for name in names)
    rows = rows.filter("member") if case.members else rows
    for name in names:
        given = rows[name].to_list()
        if law.articles[name].rule.grain != "person":
            assert len(set(given)) == 1
            given = given[0]
        elif not case.members:
            continue
        assert (type(given), given) == (type(values[name]), values[name]), name


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2024, 10, 1), date(2026, 2, 28)])
def test_the_readings_agree_on_the_toy_law(spark, tmp_path, day):
    statute = toy_law.law().on(day)
    agree(spark, tmp_path, statute, random_cases(statute, AREAS, 7, 1500))


def agree(spark, folder, statute, cases):
    persons, households = frames(statute, cases)
    names = list(statute.articles)
    first, second = statute.columns(persons, households, names)
    reading = read(statute, to_spark(spark, persons, folder), to_spark(spark, households, folder), names)
    members, homes = reading.frames()
    assert_frame_equal(to_polars(members, folder, "person"), first.sort("person"), check_dtypes=True)
    assert_frame_equal(
        to_polars(homes, folder, "household").select(second.columns),
        second.sort("household"),
        check_dtypes=True,
    )
    assert pl.concat([first["household"], second["household"]]).n_unique() == len(cases)
    assert quoted(names[0]).startswith("`")
