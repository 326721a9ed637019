"""One word for one idea: glossary, style sheet, commands and documents agree with the code."""

from __future__ import annotations

import csv
import re
import subprocess

import yaml

from minzheng.config.modules import MODULES
from minzheng.kernel.rules import Rule
from tests.architecture.source import HOUSE, ROOT, python_files


def glossary() -> list[dict[str, str]]:
    with (ROOT / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def identifiers() -> set[str]:
    return {row["identifier"] for row in glossary()}


def test_the_glossary_is_whole_and_each_identifier_stands_once():
    rows = glossary()
    assert all(row["hanzi"] and row["identifier"] and row["english"] and row["definition"] for row in rows)
    names = [row["identifier"] for row in rows]
    assert len(names) == len(set(names))


def test_every_rule_is_in_the_glossary():
    missing = {
        value.name
        for module in MODULES
        for book in module.books
        for value in vars(book).values()
        if isinstance(value, Rule) and value.name not in identifiers()
    }
    assert not missing


def test_every_parameter_is_in_the_glossary():
    missing = set()
    for path in HOUSE.glob("domains/*/rules/parameters/*.yaml"):
        missing |= {row["name"] for row in yaml.safe_load(path.read_text("utf-8"))} - identifiers()
    assert not missing


def test_every_programme_is_in_the_glossary():
    assert not {p.key for module in MODULES for p in module.programmes} - identifiers()


def test_every_step_and_state_is_in_the_glossary():
    procedures = [procedure for module in MODULES for procedure in module.procedures]
    known = {(row["hanzi"], row["identifier"]) for row in glossary()}
    assert not {(step.label, step.key) for p in procedures for step in p.steps} - known
    assert not {state for p in procedures for state in p.states} - {hanzi for hanzi, _ in known}


def test_style_names_only_tests_that_exist():
    tests = "\n".join(p.read_text("utf-8") for p in python_files() if "tests" in p.relative_to(ROOT).parts)
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "STYLE.md").read_text("utf-8")))
    assert len(named) > 10
    assert not {name for name in named if f"def {name}(" not in tests}


def test_every_make_target_has_its_sentence():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
    spoken = set(re.findall(r"^([a-z][a-z-]*):.*## \S", makefile, re.M))
    assert targets
    assert targets == spoken


def test_documents_name_only_commands_that_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    commands = {p.stem for p in (HOUSE / "config" / "command").glob("*.py")}
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("data/**/*.md")]
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
    texts = {path.relative_to(ROOT): path.read_text("utf-8") for path in documents}
    unknown = {
        (str(path), word)
        for path, text in texts.items()
        for word in {*re.findall(r"`make ([a-z][a-z-]*)", text)} - targets
        | {*re.findall(r"`minzheng ([a-z][a-z-]*)", text)} - commands
    }
    assert len(texts) > 10
    assert not unknown


def test_every_document_and_decision_is_in_its_index():
    for index in (ROOT / "docs" / "README.md", ROOT / "docs" / "decisions" / "README.md"):
        text, below = index.read_text("utf-8"), index.parent.rglob("*.md")
        listed = {index.parent.joinpath(link).resolve() for link in re.findall(r"\]\(([^)#]+)", text)}
        decisions = index.parent / "decisions"
        wanted = {p.resolve() for p in below if decisions not in p.parents or p.name == "README.md"}
        assert not wanted - listed - {index.resolve()}


def test_links_in_documents_lead_somewhere():
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    broken = [
        (name, link)
        for name in listed
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text("utf-8"))
        if not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert not broken
