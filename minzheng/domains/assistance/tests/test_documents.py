"""The documents for officers are true: examples come out, the reference names every fact and rule."""

import re
from pathlib import Path

import pytest

from minzheng.domains.assistance.rules import casebook, law
from minzheng.domains.assistance.terms import FACTS
from minzheng.kernel.casefunctions import FUNCTIONS

ROOT = Path(__file__).parents[4]
PAGES = ("docs/how-to/write-a-case.md", "docs/how-to/write-a-case.zh-CN.md")
REFERENCE = (ROOT / "docs/reference/cases.md").read_text("utf-8")
EXAMPLES = [
    text
    for page in PAGES
    for text in re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text("utf-8"), re.S)
]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_how_to_comes_out_as_it_says(tmp_path, number):
    path = tmp_path / "例.yaml"
    path.write_text(EXAMPLES[number], encoding="utf-8")
    for case in casebook.read(path).cases:
        decided = casebook.decide(path, case)
        assert decided.compared
        assert decided.agrees


def test_the_reference_names_every_fact_rule_and_function():
    assert len(EXAMPLES) == 7
    names = [f"| {fact.label} | `{fact.name}` |" for fact in FACTS]
    names += [f"| {article.rule.label} | `{article.name}` |" for article in law().articles]
    names += [f"| {name} |" for name in FUNCTIONS]
    assert [name for name in names if name not in REFERENCE] == []
