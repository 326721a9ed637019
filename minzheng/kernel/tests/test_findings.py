"""Findings: identified by their ground, ordered by gravity, free of personal numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.findings import SEVERITIES, Finding, FindingRefusal, distinct


def finding(**fields) -> Finding:
    whole = {
        "kind": "assistance.paid_after_death",
        "subject": ("person", 7),
        "severity": "serious",
        "evidence": {"died_on": date(2024, 8, 1), "month": "2024-10"},
        "text": "死亡次月后仍在发放，请核实停发。",
    }
    return Finding(**{**whole, **fields})


def test_the_same_ground_is_one_finding() -> None:
    one = finding()
    assert one.digest == finding(text="换一种说法。").digest
    assert one.digest == finding(evidence={"month": "2024-10", "died_on": date(2024, 8, 1)}).digest
    assert len(one.digest) == 32


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "assistance.paid_twice"},
        {"subject": ("person", 8)},
        {"subject": ("household", 7)},
        {"evidence": {"died_on": date(2024, 8, 2), "month": "2024-10"}},
        {"evidence": {"died_on": None, "month": "2024-10"}},
    ],
)
def test_another_ground_is_another_finding(fields: dict) -> None:
    assert finding(**fields).digest != finding().digest


def test_each_once_and_the_gravest_first() -> None:
    light = finding(severity="notice", subject=("person", 1))
    middle = finding(severity="warning", subject=("person", 2))
    grave = finding(severity="serious", subject=("person", 3))
    again = finding(severity="warning", subject=("person", 2), text="再次发现。")
    assert distinct([light, middle, again, grave]) == [grave, middle, light]


@given(st.lists(st.tuples(st.sampled_from(SEVERITIES), st.integers(0, 5)), max_size=20))
def test_distinct_loses_no_ground(rows: list[tuple[str, int]]) -> None:
    made = [finding(severity=severity, subject=("person", number)) for severity, number in rows]
    kept = distinct(made)
    assert {f.digest for f in kept} == {f.digest for f in made}
    assert len({f.digest for f in kept}) == len(kept)
    ranks = [SEVERITIES.index(f.severity) for f in kept]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "Paid Twice"}, "种类"),
        ({"severity": "red"}, "“red”不认识"),
        ({"text": "  "}, "缺少说明"),
        ({"evidence": {}}, "没有依据"),
        ({"text": "号码 11010519491231002X 重复。"}, "证件号或账号"),
        ({"evidence": {"account": "6217001234567890123"}}, "证件号或账号"),
    ],
)
def test_what_cannot_be_acted_on_is_refused(fields: dict, says: str) -> None:
    with pytest.raises(FindingRefusal, match=says):
        finding(**fields)
