"""Parameters: layers, dates, and what refuses to load."""

from datetime import date

import pytest

from minzheng.kernel.parameters import ParameterRefusal, Parameters, ratio

YUNNAN, KUNMING, WUHUA = 530000000000, 530100000000, 530102000000
AREAS = {YUNNAN, KUNMING, WUHUA}
HEAD = "- name: standard\n  label: 标准\n  unit: 分/人·年\n  rows:\n"


def load(folder, *rows, head=HEAD, **files):
    (folder / "p.yaml").write_text(head + "".join(f"    - {{{row}}}\n" for row in rows), encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return Parameters.load(folder, AREAS)


def full(since="2020-01-01", until="null", value="100", area=YUNNAN, more=""):
    return f"area: {area}, since: {since}, until: {until}, value: {value}, source: 文件{more}"


def test_the_nearest_area_counts(tmp_path):
    found = load(tmp_path, full(), full(area=KUNMING, value="200"), full(area=WUHUA, value="300"))
    day = date(2024, 1, 1)
    assert [found.at("standard", area, day).value for area in (530102001001, 530103000000, 532300000000)] == [
        300,
        200,
        100,
    ]
    frame = found.frame(["standard"], [WUHUA, YUNNAN], day)
    assert frame.rows() == [(WUHUA, 300), (YUNNAN, 100)]


def test_a_period_ends_before_its_last_day(tmp_path):
    found = load(tmp_path, full(until="2021-01-01"), full(since="2021-01-01", value="110"))
    assert found.at("standard", YUNNAN, date(2020, 12, 31)).value == 100
    assert found.at("standard", YUNNAN, date(2021, 1, 1)).value == 110


def test_a_corrected_row_is_used_by_who_knows_it(tmp_path):
    found = load(tmp_path, full(), full(value="101", more=", recorded: 2024-05-01"))
    day = date(2024, 1, 1)
    assert found.at("standard", YUNNAN, day, known=date(2024, 4, 30)).value == 100
    assert found.at("standard", YUNNAN, day, known=date(2024, 5, 1)).value == 101
    assert found.at("standard", YUNNAN, day).value == 101


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([full(until="2021-01-01"), full(since="2021-01-02")], "没有值"),
        ([full(until="2021-01-02"), full(since="2021-01-01")], "重叠"),
        ([full(), full(since="2021-01-01")], "重叠"),
        ([full(area=530999000000)], "没有区划"),
        ([full(area=530102001001)], "12 位"),
        ([full(area="昆明")], "不是数字"),
        ([full().replace("source: 文件", "source: ''")], "来源"),
        ([full(value="1.5")], "不是单位"),
        ([full(value="true")], "不是单位"),
        ([full(value="null")], "value"),
        ([full(since="2020-13-01")], "日期"),
        ([full(since="null")], "生效日"),
        ([full(since="2021-01-01", until="2021-01-01")], "生效日"),
        ([full(more=", colour: red")], "不认识"),
    ],
)
def test_a_wrong_row_is_refused_with_its_file_and_row(tmp_path, rows, word):
    with pytest.raises(ParameterRefusal, match=word) as refused:
        load(tmp_path, *rows)
    assert "p.yaml" in str(refused.value)
    assert "行" in str(refused.value)


@pytest.mark.parametrize("text", ["{", "a: b", "- name: x", "- 3", HEAD, HEAD + "    - 5\n", "\x00"])
def test_a_malformed_file_is_refused(tmp_path, text):
    with pytest.raises(ParameterRefusal, match=r"p\.yaml"):
        load(tmp_path, head=text)


def test_a_parameter_twice_a_missing_folder_and_a_missing_value_are_refused(tmp_path):
    with pytest.raises(ParameterRefusal, match="已在"):
        load(tmp_path, head=HEAD + f"    - {{{full()}}}\n" + HEAD + f"    - {{{full()}}}\n")
    with pytest.raises(ParameterRefusal, match="不存在"):
        Parameters.load(tmp_path / "none")
    found = load(tmp_path, full(area=WUHUA))
    with pytest.raises(ParameterRefusal, match="没有值"):
        found.at("standard", KUNMING, date(2024, 1, 1))
    with pytest.raises(ParameterRefusal, match="没有名为"):
        found.at("nothing", KUNMING, date(2024, 1, 1))


def test_tables_and_kinds(tmp_path):
    head = """- {name: urban, label: 城市, unit: 分/人·月, table: t.csv, where: {kind: urban}}
- {name: rural, label: 农村, unit: 分/人·年, table: t.csv, where: {kind: rural}}
- {name: factor, label: 倍数, unit: 倍, rows: [{since: 2020-01-01, value: 1.5, source: 甲}]}
- {name: open, label: 放开, unit: 是否, rows: [{since: 2020-01-01, value: 是, source: 甲}]}
- {name: near, label: 近亲, unit: 码表, rows: [{since: 2020-01-01, value: [3, 1], source: 甲}]}
- {name: start, label: 起日, unit: 日期, rows: [{since: 2020-01-01, value: 2020-02-29, source: 甲}]}
"""
    table = "kind,area,since,until,value,source\n"
    table += f"urban,{YUNNAN},2020-01-01,,61000,甲\nrural,{WUHUA},2020-01-01,,420000,甲\n"
    found = load(tmp_path, head=head, t=table)
    values = {name: found.at(name, WUHUA, date(2024, 1, 1)).value for name in found.series}
    assert values == {"urban": 61000, "rural": 420000, "factor": 15000, "open": True, "near": (1, 3),
                      "start": date(2020, 2, 29)}  # fmt: skip
    with pytest.raises(ParameterRefusal, match=r"t\.csv 第 2 行"):
        load(tmp_path, head=head, t=table.replace("61000", "六百"))
    with pytest.raises(ParameterRefusal, match="列"):
        load(tmp_path, head=head, t=table + "rural\n")
    with pytest.raises(ParameterRefusal, match="读不到"):
        load(tmp_path, head=head.replace("t.csv", "u.csv"))


@pytest.mark.parametrize(("text", "tenths"), [("1.5", 15000), ("3/2", 15000), ("30%", 3000), ("-0.0001", -1)])
def test_a_ratio_is_whole_ten_thousandths(text, tenths):
    assert ratio(text) == tenths


@pytest.mark.parametrize("text", ["1/3", "0.00001", "x", "nan", "1e99"])
def test_what_is_not_is_no_ratio(text):
    with pytest.raises(ValueError, match=r"^(?!nothing)"):
        ratio(text)


def test_the_digest_changes_with_a_value(tmp_path):
    one = load(tmp_path, full()).digest
    assert load(tmp_path, full()).digest == one
    assert load(tmp_path, full(value="101")).digest != one


def test_a_table_in_another_encoding_is_refused(tmp_path):
    head = "- {name: standard, label: 标准, unit: 分/人·年, table: t.csv}\n"
    (tmp_path / "t.csv").write_bytes("area,since,until,value,source\n0,2020-01-01,,1,文件\n".encode("gbk"))
    with pytest.raises(ParameterRefusal, match=r"t\.csv：不是 UTF-8"):
        load(tmp_path, head=head)
