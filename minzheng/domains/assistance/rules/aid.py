"""Temporary aid (临时救助): who fits, how much, and whether the township may decide it alone.

An emergency asks for neither hukou nor income; the expenditure type asks for an income strictly below the
disposable income of the year before and for assets that fit. A sum above what is left of the cap can only be
given case by case (一事一议), which no rule decides.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import all_of, any_of, at_least, at_most, for_months, rounded, rule, share, where

ACT = "《社会救助暂行办法》第47条、第48条；民发〔2018〕23号"
SUMS = "民发〔2018〕23号；国办发〔2023〕39号四（三）"
FROM = "2021-07-01"


@rule("临时救助收入符合", unit="是否/户", law=ACT, since=FROM)
def aid_income_fits(aid_income, aid_persons, urban, disposable_urban, disposable_rural):
    """The family's income strictly below the disposable income of as many persons."""
    return aid_income < where(urban, disposable_urban, disposable_rural) * aid_persons


@rule("同一事由重复", unit="是否/户", law=ACT, since=FROM)
def aid_repeated(aid_same_cause, aid_repeat_limit):
    """Helped for the same cause as often within a year as the county allows."""
    return aid_same_cause >= aid_repeat_limit


@rule("临时救助符合", unit="是否/户", law=ACT, since=FROM)
def aid_entitled(aid_need, aid_emergency, aid_income_fits, aid_assets_fit, aid_repeated):
    """Something is needed, not for the same cause again, and either at once or by income and assets."""
    return all_of(aid_need > 0, any_of(aid_emergency, all_of(aid_income_fits, aid_assets_fit)), ~aid_repeated)


@rule("按比例应救助额", unit="分/户", law=SUMS, since=FROM, rounding="half_up")
def aid_asked(aid_need, aid_emergency, aid_emergency_share, aid_expenditure_share):
    """The share of the loss or expenditure that is made up."""
    return rounded(share(aid_need, where(aid_emergency, aid_emergency_share, aid_expenditure_share)))


@rule("临时救助封顶线", unit="分/户", law=SUMS, since=FROM, rounding="half_up")
def aid_cap(standards__standard_yearly, aid_persons, aid_cap_months):
    """So many months of the dibao standard for each person, within a year."""
    return for_months(standards__standard_yearly * aid_persons, aid_cap_months)


@rule("封顶线余额", unit="分/户", law=SUMS, since=FROM)
def aid_left(aid_cap, aid_already):
    """What a year's earlier aid has left of the cap."""
    return at_least(aid_cap - aid_already, 0)


@rule("临时救助额", unit="分/户", law=SUMS, since=FROM)
def aid_sum(aid_asked, aid_left):
    """The share, up to what is left of the cap."""
    return at_most(aid_asked, aid_left)


@rule("乡镇审批额度内", unit="是否/户", law=SUMS, since=FROM)
def aid_within_township(aid_sum, aid_township_limit):
    """The township decides up to its limit, the limit included."""
    return aid_sum <= aid_township_limit


@rule("超过封顶线", unit="是否/户", law=SUMS, since=FROM)
def aid_over_cap(aid_asked, aid_left):
    """More is needed than the cap has left: only case by case."""
    return aid_asked > aid_left
