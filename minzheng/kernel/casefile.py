"""Case files: what an officer writes in YAML, read into plain values, with the line of everything for
refusals.

A file holds `标题`, `依据`, perhaps `共同` (what all cases share) and `案例`, a list. A household case
states a day, a place, facts of the household and of each member by their Chinese labels, and what is
expected. A function case names one function of the kernel, its inputs and what is expected. Nothing here
knows a subject: the facts come from the caller. See docs/how-to/write-a-case.md and
docs/reference/cases.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from minzheng.kernel.casetext import CaseFileRefusal as CaseFileRefusal
from minzheng.kernel.casetext import Items, Node, Tree, document
from minzheng.kernel.casetext import Scalar as Scalar
from minzheng.kernel.casetext import refuse as refuse
from minzheng.kernel.casewords import parse
from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import Fact, Value

FILE_KEYS = ("标题", "依据", "说明", "共同", "案例")
SHARED_KEYS = ("日期", "截至", "地区", "未写的事实", "家庭", "成员", "函数", "输入")
CASE_KEYS = ("名称", "依据", "算式", "说明", "改动", "应得", *SHARED_KEYS)
AS_USUAL, UNKNOWN = "如常", "未知"


@dataclass(frozen=True)
class Relatives:
    """People listed under a member, such as those bound to support him: their names and facts."""

    member: int
    names: list[str]
    facts: list[dict[str, Value]]


@dataclass(frozen=True)
class WrittenCase:
    """One case: values as the facts' kinds ask; what is expected is still text, its kind being the rule's."""

    name: str
    line: int
    law: str
    arithmetic: str
    day: date | None
    known: date | None
    area: str
    household: dict[str, Value]
    members: list[dict[str, Value]]
    member_names: list[str]
    function: str
    inputs: dict[str, Scalar]
    expected: dict[str, Scalar | dict[str, Scalar]]
    expected_lines: dict[str, int] = field(default_factory=dict)
    relatives: list[Relatives] = field(default_factory=list)


@dataclass(frozen=True)
class CaseFile:
    """All cases of one file."""

    path: Path
    title: str
    law: str
    cases: list[WrittenCase]


def read(path: Path, facts: Iterable[Fact], usual: Callable[[Fact], Value], relatives: str = "") -> CaseFile:
    """Read a case file against a list of facts; raises CaseFileRefusal.

    `relatives` is the key of a list of people that a member may have (义务人), read like members.
    """
    return _Reader(path, facts, usual, relatives).file()


def nearest(word: str, known: Iterable[str]) -> str:
    """“是不是…？” for the known word most like this one, else a list of all when they are few, else ""."""
    if word[:1].isdigit():
        return "金额里不要写千分位逗号，例如写 36000元。"
    names = list(known)
    close = difflib.get_close_matches(word, names, 1, 0.4)
    close = close or [name for name in names if word and (word in name or name in word)][:1]
    if close:
        return f"是不是“{close[0]}”？"
    return f"可以写：{'、'.join(names)}。" if len(names) <= 16 else ""


class _Reader:
    def __init__(
        self, path: Path, facts: Iterable[Fact], usual: Callable[[Fact], Value], relatives: str
    ) -> None:
        self.path, self.usual, self.listed = path, usual, relatives
        listed = list(facts)
        self.by_grain = {
            grain: {key: fact for fact in listed if fact.grain == grain for key in (fact.label, fact.name)}
            for grain in ("household", "person")
        }

    def refuse(self, line: int, sentence: str) -> CaseFileRefusal:
        return refuse(self.path, line, sentence)

    def file(self) -> CaseFile:
        top = self.tree(document(self.path), FILE_KEYS, "文件")
        law = self.text(top, "依据")
        shared = self.tree_at(top, "共同", SHARED_KEYS)
        nodes = self.items_at(top, "案例")
        if not nodes:
            raise self.refuse(top.line, "没有“案例”，或一个案例也没有。请在“案例:”下用“- 名称: …”逐个写出。")
        cases = [self.case(node, shared, law) for node in nodes]
        self.different(cases)
        return CaseFile(self.path, self.text(top, "标题"), law, cases)

    def different(self, cases: Sequence[WrittenCase]) -> None:
        seen: dict[str, int] = {}
        for case in cases:
            if case.name in seen:
                raise self.refuse(
                    case.line, f"案例名称“{case.name}”与第{seen[case.name]}行的重复。请换一个名称。"
                )
            seen[case.name] = case.line

    def case(self, node: Node, shared: Tree, law: str) -> WrittenCase:
        own = self.tree(node, CASE_KEYS, "案例")
        name = self.text(own, "名称")
        if not name:
            raise self.refuse(own.line, "案例没有“名称”。请用一句话写明这个案例要说明什么。")
        both = Tree({**shared.items, **own.items}, own.line)
        function = self.text(both, "函数")
        day, known = self.day(both, "日期"), self.day(both, "截至")
        expected = self.tree_at(both, "应得", None)
        members, names = ([], []) if function else self.members(both)
        relatives = [] if function else self.relatives(both, names)
        if not function and day is None:
            raise self.refuse(
                own.line, f"案例“{name}”没有“日期”。请写明按哪一天认定，例如 日期: 2024-10-01。"
            )
        return WrittenCase(
            name=name,
            line=own.line,
            law=self.text(own, "依据") or law,
            arithmetic=self.text(own, "算式"),
            day=day,
            known=known,
            area=self.text(both, "地区"),
            household={} if function else self.household(shared, own, self.assumed(both)),
            members=members,
            member_names=names,
            function=function,
            inputs={
                key: self.scalar(node, key)
                for key, (_, node) in self.tree_at(both, "输入", None).items.items()
            },
            expected={key: self.expectation(node, key) for key, (_, node) in expected.items.items()},
            expected_lines={key: line for key, (line, _) in expected.items.items()},
            relatives=relatives,
        )

    def assumed(self, both: Tree) -> bool:
        line, node = both.items.get("未写的事实", (both.line, Scalar(UNKNOWN, both.line)))
        word = self.scalar(node, "未写的事实").text
        if word not in (AS_USUAL, UNKNOWN):
            raise self.refuse(line, f"“未写的事实”只能写“{AS_USUAL}”或“{UNKNOWN}”，现写的是“{word}”。")
        return word == AS_USUAL

    def household(self, shared: Tree, own: Tree, assumed: bool) -> dict[str, Value]:
        values = self.ordinary("household", assumed)
        for part in (shared, own):
            values |= self.facts(self.tree_at(part, "家庭", None), "household", "家庭")
        return values

    def members(self, both: Tree) -> tuple[list[dict[str, Value]], list[str]]:
        changes = self.tree_at(both, "改动", None)
        members, names = self.people(both, "成员", self.assumed(both))
        for at, name in enumerate(names):
            change = self.without(self.tree_at(changes, name, None), self.listed)
            members[at] |= self.facts(change, "person", name)
        for name, (line, _) in changes.items.items():
            if name not in names:
                raise self.refuse(line, f"“改动”里的“{name}”不是成员。成员有：{'、'.join(names)}。")
        return members, names

    def people(self, tree: Tree, key: str, assumed: bool) -> tuple[list[dict[str, Value]], list[str]]:
        """The people of a list: their facts, and their names, which differ."""
        people: list[dict[str, Value]] = []
        names: list[str] = []
        for node in self.items_at(tree, key):
            written = self.tree(node, None, key)
            name = self.text(written, "姓名") or f"{key}{len(names) + 1}"
            if name in names:
                raise self.refuse(written.line, f"{key}“{name}”写了两次。请区别姓名，例如“{name}二”。")
            names.append(name)
            facts = self.without(written, "姓名", self.listed)
            people.append(self.ordinary("person", assumed) | self.facts(facts, "person", name))
        return people, names

    def relatives(self, both: Tree, names: Sequence[str]) -> list[Relatives]:
        """The list under each member who has one, in `成员` or, where given, in `改动`."""
        changes, found = self.tree_at(both, "改动", None), []
        for at, node in enumerate(self.items_at(both, "成员")):
            for tree in (self.tree_at(changes, names[at], None), self.tree(node, None, "成员")):
                if self.listed in tree.items:
                    facts, called = self.people(tree, self.listed, self.assumed(both))
                    found.append(Relatives(at, called, facts))
                    break
        return found

    @staticmethod
    def without(tree: Tree, *keys: str) -> Tree:
        """A mapping without some keys."""
        return Tree({key: item for key, item in tree.items.items() if key not in keys}, tree.line)

    def ordinary(self, grain: str, assumed: bool) -> dict[str, Value]:
        facts = dict.fromkeys(self.by_grain[grain].values())
        return {fact.name: (self.usual(fact) if assumed else None) for fact in facts}

    def facts(self, written: Tree, grain: str, owner: str) -> dict[str, Value]:
        values: dict[str, Value] = {}
        known = self.by_grain[grain]
        for key, (line, node) in written.items.items():
            if key not in known:
                labels = [fact.label for fact in dict.fromkeys(known.values())]
                raise self.refuse(line, f"“{owner}”里不认识“{key}”。{nearest(key, labels)}")
            fact = known[key]
            if fact.name in values:
                raise self.refuse(line, f"“{owner}”的“{fact.label}”写了两次（中文名和英文名只写一个）。")
            values[fact.name] = self.value(self.scalar(node, key), fact)
        return values

    def value(self, written: Scalar, fact: Fact) -> Value:
        try:
            return parse(written.text, fact.kind, fact.words)
        except Refusal as problem:
            raise self.refuse(written.line, f"“{fact.label}”写的是“{written.text}”。{problem}") from problem

    def day(self, tree: Tree, key: str) -> date | None:
        if key not in tree.items:
            return None
        written = self.scalar(tree.items[key][1], key)
        try:
            value = parse(written.text, "date")
        except Refusal as problem:
            raise self.refuse(written.line, f"“{key}”写的是“{written.text}”。{problem}") from problem
        return value if isinstance(value, date) else None

    def expectation(self, node: Node, key: str) -> Scalar | dict[str, Scalar]:
        if isinstance(node, Tree):
            return {name: self.scalar(inner, name) for name, (_, inner) in node.items.items()}
        return self.scalar(node, key)

    def tree(self, node: Node, keys: Sequence[str] | None, what: str) -> Tree:
        if not isinstance(node, Tree):
            raise self.refuse(node.line, f"“{what}”应当是“名称: 值”的若干行。请检查缩进和冒号后的空格。")
        for key, (line, _) in node.items.items():
            if keys is not None and key not in keys:
                raise self.refuse(line, f"“{what}”里不认识“{key}”。{nearest(key, keys)}")
        return node

    def tree_at(self, tree: Tree, key: str, keys: Sequence[str] | None) -> Tree:
        line, node = tree.items.get(key, (tree.line, Tree({}, tree.line)))
        if isinstance(node, Scalar) and not node.text:
            return Tree({}, line)
        return self.tree(node, keys, key)

    def items_at(self, tree: Tree, key: str) -> list[Node]:
        line, node = tree.items.get(key, (tree.line, Items([], tree.line)))
        if not isinstance(node, Items):
            raise self.refuse(line, f"“{key}”应当是一个清单。请在下面逐行用“- ”开头写。")
        return node.nodes

    def scalar(self, node: Node, key: str) -> Scalar:
        if not isinstance(node, Scalar):
            raise self.refuse(node.line, f"“{key}”应当只写一个值。请把值写在冒号后面同一行。")
        return node

    def text(self, tree: Tree, key: str) -> str:
        return self.scalar(tree.items[key][1], key).text.strip() if key in tree.items else ""
