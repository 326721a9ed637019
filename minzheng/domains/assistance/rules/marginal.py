"""Families at the margin of dibao (最低生活保障审核确认办法, article 8; 国办发〔2023〕39号): no cash, but a
status.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import all_of, for_months, rule, share

MARGINAL = "民发〔2021〕57号第8条；国办发〔2023〕39号二"


@rule("低保边缘收入符合", unit="是否/户", law=MARGINAL, since="2021-07-01")
def income_fits(dibao__income_yearly, dibao__standard_total, marginal_multiplier):
    """Income strictly below the multiple of the standard, compared as totals."""
    return dibao__income_yearly < share(dibao__standard_total, marginal_multiplier)


@rule("低保边缘存款上限", unit="分/户", law=MARGINAL, since="2021-07-01", rounding="half_up")
def deposit_limit(standards__standard_yearly, members__members, marginal_deposit_months):
    """As for dibao, with the months of the marginal rule."""
    return for_months(standards__standard_yearly * members__members, marginal_deposit_months)


@rule("低保边缘存款符合", unit="是否/户", law=MARGINAL, since="2021-07-01")
def deposits_fit(deposits, deposit_limit):
    """Up to the limit, the limit included."""
    return deposits <= deposit_limit


@rule("低保边缘财产符合", unit="是否/户", law=MARGINAL, since="2021-07-01")
def assets_fit(
    deposits_fit, houses, marginal_houses_allowed, vehicles, marginal_vehicles_allowed, assets__business_fit
):
    """Deposits, dwellings and vehicles within the marginal limits; businesses as for dibao."""
    goods = all_of(houses <= marginal_houses_allowed, vehicles <= marginal_vehicles_allowed)
    return all_of(deposits_fit, goods, assets__business_fit)


@rule("低保边缘符合", unit="是否/户", law=MARGINAL, since="2021-07-01")
def eligible(dibao__family, income_fits, assets_fit):
    """Not on dibao as a family, income below the multiple, assets that fit."""
    return all_of(~dibao__family, income_fits, assets_fit)


@rule("低保边缘成员", unit="是否/人", law=MARGINAL, since="2021-07-01")
def covered(eligible, dibao__protected, single__eligible):
    """A member of a marginal family who is neither destitute nor on dibao alone."""
    return all_of(eligible, dibao__protected, ~single__eligible)


@rule("已是低保家庭", unit="是否/户", law=MARGINAL, since="2021-07-01")
def refused_for_dibao(eligible, dibao__family):
    """Not marginal: the family is on dibao."""
    return all_of(~eligible, dibao__family)


@rule("收入不低于边缘标准", unit="是否/户", law=MARGINAL, since="2021-07-01")
def refused_for_income(income_fits):
    """Refused: income reaches the multiple of the standard."""
    return ~income_fits


@rule("边缘财产不符合", unit="是否/户", law=MARGINAL, since="2021-07-01")
def refused_for_assets(assets_fit):
    """Refused: assets exceed the marginal limits."""
    return ~assets_fit
