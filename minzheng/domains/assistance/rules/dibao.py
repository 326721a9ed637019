"""Minimum living guarantee (最低生活保障审核确认办法): who is protected, whether, why not, and how much a
month.

Sums stay sums: the standard for all protected persons, less their income, both by the year; one division by
twelve. Those supported as destitute (book `tekun`) are not protected here a second time.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import (
    all_of,
    any_of,
    at_least,
    count,
    maximum,
    monthly,
    months_between,
    portion,
    rounded,
    rule,
    share,
    total,
    where,
)

DIBAO = "民发〔2021〕57号"
REGULATION = "《社会救助暂行办法》"
PHASE_OUT = "民发〔2022〕83号一（三）；民发〔2021〕57号第33条"


@rule("低保保障对象", unit="是否/人", law=f"{DIBAO}第7条；国办发〔2023〕39号二", since="2021-07-01")
def protected(members__counted, tekun__eligible):
    """A member of the family who is not supported as destitute."""
    return all_of(members__counted, ~tekun__eligible)


@rule("保障人数", unit="人/户", law=f"{DIBAO}第23条", since="2021-07-01")
def persons(protected):
    """How many are protected."""
    return count(protected)


@rule("家庭标准总额", unit="分/户·年", law=f"{DIBAO}第23条", since="2021-07-01")
def standard_total(standards__standard_yearly, persons):
    """The standard of a year for all who are protected."""
    return standards__standard_yearly * persons


@rule("家庭可计年收入", unit="分/户·年", law=f"{DIBAO}第13条", since="2021-07-01")
def income_yearly(protected, income__own):
    """The income of all who are protected, never below nothing."""
    return at_least(total(where(protected, income__own, 0)), 0)


@rule("收入低于标准", unit="是否/户", law=f"{REGULATION}第9条", since="2021-07-01")
def income_fits(income_yearly, standard_total):
    """Income a head strictly below the standard, compared as totals so that no head is rounded."""
    return income_yearly < standard_total


@rule("收入财产均符合", unit="是否/户", law=f"{REGULATION}第9条", since="2021-07-01")
def meets(income_fits, assets__fit):
    """Both conditions; an income that is too high refuses without asking for assets."""
    return all_of(income_fits, assets__fit)


@rule("渐退期内就业", unit="是否/人", law=PHASE_OUT, since="2021-07-01")
def newly_employed(protected, took_work, employed_since, day, phase_out_months):
    """Took work while on dibao, fewer whole months ago than the phase-out may last."""
    return all_of(protected, took_work, months_between(employed_since, day) < phase_out_months)


@rule("渐退", unit="是否/户", law=PHASE_OUT, since="2021-07-01")
def phase_out(income_fits, assets__fit, prior_amount, newly_employed):
    """Income grew past the standard by new work: what was paid goes on for a while."""
    return all_of(~income_fits, assets__fit, prior_amount > 0, any_of(newly_employed))


@rule("家庭低保符合", unit="是否/户", law=f"{DIBAO}第23条、第33条", since="2021-07-01")
def family(meets, phase_out):
    """The family as a whole is protected."""
    return any_of(meets, phase_out)


@rule("低保符合", unit="是否/户", law=f"{DIBAO}第8条、第23条", since="2021-07-01")
def eligible(family, single__eligible):
    """The family as a whole, or at least one of its persons alone."""
    return any_of(family, any_of(single__eligible))


@rule("享受低保", unit="是否/人", law=f"{DIBAO}第7条、第8条", since="2021-07-01")
def covered(family, protected, single__eligible):
    """Whoever is paid for: each person protected in the family, or one who is protected alone."""
    return any_of(all_of(family, protected), single__eligible)


@rule("差额", unit="分/户·年", law=f"{DIBAO}第23条", since="2021-07-01")
def shortfall(standard_total, income_yearly):
    """What a year's income lacks of the year's standard."""
    return at_least(standard_total - income_yearly, 0)


@rule("基本低保金", unit="分/户·月", law=f"{DIBAO}第23条", since="2021-07-01", rounding="half_up")
def base(shortfall):
    """A twelfth of the shortfall, divided once."""
    return monthly(shortfall)


@rule("拒绝工作", unit="是否/人", law=f"{DIBAO}第34条", since="2021-07-01")
def refuses_work(protected, can_work, job_refusals, refusals_limit):
    """Able to work, and so many offers in a row refused without good reason."""
    return all_of(protected, can_work, job_refusals >= refusals_limit)


@rule("因拒绝工作减发", unit="分/户·月", law=f"{DIBAO}第34条", since="2021-07-01", rounding="half_up")
def withheld(base, sanction_share, refuses_work, persons):
    """The own shares of those who refuse work, taken from the whole at once; the others keep theirs."""
    return portion(share(base, sanction_share), count(refuses_work), persons)


@rule("重度残疾", unit="是否/人", law="GB/T 26341-2010", since="2021-07-01")
def severely_disabled(disability_grade, severe_grade):
    """A certified disability of the first or second grade."""
    return all_of(disability_grade > 0, disability_grade <= severe_grade)


@rule("老年或未成年增发", unit="分/人·月", law=f"{REGULATION}第12条", since="2021-07-01")
def top_up_by_age(members__years, top_up_elder_age, top_up_elder, members__minor, top_up_minor):
    """Old or under age; nobody is both."""
    return where(members__years >= top_up_elder_age, top_up_elder, where(members__minor, top_up_minor, 0))


@rule("重残增发", unit="分/人·月", law=f"{REGULATION}第12条", since="2021-07-01")
def top_up_by_disability(severely_disabled, top_up_disabled):
    """For a severe disability."""
    return where(severely_disabled, top_up_disabled, 0)


@rule("重病增发", unit="分/人·月", law=f"{REGULATION}第12条", since="2021-07-01")
def top_up_by_illness(severe_illness, top_up_ill):
    """For a grave illness."""
    return where(severe_illness, top_up_ill, 0)


@rule("可享受分类施保", unit="是否/人", law=f"{DIBAO}第27条", since="2021-07-01")
def tops_up(meets, protected, single__eligible):
    """Paid for now; what a family in phase-out goes on getting holds its top-ups already."""
    return any_of(all_of(meets, protected), single__eligible)


@rule("分类施保金", unit="分/人·月", law=f"{DIBAO}第27条；{REGULATION}第12条", since="2021-07-01")
def top_up(tops_up, top_up_by_age, top_up_by_disability, top_up_by_illness, top_ups_stack):
    """One person's top-up: the highest of those that fit, or all of them where they stack."""
    highest = maximum(top_up_by_age, top_up_by_disability, top_up_by_illness)
    stacked = top_up_by_age + top_up_by_disability + top_up_by_illness
    return where(tops_up, where(top_ups_stack, stacked, highest), 0)


@rule("渐退低保金", unit="分/户·月", law=PHASE_OUT, since="2021-07-01", rounding="half_up")
def phase_out_amount(prior_amount, phase_out_share):
    """What the family got before, or the part of it that goes on."""
    return rounded(share(prior_amount, phase_out_share))


@rule("家庭部分", unit="分/户·月", law=f"{DIBAO}第23条", since="2021-07-01")
def family_amount(meets, base, withheld, phase_out, phase_out_amount):
    """For the family as a whole, top-ups apart."""
    return where(meets, base - withheld, where(phase_out, phase_out_amount, 0))


@rule("低保金", unit="分/户·月", law=f"{DIBAO}第23条、第27条", since="2021-07-01")
def amount_monthly(family_amount, top_up, single__amount):
    """All that is paid to the household a month: the family's part, persons alone, and top-ups."""
    return family_amount + total(single__amount) + total(top_up)


@rule("无保障对象", unit="是否/户", law=f"{DIBAO}第7条", since="2021-07-01")
def refused_for_members(persons):
    """Refused: nobody counts as a member."""
    return persons == 0


@rule("收入不低于标准", unit="是否/户", law=f"{REGULATION}第9条", since="2021-07-01")
def refused_for_income(eligible, persons, income_fits):
    """Refused: income reaches the standard."""
    return all_of(~eligible, persons > 0, ~income_fits)


@rule("存款超过上限", unit="是否/户", law=f"{DIBAO}第14条", since="2021-07-01")
def refused_for_deposits(eligible, assets__deposits_fit):
    """Refused: deposits and securities exceed the limit."""
    return all_of(~eligible, ~assets__deposits_fit)


@rule("房屋超过套数", unit="是否/户", law=f"{DIBAO}第14条", since="2021-07-01")
def refused_for_houses(eligible, assets__houses_fit):
    """Refused: too many dwellings."""
    return all_of(~eligible, ~assets__houses_fit)


@rule("车辆超过数量", unit="是否/户", law=f"{DIBAO}第14条", since="2021-07-01")
def refused_for_vehicles(eligible, assets__vehicles_fit):
    """Refused: too many vehicles."""
    return all_of(~eligible, ~assets__vehicles_fit)


@rule("登记有市场主体", unit="是否/户", law=f"{DIBAO}第14条", since="2021-07-01")
def refused_for_business(eligible, assets__business_fit):
    """Refused: a registered business."""
    return all_of(~eligible, ~assets__business_fit)
