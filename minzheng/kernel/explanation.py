"""Why a rule gave what it gave: lines from the conclusion down to the facts, only what mattered, each rule
once.

What mattered: the branch that a choice took, the conditions that made an `and` false or an `or` true, all
that a sum or an unknown was made of. Rules of members are one line, with each member's value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from minzheng.kernel.rules import Article, Missing, Node, Outcome
from minzheng.kernel.rules.case import compiled, formula_of, label_of
from minzheng.kernel.rules.wording import value_text

DECIDING = {"and": False, "or": True}
OVER = ("total", "count", "any", "all", "max_of", "min_of")


@dataclass(frozen=True)
class Used:
    """A value that a line rests on: label, text, a parameter's source, and what kind of leaf it is."""

    label: str
    text: str
    source: str
    kind: str


@dataclass(frozen=True)
class Line:
    """One rule of the reasoning; for a rule of members `value` is a list and `text` names each."""

    rule: str
    label: str
    indent: int
    value: Any
    text: str
    formula: str
    used: tuple[Used, ...]
    law: str
    since: date
    until: date | None
    doc: str


def named(names: Sequence[str], at: int) -> str:
    """The member's name, or their place."""
    return names[at] if at < len(names) else f"成员{at + 1}"


def missing_text(missing: Iterable[Missing], names: Sequence[str]) -> tuple[str, ...]:
    """Missing facts in words: 甲的出生日期, 家庭的存款及证券."""
    owners = ((each, "家庭" if each.member is None else named(names, each.member)) for each in missing)
    return tuple(dict.fromkeys(f"{owner}的{each.label}" for each, owner in owners))


def reasoning(outcome: Outcome, roots: Sequence[str], names: Sequence[str]) -> tuple[Line, ...]:
    """The lines under each root in turn; a rule already shown is not shown again."""
    return Reasoner(outcome, names).lines(roots)


class Reasoner:
    """The reasoning of one outcome, asked for several roots: each rule is looked at once."""

    def __init__(self, outcome: Outcome, names: Sequence[str]) -> None:
        self.outcome, self.names = outcome, names
        self.made: dict[str, tuple[Line, list[str]]] = {}
        self.readers: dict[Node, Any] = outcome.statute.pick.compiled.setdefault("nodes", {})

    def lines(self, roots: Sequence[str]) -> tuple[Line, ...]:
        """The lines under each root in turn; a rule already shown is not shown again."""
        found: dict[str, Line] = {}
        for root in roots:
            self.visit(root, 0, found)
        return tuple(found.values())

    def visit(self, name: str, indent: int, found: dict[str, Line]) -> None:
        """Add a rule's line, then those of the rules that it rests on."""
        if name in found:
            return
        if name not in self.made:
            article = self.outcome.statute.articles[name]
            leaves = self.relevant(article)
            below = [leaf.name for leaf in leaves if leaf.op == "rule"]
            self.made[name] = self.line(article, leaves, indent), below
        line, below = self.made[name]
        found[name] = line if line.indent == indent else replace(line, indent=indent)
        for each in below:
            self.visit(each, indent + 1, found)

    def relevant(self, article: Article) -> list[Node]:
        """The leaves that mattered for the household or for any member."""
        found: dict[Node, None] = {}
        places = range(len(self.outcome.members)) if article.rule.grain == "person" else (None,)
        for at in places:
            self.follow(article, article.tree, at, found)
        return list(found)

    def follow(self, article: Article, each: Node, at: int | None, found: dict[Node, None]) -> None:
        """Walk a tree for one member, collecting its leaves."""
        if not each.args:
            if each.op != "const":
                found[each] = None
            return
        if each.op in OVER:
            for place in range(len(self.outcome.members)):
                self.follow(article, each.args[0], place, found)
            return
        for arg in self.deciding(article, each, at):
            self.follow(article, arg, at, found)

    def deciding(self, article: Article, each: Node, at: int | None) -> Sequence[Node]:
        """The arguments that settled an operation."""
        if each.op == "where":
            condition = self.value(article, each.args[0], at)
            return (
                each.args
                if condition is None
                else (each.args[0], each.args[1] if condition else each.args[2])
            )
        settles = DECIDING.get(each.op)
        if settles is None:
            return each.args
        return [arg for arg in each.args if self.value(article, arg, at) is settles] or each.args

    def value(self, article: Article, each: Node, at: int | None) -> Any:
        """What a part of a tree gives here."""
        reader = self.readers.get(each)
        if reader is None:
            reader = self.readers[each] = compiled(each)
        return reader(self.outcome.house, self.outcome.house if at is None else self.outcome.members[at])

    def line(self, article: Article, leaves: Sequence[Node], indent: int) -> Line:
        """The rule as a line."""
        rule, outcome = article.rule, self.outcome
        person = rule.grain == "person"
        values = (
            [member[rule.qualified] for member in outcome.members]
            if person
            else outcome.house[rule.qualified]
        )
        return Line(
            rule=rule.qualified,
            label=rule.label,
            indent=indent,
            value=values,
            text=self.text(values, rule.unit, ()),
            formula=formula_of(outcome.statute, article),
            used=tuple(self.used(leaf) for leaf in leaves),
            law=rule.law,
            since=rule.since,
            until=rule.until,
            doc=rule.doc,
        )

    def text(self, value: Any, unit: Any, words: Sequence[tuple[int, str]]) -> str:
        """A value in words, each member's where they differ."""
        if not isinstance(value, list):
            return value_text(value, unit, words)
        texts = [value_text(each, unit, words) for each in value]
        if len(texts) > 1 and len(set(texts)) == 1:
            return f"各人均为 {texts[0]}"
        return "；".join(f"{named(self.names, at)} {text}" for at, text in enumerate(texts))

    def used(self, leaf: Node) -> Used:
        """A leaf as what a line rests on."""
        outcome = self.outcome
        values: Any = outcome.house.get(leaf.name)
        if leaf.grain == "person":
            values = [member.get(leaf.name) for member in outcome.members]
        fact = outcome.statute.facts.get(leaf.name) if leaf.op == "fact" else None
        row = outcome.parameters.get(leaf.name) if leaf.op == "parameter" else None
        text = self.text(values, leaf.unit, fact.words if fact else ())
        return Used(label_of(outcome.statute, leaf), text, row.source if row else "", leaf.op)
