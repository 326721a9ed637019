"""Which facts an undetermined result lacks: the unknown's way back through the trees, only where it
mattered.
"""

from dataclasses import dataclass
from typing import Any

from minzheng.kernel.rules.closures import Reader, Values, compiled
from minzheng.kernel.rules.pick import Chosen
from minzheng.kernel.rules.tree import Node

OVER = ("total", "count", "any", "all", "max_of", "min_of")


@dataclass(frozen=True)
class Missing:
    """A fact that is not known: of the household, or of one member (their place in the list)."""

    name: str
    label: str
    member: int | None


class Search:
    """The search in one decided household: follows the unknown from a rule down to facts; each rule once."""

    def __init__(self, statute: Chosen, house: Values, members: list[Values]) -> None:
        self.statute, self.house, self.members = statute, house, members
        self.readers: dict[int, Reader] = statute.pick.compiled.setdefault("nodes", {})
        self.found: dict[tuple[str, int | None], dict[Missing, None]] = {}

    def rule(self, name: str, at: int | None) -> dict[Missing, None]:
        """The facts for want of which a rule is unknown, in the order in which it reads them."""
        article = self.statute.articles[name]
        key = (name, at if article.rule.grain == "person" else None)
        if key not in self.found:
            found: dict[Missing, None] = {}
            self.follow(article.tree, key[1], found)
            self.found[key] = found
        return self.found[key]

    def follow(self, each: Node, at: int | None, found: dict[Missing, None]) -> None:
        """Add what a node lacks, if it is unknown."""
        if self.value(each, at) is not None:
            return
        if each.op == "fact":
            label = self.statute.facts[each.name].label
            found[Missing(each.name, label, at if each.grain == "person" else None)] = None
        elif each.op == "rule":
            found.update(self.rule(each.name, at))
        elif each.op in OVER:
            for member in range(len(self.members)):
                self.follow(each.args[0], member, found)
        else:
            for arg in self.relevant(each, at):
                self.follow(arg, at, found)

    def relevant(self, each: Node, at: int | None) -> tuple[Node, ...]:
        """What an unknown may come from: of a choice whose condition is known, the chosen branch only."""
        if each.op != "where":
            return each.args
        condition = self.value(each.args[0], at)
        return each.args if condition is None else (each.args[1] if condition else each.args[2],)

    def value(self, each: Node, at: int | None) -> Any:
        """What a node came to."""
        reader = self.readers.get(id(each))
        if reader is None:
            reader = self.readers[id(each)] = compiled(each)
        return reader(self.house, self.house if at is None else self.members[at])
