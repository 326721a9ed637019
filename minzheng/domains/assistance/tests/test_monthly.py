"""The monthly tables: every one can be drawn up, and each decision stands in the right one, once."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from minzheng.core.access.scope import Scope, acting
from minzheng.domains.assistance.pages.monthly import workbook
from minzheng.domains.assistance.reads import monthly
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = Month(2024, 10), Month(2024, 11)
COUNTY, LO, HI = 530102000000, 530000000000, 539999999999
#: Household → (amount before, amount from October), 0 for none; by R1 each stands in one table.
MOVES = {1: (0, 30000), 2: (30000, 40000), 3: (40000, 30000), 4: (30000, 0), 5: (20000, 20000)}


@pytest.fixture
def moved(db):
    """Five households with a right before October and another, or none, from then on."""
    with connection.cursor() as cursor:
        for home, (before, after) in MOVES.items():
            area = COUNTY + 1001
            cursor.execute(
                "INSERT INTO people_person (id, name, name_note, pinyin, bigrams, sex, born, ethnicity,"
                " provisional_code, area, source)"
                " VALUES (%s, '=演示', '', 'yan shi', '{}', 1, '1960-01-01', 1, %s, %s, 'test')",
                [home * 10, f"T{home}", area],
            )
            for kind, amount, start, valid in (
                ("import", before, "2023-01-01", "[2023-01-01,2024-10-01)"),
                ("change" if before else "grant", after, "2024-10-01", "[2024-10-01,)"),
            ):
                if not amount:
                    continue
                cursor.execute(
                    "INSERT INTO benefits_decision (household, programme, person, kind, amount, starts, by,"
                    " law, basis, area) VALUES (%s, 'dibao', 0, %s, %s, %s, 'x', '调查核实', '{}', %s)"
                    " RETURNING id",
                    [home, kind, amount, start, area],
                )
                (decision,) = cursor.fetchone()
                cursor.execute(
                    "INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid,"
                    " decision_id, area) VALUES (%s, 0, 'dibao', %s, %s, %s, %s, %s)",
                    [home, home * 10, amount, valid, decision, area],
                )


def drawn(key, month=OCTOBER, lo=LO, hi=HI):
    return monthly.filled(monthly.BY_KEY[key], month, lo, hi, date(2024, 10, 8), lambda codes: {})


def households(key, month=OCTOBER):
    return [row[1] for row in drawn(key, month).rows]


def test_each_move_stands_in_one_table(moved):
    assert {key: households(key) for key in ("new", "up", "down", "stopped", "died")} == {
        "new": ["1"], "up": ["2"], "down": ["3"], "stopped": ["4"], "died": [],
    }  # fmt: skip
    assert households("roster") == ["1", "2", "3", "5"]
    assert households("caught") == ["4"]
    assert not any(households(key, NOVEMBER) for key in ("new", "up", "down", "stopped"))


def test_sums_stand_under_numbers_alone(moved):
    found = drawn("up")
    assert found.rows[0][4:7] == ("300.00", "400.00", "100.00")
    assert found.sums == ("", "", "", "0", "300.00", "400.00", "100.00", "")


@pytest.mark.parametrize("key", monthly.BY_KEY)
def test_every_table_is_drawn_up_and_names_the_law(key, moved):
    found = drawn(key)
    assert "号" in found.table.law
    assert all(len(row) == len(found.table.columns) for row in found.rows)
    assert drawn(key, lo=LO + 1, hi=LO + 1).rows == ()


def test_the_workbook_keeps_text_as_text(moved):
    with acting(Scope(LO, HI, None, "county_clerk", name="演示·经办")):
        held = workbook(drawn("new"), "演示县", Scope(LO, HI, name="演示·经办")).content
    rows = CalamineWorkbook.from_filelike(BytesIO(held)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "演示县新增保障对象表（2024年10月）"
    assert rows[3][2:4] == ["1", "=**"]
