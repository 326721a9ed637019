"""Which facts an undetermined result lacks: the unknown's way back through the trees, only where it
mattered.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minzheng.kernel.rules.tree import Node

if TYPE_CHECKING:
    from minzheng.kernel.rules.case import Outcome

OVER = ("total", "count", "any", "all", "max_of", "min_of")


@dataclass(frozen=True)
class Missing:
    """A fact that is not known: of the household, or of one member (their place in the list)."""

    name: str
    label: str
    member: int | None


def missing_facts(outcome: "Outcome", name: str, member: int | None) -> tuple[Missing, ...]:
    """The facts for want of which a rule is unknown, in the order in which it reads them."""
    found: dict[Missing, None] = {}
    done: set[tuple[str, int | None]] = set()

    def follow_rule(rule: str, at: int | None) -> None:
        article = outcome.statute.articles[rule]
        at = at if article.rule.grain == "person" else None
        if (rule, at) not in done:
            done.add((rule, at))
            follow(article.tree, at)

    def follow(each: Node, at: int | None) -> None:
        if _value(outcome, each, at) is not None:
            return
        if each.op == "fact":
            label = outcome.statute.facts[each.name].label
            found[Missing(each.name, label, at if each.grain == "person" else None)] = None
        elif each.op == "rule":
            follow_rule(each.name, at)
        elif each.op in OVER:
            for member_at in range(len(outcome.members)):
                follow(each.args[0], member_at)
        else:
            for arg in _relevant(outcome, each, at):
                follow(arg, at)

    follow_rule(name, member)
    return tuple(found)


def _relevant(outcome: "Outcome", each: Node, at: int | None) -> tuple[Node, ...]:
    if each.op != "where":
        return each.args
    condition = _value(outcome, each.args[0], at)
    return each.args if condition is None else (each.args[1] if condition else each.args[2],)


def _value(outcome: "Outcome", each: Node, at: int | None) -> Any:
    from minzheng.kernel.rules.case import compiled

    reader = compiled(each)
    return reader(outcome.house, outcome.house if at is None else outcome.members[at])
