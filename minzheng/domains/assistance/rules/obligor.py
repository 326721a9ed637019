"""Whether those whom the law binds to support a person are able to (特困人员认定办法, article 8).

The case of this book has the obligors as its members. Its answer is recorded as the fact `obligors_able`.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import all_of, any_of, count, rule, where

TEKUN_8 = "民发〔2021〕43号第8条"


@rule("义务人收入低", unit="是否/人", law=TEKUN_8, since="2021-07-01")
def poor(obligor_income, urban, disposable_urban, disposable_rural, obligor_assets_fit):
    """Income below the place's disposable income a head of the year before, and assets that fit."""
    return all_of(obligor_income < where(urban, disposable_urban, disposable_rural), obligor_assets_fit)


@rule("义务人年老", unit="是否/人", law=TEKUN_8, since="2021-07-01")
def old(members__years, obligor_dibao, obligor_dibao_age, obligor_low_age, poor):
    """On dibao from one age, or poor from another."""
    on_dibao = all_of(obligor_dibao, members__years >= obligor_dibao_age)
    return any_of(on_dibao, all_of(poor, members__years >= obligor_low_age))


@rule("义务人残疾", unit="是否/人", law=TEKUN_8, since="2021-07-01")
def disabled(dibao__severely_disabled, mind_grade, obligor_mind_grade, poor):
    """Severely disabled, or in mind or psyche to the third grade, and poor."""
    return all_of(
        poor, any_of(dibao__severely_disabled, all_of(mind_grade > 0, mind_grade <= obligor_mind_grade))
    )


@rule("义务人失能失联", unit="是否/人", law=TEKUN_8, since="2021-07-01")
def absent(incapable, declared_missing, imprisoned, obligor_assets_fit):
    """Without legal capacity, declared missing or in prison, and without assets to support from."""
    return all_of(obligor_assets_fit, any_of(incapable, declared_missing, imprisoned))


@rule("有履行能力", unit="是否/人", law=TEKUN_8, since="2021-07-01")
def able(obligor_tekun, old, disabled, absent, obligor_other):
    """Able unless one of the article's classes fits; the last is the province's own list."""
    return ~any_of(obligor_tekun, old, disabled, absent, obligor_other)


@rule("有能力义务人数", unit="人/户", law=TEKUN_8, since="2021-07-01")
def able_count(able):
    """How many are able; the applicant is unsupported only if none is."""
    return count(able)
