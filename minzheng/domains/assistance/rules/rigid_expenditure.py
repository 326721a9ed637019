"""Families in hardship by rigid expenditure: no cash, but a status for twelve months.

Until the end of 2024 the paper of 2023 (国办发〔2023〕39号) and the reform paper of 2020 name the class and
leave its measure to the province; from 2025 the ministry's own measure holds (刚性支出困难家庭认定办法), with
necessary living among the expenditures and limits of assets of its own.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import (
    after,
    all_of,
    any_of,
    at_least,
    at_most,
    before,
    choose,
    for_months,
    months_between,
    one_of,
    rounded,
    rule,
    share,
    total,
    where,
)

PAPER = "国办发〔2023〕39号二；《关于改革完善社会救助制度的意见》（2020年）"
MEASURE = "《刚性支出困难家庭认定办法》"
ITEMS = f"{MEASURE}第5条；国办发〔2023〕39号二"
FOUR = f"{MEASURE}第4条；国办发〔2023〕39号二"
TERM = f"{MEASURE}第10条；《民法典》第201条、第202条"
FROM, NEW = "2021-07-01", "2025-01-01"


@rule("医疗个人负担", unit="分/人·年", law=ITEMS, since=FROM)
def medical(medical_bills, medical_reimbursed):
    """Bills less every reimbursement, public or commercial; never below nothing."""
    return at_least(medical_bills - medical_reimbursed, 0)


@rule("康复个人负担", unit="分/人·年", law=ITEMS, since=FROM)
def rehabilitation(rehabilitation_costs, rehabilitation_subsidies):
    """Rehabilitation of a disabled person less subsidies and insurance; never below nothing."""
    return at_least(rehabilitation_costs - rehabilitation_subsidies, 0)


@rule("学段计入", unit="是否/人", law=ITEMS, since=FROM)
def schooling_counts(
    school_stage, stages_kindergarten, stages_compulsory, stages_secondary, stages_college, student_full_time
):
    """From kindergarten to a first degree; at college only full time; postgraduates not."""
    school = one_of(school_stage, stages_kindergarten, stages_compulsory, stages_secondary)
    return any_of(school, all_of(one_of(school_stage, stages_college), student_full_time))


@rule("同类公办收费标准", unit="分/人·年", law=ITEMS, since=FROM)
def public_fee(
    school_stage,
    stages_kindergarten,
    stages_compulsory,
    stages_secondary,
    fee_kindergarten,
    fee_compulsory,
    fee_secondary,
    fee_college,
):
    """What a public school of the like kind asks for care, tuition and lodging in a year."""
    school = one_of(school_stage, stages_secondary)
    first = one_of(school_stage, stages_kindergarten)
    middle = one_of(school_stage, stages_compulsory)
    return choose(first, fee_kindergarten, middle, fee_compulsory, school, fee_secondary, fee_college)


@rule("教育支出", unit="分/人·年", law=ITEMS, since=FROM)
def education(schooling_counts, education_fees, public_fee):
    """Fees paid, as far as a public school would ask them."""
    return where(schooling_counts, at_most(education_fees, public_fee), 0)


@rule("票据在申请前十二个月内", unit="是否/人", law=FOUR, since=FROM)
def voucher_counts(voucher, voucher_day, expenses_until, rigid_window_months):
    """Within the months that end with the day before the application, both ends counted."""
    recent = months_between(voucher_day, expenses_until) < rigid_window_months
    return all_of(voucher, ~after(voucher_day, expenses_until), recent)


@rule("本人刚性支出", unit="分/人·年", law=ITEMS, since=FROM)
def own(medical, education, rehabilitation, other_rigid_costs, voucher_counts, voucher_amount):
    """All kinds of one person's rigid expenditure but living."""
    listed = where(voucher_counts, voucher_amount, 0)
    return medical + education + rehabilitation + other_rigid_costs + listed


@rule("必要生活支出", unit="分/户·年", law=f"{MEASURE}第5条", since=NEW, rounding="half_up")
def living(dibao__standard_total, rigid_living_share):
    """Necessary living, at a share of the dibao standard."""
    return rounded(share(dibao__standard_total, rigid_living_share))


@rule("家庭刚性支出", unit="分/户·年", law=PAPER, since=FROM, until=NEW)
def expenses(dibao__protected, own):
    """Medical, education, rehabilitation and others of all members."""
    return total(where(dibao__protected, own, 0))


@rule("家庭刚性支出", unit="分/户·年", law=f"{MEASURE}第5条", since=NEW)
def expenses__2025(dibao__protected, own, living):
    """The same with necessary living."""
    return total(where(dibao__protected, own, 0)) + living


@rule("家庭总收入", unit="分/户·年", law=FOUR, since=FROM)
def income_yearly(dibao__protected, income__own, income__rigid_deduction):
    """All members' countable income; what rigid expenditure took off for dibao is put back, since here it is
    the other side of the comparison.
    """
    return at_least(total(where(dibao__protected, income__own + income__rigid_deduction, 0)), 0)


@rule("当地上年人均可支配收入", unit="分/人·年", law=FOUR, since=FROM, grain="household")
def disposable(urban, disposable_urban, disposable_rural):
    """As the statistical office published it for town or country."""
    return where(urban, disposable_urban, disposable_rural)


@rule("刚性支出收入符合", unit="是否/户", law=FOUR, since=FROM)
def income_fits(income_yearly, disposable, dibao__persons):
    """Income a head strictly below the disposable income, compared as totals so that no head is rounded."""
    return income_yearly < disposable * dibao__persons


@rule("刚性支出超过比例", unit="是否/户", law=FOUR, since=FROM)
def ratio_exceeded(expenses, income_yearly, rigid_ratio):
    """More than the share of income that the place sets; nothing is divided, so no income needs no care."""
    return expenses > share(income_yearly, rigid_ratio)


@rule("刚性支出存款上限", unit="分/户", law=f"{MEASURE}第4条", since=NEW, rounding="half_up")
def deposit_limit(standards__standard_yearly, members__members, rigid_deposit_months):
    """As for marginal families, with months of its own."""
    return for_months(standards__standard_yearly * members__members, rigid_deposit_months)


@rule("刚性支出财产符合", unit="是否/户", law=PAPER, since=FROM, until=NEW)
def assets_fit(marginal__assets_fit):
    """The limits of marginal families."""
    return all_of(marginal__assets_fit, marginal__assets_fit)


@rule("刚性支出财产符合", unit="是否/户", law=f"{MEASURE}第4条", since=NEW)
def assets_fit__2025(
    deposits,
    deposit_limit,
    houses,
    rigid_houses_allowed,
    vehicles,
    rigid_vehicles_allowed,
    assets__business_fit,
):
    """Limits of its own, as those of marginal families or moderately wider."""
    goods = all_of(houses <= rigid_houses_allowed, vehicles <= rigid_vehicles_allowed)
    return all_of(deposits <= deposit_limit, goods, assets__business_fit)


@rule("已有更高一级身份", unit="是否/户", law=FOUR, since=FROM)
def higher(dibao__family, marginal__eligible):
    """On dibao as a family, or marginal; those come first."""
    return any_of(dibao__family, marginal__eligible)


@rule("刚性支出条件符合", unit="是否/户", law=FOUR, since=FROM)
def meets(income_fits, assets_fit, ratio_exceeded):
    """Income, assets and expenditure together."""
    return all_of(income_fits, assets_fit, ratio_exceeded)


@rule("刚性支出认定有效", unit="是否/人", law=TERM, since=FROM)
def in_force(recognised, recognised_from, day, rigid_validity_months):
    """Recognised, and fewer whole months ago than a recognition lasts; it counts from the day after the
    decision. After it, apply again.
    """
    lasting = months_between(recognised_from, day) < rigid_validity_months
    return all_of(recognised, ~before(day, recognised_from), lasting)


@rule("刚性支出困难符合", unit="是否/户", law=FOUR, since=FROM)
def eligible(higher, dibao__persons, meets, in_force):
    """Neither on dibao nor marginal, and found now or recognised within its term."""
    return all_of(~higher, dibao__persons > 0, any_of(meets, any_of(in_force)))


@rule("刚性支出困难成员", unit="是否/人", law=FOUR, since=FROM)
def covered(eligible, dibao__protected, single__eligible):
    """A member who is neither destitute nor on dibao alone."""
    return all_of(eligible, dibao__protected, ~single__eligible)


@rule("已是低保或边缘家庭", unit="是否/户", law=FOUR, since=FROM)
def refused_for_higher(eligible, higher):
    """Refused: the family has a status that comes first."""
    return all_of(~eligible, higher)


@rule("收入不低于人均可支配收入", unit="是否/户", law=FOUR, since=FROM)
def refused_for_income(eligible, income_fits):
    """Refused: income reaches the disposable income."""
    return all_of(~eligible, ~income_fits)


@rule("刚性支出财产不符合", unit="是否/户", law=FOUR, since=FROM)
def refused_for_assets(eligible, assets_fit):
    """Refused: assets exceed the limits."""
    return all_of(~eligible, ~assets_fit)


@rule("刚性支出未超过比例", unit="是否/户", law=FOUR, since=FROM)
def refused_for_expenses(eligible, ratio_exceeded):
    """Refused: expenditure does not exceed the share."""
    return all_of(~eligible, ~ratio_exceeded)
