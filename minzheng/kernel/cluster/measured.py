"""What a look at the facts tells before the rules run: bounds, unknowns, counties, the largest household.

A pass of its own over the columns that are read, as the columns reading looks at its own: where no value can
leave the range and nothing is unknown, the rules need no guards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import types as t

from minzheng.kernel.cluster.expressions import Part
from minzheng.kernel.facts import LIMIT, Fact, FactRefusal
from minzheng.kernel.rules.units import RuleRefusal

WHOLE = (t.ByteType, t.ShortType, t.IntegerType, t.LongType)
COUNTY = 10**6


@dataclass(frozen=True)
class Measured:
    """parts: the facts that have a column, each under its own name; rows: how many; most: rows of the
    largest household; counties: the codes of the counties (of a table of households).
    """

    parts: dict[str, Part]
    rows: int
    most: int
    counties: tuple[int, ...]


def measured(frame: DataFrame, facts: Sequence[Fact], what: str) -> Measured:
    """Look at a table of persons or households. Raises FactRefusal, RuleRefusal."""
    if "household" not in frame.columns or not isinstance(frame.schema["household"].dataType, WHOLE):
        raise RuleRefusal(f"{what}表的家庭编号须是整数，不能空缺。")
    there = [each for each in facts if each.name in frame.columns and _typed(frame, each)]
    asked = ["count(*)", "count(household)"]
    for each in there:
        value = f"unix_date({each.name})" if each.kind == "date" else each.name
        asked += [f"count({each.name})", f"min({value})", f"max({value})"]
    area = "area" in frame.columns and isinstance(frame.schema["area"].dataType, WHOLE)
    asked += [f"collect_set(area div {COUNTY})", "count(area)"] if area else []
    found = list(frame.selectExpr(*[f"{text} AS m{at}" for at, text in enumerate(asked)]).first() or ())
    rows = found[0]
    if found[1] != rows:
        raise RuleRefusal(f"{what}表的家庭编号须是整数，不能空缺。")
    parts = {each.name: _part(each, rows, *found[2 + 3 * at : 5 + 3 * at]) for at, each in enumerate(there)}
    sizes = frame.groupBy("household").count().selectExpr("max(count)").first()
    counties = tuple(sorted(each * COUNTY for each in found[-2])) if area and found[-1] == rows else ()
    return Measured(parts, rows, (sizes[0] if sizes else 0) or 0, counties)


def strangers(persons: DataFrame, households: DataFrame) -> bool:
    """Whether a person's household is not in the table of households."""
    homes = households.selectExpr("CAST(household AS BIGINT) AS household")
    lone = persons.selectExpr("CAST(household AS BIGINT) AS household").join(homes, "household", "left_anti")
    return bool(lone.take(1))


def _typed(frame: DataFrame, fact: Fact) -> bool:
    """Whether the fact's column holds values; one of another type refuses."""
    kind = frame.schema[fact.name].dataType
    if isinstance(kind, t.NullType):
        return False
    wanted = {"bool": isinstance(kind, t.BooleanType), "date": isinstance(kind, t.DateType)}
    if not wanted.get(fact.kind, isinstance(kind, WHOLE)):
        raise FactRefusal(f"事实 {fact.name}（{fact.label}）的列类型 {kind.simpleString()} 与其类型不符。")
    return True


def _part(fact: Fact, rows: int, known: int, low: int | bool | None, high: int | bool | None) -> Part:
    lo, hi = int(low or 0), int(high or 0)
    if fact.kind == "bool":
        lo, hi = 0, 1
    if lo <= -LIMIT or hi >= LIMIT:
        raise FactRefusal(f"事实 {fact.name}（{fact.label}）的数值超出可计算范围。")
    return Part(fact.name, lo, hi, known < rows)
