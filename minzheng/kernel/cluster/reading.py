"""The cluster reading: a shard of households, decided by the same trees over Spark columns.

persons: `person`, `household` and a column for each fact of persons, in any order; households: `household`
(unique), `area` and a column for each fact of households. A column that is not there is unknown in every
row, as is a null.

Members and their households are joined once into one sheet, a row a member (a household without members has
one row without a person), clustered by household. A reduction over members is a window over the household, so
that its result stands beside every member and nothing is joined back: all windows share the one exchange
and the one sort. Between two windows the trees are layers of plain projections.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from minzheng.kernel.cluster.expressions import Builder, Part, constant, literal
from minzheng.kernel.cluster.faults import FAULT
from minzheng.kernel.cluster.measured import COUNTY, Measured, measured, strangers
from minzheng.kernel.cluster.sheet import Sheet
from minzheng.kernel.facts import LIMIT, Fact, Grain
from minzheng.kernel.parameters import ParameterValue
from minzheng.kernel.rules.pick import Article, Chosen
from minzheng.kernel.rules.tree import Node, spelled, walk
from minzheng.kernel.rules.units import RuleRefusal

OVER = ("total", "count", "any", "all", "max_of", "min_of")

EACH = "OVER (PARTITION BY household)"
TYPES = {"是否": "BOOLEAN", "日期": "DATE"}


@dataclass(frozen=True)
class Task:
    """A tree to be made a column: a rule's own, or what is reduced over members for it."""

    name: str
    tree: Node
    grain: Grain
    title: str


@dataclass(frozen=True)
class Reading:
    """rows: one a member: `household`, `area`, `person`, `member` (no for a household without members), the
    columns that the caller wanted kept, every wanted rule by its qualified name, `fault`: the first thing
    wrong with the row, and `faults`: a place for everything that can be.
    """

    rows: DataFrame
    statute: Chosen
    want: tuple[str, ...]

    def sound(self) -> DataFrame:
        """The rows; to read one with a fault ends the work with its sentence (`session.spoken` tells it)."""
        said = f"CAST(raise_error(concat('{FAULT}', fault, '#')) AS BIGINT)"
        key = f.expr(f"CASE WHEN fault IS NULL THEN household ELSE {said} END")
        return self.rows.withColumn("household", key).drop("fault", "faults")

    def frames(self) -> tuple[DataFrame, DataFrame]:
        """The wanted rules beside `person`, `household` and beside `household`, `area`, as the columns
        reading gives them, in no order.
        """
        grain = {name: self.statute.articles[name].rule.grain for name in self.want}
        of_persons = [quoted(name) for name in self.want if grain[name] == "person"]
        of_households = [quoted(name) for name in self.want if grain[name] != "person"]
        rows = self.sound()
        one = [f.first(name).alias(name.strip("`")) for name in ["area", *of_households]]
        return rows.where("member").select("person", "household", *of_persons), rows.groupBy("household").agg(
            *one
        )


def read(
    statute: Chosen,
    persons: DataFrame,
    households: DataFrame,
    want: Sequence[str],
    keep: Sequence[str] = (),
) -> Reading:
    """Read the facts by the law of a day; `keep` are further columns of either table to stand in the rows.

    The look at the facts runs here, the rules when the rows are asked for. Raises FactRefusal, RuleRefusal.
    """
    return _Run(statute, persons, households, want, keep).reading()


def quoted(name: str) -> str:
    """A column's name with a dot in it, as Spark wants it named."""
    return f"`{name}`"


class _Run:
    """One compilation: the columns made so far, and the tasks that wait."""

    def __init__(
        self,
        statute: Chosen,
        persons: DataFrame,
        households: DataFrame,
        want: Sequence[str],
        keep: Sequence[str],
    ) -> None:
        self.statute, self.want, self.keep = statute, tuple(want), tuple(keep)
        self.plan = statute.plan(want)
        facts = [statute.facts[name] for name in statute.leaves("fact", want) if name != "day"]
        own = [each for each in facts if each.grain == "person"]
        home = [each for each in facts if each.grain != "person"]
        self.persons = measured(persons, own, "成员")
        self.households = measured(households, home, "家庭")
        if self.households.most > 1:
            raise RuleRefusal("家庭表里有家庭编号重复。")
        if strangers(persons, households):
            raise RuleRefusal("有成员的家庭不在家庭表里。")
        self.parameters: dict[str, Part] = {}
        local = self._local()
        self.sheet = Sheet(self._joined(persons, households, own, home, local))
        self.made: dict[str, Part] = {}
        self.faults: list[tuple[str, str]] = []

    def _local(self) -> dict[str, list[ParameterValue]]:
        """The parameters that differ by county, in the order of the counties; the others become constants."""
        names = self.statute.leaves("parameter", self.want)
        at = self.statute
        found: dict[str, list[ParameterValue]] = {}
        if names and self.households.rows and not self.households.counties:
            raise RuleRefusal("有家庭没有区划，无法取当地标准。")
        for name in names:
            values = [
                at.parameters.at(name, code, at.day, at.known).value for code in self.households.counties
            ] or [at.parameters.series[name][0].value]  # no household: any value will do
            if len(set(values)) == 1:
                self.parameters[name] = constant(values[0])
                continue
            bounds = [bound for each in values for bound in (constant(each).lo, constant(each).hi)]
            self.parameters[name] = Part(f"p{len(found)}", min(bounds), max(bounds), False)
            found[name] = values
        return found

    def _joined(
        self,
        persons: DataFrame,
        households: DataFrame,
        own: Sequence[Fact],
        home: Sequence[Fact],
        local: dict[str, list[ParameterValue]],
    ) -> DataFrame:
        """Members beside their households, a row each; clustered by household."""
        area = "CAST(area AS BIGINT)" if "area" in households.columns else "CAST(NULL AS BIGINT)"
        kept = [name for name in self.keep if name in households.columns and name != "area"]
        left = households.selectExpr(*_columns(home, self.households, kept), f"{area} AS area")
        if local:
            table = [
                ", ".join([f"{code // COUNTY}L", *(literal(each[at]) for each in local.values())])
                for at, code in enumerate(self.households.counties)
            ]
            names = ", ".join(["county", *(f"p{at}" for at in range(len(local)))])
            values = ", ".join(f"({row})" for row in table)
            lookup = households.sparkSession.sql(f"SELECT * FROM VALUES {values} AS t({names})")
            left = left.withColumn("county", f.expr(f"area div {COUNTY}"))
            left = left.join(f.broadcast(lookup), "county", "left").drop("county")
        kept = [name for name in self.keep if name in persons.columns and name not in households.columns]
        right = persons.selectExpr(*_columns(own, self.persons, ["person", *kept]), "true AS member")
        joined = left.join(right, "household", "left")
        return joined.withColumn("member", f.expr("coalesce(member, false)"))

    def reading(self) -> Reading:
        """Make every task a column: what can be built is built, then all that can be reduced is reduced."""
        waiting = _tasks(self.plan)
        while waiting:
            built = {task.name for task in waiting if self._build(task)}
            waiting = [task for task in waiting if task.name not in built]
            if waiting:
                self._reduce(waiting)
        self.sheet.flush()
        checks = [("false", ""), *self.faults]
        told = ", ".join(f"CASE WHEN {wrong} THEN '{said}' END" for wrong, said in checks)
        faults = [f"coalesce({told}) AS fault", f"array({told}) AS faults"]
        wanted = [f"{self.made[name].sql} AS {quoted(name)}" for name in self.want]
        kept = [name for name in self.keep if name not in ("area", "person", "household")]
        rows = self.sheet.rows.selectExpr("household", "area", "person", "member", *kept, *wanted, *faults)
        return Reading(rows, self.statute, self.want)

    def _build(self, task: Task) -> bool:
        """Build a task's column if all that it reads stands; whether it was built."""
        for each in _leaves(task.tree):
            if (_key(each) if each.op in OVER else each.name) not in self.made and each.op in (*OVER, "rule"):
                return False
        refuse = self._refuser(task)
        part = Builder(self._leaf, self.sheet.bind, refuse).part(task.tree)
        kind = TYPES.get(task.tree.unit.base if task.tree.unit else "", "BIGINT")
        self.made[task.name] = self.sheet.bind(replace(part, sql=f"CAST({part.sql} AS {kind})"))
        if part.const is not None:
            self.made[task.name] = part
        return True

    def _refuser(self, task: Task) -> Any:
        said = f"{task.title}：有数值超出可计算范围，请核对所填金额。".replace("'", "’")
        only = "member AND " if task.grain == "person" else ""
        return lambda wrong: self.faults.append((f"{only}{wrong.sql}", said))

    def _leaf(self, each: Node) -> Part:
        if each.op in OVER:
            return self.made[_key(each)]
        if each.op == "parameter":
            return self.parameters[each.name]
        if each.name == "day":
            return constant(self.statute.day)
        if each.op == "rule":
            return self.made[each.name]
        table = self.persons if each.grain == "person" else self.households
        # Beside a household without members there is no person.
        kind = TYPES.get(each.unit.base if each.unit else "", "BIGINT")
        return table.parts.get(each.name, Part(f"CAST(NULL AS {kind})", 0, 0, True))

    def _reduce(self, waiting: Sequence[Task]) -> None:
        """Every reduction that waits and whose members' column stands, as windows in one step."""
        ready: dict[str, tuple[Node, str]] = {}
        for task in waiting:
            for each in _leaves(task.tree):
                if each.op in OVER and _key(each) not in self.made and _inner(each) in self.made:
                    ready.setdefault(_key(each), (each, task.title))
        for key, (each, title) in ready.items():
            self.made[key] = self._over(each, self.made[_inner(each)], title)

    def _over(self, each: Node, inner: Part, title: str) -> Part:
        """The reduction over the members of each household, with unknowns as the verbs say."""
        x = f"CASE WHEN member THEN {inner.sql} END"
        wide = replace(inner, const=None)
        unknowns = (
            self._bound(f"count_if(member AND {inner.sql} IS NULL) {EACH}", wide) if inner.null else None
        )
        sure = f"{unknowns.sql} = 0" if unknowns else "true"
        if each.op in ("max_of", "min_of"):
            found = self._bound(f"{each.op[:3]}({x}) {EACH}", wide)
            return _result(
                f"CASE WHEN {sure} THEN {found.sql} END", inner.lo, inner.hi, True, found, unknowns
            )
        if each.op == "total":
            return self._total(x, inner, unknowns, title)
        if each.op == "count":
            found = self._bound(f"count_if({x}) {EACH}", wide)
            text = f"CASE WHEN {sure} THEN {found.sql} END" if unknowns else found.sql
            return _result(text, 0, self.persons.most, inner.null, found, unknowns)
        hit = inner.sql if each.op == "any" else f"NOT {inner.sql}"
        found = self._bound(f"count_if(member AND {hit}) {EACH}", wide)
        yes, no = ("true", "false") if each.op == "any" else ("false", "true")
        text = f"CASE WHEN {found.sql} > 0 THEN {yes} WHEN {sure} THEN {no} END"
        return _result(text, 0, 1, inner.null, found, unknowns)

    def _total(self, x: str, inner: Part, unknowns: Part | None, title: str) -> Part:
        """A sum that could leave the range is summed as a decimal and looked at before it is kept."""
        top = self.persons.most
        lo, hi = min(0, inner.lo * top), max(0, inner.hi * top)
        sure = f"{unknowns.sql} = 0" if unknowns else "true"
        if lo > -LIMIT and hi < LIMIT:
            found = self._bound(f"sum({x}) {EACH}", replace(inner, const=None))
            text = f"CASE WHEN {sure} THEN coalesce({found.sql}, 0L) END"
            return _result(text, lo, hi, inner.null, found, unknowns)
        exact = f"sum(CAST({x} AS DECIMAL(20, 0))) {EACH}"
        found = self._bound(f"coalesce({exact}, CAST(0 AS DECIMAL(20, 0)))", replace(inner, const=None))
        far = f"{sure} AND abs({found.sql}) >= {LIMIT}"
        wrong = self.sheet.bind(_result(f"coalesce({far}, false)", 0, 1, False, found, unknowns))
        said = f"{title}：有数值超出可计算范围，请核对所填金额。".replace("'", "’")
        self.faults.append((wrong.sql, said))
        text = f"CASE WHEN {sure} AND NOT {wrong.sql} THEN CAST({found.sql} AS BIGINT) END"
        return _result(text, max(lo, 1 - LIMIT), min(hi, LIMIT - 1), True, found, wrong, unknowns)

    def _bound(self, text: str, inner: Part) -> Part:
        return self.sheet.bind(replace(inner, sql=text))


def _result(text: str, lo: int, hi: int, null: bool, *of: Part | None) -> Part:
    return Part(text, lo, hi, null, None, max(each.level for each in of if each))


def _columns(facts: Sequence[Fact], table: Measured, kept: Sequence[str]) -> list[str]:
    """The key, the columns to keep and the facts that have values, integers in 64 bits."""
    there = {each.name for each in facts if each.name in table.parts} - {"area"}
    whole = {each.name for each in facts if each.kind not in ("bool", "date")}
    named = ["CAST(household AS BIGINT) AS household", *(name for name in kept if name not in there)]
    return named + [f"CAST({name} AS BIGINT) AS {name}" if name in whole else name for name in sorted(there)]


def _key(each: Node) -> str:
    return f"{each.op} {_inner(each)}"


def _inner(each: Node) -> str:
    """The column of what is reduced: a rule's, or a task's named by its tree."""
    inner = each.args[0]
    return inner.name if inner.op == "rule" else f"each {spelled(inner)}"


def _leaves(root: Node) -> list[Node]:
    """The leaves of a tree, reductions over members among them, without going into these."""
    if not root.args or root.op in OVER:
        return [root]
    return [leaf for each in root.args for leaf in _leaves(each)]


def _tasks(plan: Sequence[Article]) -> list[Task]:
    """Every rule's tree, and before it what it reduces over members."""
    tasks: dict[str, Task] = {}
    for article in plan:
        title = article.rule.title
        for each in walk(article.tree):
            if each.op in OVER and each.args[0].op != "rule":
                tasks.setdefault(_inner(each), Task(_inner(each), each.args[0], "person", title))
        tasks[article.name] = Task(article.name, article.tree, article.rule.grain, title)
    return list(tasks.values())
