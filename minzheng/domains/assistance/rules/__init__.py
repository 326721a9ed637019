"""The law of social assistance: its books, its parameters, and the one loaded Law that all readings share."""

from functools import cache
from pathlib import Path

from minzheng.domains.assistance.rules import (
    assets,
    dibao,
    income,
    marginal,
    members,
    obligor,
    rigid_expenditure,
    single,
    standards,
    status,
    tekun,
)
from minzheng.domains.assistance.terms import FACTS
from minzheng.kernel.parameters import Parameters
from minzheng.kernel.rules import Law

BOOKS = (
    standards,
    members,
    income,
    assets,
    tekun,
    dibao,
    marginal,
    single,
    rigid_expenditure,
    status,
    obligor,
)
PARAMETERS = Path(__file__).with_name("parameters")


@cache
def law() -> Law:
    """The books, facts and parameters loaded together, once a process; refuses what does not fit together."""
    return Law.load(BOOKS, FACTS, Parameters.load(PARAMETERS))
