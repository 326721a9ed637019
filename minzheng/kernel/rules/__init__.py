"""Rules: the law as small functions, their trees, and the readings of the trees.

from minzheng.kernel.rules import Law, Case, rule, where, total, …
"""

from minzheng.kernel.rules.case import Case, Input, Outcome, Step
from minzheng.kernel.rules.definition import Rule, rule
from minzheng.kernel.rules.law import Law, Statute
from minzheng.kernel.rules.missing import Missing
from minzheng.kernel.rules.pick import Article
from minzheng.kernel.rules.tree import Node
from minzheng.kernel.rules.units import RuleRefusal, Unit, parse_unit
from minzheng.kernel.rules.verbs import (
    after,
    age,
    all_of,
    any_of,
    at_least,
    at_most,
    before,
    choose,
    count,
    divided,
    for_months,
    known,
    max_of,
    maximum,
    min_of,
    minimum,
    monthly,
    months_between,
    one_of,
    portion,
    rounded,
    rounded_to,
    share,
    times_ratio,
    total,
    where,
    yearly,
)

__all__ = [
    "Article",
    "Case",
    "Input",
    "Law",
    "Missing",
    "Node",
    "Outcome",
    "Rule",
    "RuleRefusal",
    "Statute",
    "Step",
    "Unit",
    "after",
    "age",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "before",
    "choose",
    "count",
    "divided",
    "for_months",
    "known",
    "max_of",
    "maximum",
    "min_of",
    "minimum",
    "monthly",
    "months_between",
    "one_of",
    "parse_unit",
    "portion",
    "rounded",
    "rounded_to",
    "rule",
    "share",
    "times_ratio",
    "total",
    "where",
    "yearly",
]
