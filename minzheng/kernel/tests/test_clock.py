"""The clock of a case: counted by hand in a real calendar, and by a slow model on random ones."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.clock import Clock, ClockRefusal, Pause
from minzheng.kernel.periods import Calendar

CALENDAR = Calendar.load()
KUNMING, CHUXIONG = 530102000000, 532301000000


def clock(start, limit, unit="working_day", *pauses, area=KUNMING):
    return Clock(date.fromisoformat(start), limit, unit, area, tuple(pauses))


def pause(since, until=None):
    return Pause(date.fromisoformat(since), None if until is None else date.fromisoformat(until))


def ends(what, day):
    return what.deadline(CALENDAR, date.fromisoformat(day)).day.isoformat()


def test_ten_working_days_over_the_national_day():
    # 2024-09-27 is a Friday; the 29th and 12 October are make-up working days, 1-7 October are holidays:
    # 29, 30 September, 8, 9, 10, 11, 12, 14, 15, 16 October
    assert ends(clock("2024-09-27", 10), "2024-09-30") == "2024-10-16"


def test_working_days_of_a_pause_are_not_counted():
    # 9 and 10 October rest, so two working days more: 17, 18 October
    assert ends(clock("2024-09-27", 10, "working_day", pause("2024-10-09", "2024-10-10")), "2024-10-11") == (
        "2024-10-18"
    )


def test_a_pause_over_the_weekend_costs_nothing_in_working_days():
    resting = clock("2024-11-01", 5, "working_day", pause("2024-11-02", "2024-11-03"))
    assert ends(resting, "2024-11-04") == ends(clock("2024-11-01", 5), "2024-11-04") == "2024-11-08"


def test_an_open_pause_moves_the_end_a_day_with_each_working_day():
    waiting = clock("2024-11-01", 5, "working_day", pause("2024-11-05"))
    assert [ends(waiting, f"2024-11-{day:02}") for day in (5, 6, 7, 8, 9, 11)] == [
        "2024-11-11",
        "2024-11-12",
        "2024-11-13",
        "2024-11-14",
        "2024-11-14",
        "2024-11-15",
    ]
    assert waiting.lamp(CALENDAR, date(2024, 11, 20)) == "paused"
    assert "计时暂停" in waiting.told(CALENDAR, date(2024, 11, 20))


def test_natural_days_move_by_the_pause_and_off_a_day_of_rest():
    # seven days after Monday 4 November: 11; two days of rest: 13
    assert ends(clock("2024-11-04", 7, "day"), "2024-11-05") == "2024-11-11"
    assert (
        ends(clock("2024-11-04", 7, "day", pause("2024-11-06", "2024-11-07")), "2024-11-08") == "2024-11-13"
    )
    # five days of rest lead to Saturday the 16th, so Monday
    assert (
        ends(clock("2024-11-04", 7, "day", pause("2024-11-05", "2024-11-09")), "2024-11-10") == "2024-11-18"
    )


def test_a_local_holiday_moves_the_end_only_there():
    # the torch festival of Chuxiong, 29 July to 2 August 2024
    here, there = clock("2024-07-26", 5, area=CHUXIONG), clock("2024-07-26", 5)
    assert ends(there, "2024-07-27") == "2024-08-02"
    assert ends(here, "2024-07-27") > ends(there, "2024-07-27")


@pytest.mark.parametrize(
    ("day", "lamp", "left"),
    [
        ("2024-11-04", "far", 9),
        ("2024-11-12", "near", 3),
        ("2024-11-15", "due", 0),
        ("2024-11-16", "overdue", -1),
        ("2024-11-19", "overdue", -2),
    ],
)
def test_the_lamp_and_what_is_left(day, lamp, left):
    running = clock("2024-11-01", 10)
    on = date.fromisoformat(day)
    assert (running.lamp(CALENDAR, on), running.left(CALENDAR, on)) == (lamp, left)


def test_without_a_limit_nothing_is_due():
    free = Clock(date(2024, 11, 1), None, None, KUNMING)
    on = date(2030, 1, 1)
    assert (free.deadline(CALENDAR, on), free.left(CALENDAR, on), free.lamp(CALENDAR, on)) == (
        None,
        None,
        "none",
    )
    assert "不限时" in free.told(CALENDAR, on)


def test_an_unpublished_year_is_provisional():
    assert clock("2030-01-02", 10).deadline(CALENDAR, date(2030, 1, 3)).provisional


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ClockRefusal, match="早于"):
        pause("2024-11-05", "2024-11-04")


DAYS = st.dates(date(2022, 1, 1), date(2025, 6, 30))
PAUSES = st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 20)), max_size=4)


@given(DAYS, st.integers(1, 45), PAUSES)
def test_working_days_agree_with_counting_day_by_day(start, limit, spans):
    pauses = tuple(
        Pause(start + timedelta(days=since), start + timedelta(days=since + length))
        for since, length in spans
    )
    day, counted = start, 0
    while counted < limit:
        day += timedelta(days=1)
        resting = any(p.since <= day <= p.until for p in pauses)
        counted += CALENDAR.is_working(day, KUNMING) and not resting
    assert Clock(start, limit, "working_day", KUNMING, pauses).deadline(CALENDAR, start).day == day


@given(DAYS, st.integers(1, 30), PAUSES)
def test_a_pause_never_brings_the_end_nearer(start, limit, spans):
    pauses = tuple(
        Pause(start + timedelta(days=since), start + timedelta(days=since + length))
        for since, length in spans
    )
    for unit in ("working_day", "day", "month"):
        free = Clock(start, limit, unit, KUNMING).deadline(CALENDAR, start)
        assert Clock(start, limit, unit, KUNMING, pauses).deadline(CALENDAR, start).day >= free.day
