"""Areas in the database: loading twice, days, search from two characters, refusals in Chinese."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from minzheng.core.areas import reads
from minzheng.core.areas.actions import fix_today, load_reference
from minzheng.core.areas.day import DayRefusal, today
from minzheng.core.areas.models import Area, Succession
from minzheng.kernel.areas import ancestors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listed_areas")]
KUNMING = 530100000000


def test_a_second_load_touches_nothing():
    assert load_reference() == 0
    assert Area.objects.count() == 16495 + 14
    assert Succession.objects.count() == 14


def test_a_changed_row_is_corrected():
    Area.objects.filter(code=KUNMING).update(name="昆明")
    assert load_reference() == 1
    assert reads.area(KUNMING).name == "昆明市"


def test_an_area_on_a_day():
    assert reads.area(530121000000, date(2010, 1, 1)).name == "呈贡县"
    assert reads.area(530114000000, date(2024, 1, 1)).name == "呈贡区"
    with pytest.raises(reads.UnknownAreaRefusal, match="2024-01-01 没有代码为 530121000000"):
        reads.area(530121000000, date(2024, 1, 1))
    with pytest.raises(reads.UnknownAreaRefusal):
        reads.area(530114000000, date(2010, 1, 1))


def test_on_every_day_the_province_has_129_counties():
    for day in (date(2010, 1, 1), date(2015, 12, 3), date(2016, 3, 19), date(2024, 10, 1)):
        assert len(reads.of_level(3, day=day)) == 129


def test_children_are_sorted_by_their_reading_and_the_next_level_only():
    names = [place.name for place in reads.children(530000000000)]
    assert len(names) == 16
    assert names[0] == "保山市"
    assert all(place.level == 3 for place in reads.children(KUNMING))
    assert len(reads.children(KUNMING)) == 14


@pytest.mark.parametrize("code", [530000000000, KUNMING, 530102000000, 530102001000])
def test_a_subtree_holds_exactly_the_descendants(code):
    low, high = reads.subtree(code)
    inside = set(Area.objects.filter(code__range=(low, high)).values_list("code", flat=True))
    assert inside == {c for c in Area.objects.values_list("code", flat=True) if code in ancestors(c)}


def test_paths():
    assert reads.path_name(530102000000) == "云南省/昆明市/五华区"
    assert [place.level for place in reads.ancestors(530102001000)] == [1, 2, 3]


def test_ranges_take_in_the_old_code():
    assert reads.ranges(530681000000) == (reads.subtree(530630000000), reads.subtree(530681000000))
    assert reads.ranges(KUNMING) == (reads.subtree(KUNMING),)


@pytest.mark.parametrize("text", ["么㱔", "㱔村", "〇三", "〇七社区"])
def test_rare_characters_are_found_from_two(text):
    assert all(text in place.name for place in reads.search(text))
    assert reads.search(text)


def test_search_is_scoped_and_narrowed():
    everywhere = reads.search("团结", limit=100)
    scope = SimpleNamespace(ranges=reads.ranges(530602000000))
    within = reads.search("团结", scope, limit=100)
    assert 0 < len(within) < len(everywhere)
    assert all(place.path.startswith("云南省/昭通市/昭阳区") for place in within)
    assert reads.search("昭阳 团结", limit=100) == within
    assert reads.search("团结", SimpleNamespace(ranges=())) == ()


@pytest.mark.parametrize("text", ["", " ", "村", "昆 明", "%%", "__", "'; DROP", "不存在的地方"])
def test_what_cannot_be_found_is_nothing(text):
    assert reads.search(text) == ()


def test_search_reaches_the_index():
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT FROM areas_area WHERE bigrams @> ARRAY['么㱔']::varchar[] AND name LIKE '%么㱔%'"
        )
        assert "area_bigrams" in "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    "text", ["", "5301", "53010200000a", "５３０１０２００００００", "053010200000", "530102 000000"]
)
def test_a_malformed_code_is_refused_in_chinese(text):
    with pytest.raises(reads.AreaRefusal, match="区划代码应为 12 位数字"):
        reads.parse(text)


@pytest.mark.parametrize("code", [0, 53, -530102000000, 5301020000000])
def test_a_malformed_number_is_refused_by_every_read(code):
    for read in (reads.area, reads.children, reads.ancestors, reads.path_name, reads.ranges):
        with pytest.raises(reads.AreaRefusal):
            read(code)


def test_a_code_of_six_digits_is_a_county():
    assert reads.parse(" 530102 ") == 530102000000


def test_one_code_has_one_name_a_day():
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(
            code=KUNMING,
            level=2,
            name="甲",
            pinyin="",
            kind="county",
            valid=(None, None),
            bigrams=[],
            source="",
        )


def test_the_business_date(monkeypatch):
    fix_today(date(2024, 9, 30))
    assert today() == date(2024, 9, 30)
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-02")
    assert today() == date(2024, 10, 2)
    monkeypatch.setenv("MINZHENG_TODAY", "十月")
    with pytest.raises(DayRefusal, match="不是日期"):
        today()
    monkeypatch.delenv("MINZHENG_TODAY")
    fix_today(None)
    assert today() > date(2026, 1, 1)
