"""The toy law of the tests: its facts, its parameters, and a household."""

from datetime import date

from minzheng.kernel.facts import Fact
from minzheng.kernel.parameters import Parameter, Parameters, ParameterValue
from minzheng.kernel.rules import Case, Law
from minzheng.kernel.tests.books import toy

DAY = date(2024, 10, 1)
YUNNAN, KUNMING, WUHUA, PANLONG = 530000000000, 530100000000, 530102000000, 530103000000

FACTS = (
    Fact("area", "居住地", "码/户", "code", "household"),
    Fact("deposits", "存款", "分/户", "money", "household"),
    Fact("vehicles", "车辆", "辆/户", "int", "household"),
    Fact(
        "relation",
        "与户主关系",
        "码/人",
        "code",
        "person",
        ((0, "户主"), (1, "配偶"), (2, "子"), (8, "其他")),
    ),
    Fact("born", "出生日期", "日期/人", "date", "person"),
    Fact("living_together", "长期共同居住", "是否/人", "bool", "person"),
    Fact("imprisoned", "服刑", "是否/人", "bool", "person"),
    Fact("wages", "工资性收入", "分/人·年", "money", "person"),
    Fact("work_costs", "就业成本", "分/人·年", "money", "person"),
    Fact("pension", "养老金", "分/人·年", "money", "person"),
)


def row(
    name: str,
    label: str,
    unit: str,
    value: ParameterValue,
    area: int = YUNNAN,
    since: date = date(2019, 1, 1),
    **more: date,
) -> Parameter:
    """A row of a toy parameter."""
    return Parameter(
        name, label, unit, area, since, more.get("until"), value, "玩具文件", more.get("recorded"), "toy"
    )


def parameters() -> Parameters:
    """The toy parameters."""
    return Parameters.of(
        [
            row("standard_yearly", "年标准", "分/人·年", 600000),
            row("standard_yearly", "年标准", "分/人·年", 660001, area=KUNMING),
            row("standard_yearly", "年标准", "分/人·年", 720000, area=WUHUA),
            row("deposit_limit", "存款上限", "分/人", 2000000),
            row("marginal_ratio", "边缘倍数", "倍", 15000),
            row("near_relations", "近亲属关系", "码表", (0, 1, 2, 3)),
            row("old_age", "老年年龄", "岁", 60),
            row("top_up_old", "老年增发额", "分/人·月", 5000),
            row("pension_exempt_monthly", "豁免基础养老金", "分/人·月", 10300),
        ]
    )


def law() -> Law:
    """The toy law."""
    return Law.load([toy], FACTS, parameters())


def household() -> Case:
    """A couple and a lodger in Panlong, Kunming."""
    head = {"relation": 0, "born": date(1950, 1, 1), "living_together": True, "imprisoned": False}
    return Case(
        DAY,
        PANLONG + 1001,
        {"deposits": 100000, "vehicles": 0},
        [
            {**head, "wages": 500000, "work_costs": 20000, "pension": 130000},
            {**head, "relation": 1, "born": date(1970, 2, 28), "wages": 0, "work_costs": 0, "pension": 0},
            {
                **head,
                "relation": 8,
                "living_together": False,
                "wages": 9000000,
                "work_costs": 0,
                "pension": 0,
            },
        ],
    )
