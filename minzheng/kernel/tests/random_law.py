"""Random rules for Hypothesis: trees of every verb over a few facts, and households with unknowns and
extremes.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from minzheng.kernel.facts import LIMIT, Fact, by_name
from minzheng.kernel.parameters import Parameters
from minzheng.kernel.rules import Case, Law, Node, parse_unit, verbs
from minzheng.kernel.rules.definition import ROUNDINGS, Rule
from minzheng.kernel.rules.pick import Article
from minzheng.kernel.rules.tree import RANK, leaf, node, walk
from minzheng.kernel.tests.toy_law import DAY, KUNMING, WUHUA, row

FACTS = (
    Fact("wages", "工资", "分/人·年", "money", "person"),
    Fact("costs", "成本", "分/人·年", "money", "person"),
    Fact("born", "出生日期", "日期/人", "date", "person"),
    Fact("since", "入户日期", "日期/户", "date", "household"),
    Fact("sick", "患病", "是否/人", "bool", "person"),
    Fact("lodging", "借住", "是否/人", "bool", "person"),
    Fact("relation", "关系", "码/人", "code", "person"),
    Fact("grade", "等级", "码/人", "code", "person"),
    Fact("deposits", "存款", "分/户·年", "money", "household"),
    Fact("lands", "土地", "人/户", "int", "household"),
    Fact("urban", "城镇", "是否/户", "bool", "household"),
)
AREAS = (WUHUA + 1001, KUNMING + 3000000 + 5, 530300000000)
PARAMETERS = Parameters.of(
    [
        row("standard", "标准", "分/人·年", 600_000),
        row("standard", "标准", "分/人·年", 720_001, area=WUHUA),
        row("floor", "下限", "分/户·年", -5),
        row("factor", "倍数", "倍", 15_000),
        row("factor", "倍数", "倍", -3_333, area=KUNMING),
        row("adult", "成年", "岁", 18),
        row("grace", "月数", "月", 6),
        row("near", "近亲", "码表", (0, 1, 2)),
        row("worst", "重度", "码", 1),
        row("worst", "重度", "码", 2, area=WUHUA),
        row("listed", "名单", "码表", (1, 2)),
        row("listed", "名单", "码表", (3,), area=WUHUA),
        row("open", "放开", "是否", True),
        row("from_day", "起算日", "日期", date(2020, 2, 29)),
        row("from_day", "起算日", "日期", date(2021, 3, 31), area=WUHUA),
    ]
)
NAMED = by_name(FACTS)
INTEREST = (0, 1, -1, 11, 600_000, 720_001, 7_200_000, LIMIT - 1, 1 - LIMIT, LIMIT // 2, 9_007_199_254, 2**40)
DAYS = (date(2004, 2, 29), date(2006, 10, 1), date(2006, 10, 2), date(2024, 2, 29), date(2024, 4, 30), DAY)


def read(name: str) -> Node:
    """The leaf of a fact or a parameter."""
    if name in NAMED:
        return leaf("fact", name, parse_unit(NAMED[name].unit), NAMED[name].grain)
    return leaf("parameter", name, parse_unit(PARAMETERS.series[name][0].unit), "household")


@dataclass
class Grower:
    """Draws trees: `money` at a grain, `yes` or no at a grain, each at most `depth` deep."""

    draw: Any

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def money(self, person: bool, depth: int) -> Node:
        if depth == 0:
            return read(self.pick("wages", "costs") if person else self.pick("deposits", "floor"))
        kind = self.pick(
            "leaf", "add", "sub", "neg", "where", "least", "most", "max", "min", "over", "month", "share"
        )
        if kind == "leaf":
            return read("standard") if person and self.draw(st.booleans()) else self.money(person, 0)
        if kind == "over":
            return self.over(person, depth)
        a = self.money(person, depth - 1)
        if kind == "neg":
            return -a
        if kind == "month":
            return verbs.yearly(verbs.monthly(a))
        if kind == "share":
            return verbs.rounded(verbs.share(a, read("factor")))
        b = node(0) if self.draw(st.integers(0, 4)) == 0 else self.money(person, depth - 1)
        if kind == "where":
            return verbs.where(self.yes(person, depth - 1), a, b)
        plain = {"add": lambda: a + b, "sub": lambda: a - b, "least": lambda: verbs.at_least(a, b)}
        plain |= {"most": lambda: verbs.at_most(a, b), "max": lambda: verbs.maximum(a, b, a)}
        return plain.get(kind, lambda: verbs.minimum(a, b, a))()

    def over(self, person: bool, depth: int) -> Node:
        """Something that crosses between members and household."""
        if person:
            return verbs.where(self.yes(False, depth - 1), self.money(True, depth - 1), 0)
        inner = self.money(True, depth - 1)
        if inner.grain != "person":
            inner = inner + read("wages")
        heads = self.pick(read("lands"), verbs.count(self.sure(self.yes(True, depth - 1))))
        kind = self.pick("total", "among", "product", "quotient", "step", "portion")
        if kind == "portion":
            return verbs.portion(self.money(False, depth - 1), heads, read("lands"))
        if kind == "quotient":
            per_head = verbs.divided(self.money(False, depth - 1), heads)
            return per_head * heads
        if kind == "product":
            return read("standard") * heads
        if kind == "step":
            return verbs.rounded_to(self.money(False, depth - 1), read("floor"))
        return verbs.total(inner, self.yes(True, depth - 1)) if kind == "among" else verbs.total(inner)

    @staticmethod
    def sure(condition: Node) -> Node:
        return condition if condition.grain == "person" else condition & read("sick")

    def yes(self, person: bool, depth: int) -> Node:
        if depth == 0:
            return read(self.pick("sick", "lodging") if person else self.pick("urban", "open"))
        kind = self.pick(
            "leaf", "not", "and", "or", "less", "equal", "known", "any", "all", "age", "months", "code", "ext"
        )
        a = self.yes(person, depth - 1)
        if kind == "not":
            return ~a
        if kind == "and":
            return a & self.yes(person, depth - 1)
        if kind == "or":
            return a | self.yes(self.pick(person, False), depth - 1)
        if kind in ("less", "equal"):
            one, two = self.money(person, depth - 1), self.money(person, depth - 1)
            return (
                one == two
                if kind == "equal"
                else self.pick(one < two, one <= two, one > two, one >= two, one != two)
            )
        if kind == "known":
            return verbs.known(self.pick(a, self.money(person, depth - 1)))
        if kind in ("any", "all") and not person:
            inner = self.sure(self.yes(True, depth - 1))
            return verbs.any_of(inner) if kind == "any" else verbs.all_of(inner)
        if kind == "age" and person:
            return verbs.age(read("born"), self.pick(read("since"), leaf_day(), read("from_day"))) >= read(
                "adult"
            )
        if kind == "months":
            start = self.pick(read("since"), read("from_day"), *([read("born")] if person else []))
            return verbs.months_between(start, self.pick(leaf_day(), read("from_day"))) <= read("grace")
        if kind == "code" and person:
            return self.pick(
                verbs.one_of(read("relation"), read("near"), read("worst")),
                read("grade") == read("worst"),
                verbs.one_of(read("grade"), read("listed")),
            )
        if kind == "ext" and not person:
            youngest = self.pick(verbs.max_of, verbs.min_of)(read("born"))
            return verbs.before(youngest, self.pick(read("since"), leaf_day()))
        return a


def leaf_day() -> Node:
    """The day of the determination."""
    return leaf("fact", "day", parse_unit("日期"), "case")


@st.composite
def statutes(draw: Any) -> Any:
    """A statute of three rules: of members, of the household reading it, and of members reading that."""
    grower = Grower(draw)
    first = grower.money(True, draw(st.integers(0, 3)))
    articles = [_article("first", "分/人·年", first, draw)]
    inner = leaf("rule", "random.first", parse_unit("分/人·年"), "person")
    second = verbs.total(inner) + grower.money(False, draw(st.integers(0, 3)))
    articles.append(_article("second", "分/户·年", second, draw, "random.first"))
    whole = leaf("rule", "random.second", parse_unit("分/户·年"), "household")
    third = (whole > grower.money(False, 1)) & grower.yes(True, draw(st.integers(0, 3)))
    articles.append(_article("third", "是否/人", third, draw, "random.second"))
    return Law(articles, NAMED, PARAMETERS).on(DAY)


def _article(name: str, unit: str, tree: Node, draw: Any, *reads: str) -> Article:
    rounding = draw(st.sampled_from(ROUNDINGS))
    for each in walk(tree):
        if each.op in ("divide", "quotient"):
            each.name = rounding
    measured = parse_unit(unit)
    grain = measured.grain
    assert RANK[tree.grain] <= RANK[grain]
    rule = Rule(
        "random", name, name, measured, grain, "法", date.min, None, None, rounding, "", (), name, print
    )
    return Article(rule, tree, reads)


def values(fact: Fact) -> st.SearchStrategy[Any]:
    """Values of a fact: unknown, plain, on a boundary, extreme."""
    if fact.kind == "bool":
        known: st.SearchStrategy[Any] = st.booleans()
    elif fact.kind == "date":
        known = st.sampled_from(DAYS) | st.dates(date(1, 1, 1), date(9998, 12, 31))
    elif fact.kind == "code":
        known = st.integers(0, 4)
    elif fact.kind == "int":
        known = st.integers(-2, 5) | st.sampled_from(INTEREST)
    else:
        known = st.integers(-1_000_000, 10_000_000) | st.sampled_from(INTEREST)
    return st.none() | known


def _facts(grain: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({fact.name: values(fact) for fact in FACTS if fact.grain == grain})


def cases() -> st.SearchStrategy[list[Case]]:
    """One to five households of up to four members, one of them perhaps without any."""
    one = st.builds(
        Case,
        st.just(DAY),
        st.sampled_from(AREAS),
        _facts("household"),
        st.lists(_facts("person"), max_size=4),
    )
    return st.lists(one, min_size=1, max_size=5)
