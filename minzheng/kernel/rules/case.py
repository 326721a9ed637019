"""The case reading: one household decided in plain Python on plain values, rule by rule, with its trace.

Every tree is compiled once into nested closures `f(house, member) -> value`; `house` and `member` map names
to values, `None` is unknown. Everything is evaluated, whichever branch counts, so that a value out of range
is refused here exactly where the columns reading refuses it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from minzheng.kernel.facts import Fact, FactRefusal, Value
from minzheng.kernel.parameters import Parameter
from minzheng.kernel.rules import exact
from minzheng.kernel.rules.closures import MEMBERS, Reader, Values, compiled
from minzheng.kernel.rules.definition import Rule
from minzheng.kernel.rules.missing import Missing, Search
from minzheng.kernel.rules.pick import Article, Chosen
from minzheng.kernel.rules.tree import Node
from minzheng.kernel.rules.units import RuleRefusal
from minzheng.kernel.rules.wording import formula, value_text


@dataclass(frozen=True)
class Case:
    """A household on a day: facts of the household by name, and of each member; a missing name or None is
    unknown.
    """

    day: date
    area: int | None
    household: Mapping[str, Value]
    members: Sequence[Mapping[str, Value]]


@dataclass(frozen=True)
class Input:
    """A value that a rule read: its label and name, the value, and the same as text; `source` of a
    parameter's row.
    """

    name: str
    label: str
    value: Any
    text: str
    source: str = ""


@dataclass(frozen=True)
class Step:
    """One rule's part in a decision, for the household or for one member (their place in the list)."""

    rule: Rule
    member: int | None
    value: Any
    text: str
    formula: str
    inputs: tuple[Input, ...]
    missing: tuple[Missing, ...]


@dataclass
class Outcome:
    """What the wanted rules gave: a value, or for rules of members a list; None is undetermined."""

    statute: Chosen
    values: dict[str, Any]
    plan: tuple[Article, ...]
    house: Values
    members: list[Values]
    parameters: dict[str, Parameter]
    _inputs: dict[tuple[str, int | None], Input] = field(default_factory=dict, repr=False)
    _search: Search | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> Any:
        """The value of a wanted rule by its qualified name."""
        return self.values[name]

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The facts for want of which a wanted rule is undetermined."""
        found: dict[Missing, None] = {}
        for name, value in self.values.items():
            each_value = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for member, one in each_value:
                if one is None:
                    found.update(self._lacking(name, member))
        return tuple(found)

    @property
    def trace(self) -> tuple[Step, ...]:
        """Every rule in the order of its evaluation, each member in turn."""
        steps: list[Step] = []
        for article in self.plan:
            if article.rule.grain == "person":
                steps += [self.step(article, at) for at in range(len(self.members))]
            else:
                steps.append(self.step(article, None))
        return tuple(steps)

    def step(self, article: Article, member: int | None) -> Step:
        """One rule's step: its inputs with their values, its formula in words, and what is missing if it is
        unknown.
        """
        rule = article.rule
        where = self.house if member is None else self.members[member]
        value = where[rule.qualified]
        inputs = tuple(self._input(each, member) for each in article.inputs)
        lacking = tuple(self._lacking(article.name, member)) if value is None else ()
        text = value_text(value, rule.unit)
        return Step(rule, member, value, text, formula_of(self.statute, article), inputs, lacking)

    def _lacking(self, name: str, member: int | None) -> dict[Missing, None]:
        if self._search is None:
            self._search = Search(self.statute, self.house, self.members)
        return self._search.rule(name, member)

    def _input(self, each: Node, member: int | None) -> Input:
        """An input of a rule; made once for the household or each member, however many rules read it."""
        key = (each.name, member if each.grain == "person" else None)
        found = self._inputs.get(key)
        if found is None:
            found = self._inputs[key] = self._made_input(each, key[1])
        return found

    def _made_input(self, each: Node, member: int | None) -> Input:
        assert each.unit is not None
        if each.grain == "person" and member is None:
            value: Any = [person.get(each.name) for person in self.members]
        else:
            value = (self.house if member is None else self.members[member]).get(each.name)
        words = self.statute.facts[each.name].words if each.op == "fact" else ()
        row = self.parameters.get(each.name) if each.op == "parameter" else None
        label = label_of(self.statute, each)
        return Input(each.name, label, value, value_text(value, each.unit, words), row.source if row else "")


def decide(statute: Chosen, case: Case, want: Sequence[str] | None = None) -> Outcome:
    """Decide one household: every rule that the wanted ones (None: all) need, and the values of those
    wanted.
    """
    if case.day != statute.day:
        raise RuleRefusal(f"案件的认定日是 {case.day}，而所用的法律版本是 {statute.day} 的。")
    plan = statute.plan(want)
    house, members = _checked(statute.facts, case)
    parameters = _parameters(statute, case.area, want)
    for name, row in parameters.items():
        house[name] = row.value
    house[MEMBERS] = members
    readers: dict[str, Reader] = statute.pick.compiled.setdefault("case", {})
    for article in plan:
        name = article.name
        reader = readers.get(name)
        if reader is None:
            reader = readers[name] = compiled(article.tree)
        try:
            if article.rule.grain == "person":
                for member in members:
                    member[name] = reader(house, member)
            else:
                house[name] = reader(house, house)
        except exact.OutOfRange:
            raise RuleRefusal(f"{article.rule.title}：有数值超出可计算范围，请核对所填金额。") from None
    values: dict[str, Any] = {}
    for name in statute.articles if want is None else want:
        person = statute.articles[name].rule.grain == "person"
        values[name] = [member[name] for member in members] if person else house[name]
    return Outcome(statute, values, plan, house, members, parameters)


def _checked(facts: Mapping[str, Fact], case: Case) -> tuple[Values, list[Values]]:
    house: Values = {"day": case.day}
    if "area" in facts:
        house["area"] = case.area
    for name, value in case.household.items():
        fact = facts.get(name)
        if fact is None or fact.grain == "person":
            raise FactRefusal(f"家庭的事实里没有“{name}”，请核对名字。")
        house[name] = fact.check(value)
    members: list[Values] = []
    for at, given in enumerate(case.members, 1):
        member: Values = {}
        for name, value in given.items():
            fact = facts.get(name)
            if fact is None or fact.grain != "person":
                raise FactRefusal(f"第 {at} 名成员的事实里没有“{name}”，请核对名字。")
            member[name] = fact.check(value)
        members.append(member)
    return house, members


def _parameters(statute: Chosen, area: int | None, want: Sequence[str] | None) -> dict[str, Parameter]:
    key = ("parameters", None if want is None else tuple(want))
    names = statute.pick.compiled.get(key)
    if names is None:
        names = statute.pick.compiled[key] = statute.leaves("parameter", want)
    if names and area is None:
        raise RuleRefusal("案件没有区划，无法取当地标准。")
    return {name: statute.parameters.at(name, area or 0, statute.day, statute.known) for name in names}


def label_of(statute: Chosen, each: Node) -> str:
    """The Chinese label of a leaf."""
    if each.op == "rule":
        return statute.articles[each.name].rule.label
    if each.op == "fact":
        return statute.facts[each.name].label
    return statute.parameters.series[each.name][0].label


def formula_of(statute: Chosen, article: Article) -> str:
    """The rule's formula in Chinese, made once."""
    made: dict[str, str] = statute.pick.compiled.setdefault("formula", {})
    if article.name not in made:
        made[article.name] = formula(article.tree, lambda each: label_of(statute, each))
    return made[article.name]
