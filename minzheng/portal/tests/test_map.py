"""The map: all counties, one border between neighbours, classes that stay, labels that keep apart."""

import gzip
import re

import pytest

from minzheng.portal.map.picture import coverage, legend, shade, short
from minzheng.portal.map.shapes import drawing


def test_every_county_is_drawn_and_the_whole_is_light():
    plan = drawing("53")
    assert len(plan.counties) == 129
    assert len(plan.prefectures) == 16
    assert all(county.path.startswith("M") for county in plan.counties)
    text = "".join(county.path for county in plan.counties) + plan.borders
    assert len(gzip.compress(text.encode())) < 25_000


def test_a_prefecture_is_drawn_with_its_own_counties():
    assert len(drawing("5306").counties) == 11
    with pytest.raises(ValueError, match="99"):
        drawing("99")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "k-"), (0, "k0"), (19.99, "k0"), (20, "k1"), (99.9, "k4"), (100, "k5"), (400, "k5")],
)
def test_a_class_begins_at_its_limit(value, expected):
    assert shade(value) == expected


def test_the_legend_names_six_classes():
    assert [key for key, _ in legend()] == ["k0", "k1", "k2", "k3", "k4", "k5"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("昆明市", "昆明"), ("西双版纳傣族自治州", "西双版纳"), ("红河哈尼族彝族自治州", "红河"),
     ("石林彝族自治县", "石林"), ("绥江县", "绥江"), ("双江拉祜族佤族布朗族傣族自治县", "双江")],
)  # fmt: skip
def test_labels_leave_out_what_every_name_has(name, expected):
    assert short(name) == expected


def test_labels_do_not_run_into_one_another():
    for prefix in ("53", "5301", "5306", "5333"):
        picture = coverage(int(prefix.ljust(12, "0")), {}, {})
        for at, (text, (x, y)) in enumerate(picture.labels):
            for other, (u, v) in picture.labels[at + 1 :]:
                assert abs(y - v) > 29 or abs(x - u) >= (len(text) + len(other)) * 12, (text, other)


def test_nothing_known_is_hatched_and_said():
    picture = coverage(530600000000, {530602000000: 40.04}, {})
    told = {patch.code: (patch.shade, patch.title) for patch in picture.patches}
    assert told[530602000000] == ("k2", "昭阳区：40.0‰")
    assert told[530681000000][0] == "k-"
    assert re.search("没有数据", told[530681000000][1])
