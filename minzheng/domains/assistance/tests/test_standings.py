"""A person's one primary status over time: what comes first on each day, joined and with its reasons."""

import itertools
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.benefits.history import Held
from minzheng.domains.assistance.reads import one_at_a_time
from minzheng.domains.assistance.rules.programmes import PROGRAMMES

KNOWN = datetime(2025, 6, 1, tzinfo=UTC)
FIRST = date(2024, 1, 1)
ORDER = {programme.key: programme.priority for programme in PROGRAMMES}


def row(programme, since, until=None, began="", ended=""):
    return Held(7, programme, since, until, KNOWN, began, ended)


def test_dibao_hides_the_margin_for_as_long_as_it_holds():
    found = one_at_a_time(
        [
            row("marginal", date(2024, 1, 1), date(2025, 1, 1), ended="家庭可计收入不低于标准总额的1.5倍"),
            row("dibao", date(2024, 3, 1), date(2024, 6, 1), began="经测算符合条件"),
            row("rigid_expenditure", date(2025, 1, 1)),
        ]
    )
    assert [(each.programme, each.since, each.until, each.reason) for each in found] == [
        ("marginal", date(2024, 1, 1), date(2024, 3, 1), ""),
        ("dibao", date(2024, 3, 1), date(2024, 6, 1), "经测算符合条件"),
        ("marginal", date(2024, 6, 1), date(2025, 1, 1), ""),
        ("rigid_expenditure", date(2025, 1, 1), None, "家庭可计收入不低于标准总额的1.5倍"),
    ]


def test_a_raised_amount_is_no_move_and_a_gap_stays_a_gap():
    found = one_at_a_time(
        [
            row("dibao", date(2024, 1, 1), date(2024, 4, 1)),
            row("dibao", date(2024, 4, 1), date(2024, 7, 1)),
            row("dibao", date(2024, 9, 1)),
        ]
    )
    assert [(each.since, each.until) for each in found] == [
        (date(2024, 1, 1), date(2024, 7, 1)),
        (date(2024, 9, 1), None),
    ]


ranges = st.lists(
    st.tuples(st.sampled_from(sorted(ORDER)), st.integers(0, 60), st.one_of(st.none(), st.integers(1, 40))),
    max_size=6,
)


@given(ranges)
def test_on_every_day_exactly_one_and_the_one_that_comes_first(drawn):
    rows = []
    for programme, start, length in drawn:
        since = FIRST + timedelta(start)
        rows.append(row(programme, since, since + timedelta(length) if length else None))
    found = one_at_a_time(rows)
    for number in range(110):
        day = FIRST + timedelta(number)
        holding = [each for each in rows if each.since <= day and (each.until is None or day < each.until)]
        told = [each for each in found if each.since <= day and (each.until is None or day < each.until)]
        expected = min((ORDER[each.programme] for each in holding), default=None)
        assert [ORDER[each.programme] for each in told] == ([] if expected is None else [expected])
    for one, two in itertools.pairwise(found):
        assert one.until != two.since or one.programme != two.programme
