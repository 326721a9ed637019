"""The manifest by which core knows a subject without importing it.

`config` registers every subject's MODULE at start. An incomplete manifest, a need that nobody provides and a
cycle are refused there, each with a sentence that names the module and what is missing. The month's run, the
watch, the figures and the matrix of rights go over `registry.modules()` and `registry.programmes()`, which
are topologically sorted.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, Protocol, TypeVar, get_args

from minzheng.kernel.errors import Refusal
from minzheng.kernel.grants import Grant, Matrix
from minzheng.kernel.indicators import Indicator
from minzheng.kernel.states import Procedure

ChangeKind = Literal["new", "up", "down", "stop", "phase_out", "death", "standard"]
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
CHANGE_LABELS: dict[ChangeKind, str] = {
    "new": "新增",
    "up": "增发",
    "down": "减发",
    "stop": "停发",
    "phase_out": "渐退",
    "death": "死亡",
    "standard": "提标",
}
Grain = Literal["person", "household"]
Period = Literal["month", "quarter", "year", "once"]
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_HANZI = re.compile(r"[\u3400-\u9fff]")


class ModuleRefusal(Refusal):
    """A manifest that is incomplete, contradicts another, or cannot be put in order."""


class FactLike(Protocol):
    """What the manifest asks of a fact (`minzheng.kernel.facts.Fact`)."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class AutomaticChange:
    """A kind of change that may follow from the facts without a person's act, and the law that says so."""

    kind: ChangeKind
    law: str


@dataclass(frozen=True)
class Reason:
    """A rule whose answer explains a refusal: `label` is said when the rule answers `when`."""

    rule: str
    label: str
    when: bool = False


@dataclass(frozen=True)
class Programme:
    """One benefit or status.

    `book` is the book's name (file name of the rules), `eligible`, `amount`, `covers` are qualified rule
    names ("dibao.eligible"); `amount` is None for a status without payment; `covers` is the person-grain rule
    that says who in the household is covered. Among programmes of one `exclusive` group a person has at most
    one, the smallest `priority` first. `provides` and `needs` name programme facts: what other programmes
    read of this one, and what this one reads of them. `automatic` lists the changes that need no person;
    every other kind waits for one.
    """

    key: str
    label: str
    book: str
    eligible: str
    amount: str | None
    grain: Grain
    priority: int
    law: str
    covers: str | None = None
    exclusive: str = ""
    period: Period = "month"
    provides: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    automatic: tuple[AutomaticChange, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        where = f"项目“{self.label or self.key}”"
        _named(where, self.key, self.label)
        _present(where, {"所属规则册": self.book, "资格规则": self.eligible, "法律依据": self.law})
        _choice(where, "对象", self.grain, get_args(Grain))
        _choice(where, "发放周期", self.period, get_args(Period))
        for rule in (self.eligible, self.amount, self.covers, *(reason.rule for reason in self.reasons)):
            if rule is not None and not rule.startswith(f"{self.book}."):
                raise ModuleRefusal(f"{where}的规则“{rule}”应写成“{self.book}.规则名”。")
        self._check_automatic(where)

    def _check_automatic(self, where: str) -> None:
        seen: set[str] = set()
        for change in self.automatic:
            _choice(where, "自动变更种类", change.kind, CHANGE_KINDS)
            _present(f"{where}的自动变更“{change.kind}”", {"法律依据": change.law})
            if change.kind == "new":
                raise ModuleRefusal(
                    f"{where}不能自动新增：未经申请审核不得直接纳入，请从自动变更中删去 new。"
                )
            if change.kind in seen:
                raise ModuleRefusal(f"{where}的自动变更“{change.kind}”写了两次，请只留一个。")
            seen.add(change.kind)

    def automatic_law(self, kind: str) -> str | None:
        """The law that lets a change of this kind follow by itself, or None when a person must confirm it."""
        _choice(f"项目“{self.label}”", "变更种类", kind, CHANGE_KINDS)
        return next((change.law for change in self.automatic if change.kind == kind), None)

    def needs_person(self, kind: str) -> bool:
        """Whether a change of this kind waits for a person."""
        return self.automatic_law(kind) is None


@dataclass(frozen=True)
class Link:
    """A line of the menu: its group, a key by which a page marks it, its words, a named address, a step."""

    group: str
    key: str
    label: str
    address: str
    step: str


@dataclass(frozen=True)
class Module:
    """One subject's manifest.

    `books` are the rule modules, named by their last part; `facts` what they read; `parameters` the folder
    of their dated values, from the project's root. `frames` and `case` are dotted names of the functions that
    supply facts by set and for one household. Every step of a procedure needs a grant for its post; `steps`
    are the (key, word) of those outside a procedure. `pages`
    is the dotted name of the module whose ADDRESSES are served under the subject's key, `links` its lines of
    the menu; `deed` that of the function by which a step is taken with everything that belongs to it.
    """

    key: str
    label: str
    programmes: tuple[Programme, ...] = ()
    books: tuple[ModuleType, ...] = ()
    facts: tuple[FactLike, ...] = ()
    grants: tuple[Grant, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    indicators: tuple[Indicator, ...] = ()
    provides: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    frames: str = ""
    case: str = ""
    parameters: str = ""
    pages: str = ""
    links: tuple[Link, ...] = ()
    deed: str = ""

    def __post_init__(self) -> None:
        where = f"模块“{self.label or self.key}”"
        _named(where, self.key, self.label)
        books = {book.__name__.rpartition(".")[2] for book in self.books}
        for programme in self.programmes:
            if programme.book not in books:
                raise ModuleRefusal(
                    f"{where}的项目“{programme.label}”所属规则册“{programme.book}”没有登记在 books 里。"
                )
        if self.books and not self.facts:
            raise ModuleRefusal(f"{where}登记了规则册，却没有登记规则所读的事实（facts），请补全。")
        _distinct(where, "项目", [programme.key for programme in self.programmes])
        _distinct(where, "事实", [fact.name for fact in self.facts])
        _distinct(where, "指标", [indicator.key for indicator in self.indicators])
        _distinct(where, "流程步骤", [step.key for procedure in self.procedures for step in procedure.steps])
        Matrix(self.grants)
        self._check_steps(where)

    def _check_steps(self, where: str) -> None:
        granted = {(grant.post, grant.step) for grant in self.grants}
        for procedure in self.procedures:
            for step in procedure.steps:
                for post in step.posts:
                    if (post, step.key) not in granted:
                        raise ModuleRefusal(
                            f"{where}的步骤“{step.label}”由岗位“{post}”办理，但授权表里没有这一条，请补上。"
                        )

    def provided(self) -> frozenset[str]:
        """Every programme fact that this subject provides, its own and its programmes'."""
        return frozenset(self.provides).union(*(programme.provides for programme in self.programmes))

    def needed(self) -> frozenset[str]:
        """Every programme fact that this subject reads of others."""
        return frozenset(self.needs).union(*(programme.needs for programme in self.programmes))


class Registry:
    """The modules of this installation. Registering checks what one manifest can say; `modules()` what only
    all can.
    """

    def __init__(self) -> None:
        self._modules: dict[str, Module] = {}

    def register(self, module: Module) -> None:
        """Add a manifest; the same object twice is one; raises ModuleRefusal."""
        if not isinstance(module, Module):
            raise ModuleRefusal(f"登记的“{module!r}”不是模块清单（Module），请核对 config 的模块列表。")
        known = self._modules.get(module.key)
        if known is module:
            return
        if known is not None:
            raise ModuleRefusal(
                f"模块“{module.label}”与“{known.label}”用了同一个编号“{module.key}”，请改其中一个。"
            )
        for other in self._modules.values():
            _disjoint(
                other, module, "项目", [p.key for p in other.programmes], [p.key for p in module.programmes]
            )
            _disjoint(
                other, module, "指标", [i.key for i in other.indicators], [i.key for i in module.indicators]
            )
        self._modules[module.key] = module

    def clear(self) -> None:
        """Forget all modules (for tests)."""
        self._modules.clear()

    def modules(self) -> tuple[Module, ...]:
        """All modules, providers before readers, otherwise as registered; raises ModuleRefusal."""
        return _sorted(
            list(self._modules.values()),
            [(module.provided(), module.needed()) for module in self._modules.values()],
            "模块",
        )

    def programmes(self) -> tuple[Programme, ...]:
        """All programmes, providers first, then by priority; raises ModuleRefusal."""
        modules = self.modules()
        rows = sorted((p for module in modules for p in module.programmes), key=lambda p: (p.priority, p.key))
        outside = frozenset[str]().union(*(module.provides for module in modules))
        return _sorted(rows, [(frozenset(p.provides), frozenset(p.needs) - outside) for p in rows], "项目")

    def programme(self, key: str) -> Programme:
        """The programme of that key; raises ModuleRefusal naming those that exist."""
        programmes = {p.key: p for module in self._modules.values() for p in module.programmes}
        if key not in programmes:
            raise ModuleRefusal(f"没有编号为“{key}”的项目，现有：{'、'.join(sorted(programmes)) or '无'}。")
        return programmes[key]

    def grants(self) -> Matrix:
        """The matrix of rights over all modules."""
        return Matrix(grant for module in self._modules.values() for grant in module.grants)

    def procedures(self) -> dict[str, Procedure]:
        """Key → procedure, over all modules."""
        return {each.key: each for module in self.modules() for each in module.procedures}

    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the modules' order."""
        return tuple(indicator for module in self.modules() for indicator in module.indicators)


Item = TypeVar("Item", Module, Programme)


def _sorted(
    items: Sequence[Item], edges: Sequence[tuple[frozenset[str], frozenset[str]]], kind: str
) -> tuple[Item, ...]:
    """Items so that providers precede readers, stable otherwise; `edges` are (provides, needs) beside the
    items.
    """
    provider: dict[str, int] = {}
    for index, (provides, _) in enumerate(edges):
        for name in sorted(provides):
            if provider.setdefault(name, index) != index:
                first, second = items[provider[name]].label, items[index].label
                raise ModuleRefusal(f"“{name}”由{kind}“{first}”和“{second}”同时提供，请只留一个。")
    before: list[set[int]] = []
    for index, (_, needs) in enumerate(edges):
        for name in sorted(needs - provider.keys()):
            raise ModuleRefusal(
                f"{kind}“{items[index].label}”需要“{name}”，但没有{kind}提供它，请登记提供者。"
            )
        # What an item provides itself it need not wait for.
        before.append({provider[name] for name in needs} - {index})
    order: list[int] = []
    while len(order) < len(items):
        ready = next((i for i in range(len(items)) if i not in order and before[i] <= set(order)), None)
        if ready is None:
            stuck = "、".join(f"“{items[i].label}”" for i in range(len(items)) if i not in order)
            raise ModuleRefusal(f"{kind}{stuck}之间互相等待对方提供的事实，成了环，请拆开。")
        order.append(ready)
    return tuple(items[index] for index in order)


def _named(where: str, key: str, label: str) -> None:
    if not _KEY.fullmatch(key or ""):
        raise ModuleRefusal(f"{where}的编号“{key}”应为小写英文字母、数字和下划线。")
    if not _HANZI.search(label or ""):
        raise ModuleRefusal(f"{where}缺少中文名称（编号“{key}”），请补全。")


def _present(where: str, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        if not value or not value.strip():
            raise ModuleRefusal(f"{where}缺少{name}，请补全。")


def _choice(where: str, name: str, value: Any, choices: Sequence[str]) -> None:
    if value not in choices:
        raise ModuleRefusal(f"{where}的{name}“{value}”不认识，只能是 {'、'.join(choices)}。")


def _distinct(where: str, name: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ModuleRefusal(f"{where}的{name}“{key}”登记了两次，请只留一个。")
        seen.add(key)


def _disjoint(one: Module, other: Module, name: str, left: Iterable[str], right: Iterable[str]) -> None:
    for key in sorted(set(left) & set(right)):
        raise ModuleRefusal(f"{name}“{key}”由模块“{one.label}”和“{other.label}”同时登记，请只留一个。")


registry = Registry()
