"""Dibao for one person alone (最低生活保障审核确认办法, article 8; 民发〔2022〕83号): he applies, the
family does not.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import all_of, any_of, at_least, monthly, rule, where

SINGLE = "民发〔2021〕57号第8条；民发〔2022〕83号一（一）"


@rule("单人保残疾情形", unit="是否/人", law=SINGLE, since="2021-07-01")
def by_disability(dibao__severely_disabled, mind_grade, single_mind_grade):
    """Severely disabled, or disabled in mind or psyche up to the third grade."""
    return any_of(dibao__severely_disabled, all_of(mind_grade > 0, mind_grade <= single_mind_grade))


@rule("低保边缘家庭中的重残重病", unit="是否/人", law=SINGLE, since="2021-07-01")
def in_marginal_family(marginal__eligible, dibao__protected, by_disability, severe_illness):
    """A member of a marginal family who is gravely disabled or ill."""
    return all_of(marginal__eligible, dibao__protected, any_of(by_disability, severe_illness))


@rule("生活困难教职人员", unit="是否/人", law=SINGLE, since="2021-07-01")
def poor_clergy(members__clergy_apart, members__gone, income__own, standards__standard_yearly):
    """Clergy apart from the family for the years of the law, with an own income below the standard."""
    return all_of(members__clergy_apart, ~members__gone, income__own < standards__standard_yearly)


@rule("参照单人户的重残成年人", unit="是否/人", law="民发〔2022〕83号一（一）、（四）", since="2021-07-01")
def disabled_adult(
    disabled_adults_alone,
    members__minor,
    employed,
    dibao__severely_disabled,
    income__own,
    standards__standard_yearly,
):
    """A grown, severely disabled person without work and income, where the province takes him as a household
    of one.
    """
    poor = income__own < standards__standard_yearly
    return all_of(disabled_adults_alone, ~members__minor, ~employed, dibao__severely_disabled, poor)


@rule("按规定单独申请", unit="是否/人", law="民发〔2021〕57号第8条", since="2021-07-01")
def by_local_rule(single_other, income__own, standards__standard_yearly):
    """Whoever else the county or a higher office lets apply alone, with an income below the standard."""
    return all_of(single_other, income__own < standards__standard_yearly)


@rule("单人保情形", unit="是否/人", law=SINGLE, since="2021-07-01")
def situation(in_marginal_family, poor_clergy, disabled_adult, by_local_rule, dibao__family):
    """One of the named situations; within a family on dibao nobody is protected a second time."""
    alone = all_of(any_of(disabled_adult, by_local_rule), ~dibao__family)
    return any_of(in_marginal_family, poor_clergy, alone)


@rule("单人保符合", unit="是否/人", law=SINGLE, since="2021-07-01")
def eligible(single_applicant, tekun__eligible, members__gone, situation):
    """Applies alone, is in one of the named situations, and neither destitute nor away in custody."""
    return all_of(single_applicant, ~tekun__eligible, ~members__gone, situation)


@rule("单人保金", unit="分/人·月", law=SINGLE, since="2021-07-01", rounding="half_up")
def amount(eligible, single_full_amount, standards__standard_yearly, income__own):
    """The whole standard, or what the person's own income lacks of it, as the province sets."""
    lack = at_least(standards__standard_yearly - at_least(income__own, 0), 0)
    yearly_amount = where(single_full_amount, standards__standard_yearly, lack)
    return where(eligible, monthly(yearly_amount), 0)
