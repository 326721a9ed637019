"""Whether the family's assets fit (最低生活保障审核确认办法, article 14); the limits are the province's
parameters.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import all_of, any_of, for_months, monthly, rule

DIBAO_14 = "民发〔2021〕57号第14条"


@rule("存款上限", unit="分/户", law=DIBAO_14, since="2021-07-01", rounding="half_up")
def deposit_limit(standards__standard_yearly, members__members, deposit_months):
    """As it was worked out until the correction below: a month's standard rounded first, then multiplied, so
    that 24 months of 6038 yuan a year for two came to 24151.92 yuan and not to 24152.
    """
    return monthly(standards__standard_yearly * members__members) * deposit_months


@rule("存款上限", unit="分/户", law=DIBAO_14, since="2021-07-01", recorded="2026-11-23", rounding="half_up")
def deposit_limit__2026(standards__standard_yearly, members__members, deposit_months):
    """So many months of the standard for all members: multiplied first, divided once."""
    return for_months(standards__standard_yearly * members__members, deposit_months)


@rule("存款符合", unit="是否/户", law=DIBAO_14, since="2021-07-01")
def deposits_fit(deposits, deposit_limit):
    """Deposits and securities up to the limit, the limit included."""
    return deposits <= deposit_limit


@rule("房屋符合", unit="是否/户", law=DIBAO_14, since="2021-07-01")
def houses_fit(houses, houses_allowed):
    """No more dwellings than allowed."""
    return houses <= houses_allowed


@rule("车辆符合", unit="是否/户", law=DIBAO_14, since="2021-07-01")
def vehicles_fit(vehicles, vehicles_allowed):
    """No more vehicles than allowed; what a living needs is not counted by the register."""
    return vehicles <= vehicles_allowed


@rule("市场主体符合", unit="是否/户", law=DIBAO_14, since="2021-07-01")
def business_fit(registered_business, business_allowed):
    """No registered business, unless the province allows one."""
    return any_of(~registered_business, business_allowed)


@rule("财产符合", unit="是否/户", law=DIBAO_14, since="2021-07-01")
def fit(deposits_fit, houses_fit, vehicles_fit, business_fit):
    """All kinds fit."""
    return all_of(deposits_fit, houses_fit, vehicles_fit, business_fit)
