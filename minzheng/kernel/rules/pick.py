"""The versions of rules that are chosen for a day: what every reading starts from."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from minzheng.kernel.facts import Fact
from minzheng.kernel.parameters import Parameters, ParameterValue
from minzheng.kernel.rules.definition import Rule
from minzheng.kernel.rules.tree import Node, spelled, walk
from minzheng.kernel.rules.units import RuleRefusal


@dataclass(frozen=True)
class Article:
    """A version of a rule with its tree and the qualified names of the rules that it reads."""

    rule: Rule
    tree: Node = field(compare=False, repr=False)
    reads: tuple[str, ...]
    inputs: tuple[Node, ...] = field(compare=False, repr=False, default=())

    @property
    def name(self) -> str:
        """The qualified name."""
        return self.rule.qualified

    def spelled(self) -> list[object]:
        """What the hash covers: citation, dates, unit, rounding and tree."""
        rule = self.rule
        dates = [str(each) for each in (rule.since, rule.until, rule.recorded)]
        return [
            self.name,
            rule.label,
            str(rule.unit),
            rule.grain,
            rule.law,
            *dates,
            rule.rounding,
            spelled(self.tree),
        ]


class Pick:
    """One choice of versions, shared by all days that choose it: what is compiled from it is kept here."""

    def __init__(self, picked: dict[str, Article]) -> None:
        self.articles = _ordered(picked)
        text = json.dumps([picked[name].spelled() for name in sorted(picked)], ensure_ascii=False)
        self.hash = hashlib.sha256(text.encode()).hexdigest()
        self.plans: dict[tuple[str, ...], tuple[Article, ...]] = {}
        self.compiled: dict[Any, Any] = {}


class Chosen:
    """The rules of a day, in an order in which each follows what it reads; `hash` names their content."""

    def __init__(
        self, pick: Pick, facts: Mapping[str, Fact], parameters: Parameters, day: date, known: date | None
    ) -> None:
        self.pick, self.day, self.known = pick, day, known
        self.facts, self.parameters, self.articles = facts, parameters, pick.articles
        self._values: dict[str, dict[int, ParameterValue]] = {}

    def values(self, name: str, codes: Sequence[int]) -> list[ParameterValue]:
        """A parameter's value in each of some areas; looked up once an area, as frames may come in parts."""
        known = self._values.setdefault(name, {})
        for code in codes:
            if code not in known:
                known[code] = self.parameters.at(name, code, self.day, self.known).value
        return [known[code] for code in codes]

    @property
    def hash(self) -> str:
        """The digest of every rule in force: its citation, dates, unit, rounding and tree; the same in
        every process.
        """
        return self.pick.hash

    def plan(self, want: Iterable[str] | None = None) -> tuple[Article, ...]:
        """The articles that the wanted rules need, in order; None wants all."""
        key = tuple(self.articles) if want is None else tuple(want)
        if key not in self.pick.plans:
            needed: set[str] = set()
            stack = list(key)
            while stack:
                name = stack.pop()
                if name not in self.articles:
                    raise RuleRefusal(f"{self.day.isoformat()} 没有规则 {name}；名字应写成“书.规则”。")
                if name not in needed:
                    needed.add(name)
                    stack.extend(self.articles[name].reads)
            self.pick.plans[key] = tuple(each for name, each in self.articles.items() if name in needed)
        return self.pick.plans[key]

    def leaves(self, op: str, want: Iterable[str] | None = None) -> tuple[str, ...]:
        """The names of the facts (`fact`) or parameters (`parameter`) that the wanted rules read, sorted."""
        plan = self.plan(want)
        return tuple(sorted({each.name for article in plan for each in walk(article.tree) if each.op == op}))


def _ordered(picked: dict[str, Article]) -> dict[str, Article]:
    order: dict[str, Article] = {}

    def visit(name: str) -> None:
        if name not in order:
            for each in picked[name].reads:
                visit(each)
            order[name] = picked[name]

    for name in sorted(picked):
        visit(name)
    return order
