"""The law: all books loaded together, every name resolved, every tree built; and the statute of one day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from types import ModuleType

import polars as pl

from minzheng.kernel.facts import Fact, by_name
from minzheng.kernel.parameters import Parameters
from minzheng.kernel.rules.case import Case, Outcome, decide
from minzheng.kernel.rules.columns import columns
from minzheng.kernel.rules.definition import FOREVER, Rule, rules_of
from minzheng.kernel.rules.pick import Article, Chosen, Pick
from minzheng.kernel.rules.stream import WORKERS, Frames, stream
from minzheng.kernel.rules.tree import Node, leaf
from minzheng.kernel.rules.units import CODE, CODES, RuleRefusal, parse_unit


class Law:
    """Every version of every rule of the books, checked; `on` picks those of a day."""

    def __init__(
        self, articles: Sequence[Article], facts: Mapping[str, Fact], parameters: Parameters
    ) -> None:
        self.articles, self.facts, self.parameters = tuple(articles), facts, parameters
        self._picks: dict[tuple[int, ...], Pick] = {}
        self._statutes: dict[tuple[date, date | None], Statute] = {}

    @classmethod
    def load(cls, books: Sequence[ModuleType], facts: Sequence[Fact], parameters: Parameters) -> "Law":
        """Load books: overlapping versions, unknown names, cycles and gaps in what a rule reads refuse."""
        rules = [each for book in books for each in rules_of(book)]
        if len({book.__name__.rpartition(".")[2] for book in books}) != len(books):
            raise RuleRefusal("两本规则书同名。")
        named = by_name(facts)
        _check_versions(rules)
        resolver = _Resolver(rules, named, parameters)
        articles = [resolver.article(each) for each in rules]
        _check_cycles(articles)
        _check_cover(articles)
        return cls(articles, named, parameters)

    def on(self, day: date, known: date | None = None) -> "Statute":
        """The rules in force on a day and known on `known` (None: all that is known)."""
        if (day, known) not in self._statutes:
            best: dict[str, int] = {}
            for at, article in enumerate(self.articles):
                rule = article.rule
                if rule.in_force(day) and (known is None or rule.recorded is None or rule.recorded <= known):
                    old = best.get(article.name)
                    if old is None or _recorded(self.articles[old].rule) < _recorded(rule):
                        best[article.name] = at
            key = tuple(sorted(best.values()))
            if key not in self._picks:
                self._picks[key] = Pick({self.articles[at].name: self.articles[at] for at in key})
            self._statutes[day, known] = Statute(self._picks[key], self.facts, self.parameters, day, known)
        return self._statutes[day, known]


class Statute(Chosen):
    """The rules of a day with their readings."""

    def decide(self, case: Case, want: Sequence[str] | None = None) -> Outcome:
        """The case reading: one household in plain Python, with its trace."""
        return decide(self, case, want)

    def columns(
        self, persons: pl.DataFrame, households: pl.DataFrame, want: Sequence[str]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The columns reading: all households of two frames at once."""
        return columns(self, persons, households, want)

    def stream(
        self, parts: Iterable[Frames], want: Sequence[str], workers: int = WORKERS
    ) -> Iterator[Frames]:
        """The columns reading of more than memory holds, part after part (`clustered` cuts them)."""
        return stream(self, parts, want, workers)


class _Resolver:
    """Finds what an argument's name means: the same book's rule, a fact, a parameter, another book's rule."""

    def __init__(self, rules: Sequence[Rule], facts: Mapping[str, Fact], parameters: Parameters) -> None:
        self.rules = {each.qualified: each for each in rules}
        self.facts, self.parameters = facts, parameters
        both = sorted(set(facts) & set(parameters.series))
        if both:
            raise RuleRefusal(f"{'、'.join(both)} 既是事实又是参数，请改其中一个的名字。")
        for one in rules:
            first = self.rules[one.qualified]
            if (one.unit, one.grain) != (first.unit, first.grain):
                raise RuleRefusal(f"{one.title}：各版本的单位须相同（{one.unit} 与 {first.unit}）。")

    def article(self, rule: Rule) -> Article:
        symbols = {name: self.symbol(rule, name) for name in rule.arguments}
        tree = rule.build(symbols)
        reads = tuple(sorted({each.name for each in symbols.values() if each.op == "rule"}))
        return Article(rule, tree, reads, tuple(symbols.values()))

    def symbol(self, rule: Rule, name: str) -> Node:
        book, _, rest = name.rpartition("__")
        qualified = f"{book}.{rest}" if book else f"{rule.book}.{name}"
        if qualified in self.rules:
            found = self.rules[qualified]
            return leaf("rule", qualified, found.unit, found.grain)
        if name in self.facts:
            fact = self.facts[name]
            return leaf("fact", name, parse_unit(fact.unit), fact.grain)
        if name in self.parameters.series:
            row = self.parameters.series[name][0]
            unit = parse_unit(row.unit)
            if isinstance(row.value, tuple) != (unit.base == CODES):
                raise RuleRefusal(
                    f"{rule.title}：参数 {name} 的一组代码须以“{CODES}”为单位，单个代码以“{CODE}”为单位。"
                )
            return leaf("parameter", name, unit, "household")
        raise RuleRefusal(
            f"{rule.title}：参数 {name} 既不是本书的规则，也不是事实、参数或别书的规则（book__rule）。"
        )


def _recorded(rule: Rule) -> date:
    return rule.recorded or date.min


def _check_versions(rules: Sequence[Rule]) -> None:
    listed = sorted(rules, key=lambda each: (each.qualified, _recorded(each), each.since))
    for one, two in pairwise(listed):
        alike = one.qualified == two.qualified and one.recorded == two.recorded
        if alike and (one.until or FOREVER) > two.since:
            raise RuleRefusal(
                f"{two.title}：与 {one.where} 的版本都管 {two.since.isoformat()}；请给旧版本写上 until。"
            )


def _check_cycles(articles: Sequence[Article]) -> None:
    reads: dict[str, set[str]] = {}
    for article in articles:
        reads.setdefault(article.name, set()).update(article.reads)
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise RuleRefusal(f"规则互相引用成环：{' → '.join((*path[path.index(name) :], name))}。")
        if name not in done:
            for each in sorted(reads[name]):
                visit(each, (*path, name))
            done.add(name)

    for name in sorted(reads):
        visit(name, ())


def _check_cover(articles: Sequence[Article]) -> None:
    """Refuse a rule that is in force on a day on which a rule that it reads is not."""
    periods: dict[str, list[tuple[date, date]]] = {}
    for article in articles:
        periods.setdefault(article.name, []).append((article.rule.since, article.rule.until or FOREVER))
    for article in articles:
        for name in article.reads:
            reached, end = article.rule.since, article.rule.until or FOREVER
            for since, until in sorted(periods[name]):
                if since <= reached:
                    reached = max(reached, until)
            if reached < end:
                raise RuleRefusal(
                    f"{article.rule.title}：所读的规则 {name} 在 {reached.isoformat()} 没有版本。"
                )
