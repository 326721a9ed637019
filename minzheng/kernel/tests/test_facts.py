"""Facts: what a declaration and a value must be."""

from datetime import UTC, date, datetime

import pytest

from minzheng.kernel.facts import DAY, LIMIT, Fact, FactRefusal, by_name

WAGES = Fact("wages", "工资", "分/人·年", "money", "person")


@pytest.mark.parametrize(
    ("kind", "unit", "good", "bad"),
    [
        ("bool", "是否/人", True, 1),
        ("int", "人/户", 3, True),
        ("money", "分/人·年", -5, 5.0),
        ("code", "码/人", 0, "0"),
        ("date", "日期/人", date(2024, 2, 29), datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_value_is_of_its_kind_or_unknown(kind, unit, good, bad):
    fact = Fact("thing", "事物", unit, kind, "person")
    assert fact.check(good) == good
    assert fact.check(None) is None
    with pytest.raises(FactRefusal, match="事物"):
        fact.check(bad)


def test_a_number_out_of_range_is_refused():
    assert WAGES.check(LIMIT - 1) == LIMIT - 1
    with pytest.raises(FactRefusal, match="范围"):
        WAGES.check(-LIMIT)


@pytest.mark.parametrize(
    "given",
    [
        ("Wages", "工资", "分/人", "money", "person"),
        ("a__b", "工资", "分/人", "money", "person"),
        ("wages", "工资", "岁/人", "money", "person"),
        ("wages", "工资", "分/人", "int", "person"),
        ("wages", "工资", "分/人", "float", "person"),
        ("wages", "工资", "分/人", "money", "village"),
    ],
)
def test_a_wrong_declaration_is_refused(given):
    with pytest.raises(FactRefusal):
        Fact(*given)


def test_names_are_found_and_stand_once():
    assert by_name([WAGES]) == {"day": DAY, "wages": WAGES}
    with pytest.raises(FactRefusal, match="两次"):
        by_name([WAGES, Fact("wages", "薪水", "分/人·年", "money", "person")])


def test_words_of_a_code():
    relation = Fact("relation", "关系", "码/人", "code", "person", ((0, "户主"),))
    assert (relation.word(0), relation.word(9)) == ("户主", "9")
