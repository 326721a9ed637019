"""Words of a case file to values and back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.casefunctions import FUNCTIONS, call
from minzheng.kernel.casewords import WordRefusal, parse, written
from minzheng.kernel.errors import Refusal

GRADES = ((0, "无"), (1, "一级"), (2, "二级"))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("是", "bool", True),
        ("无", "bool", False),
        ("未知", "bool", None),
        ("6,038元", "money", 603800),
        ("1.2万元", "money", 1200000),
        ("-0.05", "money", -5),
        ("2024年2月29日", "date", date(2024, 2, 29)),
        ("2024-03-01", "date", date(2024, 3, 1)),
        ("3次", "int", 3),
        ("未知", "money", None),
    ],
)
def test_words_mean_what_an_officer_means(text, kind, value):
    assert parse(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("也许", "bool"),
        ("0.001元", "money"),
        ("2023-02-29", "date"),
        ("3.5", "int"),
        ("9" * 30, "int"),
        ("", "money"),
    ],
)
def test_other_words_are_refused(text, kind):
    with pytest.raises(Refusal):
        parse(text, kind)


def test_a_code_is_its_word_or_its_number():
    assert parse("二级", "int", GRADES) == parse("2", "int", GRADES) == 2
    with pytest.raises(WordRefusal, match="只能写：无、一级、二级"):
        parse("三级", "int", GRADES)


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_an_amount_survives_being_written(fen):
    assert parse(written(fen, "money"), "money") == fen


@given(st.dates(date(1, 1, 1).replace(year=1000)))
def test_a_date_survives_being_written(day):
    assert parse(written(day, "date"), "date") == day


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_refuses_inputs_that_are_not_there(name):
    with pytest.raises(WordRefusal, match="缺少"):
        call(name, {})
