"""The columns reading: a whole province at once, on two frames.

persons: `person`, `household` (ascending) and a column for each fact of persons; households: `household`
(unique), `area` and a column for each fact of households. A column that is not there is unknown in every
row, as is a null.

Rules are evaluated in waves: a wave is one pass over the persons or over the households and holds every
expression that has all it reads. A sum over members is a reduction between the offsets of the households; a
household's value is carried to its members by repeating it; a parameter is looked up once for each county
and is a plain number where it is the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from minzheng.kernel.facts import LIMIT, FactRefusal, Grain
from minzheng.kernel.parameters import ParameterValue
from minzheng.kernel.rules.definition import Rule
from minzheng.kernel.rules.exact import OutOfRange
from minzheng.kernel.rules.expressions import Builder, Check, Part, constant, dtype_of, unknown
from minzheng.kernel.rules.grouping import Grouping
from minzheng.kernel.rules.pick import Article, Chosen
from minzheng.kernel.rules.tree import Node, spelled, walk
from minzheng.kernel.rules.units import RuleRefusal

OVER = ("total", "count", "any", "all", "max_of", "min_of")
COUNTY = 10**6


@dataclass(frozen=True)
class Task:
    """A tree to be made a column: a rule's own, or what is summed over members for it."""

    name: str
    tree: Node
    grain: Grain
    rule: Rule


def columns(
    statute: Chosen, persons: pl.DataFrame, households: pl.DataFrame, want: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The wanted rules (qualified names) as columns beside `person`, `household` and beside `household`,
    `area`.
    """
    run = _Run(statute, persons, households, want)
    run.evaluate()
    articles = statute.articles
    of_persons = [name for name in want if articles[name].rule.grain == "person"]
    of_households = [name for name in want if articles[name].rule.grain != "person"]
    keys = [name for name in ("household", "area") if name in households.columns]
    first = persons.select("person", "household").with_columns([run.result(name) for name in of_persons])
    return first, households.select(keys).with_columns([run.result(name) for name in of_households])


class _Run:
    """One evaluation: the columns made so far, and the tasks that wait."""

    def __init__(
        self, statute: Chosen, persons: pl.DataFrame, households: pl.DataFrame, want: Sequence[str]
    ) -> None:
        self.statute, self.want = statute, want
        self.plan = statute.plan(want)
        self.frames: dict[Grain, pl.DataFrame] = {"person": persons, "household": households}
        self.grouping = Grouping.of(persons, households)
        self.parts: dict[tuple[Grain, str], Part] = {}
        self.made: dict[Grain, dict[str, pl.Series]] = {"person": {}, "household": {}}
        self.parameters: dict[str, Part] = {}
        self._counties: tuple[pl.Series, list[int]] | None = None

    def evaluate(self) -> None:
        """Run the tasks wave by wave until none waits."""
        waiting = _tasks(self.plan)
        while waiting:
            ready = [each for each in waiting if self._ready(each)]
            grains = {each.grain for each in ready}
            # One grain a wave: the one with the longer queue of ready tasks last would only split passes.
            grain: Grain = "person" if "person" in grains else "household"
            wave = [each for each in ready if each.grain == grain]
            self._pass(grain, wave)
            done = {each.name for each in wave}
            waiting = [each for each in waiting if each.name not in done]

    def _ready(self, task: Task) -> bool:
        for each in _leaves(task.tree):
            if each.op == "rule" and each.name not in self.made[_table(each.grain)]:
                return False
            if each.op in OVER and _sum_name(each) not in self.made["person"]:
                return False
        return True

    def _pass(self, grain: Grain, wave: list[Task]) -> None:
        """Evaluate the trees of a wave in one select, and keep the results as columns."""
        built: dict[str, Part] = {}
        for task in wave:
            builder = Builder(lambda each: self._leaf(each, grain), self._checker(grain))
            try:
                built[task.name] = builder.part(task.tree)
            except OutOfRange:
                raise RuleRefusal(f"{task.rule.title}：有数值超出可计算范围，请核对所填金额。") from None
        table = self._table(grain)
        height = table.height
        selected = table.select([part.expr.alias(name) for name, part in built.items()])
        for name, part in built.items():
            series = selected[name]
            if len(series) != height:
                series = series.new_from_index(0, height)
            self._keep(grain, name, series, part)

    def _keep(self, grain: Grain, name: str, series: pl.Series, part: Part) -> None:
        self.made[grain][name] = series
        narrow = series.dtype.is_integer() and series.dtype != pl.Int64
        self.parts[grain, name] = Part(
            pl.col(name), part.lo, part.hi, series.null_count() > 0, part.const, narrow
        )

    def _table(self, grain: Grain) -> pl.DataFrame:
        """The columns made so far; a frame is only a list of pointers to them."""
        table = pl.DataFrame(self.made[grain])
        return table if table.width else self.frames[grain]

    def _checker(self, grain: Grain) -> Check:
        def check(wrong: pl.Expr) -> None:
            if self._table(grain).select(wrong.any()).item():
                raise OutOfRange

        return check

    def _leaf(self, each: Node, grain: Grain) -> Part:
        """The column of a leaf in the table of a pass, carried from the household to its members if need
        be.
        """
        if each.op in OVER:
            return self._over(each, grain)
        if each.op == "parameter":
            part = self._parameter(each.name)
        elif each.name == "day":
            return constant(self.statute.day)
        elif each.op == "fact":
            part = self._fact(each)
        else:
            part = self.parts[_table(each.grain), each.name]
        name = each.name if each.op == "rule" else f"{each.op} {each.name}"
        return self._carried(part, name) if grain == "person" and _table(each.grain) == "household" else part

    def _carried(self, part: Part, name: str) -> Part:
        if part.const is not None or (part.null and name not in self.made["household"]):
            return part
        key: tuple[Grain, str] = ("person", name)
        if key not in self.parts:
            series = self.grouping.carried(self.made["household"][name])
            self._keep("person", name, series, part)
        return self.parts[key]

    def _over(self, each: Node, grain: Grain) -> Part:
        """A reduction over the members, made from the column of what is summed."""
        inner = _sum_name(each)
        name = f"{each.op} {inner}"
        if ("household", name) not in self.parts:
            part = self.parts["person", inner]
            series = self.grouping.reduced(each.op, self.made["person"][inner], (part.lo, part.hi))
            top = self.grouping.largest
            if each.op == "total":
                bounds = (min(0, part.lo * top), max(0, part.hi * top))
                if bounds[0] <= -LIMIT or bounds[1] >= LIMIT:
                    bounds = _measured(series)
            else:
                bounds = (0, top) if each.op == "count" else (part.lo, part.hi)
            self._keep("household", name, series, Part(pl.col(name), *bounds, True))
        part = self.parts["household", name]
        return self._carried(part, name) if grain == "person" else part

    def _fact(self, each: Node) -> Part:
        grain, name = _table(each.grain), f"fact {each.name}"
        if (grain, name) not in self.parts:
            frame = self.frames[grain]
            series = (
                frame[each.name] if each.name in frame.columns else pl.Series(each.name, [], dtype=pl.Null)
            )
            if series.dtype == pl.Null:
                return unknown(dtype_of(each))
            bounds = _checked(self.statute, each, series)
            self._keep(grain, name, series, Part(pl.col(name), *bounds, True))
        return self.parts[grain, name]

    def _parameter(self, name: str) -> Part:
        if name in self.parameters:
            return self.parameters[name]
        at, codes = self._areas()
        values = self.statute.values(name, codes)
        if not values:
            values = [self.statute.parameters.series[name][0].value]  # no household: any value will do
        distinct = set(values)
        if len(distinct) == 1:
            found = constant(values[0])
        else:
            listed = [list(each) if isinstance(each, tuple) else each for each in values]
            series = pl.Series(listed).gather(at)
            numbers = [bound for each in distinct for bound in _bounds(each)]
            key = f"parameter {name}"
            self._keep("household", key, series, Part(pl.col(key), min(numbers), max(numbers), False))
            found = self.parts["household", key]
        self.parameters[name] = found
        return found

    def _areas(self) -> tuple[pl.Series, list[int]]:
        """For each household the place of its county in the list of the counties that occur."""
        if self._counties is None:
            households = self.frames["household"]
            if "area" not in households.columns or households["area"].null_count():
                raise RuleRefusal("有家庭没有区划，无法取当地标准。")
            self._counties = self.grouping.ranked(households["area"].cast(pl.Int64) // COUNTY)
            self._counties = (self._counties[0], [code * COUNTY for code in self._counties[1]])
        return self._counties

    def result(self, name: str) -> pl.Series:
        """A wanted rule's column."""
        grain = _table(self.statute.articles[name].rule.grain)
        series = self.made[grain][name]
        return series.cast(pl.Int64) if series.dtype.is_integer() else series


def _table(grain: Grain) -> Grain:
    return "person" if grain == "person" else "household"


def _sum_name(each: Node) -> str:
    """The column of what is summed: the leaf itself, or a task named by its tree."""
    inner = each.args[0]
    return inner.name if inner.op == "rule" else f"each {spelled(inner)}"


def _leaves(root: Node) -> list[Node]:
    """The leaves of a tree, reductions over members among them, without going into these."""
    if not root.args or root.op in OVER:
        return [root]
    return [leaf for each in root.args for leaf in _leaves(each)]


def _tasks(plan: Sequence[Article]) -> list[Task]:
    """Every rule's tree, and before it what it sums over members."""
    tasks: dict[str, Task] = {}
    for article in plan:
        for each in walk(article.tree):
            if each.op in OVER and each.args[0].op != "rule":
                tasks.setdefault(_sum_name(each), Task(_sum_name(each), each.args[0], "person", article.rule))
        tasks[article.name] = Task(article.name, article.tree, _table(article.rule.grain), article.rule)
    return list(tasks.values())


def _bounds(value: ParameterValue) -> tuple[int, int]:
    if isinstance(value, int):
        return int(value), int(value)
    part = constant(value)
    return part.lo, part.hi


def _measured(series: pl.Series) -> tuple[int, int]:
    lo, hi = series.min(), series.max()
    return (int(lo), int(hi)) if isinstance(lo, int) and isinstance(hi, int) else (0, 0)


def _checked(statute: Chosen, each: Node, series: pl.Series) -> tuple[int, int]:
    """The bounds of a fact's column, after its type and range are checked as `Fact.check` checks a value."""
    fact = statute.facts[each.name]
    wanted = {"bool": series.dtype == pl.Boolean, "date": series.dtype == pl.Date}
    if not wanted.get(fact.kind, series.dtype.is_integer()):
        raise FactRefusal(f"事实 {fact.name}（{fact.label}）的列类型 {series.dtype} 与其类型不符。")
    if fact.kind == "bool":
        return 0, 1
    lo, hi = _measured(series.to_physical() if fact.kind == "date" else series)
    if lo <= -LIMIT or hi >= LIMIT:
        raise FactRefusal(f"事实 {fact.name}（{fact.label}）的数值超出可计算范围。")
    return lo, hi
