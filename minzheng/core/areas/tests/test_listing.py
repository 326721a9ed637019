"""The reference files as rows: counts, kinds, traps of names, refusals of broken files."""

import gzip
from collections import Counter
from datetime import date

import pytest

from minzheng.core.areas import listing


@pytest.fixture(scope="module")
def rows():
    return listing.listed()


def test_counts_by_level(rows):
    today = Counter(row.level for row in rows if row.until is None)
    assert today == {1: 1, 2: 16, 3: 129, 4: 1461, 5: 14888}
    assert sum(row.until is not None for row in rows) == 14


def test_units_and_virtual_villages_are_not_administrative(rows):
    kinds = Counter(row.kind for row in rows if not row.is_admin)
    assert kinds == {"unit": 32, "virtual": 23}
    assert sum(row.level == 4 and row.is_admin for row in rows) == 1429


def test_kinds_of_counties_and_ethnic_townships(rows):
    kinds = Counter(row.kind for row in rows if row.level in (3, 4) and row.until is None)
    assert kinds["autonomous_county"] == 29
    assert kinds["ethnic_township"] == 140
    assert set(kinds) <= set(listing.KINDS)


def test_a_new_county_and_what_lies_below_begin_on_the_day_of_the_change(rows):
    below = {row.since for row in rows if row.code // 10**6 == 530681}
    assert below == {date(2018, 7, 2)}


def test_every_ended_county_has_its_successor_in_the_list(rows):
    today = {row.code: row.name for row in rows if row.until is None}
    made, ended = listing.changes()
    assert len(made) == len(ended) == 14
    for change, old in zip(made, ended, strict=True):
        assert change.predecessor not in today
        assert old.name[:2] == today[change.successor][:2]
        assert change.predecessor // 10**8 == change.successor // 10**8


def test_bigrams_count_code_points():
    assert listing.bigrams("香么㱔村") == sorted(["香么", "么㱔", "㱔村"])
    assert listing.bigrams("县") == []


def test_readings_of_yunnan():
    assert listing.pinyin("六库街道") == "lu4 ku4 jie1 dao4"
    assert listing.pinyin("勐腊县") == "meng3 la4 xian4"


@pytest.mark.parametrize("line", ["53010x000000,2,昆明市", "530100000000,3,昆明市", "530100000000,2,", "1,2"])
def test_a_broken_line_is_named(tmp_path, line):
    (tmp_path / listing.CHANGES).write_text((listing.FOLDER / listing.CHANGES).read_text("utf-8"), "utf-8")
    with gzip.open(tmp_path / listing.LIST, "wt", encoding="utf-8") as file:
        file.write(f"code,level,name\n530000000000,1,云南省\n{line}\n")
    with pytest.raises(listing.ReferenceRefusal, match="第 3 行"):
        listing.listed(tmp_path)


def test_a_truncated_file_is_refused(tmp_path):
    (tmp_path / listing.CHANGES).write_text((listing.FOLDER / listing.CHANGES).read_text("utf-8"), "utf-8")
    whole = (listing.FOLDER / listing.LIST).read_bytes()
    (tmp_path / listing.LIST).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(listing.ReferenceRefusal, match="读不出来"):
        listing.listed(tmp_path)
