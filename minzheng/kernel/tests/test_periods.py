"""Periods: months, working days by national and local calendars, deadlines and when they are provisional."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.periods import (
    NATIONAL,
    Calendar,
    Deadline,
    Month,
    PeriodRefusal,
    add_months,
    months_between,
)

CALENDAR = Calendar.load()
KUNMING, CHUXIONG, BANNA, DALI = 530102001001, 532301001001, 532801001000, 532900000000
starts = st.dates(min_value=date(2004, 1, 1), max_value=date(2027, 12, 31))
lengths = st.integers(min_value=0, max_value=90)
places = st.sampled_from([None, KUNMING, CHUXIONG, BANNA, DALI])
units = st.sampled_from(["working_day", "day", "month", "year"])


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2024-10-01", "国庆节"),
        ("2024-10-07", "国庆节"),
        ("2024-10-08", None),
        ("2024-09-29", None),  # a Sunday that is worked
        ("2024-10-12", None),  # a Saturday that is worked
        ("2024-10-13", "周末"),
        ("2004-01-01", "元旦"),
        ("2027-01-01", "法定假日"),
        ("2027-10-03", "法定假日"),
        ("2027-10-04", None),
    ],
)
def test_rest_and_working_days(text: str, why: str | None) -> None:
    assert CALENDAR.rests(day(text)) == why
    assert CALENDAR.is_working(day(text)) is (why is None)


@pytest.mark.parametrize(
    ("start", "n", "unit", "area", "expected"),
    [
        # 27 September 2024 is a Friday: worked are Sunday 29 and Monday 30, then 8 October.
        ("2024-09-27", 1, "working_day", None, "2024-09-29"),
        ("2024-09-27", 2, "working_day", None, "2024-09-30"),
        ("2024-09-27", 3, "working_day", None, "2024-10-08"),
        ("2024-09-28", 0, "working_day", None, "2024-09-29"),
        ("2024-09-24", 7, "day", None, "2024-10-08"),  # ends on National Day, moves behind the holiday
        ("2024-09-23", 7, "day", None, "2024-09-30"),
        ("2024-08-31", 30, "day", None, "2024-09-30"),
        ("2024-01-31", 1, "month", None, "2024-02-29"),  # no corresponding day: the month's end
        ("2023-01-31", 1, "month", None, "2023-02-28"),
        ("2024-08-15", 1, "month", None, "2024-09-18"),  # the corresponding day is in the holiday of 15 to 17
        ("2024-03-31", 3, "month", None, "2024-07-01"),
        ("2024-02-29", 1, "year", None, "2025-02-28"),
        ("2023-06-12", 1, "year", None, "2024-06-12"),
        # The torch festival of 29 to 31 July 2024 is a rest in Chuxiong only.
        ("2024-07-26", 3, "working_day", KUNMING, "2024-07-31"),
        ("2024-07-26", 3, "working_day", CHUXIONG, "2024-08-05"),
        ("2024-07-24", 7, "day", CHUXIONG, "2024-08-01"),
        # Dali rested 4 to 6 May 2023; the 6th, a Saturday, was worked elsewhere.
        ("2023-05-03", 3, "working_day", None, "2023-05-06"),
        ("2023-05-03", 1, "working_day", DALI, "2023-05-08"),
        # Banna worked the weekend of 20 and 21 April 2019 after its water festival.
        ("2019-04-12", 1, "working_day", BANNA, "2019-04-20"),
        ("2019-04-12", 1, "working_day", None, "2019-04-15"),
    ],
)
def test_worked_deadlines(start: str, n: int, unit: str, area: int | None, expected: str) -> None:
    assert CALENDAR.deadline(day(start), n, unit, area) == Deadline(day(expected), False)


def test_an_unpublished_year_rests_on_the_fixed_days_and_weekends() -> None:
    year = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    fixed = [f"{each:%m-%d}" for each in year if CALENDAR.rests(each) == "法定假日"]
    assert fixed == ["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]
    assert all(
        CALENDAR.is_working(each) for each in year if each.weekday() < 5 and f"{each:%m-%d}" not in fixed
    )


def test_a_period_that_may_end_on_a_rest_day() -> None:
    assert CALENDAR.deadline(day("2024-09-24"), 7, "day", rollover=False) == Deadline(
        day("2024-10-01"), False
    )


@pytest.mark.parametrize(
    ("start", "n", "unit", "area", "expected", "provisional"),
    [
        ("2026-12-20", 8, "day", None, "2026-12-28", False),
        ("2026-12-20", 9, "day", None, "2026-12-29", True),  # next year's calendar may still move it
        ("2026-12-24", 5, "working_day", None, "2026-12-31", True),
        ("2026-12-01", 1, "month", None, "2027-01-04", True),
        ("2026-08-05", 1, "working_day", CHUXIONG, "2026-08-10", True),  # the festival's days are an estimate
        ("2026-08-05", 1, "working_day", KUNMING, "2026-08-06", False),
        ("2010-08-05", 1, "working_day", CHUXIONG, "2010-08-06", True),  # nothing is recorded of that year
        ("2010-08-05", 1, "working_day", None, "2010-08-06", False),
    ],
)
def test_provisional_where_a_calendar_is_not_settled(
    start: str, n: int, unit: str, area: int | None, expected: str, provisional: bool
) -> None:
    found = CALENDAR.deadline(day(start), n, unit, area)
    assert found == Deadline(day(expected), provisional)
    assert str(found) == expected + ("（暂定）" if provisional else "")


def test_before_the_first_calendar_is_refused() -> None:
    with pytest.raises(PeriodRefusal, match="2004 年以前没有工作日历"):
        CALENDAR.deadline(day("2003-06-01"), 10, "working_day")
    with pytest.raises(PeriodRefusal, match="2004 年以前"):
        CALENDAR.deadline(day("2003-06-01"), 10, "day")
    assert CALENDAR.working_days_after(day("2003-12-31"), 1) == day("2004-01-02")


@pytest.mark.parametrize(
    ("start", "n", "unit"),
    [
        ("2024-01-01", -1, "day"),
        ("2024-01-01", 10_001, "day"),
        ("2024-01-01", 1, "week"),
        ("2024-01-01", 9000, "year"),
    ],
)
def test_what_is_no_period_is_refused(start: str, n: int, unit: str) -> None:
    with pytest.raises(PeriodRefusal, match="期间"):
        CALENDAR.deadline(day(start), n, unit)


@given(starts, lengths, units, places)
def test_a_deadline_is_a_working_day_not_before_its_start(
    start: date, n: int, unit: str, area: int | None
) -> None:
    end = CALENDAR.deadline(start, n, unit, area).day
    assert CALENDAR.is_working(end, area)
    assert end >= start
    assert n == 0 or end > start


@given(starts, lengths, units, places)
def test_a_longer_period_never_ends_earlier(start: date, n: int, unit: str, area: int | None) -> None:
    shorter, longer = (CALENDAR.deadline(start, count, unit, area).day for count in (n, n + 1))
    assert shorter <= longer
    if unit == "working_day" and n:
        assert shorter < longer


@given(starts, lengths, units, places)
def test_a_later_start_never_ends_earlier(start: date, n: int, unit: str, area: int | None) -> None:
    assert (
        CALENDAR.deadline(start, n, unit, area).day
        <= CALENDAR.deadline(start + timedelta(days=1), n, unit, area).day
    )


@given(starts, st.integers(min_value=1, max_value=90), places)
def test_counting_days_back_gives_the_period(start: date, n: int, area: int | None) -> None:
    end = CALENDAR.working_days_after(start, n, area)
    assert CALENDAR.working_days_between(start, end, area) == n
    assert CALENDAR.working_days_between(start, end - timedelta(days=1), area) == n - 1
    assert CALENDAR.working_days_between(end, start, area) == 0


@given(starts, lengths, units, places)
def test_what_reaches_an_unpublished_year_is_provisional(
    start: date, n: int, unit: str, area: int | None
) -> None:
    found = CALENDAR.deadline(start, n, unit, area)
    if found.day.year > 2026:
        assert found.provisional


@given(starts, st.integers(min_value=-600, max_value=600))
def test_months_keep_the_day_or_take_the_months_end(start: date, count: int) -> None:
    moved = add_months(start, count)
    assert (moved.year - start.year) * 12 + moved.month - start.month == count
    assert moved.day == start.day or (moved + timedelta(days=1)).day == 1
    assert moved.day <= start.day
    assert months_between(start, moved) in (count, count + 1 if count < 0 else count)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-15", "2024-02-14", 0),
        ("2024-01-15", "2025-01-15", 12),
        ("2024-02-15", "2024-01-15", -1),
        ("2024-02-14", "2024-01-15", 0),
    ],
)
def test_whole_months_between(start: str, end: str, months: int) -> None:
    assert months_between(day(start), day(end)) == months


@pytest.mark.parametrize("text", ["2024-10", "2024/10", "202410", "2024年10月", " ２０２４-１０ ", "2024.10"])
def test_months_as_people_write_them(text: str) -> None:
    assert Month.parse(text) == Month(2024, 10)


def test_the_first_and_last_month() -> None:
    assert Month.parse("1900-01").first == date(1900, 1, 1)
    assert Month.parse("9999-12").first == date(9999, 12, 1)


@pytest.mark.parametrize(
    "text", ["", "2024", "2024-13", "2024-00", "10-2024", "2024-10-01", "24-10", "1899-12"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(PeriodRefusal, match="月"):
        Month.parse(text)


@given(st.integers(1950, 2100), st.integers(1, 12), st.integers(-120, 120))
def test_months_step_and_compare(year: int, number: int, count: int) -> None:
    month = Month(year, number)
    assert month.next(count) - month == count
    assert month.next().previous() == month
    assert month.last + timedelta(days=1) == month.next().first
    assert (
        Month.of(month.first)
        == Month.of(month.last)
        == month
        == Month.parse(str(month))
        == Month.parse(month.label)
    )
    assert month.first in month
    assert month.last + timedelta(days=1) not in month
    assert len(list(month.until(month.next(count)))) == max(count, 0)


HEADER = "area,date,name,kind,basis,source\n"


def local(tmp_path: Path, rows: str, header: str = HEADER) -> Calendar:
    file = tmp_path / "local.csv"
    file.write_text(header + rows, encoding="utf-8")
    return Calendar.load(NATIONAL, file)


def test_the_nearest_area_decides(tmp_path: Path) -> None:
    rows = (
        "532300000000,2024-05-06,州假,rest,公布,试\n"
        "532301000000,2024-05-06,县上班,work,公布,试\n"
        "532301000000,2024-05-07,县假,rest,公布,试\n"
    )
    calendar = local(tmp_path, rows)
    monday, tuesday = day("2024-05-06"), day("2024-05-07")
    assert calendar.rests(monday, 532302000000) == "州假"
    assert calendar.rests(monday, 532301001000) is None
    assert calendar.rests(tuesday, 532301001000) == "县假"
    assert calendar.rests(tuesday, 532302000000) is None
    assert calendar.rests(monday) is None


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("532300000000,2024-02-30,节,rest,公布,试\n", "第 2 行不对"),
        ("5323,2024-05-06,节,rest,公布,试\n", "第 2 行不对"),
        ("532300000000,2024-05-06,节,holiday,公布,试\n", "第 2 行不对"),
        ("532300000000,2024-05-06,节,rest,听说,试\n", "第 2 行不对"),
        ("532300000000,2024-05-06,节,rest,公布,\n", "第 2 行缺少名称或来源"),
        ("532300000000,2024-05-06,节\n", "第 2 行不对"),
        ("532300000000,2024-05-06,节,rest,公布,试\n532300000000,2024-05-06,节,work,公布,试\n", "有两行"),
    ],
)
def test_a_faulty_local_row_is_named(tmp_path: Path, rows: str, says: str) -> None:
    with pytest.raises(PeriodRefusal, match=says):
        local(tmp_path, rows)


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeriodRefusal, match="读不到节假日文件"):
        Calendar.load(tmp_path / "none.json")
    with pytest.raises(PeriodRefusal, match="读不到地方假日文件"):
        Calendar.load(NATIONAL, tmp_path / "none.csv")
    file = tmp_path / "national.json"
    for text in ("[]", "{", '{"holidays": {"2024-02-30": "a,b,1"}, "workdays": {}}', '{"holidays": {}}'):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(PeriodRefusal, match="内容不对"):
            Calendar.load(file)


@pytest.mark.parametrize(
    ("holidays", "workdays", "says"),
    [
        (["2024-01-01", "2026-01-01"], [], "缺少整年"),
        ([], ["2024-01-06"], "缺少整年"),
        (["2024-01-01"], ["2024-01-01"], "既是假日又是上班日"),
    ],
)
def test_a_national_calendar_with_a_fault_is_refused(
    tmp_path: Path, holidays: list[str], workdays: list[str], says: str
) -> None:
    file = tmp_path / "national.json"
    sections = {"holidays": dict.fromkeys(holidays, "x,节,1"), "workdays": dict.fromkeys(workdays, "x,班,1")}
    file.write_text(json.dumps(sections), encoding="utf-8")
    with pytest.raises(PeriodRefusal, match=says):
        Calendar.load(file)


def test_without_a_local_file_the_national_calendar_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "national.json"
    file.write_bytes(NATIONAL.read_bytes())
    assert Calendar.load(file).rests(day("2024-07-29"), CHUXIONG) is None
