"""Countable income of a person over the twelve months before (最低生活保障审核确认办法, article 13)."""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import at_least, at_most, rule, where

DIBAO_13 = "民发〔2021〕57号第13条"


@rule("工资净收入", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def wages_net(wages, work_costs, work_cost_cap):
    """Wages less the necessary costs of working, as far as these may be deducted, and never below nothing."""
    return at_least(wages - at_most(work_costs, work_cost_cap), 0)


@rule("转移净收入", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def transfers_net(transfers, transfer_payments):
    """Transfers received less tax, insurance and maintenance paid; may be below nothing."""
    return transfers - transfer_payments


@rule("计入的基础养老金", unit="分/人·年", law=DIBAO_13, since="2026-01-01")
def pension_counted(basic_pension, basic_pension_exempt):
    """The basic pension, unless the province goes on leaving it out after the plan's years."""
    return where(basic_pension_exempt, 0, basic_pension)


@rule("计入的超额养老金", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def pension_above_counted(pension_above, pension_above_exempt):
    """What a place or one's own account adds to the central basic pension, unless the province exempts it."""
    return where(pension_above_exempt, 0, pension_above)


@rule("计入的高龄津贴", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def allowance_counted(old_age_allowance, old_age_allowance_exempt):
    """The old-age allowance, unless the province exempts it."""
    return where(old_age_allowance_exempt, 0, old_age_allowance)


@rule("计入的社会保险待遇", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def insurance_counted(social_insurance, social_insurance_exempt):
    """Social insurance benefits, unless the province exempts them."""
    return where(social_insurance_exempt, 0, social_insurance)


@rule("刚性支出扣减", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def rigid_deduction(rigid_expense, rigid_cap):
    """Costs of disability and grave illness, as far as they may be deducted."""
    return at_most(rigid_expense, rigid_cap)


@rule("其他津贴计入部分", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def allowances(pension_above_counted, allowance_counted, insurance_counted):
    """What counts of the payments that the article leaves to the province."""
    return pension_above_counted + allowance_counted + insurance_counted


@rule("本人收入毛额", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def gross(wages_net, business_net, property_net, transfers_net, other_income, allowances):
    """All kinds of income that count, before costs of illness; may be below nothing."""
    return wages_net + business_net + property_net + transfers_net + other_income + allowances


@rule("本人可计收入", unit="分/人·年", law=DIBAO_13, since="2021-07-01", until="2026-01-01")
def own(gross, rigid_deduction):
    """All that counts of one person's income; may be below nothing. What `exempt` names never enters: in
    the years 2021 to 2025 the central basic pension is among it.
    """
    return gross - rigid_deduction


@rule("本人可计收入", unit="分/人·年", law=DIBAO_13, since="2026-01-01")
def own__2026(gross, pension_counted, rigid_deduction):
    """The same when the years for which the article leaves the basic pension out are over."""
    return gross + pension_counted - rigid_deduction


@rule("长期不计入的收入", unit="分/人·年", law=DIBAO_13, since="2021-07-01")
def always_exempt(
    preferential_pension,
    family_planning_aid,
    scholarship,
    bravery_award,
    social_aid,
    disability_subsidies,
    child_subsidy,
):
    """What the article leaves out without a time limit."""
    honours = preferential_pension + family_planning_aid + scholarship + bravery_award
    return honours + social_aid + disability_subsidies + child_subsidy


@rule("不计入的收入", unit="分/人·年", law=DIBAO_13, since="2021-07-01", until="2026-01-01")
def exempt(always_exempt, basic_pension):
    """All that is left out; shown beside the income, and read by nothing else."""
    return always_exempt + basic_pension


@rule("不计入的收入", unit="分/人·年", law=DIBAO_13, since="2026-01-01")
def exempt__2026(always_exempt, basic_pension, pension_counted):
    """All that is left out: of the basic pension, what does not count."""
    return always_exempt + basic_pension - pension_counted
