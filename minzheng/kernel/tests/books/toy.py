"""A toy book: members, income, eligibility and an amount."""

from minzheng.kernel.rules import (
    age,
    any_of,
    at_least,
    count,
    monthly,
    one_of,
    rule,
    share,
    total,
    where,
    yearly,
)

LAW = "玩具法 §1"


@rule("计入成员", unit="是否/人", law=LAW, since="2021-01-01")
def counted(relation, near_relations, living_together, imprisoned):
    """A near relation, or who lives with the household; nobody in prison."""
    return (one_of(relation, near_relations) | living_together) & ~imprisoned


@rule("计入人数", unit="人/户", law=LAW, since="2021-01-01")
def members(counted):
    """How many are counted."""
    return count(counted)


@rule("可计收入", unit="分/人·年", law=LAW, since="2021-01-01", until="2026-01-01")
def income(counted, wages, work_costs, pension, pension_exempt_monthly):
    """Wages less costs, and what of the pension is above the exempt part, of those who are counted."""
    pension_counted = at_least(pension - yearly(pension_exempt_monthly), 0)
    return where(counted, at_least(wages - work_costs, 0) + pension_counted, 0)


@rule("可计收入", unit="分/人·年", law=LAW, since="2026-01-01")
def income__2026(counted, wages, work_costs, pension):
    """Wages less costs and the whole pension, of those who are counted."""
    return where(counted, at_least(wages - work_costs, 0) + pension, 0)


@rule("家庭年收入", unit="分/户·年", law=LAW, since="2021-01-01")
def income_yearly(income):
    """The income of all."""
    return total(income)


@rule("财产符合", unit="是否/户", law=LAW, since="2021-01-01")
def assets_fit(deposits, deposit_limit, members, vehicles):
    """Deposits within the limit a head, and no vehicle."""
    return (deposits <= deposit_limit * members) & (vehicles == 0)


@rule("符合条件", unit="是否/户", law=LAW, since="2021-01-01")
def eligible(income_yearly, standard_yearly, members, assets_fit):
    """Income below the standard, and assets that fit."""
    return (income_yearly < standard_yearly * members) & assets_fit


@rule("边缘", unit="是否/户", law=LAW, since="2021-01-01")
def marginal(eligible, income_yearly, standard_yearly, members, marginal_ratio):
    """Not eligible, and below the ratio of the standard."""
    return ~eligible & (income_yearly < share(standard_yearly * members, marginal_ratio))


@rule("老年增发", unit="分/人·月", law=LAW, since="2021-01-01")
def top_up(eligible, counted, born, day, old_age, top_up_old):
    """An addition for each old member of an eligible household."""
    return where(eligible & counted & (age(born, day) >= old_age), top_up_old, 0)


@rule("月保障金", unit="分/户·月", law=LAW, since="2021-01-01", rounding="half_up")
def amount(eligible, standard_yearly, members, income_yearly, top_up):
    """A twelfth of the shortfall, and the additions."""
    shortfall = at_least(standard_yearly * members - income_yearly, 0)
    return where(eligible, monthly(shortfall) + total(top_up), 0)


@rule("有在押成员", unit="是否/户", law=LAW, since="2021-01-01")
def someone_imprisoned(imprisoned):
    """Whether a member is in prison."""
    return any_of(imprisoned)
