"""Destitute support (特困人员认定办法): three conditions together, self-care, care tiers, and the choice
that a child has.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import all_of, any_of, monthly, rule, share, where

TEKUN = "民发〔2021〕43号"


@rule("属于老年人残疾人未成年人", unit="是否/人", law=f"{TEKUN}第4条", since="2021-07-01")
def category(members__years, tekun_elder_age, members__minor, disability_grade):
    """Old, disabled or a minor."""
    return any_of(members__years >= tekun_elder_age, members__minor, disability_grade > 0)


@rule("残疾致无劳动能力", unit="是否/人", law=f"{TEKUN}第5条", since="2021-07-01")
def disabled_from_work(
    mind_grade, tekun_mind_grade, limb_grade, tekun_limb_grade, sight_grade, tekun_sight_grade
):
    """Mind or psyche up to grade three, limbs up to two, sight one; grade 0 is no disability of that kind."""
    mind = all_of(mind_grade > 0, mind_grade <= tekun_mind_grade)
    limb = all_of(limb_grade > 0, limb_grade <= tekun_limb_grade)
    return any_of(mind, limb, all_of(sight_grade > 0, sight_grade <= tekun_sight_grade))


@rule("特困未成年人延续", unit="是否/人", law=f"{TEKUN}第24条", since="2021-07-01")
def continues(on_tekun, members__minor, minor_in_school):
    """One already supported stays so until eighteen, and after it while still at a secondary school."""
    return all_of(on_tekun, any_of(members__minor, minor_in_school))


@rule("无劳动能力", unit="是否/人", law=f"{TEKUN}第5条", since="2021-07-01")
def no_labour(members__years, tekun_elder_age, tekun_child_age, disabled_from_work, labour_other, continues):
    """By age, by disability, by the province's own list, or as a young person whose support continues."""
    by_age = any_of(members__years >= tekun_elder_age, members__years < tekun_child_age)
    return any_of(by_age, disabled_from_work, labour_other, continues)


@rule("特困收入毛额", unit="分/人·年", law=f"{TEKUN}第6条", since="2021-07-01", until="2026-01-01")
def gross(income__own, income__allowance_counted, income__insurance_counted):
    """As for dibao, but old-age allowance and social insurance never count; nor does the basic pension."""
    return income__own - income__allowance_counted - income__insurance_counted


@rule("特困收入毛额", unit="分/人·年", law=f"{TEKUN}第6条", since="2026-01-01")
def gross__2026(income__own, income__pension_counted, income__allowance_counted, income__insurance_counted):
    """The same: for dibao the basic pension may count again, here it is left out without a time limit."""
    kept = income__own - income__pension_counted
    return kept - income__allowance_counted - income__insurance_counted


@rule("特困可计收入", unit="分/人·年", law=f"{TEKUN}第6条", since="2021-07-01")
def income(gross, tekun_other_exempt, family_planning_aid, scholarship, bravery_award, social_aid):
    """What article 6 does not itself leave out counts, unless the province follows the rules of dibao."""
    return gross + where(
        tekun_other_exempt, 0, family_planning_aid + scholarship + bravery_award + social_aid
    )


@rule("无生活来源", unit="是否/人", law=f"{TEKUN}第6条", since="2021-07-01")
def no_income(income, standards__standard_yearly, assets__fit):
    """Own income below the dibao standard, and assets that fit."""
    return all_of(income < standards__standard_yearly, assets__fit)


@rule("义务人均无履行能力", unit="是否/人", law=f"{TEKUN}第8条", since="2021-07-01")
def unsupported(no_obligor, obligors_able):
    """Nobody is bound to support him, or none of those who are bound is able (book `obligor`)."""
    return any_of(no_obligor, obligors_able == 0)


@rule("情形排除特困", unit="是否/人", law=f"{TEKUN}第9条、第24条", since="2021-07-01")
def barred(alive, declared_missing, imprisoned, chose_child_programme):
    """Dead, missing, serving a sentence, or having chosen the programme for orphans."""
    return any_of(~alive, declared_missing, imprisoned, chose_child_programme)


@rule("特困符合", unit="是否/人", law=f"{TEKUN}第4条", since="2021-07-01")
def eligible(category, continues, no_labour, no_income, unsupported, barred):
    """The three conditions together, and nothing that bars."""
    return all_of(any_of(category, continues), no_labour, no_income, unsupported, ~barred)


@rule("部分丧失自理能力", unit="是否/人", law=f"{TEKUN}第22条", since="2021-07-01")
def partly_dependent(self_care_lost, self_care_partial_from, self_care_full_from):
    """One to three of the six items not attained."""
    return all_of(self_care_lost >= self_care_partial_from, self_care_lost < self_care_full_from)


@rule("完全丧失自理能力", unit="是否/人", law=f"{TEKUN}第22条", since="2021-07-01")
def fully_dependent(self_care_lost, self_care_full_from):
    """Four to six of the six items not attained."""
    return self_care_lost >= self_care_full_from


@rule("照料护理标准", unit="分/人·月", law="国发〔2016〕14号", since="2021-07-01")
def care(fully_dependent, partly_dependent, care_full, care_partial, care_able):
    """The care tier that the self-care grade gives."""
    return where(fully_dependent, care_full, where(partly_dependent, care_partial, care_able))


@rule(
    "特困基本生活标准",
    unit="分/人·月",
    law="国发〔2016〕14号",
    since="2021-07-01",
    rounding="up",
    grain="household",
)
def basic(standards__standard_yearly, tekun_multiplier):
    """Not below the multiple of the dibao standard, so a part of a fen is rounded up."""
    return monthly(share(standards__standard_yearly, tekun_multiplier))


@rule("特困供养金", unit="分/人·月", law="国发〔2016〕14号", since="2021-07-01")
def amount_monthly(eligible, basic, care):
    """Basic living and care of one who is found destitute."""
    return where(eligible, basic + care, 0)


@rule("不是老年人残疾人未成年人", unit="是否/人", law=f"{TEKUN}第4条", since="2021-07-01")
def refused_for_category(category, continues):
    """Refused: neither old nor disabled nor a minor."""
    return ~any_of(category, continues)


@rule("有劳动能力", unit="是否/人", law=f"{TEKUN}第5条", since="2021-07-01")
def refused_for_labour(no_labour):
    """Refused: able to work."""
    return ~no_labour


@rule("收入达到低保标准", unit="是否/人", law=f"{TEKUN}第6条", since="2021-07-01")
def refused_for_income(income, standards__standard_yearly):
    """Refused: own income reaches the standard."""
    return income >= standards__standard_yearly


@rule("特困财产不符合", unit="是否/户", law=f"{TEKUN}第6条", since="2021-07-01")
def refused_for_assets(assets__fit):
    """Refused: assets do not fit."""
    return ~assets__fit


@rule("义务人有履行能力", unit="是否/人", law=f"{TEKUN}第8条", since="2021-07-01")
def refused_for_obligors(unsupported):
    """Refused: somebody is bound and able to support."""
    return ~unsupported
