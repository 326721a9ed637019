"""One household decided and explained, for the command, the household's page and the worked cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.domains.assistance.rules import law
from minzheng.domains.assistance.rules.programmes import PROGRAMMES
from minzheng.domains.assistance.terms import STATUSES
from minzheng.kernel.explanation import Line, Reasoner, missing_text, named
from minzheng.kernel.module import Programme
from minzheng.kernel.rules import Case, Missing, Outcome, RuleRefusal

PRIMARY = "status.primary"
PHASE_OUT = "dibao.phase_out"
WORDS = {True: "符合", False: "不符合", None: "无法认定"}


@dataclass(frozen=True)
class Verdict:
    """What one programme gives: `eligible` None is undetermined; `amount` is the household's fen a month;
    `grounds` tells for each of `reasons` the article and the values that it rests on.
    """

    programme: str
    label: str
    eligible: bool | None
    amount: int | None
    covered: tuple[str, ...]
    reasons: tuple[str, ...]
    grounds: tuple[str, ...]
    missing: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def word(self) -> str:
        """符合, 不符合 or 无法认定."""
        return WORDS[self.eligible]


@dataclass(frozen=True)
class Explanation:
    """A decided case: verdicts by priority, each member's primary status, and the version of the law."""

    day: date
    area: int
    version: str
    verdicts: tuple[Verdict, ...]
    statuses: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    outcome: Outcome

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, programme by programme."""
        return tuple(line for verdict in self.verdicts for line in verdict.lines)


def explain_case(case: Case, names: Sequence[str] = (), known: date | None = None) -> Explanation:
    """Decide a household by all programmes and say why; `names` are the members', `known` as known when."""
    statute = law().on(case.day, known)
    if not statute.articles:
        first = min(article.rule.since for article in law().articles)
        raise RuleRefusal(f"规则从 {first} 起才有，{case.day} 没有可用的规则，请核对认定日")
    outcome = statute.decide(case, wanted())
    programmes = sorted(PROGRAMMES, key=lambda programme: programme.priority)
    reasoner = Reasoner(outcome, names)
    verdicts = tuple(_verdict(reasoner, programme) for programme in programmes)
    words = dict(STATUSES)
    statuses = tuple(
        (named(names, at), "无法认定" if code is None else words[code])
        for at, code in enumerate(outcome[PRIMARY])
    )
    missing = tuple(dict.fromkeys(text for verdict in verdicts for text in verdict.missing))
    return Explanation(case.day, case.area or 0, statute.hash, verdicts, statuses, missing, outcome)


def wanted() -> tuple[str, ...]:
    """The rules that an explanation asks for: each programme's, the primary status, phasing out."""
    names: dict[str, None] = {PRIMARY: None, PHASE_OUT: None}
    for programme in PROGRAMMES:
        rules = (
            programme.eligible,
            programme.amount,
            programme.covers,
            *(each.rule for each in programme.reasons),
        )
        names.update((rule, None) for rule in rules if rule is not None)
    return tuple(names)


def _verdict(reasoner: Reasoner, programme: Programme) -> Verdict:
    outcome, names = reasoner.outcome, reasoner.names
    eligible = _any(outcome[programme.eligible])
    amount = _sum(outcome[programme.amount]) if programme.amount else None
    covered = outcome[programme.covers] if programme.covers else []
    root = programme.amount if programme.amount and eligible is not False else programme.eligible
    reasons = () if eligible is not False else tuple(_reasons(outcome, programme, names))
    lacking = _missing(outcome, root) if eligible is None or amount is None else ()
    return Verdict(
        programme=programme.key,
        label=programme.label,
        eligible=eligible,
        amount=amount,
        covered=tuple(named(names, at) for at, value in enumerate(covered) if value),
        reasons=tuple(text for text, _ in reasons),
        grounds=tuple(_ground(reasoner, programme, rule) for _, rule in reasons),
        missing=missing_text(lacking, names),
        lines=reasoner.lines((root,)),
    )


def _missing(outcome: Outcome, root: str) -> tuple[Missing, ...]:
    only = Outcome(
        outcome.statute,
        {root: outcome[root]},
        outcome.plan,
        outcome.house,
        outcome.members,
        outcome.parameters,
    )
    return only.missing


def _any(value: Any) -> bool | None:
    if not isinstance(value, list):
        return None if value is None else bool(value)
    return True if any(value) else None if None in value else False


def _sum(value: Any) -> int | None:
    if not isinstance(value, list):
        return None if value is None else int(value)
    return None if None in value else sum(value)


def _reasons(outcome: Outcome, programme: Programme, names: Sequence[str]) -> list[tuple[str, str]]:
    """Each reason in words, with the name of its rule."""
    found = []
    for reason in programme.reasons:
        value = outcome[reason.rule]
        if not isinstance(value, list):
            found += [(reason.label, reason.rule)] if value is reason.when else []
            continue
        who = [named(names, at) for at, each in enumerate(value) if each is reason.when]
        text = f"{'、'.join(who)}：{reason.label}" if len(who) < len(value) else reason.label
        found += [(text, reason.rule)] if who else []
    return found


def _ground(reasoner: Reasoner, programme: Programme, rule: str) -> str:
    """The article of a reason and what it was found on: down through the conditions that held to the first
    rule that weighs facts or sums.
    """
    articles, at = reasoner.outcome.statute.articles, rule
    while True:
        lines = {line.rule: line for line in reasoner.lines((at,))}
        line = lines[at]
        below = [
            name
            for name in articles[at].reads
            if name in lines and name != programme.eligible and articles[name].rule.unit.base == "是否"
        ]
        if len(below) != 1 or any(each.kind in ("fact", "parameter") for each in line.used):
            break
        at = below[0]
    return f"{line.law}：{'；'.join(f'{each.label} {each.text}' for each in line.used)}"
