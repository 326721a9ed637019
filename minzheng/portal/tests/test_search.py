"""Finding a person by the initials of the pinyin, as the web's role and within the scope."""

import pytest
from django.db import connection, transaction

from minzheng.core.access.scope import Scope, acting
from minzheng.core.areas.day import today
from minzheng.core.people import names
from minzheng.portal.reads import search

HERE, THERE = 530102000000, 530103000000
PEOPLE = {"张三丰": HERE, "张思凡": THERE, "阿依·木果": HERE, "曾世芬": HERE}


@pytest.fixture
def people(db):
    with connection.cursor() as cursor:
        for key, (name, county) in enumerate(PEOPLE.items(), 1):
            cursor.execute(
                "INSERT INTO people_person (id, name, name_note, pinyin, bigrams, sex, born, ethnicity,"
                " provisional_code, area, source)"
                " VALUES (%s, %s, '', %s, %s, 1, '1960-01-01', 1, %s, %s, 'test')",
                [key, name, names.pinyin(name), names.grams(name), f"T{key}", county + 1001],
            )


def found(typed, county=HERE):
    scope = Scope(county, county + 999_999, None, "county_clerk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
        with acting(scope):
            keys = [each.person for each in search.search(typed, scope.lo, scope.hi, today())]
        cursor.execute("RESET ROLE")
    return [list(PEOPLE)[key - 1] for key in keys]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("zsf", ["曾世芬", "张三丰"]),
        ("ZSF", ["曾世芬", "张三丰"]),
        ("aymg", ["阿依·木果"]),
        ("zs", []),
        ("qq", []),
    ],
)
def test_search_by_initials(people, typed, expected):
    assert found(typed) == expected


def test_search_by_initials_stays_in_scope(people):
    assert found("zsf", THERE) == ["张思凡"]


def test_one_letter_is_too_little(people):
    with pytest.raises(search.SearchRefusal, match="首字母"):
        found("z")
