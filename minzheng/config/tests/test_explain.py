"""`minzheng explain`: the reasoning it prints, and what it says of a file that cannot be read."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from minzheng.config.command import main

MEMBER = "{姓名: 甲, 与户主关系: 本人或户主, 出生日期: 1980-01-01}"
GOOD = f"""标题: 试
依据: 民发〔2021〕57号第23条
案例:
  - 名称: 一人户
    日期: 2024-03-01
    未写的事实: 如常
    家庭: {{适用城市标准: 否}}
    成员: [{MEMBER}]
    应得: {{低保金: 503.17元}}
"""


def explain(tmp_path, text, *options):
    path = tmp_path / "案例.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return CliRunner().invoke(main, ["explain", str(path), *options])


def test_the_reasoning_names_values_citations_and_versions(tmp_path):
    result = explain(tmp_path, GOOD)
    assert result.exit_code == 0, result.output
    for text in (
        "最低生活保障：符合（每月 503.17 元）",
        "基本低保金 ＝ 503.17 元/户·月",
        "算法：差额÷12（四舍五入）",
        "其中：差额 6,038.00 元/户·年",
        "依据：民发〔2021〕57号第23条（2021-07-01 起，dibao.base）",
        "规则版本：",
        "待配置",
        "与应得核对：全部相符。",
    ):
        assert text in result.output


def test_json_is_one_document_with_every_line(tmp_path):
    found = json.loads(explain(tmp_path, GOOD, "--json").output)
    dibao = next(each for each in found["cases"][0]["programmes"] if each["programme"] == "dibao")
    assert dibao["eligible"] is True
    assert dibao["amount_fen"] == 50317
    base = next(line for line in dibao["lines"] if line["rule"] == "dibao.base")
    assert base["value"] == 50317
    assert base["law"] == "民发〔2021〕57号第23条"


def test_an_expectation_that_does_not_come_out_exits_with_one(tmp_path):
    result = explain(tmp_path, GOOD.replace("503.17元", "503.16元"))
    assert result.exit_code == 1
    assert "第9行 低保金：应得 503.16元，算得 503.17元" in result.output


def test_missing_facts_are_named_for_each_person(tmp_path):
    result = explain(
        tmp_path, GOOD.replace("适用城市标准: 否", "存款及证券: 未知").replace("503.17元", "未知")
    )
    assert result.exit_code == 0
    assert "最低生活保障：无法认定" in result.output
    assert "缺少：家庭的存款及证券" in result.output


def test_what_a_single_rule_lacks_is_named(tmp_path):
    text = "案例:\n  - {名称: 一, 函数: 规则, 日期: 2024-03-01, 输入: {规则: 基本低保金}}\n"
    result = explain(tmp_path, text)
    assert result.exit_code == 0
    assert "得：未知" in result.output
    assert "缺少：差额" in result.output


def test_one_case_of_several_is_chosen_by_name_or_number(tmp_path):
    second = GOOD.split("案例:\n")[1].replace("一人户", "另一户")
    assert "共 2 个案例" in explain(tmp_path, GOOD + second).output
    assert "案例：另一户" in explain(tmp_path, GOOD + second, "--case", "2").output
    refused = explain(tmp_path, GOOD + second, "--case", "三")
    assert refused.exit_code == 2
    assert "有：1 一人户、2 另一户" in refused.output


BAD = {
    "空文件": ("", "第1行：文件是空的"),
    "不是UTF-8": (b"\xff\xfe\x00", "不是 UTF-8"),
    "控制字符": ("标题: \x07\n", "控制字符"),
    "制表符": ("标题: 试\n案例:\n\t- 名称: 一\n", "第3行：不是合格的 YAML（缩进不能用制表符"),
    "括号没收尾": (GOOD.replace("否}", "否"), "不是合格的 YAML"),
    "别名": ("标题: &a 试\n依据: *a\n案例: []\n", "别名"),
    "没有案例": ("标题: 试\n", "没有“案例”"),
    "只是一句话": ("你好\n", "第1行：“文件”应当是"),
    "案例不是清单": ("案例: 一\n", "第1行：“案例”应当是一个清单"),
    "不认识的段": (GOOD.replace("家庭:", "家 庭:"), "第7行：“案例”里不认识“家 庭”。是不是“家庭”？"),
    "不认识的事实": (
        GOOD.replace("适用城市标准", "存款"),
        "第7行：“家庭”里不认识“存款”。是不是“存款及证券”？",
    ),
    "事实写两次": (GOOD.replace("否}", "否, urban: 是}"), "写了两次"),
    "键写两次": (GOOD.replace("否}", "否, 适用城市标准: 是}"), "第7行：“适用城市标准”写了两次"),
    "金额": (GOOD.replace("适用城市标准: 否", "存款及证券: 很多"), "第7行：“存款及证券”写的是“很多”"),
    "半分": (GOOD.replace("适用城市标准: 否", "存款及证券: 0.001元"), "精确到分"),
    "太大": (GOOD.replace("适用城市标准: 否", "存款及证券: 99999999999999元"), "超出可计算范围"),
    "溢出": (GOOD.replace("1980-01-01}", "1980-01-01, 工资性收入: 9e30}"), "第8行：“工资性收入”"),
    "是否": (GOOD.replace("准: 否", "准: 不"), "请写“是”“否”或“未知”"),
    "日期": (GOOD.replace("2024-03-01", "2024-02-30"), "第5行：“日期”写的是“2024-02-30”。没有这一天"),
    "代码": (GOOD.replace("本人或户主", "老王"), "只能写：本人或户主、配偶"),
    "没有日期": (GOOD.replace("    日期: 2024-03-01\n", ""), "没有“日期”"),
    "没有名称": (GOOD.replace("名称: 一人户", "说明: 无"), "案例没有“名称”"),
    "未写的事实": (GOOD.replace("如常", "随便"), "“未写的事实”只能写“如常”或“未知”"),
    "不认识的应得": (GOOD.replace("低保金", "低保钱"), "第9行：不认识要核对的“低保钱”。是不是"),
    "应得的值": (GOOD.replace("503.17元}", "多}"), "第9行：“低保金”应得写的是“多”"),
    "逐人的应得": (GOOD.replace("低保金: 503.17元", "主身份: {丁: 低保}"), "“丁”不是成员"),
    "不认识的地区": (
        GOOD.replace("    日期", "    地区: 昆明\n    日期"),
        "没有名为“昆明”的州市或县区。是不是“昆明市”？",
    ),
    "区划代码": (GOOD.replace("    日期", "    地区: 110105\n    日期"), "区划代码“110105”不合格"),
    "不存在的区划": (
        GOOD.replace("    日期", "    地区: 530602999\n    日期"),
        "没有代码为“530602999”的区划",
    ),
    "已撤销的县": (
        GOOD.replace("    日期", "    地区: 530121\n    日期"),
        "呈贡县已改为呈贡区，现用 530114。",
    ),
    "期限的区划": (
        "案例:\n  - 名称: 一\n    函数: 期限\n"
        "    输入: {起算: 2024-09-01, 长度: 3, 单位: 日, 区划: 楚雄州}\n",
        "“区划”写的是“楚雄州”，请写 12 位代码",
    ),
    "规则以前的日子": (GOOD.replace("2024-03-01", "2012-03-01"), "不能认定"),
    "没有的函数": ("案例:\n  - 名称: 一\n    函数: 占卜\n", "没有名为“占卜”的函数"),
    "函数缺输入": ("案例:\n  - 名称: 一\n    函数: 期限\n", "“输入”里缺少“单位”"),
    "函数多输入": (
        "案例:\n  - 名称: 一\n    函数: 居民身份号码\n    输入: {号码: '1', 颜色: 红}\n",
        "“输入”里不认识“颜色”",
    ),
    "出生在认定日之后": (GOOD.replace("1980-01-01", "2024-03-02"), "甲的出生日期晚于认定日"),
    "负的套数": (GOOD.replace("适用城市标准: 否", "房屋套数: -1"), "家庭的房屋套数不能是负数"),
    "负的存款": (GOOD.replace("适用城市标准: 否", "存款及证券: -1元"), "家庭的存款及证券不能是负数"),
    "自理七项": (GOOD.replace("1980-01-01}", "1980-01-01, 不能达到的自理项目数: 7}"), "自理项目数最多是 6"),
    "没有成员": (GOOD.replace(f"[{MEMBER}]", "[]"), "没有成员"),
    "两个户主": (
        GOOD.replace(f"[{MEMBER}]", f"[{MEMBER}, {MEMBER.replace('甲', '乙')}]"),
        "有2个户主（甲、乙）",
    ),
    "嵌套太深": ("案例: " + "[" * 5000, "嵌套太深"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_malformed_file_is_refused_in_one_sentence_with_its_line(tmp_path, name):
    text, sentence = BAD[name]
    result = explain(tmp_path, text)
    assert result.exit_code == 2, result.output
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_what_is_no_file_is_refused_and_nothing_is_waited_for(tmp_path):
    os.mkfifo(tmp_path / "管道")  # nobody ever writes to it
    for path, sentence in (
        (tmp_path / "无", "没有这个文件"),
        (tmp_path, "是文件夹，不是文件"),
        (tmp_path / "管道", "是管道，不是文件"),
        (Path("/dev/zero"), "是设备，不是文件"),
    ):
        result = CliRunner().invoke(main, ["explain", str(path)])
        assert result.exit_code == 2
        assert sentence in result.output
        assert result.output.strip().endswith("。")


def test_a_huge_file_is_refused(tmp_path):
    result = explain(tmp_path, "标题: " + "长" * 700_000)
    assert result.exit_code == 2
    assert "超过案例文件的上限" in result.output


def test_a_file_beside_a_household_is_refused_not_ignored(tmp_path):
    for options in (["--household", "1", "--day", "2024-10-01"], ["--household", "1", "--case", "1"]):
        result = explain(tmp_path, GOOD, *options)
        assert result.exit_code == 2
        assert "请去掉文件名和 --case，或去掉 --household" in result.output


def test_an_empty_home_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["--home", "", "doctor"])
    assert result.exit_code == 2
    assert "--home 后面是空的" in result.output
    assert list(tmp_path.iterdir()) == []
