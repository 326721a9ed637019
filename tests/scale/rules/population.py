"""The households of the measurement, the same for all three: plain arrays from a seed."""

from datetime import date
from typing import Any

import numpy as np

from minzheng.kernel.facts import Fact
from minzheng.kernel.parameters import Parameter, Parameters, ParameterValue

PERSONS, HOUSEHOLDS, COUNTIES = 3_542_200, 1_500_000, 129
DAY = date(2024, 10, 1)
Arrays = dict[str, np.ndarray[Any, Any]]

FACTS = (
    Fact("area", "居住地", "码/户", "code", "household"),
    Fact("deposits", "存款", "分/户", "money", "household"),
    Fact("vehicles", "车辆", "辆/户", "int", "household"),
    Fact("relation", "与户主关系", "码/人", "code", "person"),
    Fact("born", "出生日期", "日期/人", "date", "person"),
    Fact("living_together", "长期共同居住", "是否/人", "bool", "person"),
    Fact("imprisoned", "服刑", "是否/人", "bool", "person"),
    Fact("disability_grade", "残疾等级", "码/人", "code", "person"),
    Fact("wages", "工资性收入", "分/人·年", "money", "person"),
    Fact("work_costs", "就业成本", "分/人·年", "money", "person"),
    Fact("business_net", "经营净收入", "分/人·年", "money", "person"),
    Fact("transfers", "转移净收入", "分/人·年", "money", "person"),
    Fact("pension", "养老金", "分/人·年", "money", "person"),
)
NEAR, SEVERE = (0, 1, 2, 3), (1, 2)
WORK_COST_CAP, PENSION_EXEMPT, DEPOSIT_LIMIT = 360_000, 12_300, 2_000_000
OLD_AGE, TOP_UP, RATIO_TENTHS = 60, 7_533, 15_000
FULL, PART, NONE = 1, 2, 3


def county(at: int) -> int:
    """The code of the county at a place in the list."""
    return 530100000000 + at * 1_000_000


def standard(at: int) -> int:
    """The yearly standard of a county, in fen."""
    return 603_800 + 1_237 * at


def parameters() -> Parameters:
    """The parameters of the twelve rules; the standard differs from county to county."""

    def row(name: str, unit: str, value: ParameterValue, area: int = 0) -> Parameter:
        return Parameter(name, name, unit, area, date(2021, 1, 1), None, value, "测速", None, name)

    return Parameters.of(
        [
            *(row("standard_yearly", "分/人·年", standard(at), county(at)) for at in range(COUNTIES)),
            row("near_relations", "码表", NEAR),
            row("severe_grades", "码表", SEVERE),
            row("work_cost_cap", "分/人·年", WORK_COST_CAP),
            row("pension_exempt_monthly", "分/人·月", PENSION_EXEMPT),
            row("deposit_limit", "分/人", DEPOSIT_LIMIT),
            row("marginal_ratio", "倍", RATIO_TENTHS),
            row("old_age", "岁", OLD_AGE),
            row("top_up_monthly", "分/人·月", TOP_UP),
            row("code_full", "码", FULL),
            row("code_part", "码", PART),
            row("code_none", "码", NONE),
        ]
    )


def population(persons: int, households: int, seed: int = 1) -> tuple[Arrays, Arrays]:
    """Persons clustered by household, and households; every household has a member."""
    draw = np.random.default_rng(seed)
    extra = draw.integers(0, households, persons - households)
    home = np.sort(np.concatenate((np.arange(households), extra)))
    first = np.concatenate(([True], home[1:] != home[:-1]))

    def money(top: int, some: float, size: int) -> np.ndarray[Any, Any]:
        return np.where(draw.random(size) < some, draw.integers(0, top, size), 0)

    people: Arrays = {
        "household": home,
        "relation": np.where(first, 0, draw.integers(1, 9, persons)).astype(np.int8),
        "born": np.datetime64("2024-09-30") - draw.integers(0, 34_000, persons).astype("timedelta64[D]"),
        "living_together": draw.random(persons) < 0.6,
        "imprisoned": draw.random(persons) < 0.002,
        "disability_grade": np.where(draw.random(persons) < 0.1, draw.integers(1, 5, persons), 0).astype(
            np.int8
        ),
        "wages": money(3_000_000, 0.3, persons),
        "work_costs": money(500_000, 0.2, persons),
        "business_net": money(1_200_000, 0.3, persons) - money(200_000, 0.05, persons),
        "transfers": money(200_000, 0.4, persons),
        "pension": money(400_000, 0.2, persons),
    }
    homes: Arrays = {
        "household": np.arange(households),
        "county": draw.integers(0, COUNTIES, households),
        "deposits": money(9_000_000, 0.4, households),
        "vehicles": (draw.random(households) < 0.08).astype(np.int64),
    }
    homes["area"] = county(0) + homes["county"] * 1_000_000 + draw.integers(0, 15, households) * 1000
    return people, homes
