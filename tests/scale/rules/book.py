"""The twelve rules as our books write them."""

from minzheng.kernel.rules import (
    age,
    at_least,
    at_most,
    choose,
    count,
    monthly,
    one_of,
    rule,
    share,
    total,
    where,
    yearly,
)

LAW = "测速用规则"
SINCE = "2021-01-01"


@rule("计入成员", unit="是否/人", law=LAW, since=SINCE)
def counted(relation, near_relations, living_together, imprisoned):
    """A near relation, or who lives with the household; nobody in prison."""
    return (one_of(relation, near_relations) | living_together) & ~imprisoned


@rule("计入人数", unit="人/户", law=LAW, since=SINCE)
def members(counted):
    """How many are counted."""
    return count(counted)


@rule("工资净收入", unit="分/人·年", law=LAW, since=SINCE)
def wages_net(wages, work_costs, work_cost_cap):
    """Wages less the costs of working up to a cap, not below nothing."""
    return at_least(wages - at_most(work_costs, work_cost_cap), 0)


@rule("计入的养老金", unit="分/人·年", law=LAW, since=SINCE)
def pension_counted(pension, pension_exempt_monthly):
    """What of a pension is above the exempt part."""
    return at_least(pension - yearly(pension_exempt_monthly), 0)


@rule("可计收入", unit="分/人·年", law=LAW, since=SINCE)
def own(counted, wages_net, business_net, transfers, pension_counted):
    """All that counts of a counted member's income."""
    return where(counted, wages_net + business_net + transfers + pension_counted, 0)


@rule("家庭年收入", unit="分/户·年", law=LAW, since=SINCE)
def income_yearly(own):
    """The income of all."""
    return total(own)


@rule("财产符合", unit="是否/户", law=LAW, since=SINCE)
def assets_fit(deposits, deposit_limit, members, vehicles):
    """Deposits within the limit a head, and no vehicle."""
    return (deposits <= deposit_limit * members) & (vehicles == 0)


@rule("符合条件", unit="是否/户", law=LAW, since=SINCE)
def eligible(income_yearly, standard_yearly, members, assets_fit):
    """Income below the standard, and assets that fit."""
    return (income_yearly < standard_yearly * members) & assets_fit


@rule("边缘", unit="是否/户", law=LAW, since=SINCE)
def marginal(eligible, income_yearly, standard_yearly, members, marginal_ratio):
    """Not eligible, and below one and a half times the standard."""
    return ~eligible & (income_yearly < share(standard_yearly * members, marginal_ratio))


@rule("分类施保", unit="分/人·月", law=LAW, since=SINCE)
def top_up(eligible, counted, born, day, old_age, disability_grade, severe_grades, top_up_monthly):
    """An addition for each old or severely disabled member of an eligible household."""
    special = (age(born, day) >= old_age) | one_of(disability_grade, severe_grades)
    return where(eligible & counted & special, top_up_monthly, 0)


@rule("月保障金", unit="分/户·月", law=LAW, since=SINCE, rounding="half_up")
def amount(eligible, standard_yearly, members, income_yearly, top_up):
    """A twelfth of the shortfall, and the additions."""
    shortfall = at_least(standard_yearly * members - income_yearly, 0)
    return where(eligible, monthly(shortfall) + total(top_up), 0)


@rule("身份", unit="码/户", law=LAW, since=SINCE)
def status(eligible, marginal, amount, code_full, code_part, code_none):
    """Which of the programme's groups the household belongs to."""
    return choose(eligible & (amount > 0), code_full, marginal, code_part, code_none)
