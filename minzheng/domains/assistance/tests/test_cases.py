"""Every worked case comes out as its officer wrote it, by the case reading and by the columns reading."""

from pathlib import Path

import pytest

from minzheng.domains.assistance.rules import casebook, law
from minzheng.domains.assistance.rules.reasoning import wanted
from minzheng.kernel.casefile import WrittenCase
from minzheng.kernel.rules.agreement import disagreements

CASES = Path(__file__).with_name("cases")
FILES = sorted(CASES.glob("*.yaml"))
WRITTEN = [(path, case) for path in FILES for case in casebook.read(path).cases]


def told(pair: tuple[Path, WrittenCase]) -> str:
    return f"{pair[0].stem}:{pair[1].name}"


@pytest.mark.parametrize("pair", WRITTEN, ids=told)
def test_a_worked_case_comes_out_as_written(pair):
    path, case = pair
    decided = casebook.decide(path, case)
    assert decided.compared, "a case must expect something"
    assert [each for each in decided.compared if not each.agrees] == []


def test_there_are_enough_cases_and_each_cites_the_law():
    assert len(WRITTEN) >= 120
    assert [told(pair) for pair in WRITTEN if not pair[1].law] == []


def test_the_columns_reading_answers_every_household_case_alike():
    by_day: dict = {}
    for path, case in WRITTEN:
        if not case.function:
            by_day.setdefault(case.day, []).append(casebook.asked(path, case))
    for day, cases in by_day.items():
        assert disagreements(law().on(day), cases, wanted()) == []


@pytest.mark.parametrize(
    ("key", "value"), [("低保金", "1509.51元"), ("最低生活保障", "不符合"), ("缺少", "家庭的存款及证券")]
)
def test_a_wrong_expectation_is_found(tmp_path, key, value):
    path = tmp_path / "错.yaml"
    members = "[{与户主关系: 本人或户主, 出生日期: 1980-01-01}]"
    path.write_text(
        "标题: 错\n案例:\n  - 名称: 一\n    日期: 2024-03-01\n    未写的事实: 如常\n"
        f"    成员: {members}\n    应得: {{{key}: {value}}}\n",
        encoding="utf-8",
    )
    read = casebook.read(path)
    assert not casebook.decide(path, read.cases[0]).agrees
