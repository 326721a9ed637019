"""The peer: the same twelve rules for OpenFisca-Core (AGPL; only here, in the benchmark's own environment).

Written as its documentation writes rules: dated parameters from the tree of parameters, age from the date
of birth. Two things are made easier for it than that: amounts are its 32-bit integers, and the county's
standard is taken from a plain array (its own lookup by name compares text with each of 129 counties in
turn).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from tests.scale.rules import population as p
from tests.scale.rules.population import Arrays

PERIOD = "2024-10"
Person = build_entity(key="person", plural="persons", label="", is_person=True)
Household = build_entity(
    key="household", plural="households", label="", roles=[{"key": "member", "plural": "members"}]
)


def _variable(
    name: str, kind: type, entity: Any, formula: Callable[..., Any] | None = None
) -> type[Variable]:
    body: dict[str, Any] = {
        "value_type": kind,
        "entity": entity,
        "definition_period": DateUnit.MONTH,
        "label": name,
    }
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


OF_PERSON = {"age": int, "counted": bool, "wages_net": int, "pension_counted": int, "own": int, "top_up": int}
OF_HOUSEHOLD = {"members": int, "income_yearly": int, "assets_fit": bool, "eligible": bool, "marginal": bool}
OF_HOUSEHOLD |= {"amount": int, "status": int}
Halves = tuple[Callable[[], Any], Callable[[Any], Arrays]]
PARAMETERS = {
    "work_cost_cap": p.WORK_COST_CAP,
    "pension_exempt_monthly": p.PENSION_EXEMPT,
    "deposit_limit": p.DEPOSIT_LIMIT,
    "marginal_ratio": p.RATIO_TENTHS / 10_000,
    "old_age": p.OLD_AGE,
    "top_up_monthly": p.TOP_UP,
}


def _formulas(standards: np.ndarray) -> dict[str, tuple[type, Any, Callable[..., Any]]]:
    def counted(person: Any, at: Any) -> Any:
        near = person("relation", at) <= 3
        return (near | person("living_together", at)) * np.logical_not(person("imprisoned", at))

    def members(household: Any, at: Any) -> Any:
        return household.sum(household.members("counted", at))

    def wages_net(person: Any, at: Any, law: Any) -> Any:
        return np.maximum(
            person("wages", at) - np.minimum(person("work_costs", at), law(at).work_cost_cap), 0
        )

    def pension_counted(person: Any, at: Any, law: Any) -> Any:
        return np.maximum(person("pension", at) - 12 * law(at).pension_exempt_monthly, 0)

    def own(person: Any, at: Any) -> Any:
        parts = person("business_net", at) + person("transfers", at) + person("pension_counted", at)
        return (person("wages_net", at) + parts) * person("counted", at)

    def income_yearly(household: Any, at: Any) -> Any:
        return household.sum(household.members("own", at))

    def assets_fit(household: Any, at: Any, law: Any) -> Any:
        fits = household("deposits", at) <= law(at).deposit_limit * household("members", at)
        return fits * (household("vehicles", at) == 0)

    def limit(household: Any, at: Any) -> Any:
        return standards[household("county", at)] * household("members", at)

    def eligible(household: Any, at: Any) -> Any:
        return (household("income_yearly", at) < limit(household, at)) * household("assets_fit", at)

    def marginal(household: Any, at: Any, law: Any) -> Any:
        below = household("income_yearly", at) < limit(household, at) * law(at).marginal_ratio
        return below * np.logical_not(household("eligible", at))

    def age(person: Any, at: Any) -> Any:
        born = person("born", at)
        years = at.start.year - (born.astype("datetime64[Y]").astype(int) + 1970)
        month = born.astype("datetime64[M]").astype(int) % 12 + 1
        day = (born - born.astype("datetime64[M]") + 1).astype(int)
        past = (month < at.start.month) + (month == at.start.month) * (day <= at.start.day)
        return years - np.where(past, 0, 1)

    def top_up(person: Any, at: Any, law: Any) -> Any:
        grade = person("disability_grade", at)
        special = (person("age", at) >= law(at).old_age) | (grade == 1) | (grade == 2)
        return person.household("eligible", at) * person("counted", at) * special * law(at).top_up_monthly

    def amount(household: Any, at: Any) -> Any:
        shortfall = np.maximum(limit(household, at) - household("income_yearly", at), 0)
        more = household.sum(household.members("top_up", at))
        return np.where(household("eligible", at), (shortfall + 6) // 12 + more, 0)

    def status(household: Any, at: Any) -> Any:
        full = household("eligible", at) & (household("amount", at) > 0)
        return np.where(full, p.FULL, np.where(household("marginal", at), p.PART, p.NONE))

    here = locals()
    made = {name: (kind, Person, here[name]) for name, kind in OF_PERSON.items()}
    return made | {name: (kind, Household, here[name]) for name, kind in OF_HOUSEHOLD.items()}


def peer(people: Arrays, homes: Arrays, standards: np.ndarray) -> Halves:
    """Two calls: one makes a simulation from the arrays, the other computes all twelve results with it."""
    system = TaxBenefitSystem([Person, Household])
    kinds = {"b": bool, "M": np.datetime64, "i": int}
    inputs = [
        (people, Person, people.keys() - {"household"}),
        (homes, Household, ("county", "deposits", "vehicles")),
    ]
    for arrays, entity, names in inputs:
        for name in names:
            kind = kinds[arrays[name].dtype.kind]
            system.add_variable(_variable(name, date if kind is np.datetime64 else kind, entity))
    formulas = _formulas(standards)
    for name, (kind, entity, formula) in formulas.items():
        system.add_variable(_variable(name, kind, entity, formula))
    rows = {name: {"values": {"2021-01-01": {"value": value}}} for name, value in PARAMETERS.items()}
    system.parameters = ParameterNode("", data=rows)
    wanted = formulas.keys() - {"age"}
    return lambda: _simulation(system, people, homes, inputs), lambda made: {
        name: made.calculate(name, PERIOD) for name in wanted
    }


def _simulation(system: Any, people: Arrays, homes: Arrays, inputs: Any) -> Any:
    """A simulation made from the arrays: its households found, its inputs set."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(len(people["household"])))
    group = builder.declare_entity("household", homes["household"])
    builder.join_with_persons(group, people["household"], roles=np.zeros(len(people["household"]), dtype=int))
    simulation = builder.build(system)
    for arrays, _, names in inputs:
        for name in names:
            simulation.set_input(name, PERIOD, arrays[name])
    return simulation
