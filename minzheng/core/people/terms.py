"""The closed vocabularies of the register. The names of the income and asset kinds are the names of facts."""

import re
from enum import IntEnum


class IncomeKind(IntEnum):
    """A kind of yearly income or outgoing of a person; each has its own law, so each is a row of its own."""

    wages = 1
    work_costs = 2
    business_net = 3
    property_net = 4
    transfers = 5
    transfer_payments = 6
    other_income = 7
    rigid_expense = 8
    preferential_pension = 11
    family_planning_aid = 12
    scholarship = 13
    bravery_award = 14
    social_aid = 15
    disability_subsidies = 16
    child_subsidy = 17
    basic_pension = 18
    old_age_allowance = 19
    social_insurance = 20
    medical_bills = 21
    medical_reimbursed = 22
    education_fees = 23
    rehabilitation_costs = 24
    rehabilitation_subsidies = 25
    other_rigid_costs = 26


class AssetKind(IntEnum):
    """What a household owns: fen for deposits, a count for the others."""

    deposits = 1
    houses = 2
    vehicles = 3
    registered_business = 4


class DisabilityKind(IntEnum):
    """GB/T 26341-2010; a multiple disability is also recorded by its single kinds."""

    sight = 1
    hearing = 2
    speech = 3
    limb = 4
    intellect = 5
    psyche = 6
    multiple = 7


class ConditionKind(IntEnum):
    """A state of a person with a value: 1 or 0 for yes or no, otherwise a number."""

    severe_illness = 1
    self_care_lost = 2
    independent = 3
    living_together = 4
    single_applicant = 5
    chose_child_programme = 6
    incapable = 7
    obligor_survey = 8
    rigid_recognition = 9


class EnrolmentLevel(IntEnum):
    """GB/T 4658, coarse: what is studied; 90 is 其他 there and kindergarten here."""

    graduate = 10
    degree = 20
    college = 30
    vocational = 40
    secondary = 60
    middle = 70
    primary = 80
    kindergarten = 90


class LabelKind(IntEnum):
    """A label beside the primary status: several at once, each with the office that gives it."""

    relapse_unstable = 1
    relapse_borderline = 2
    relapse_sudden = 3
    other_hardship = 9


LABELS = {
    LabelKind.relapse_unstable: "防返贫监测：脱贫不稳定户",
    LabelKind.relapse_borderline: "防返贫监测：边缘易致贫户",
    LabelKind.relapse_sudden: "防返贫监测：突发严重困难户",
    LabelKind.other_hardship: "其他困难人员（省定）",
}


class AbsenceKind(IntEnum):
    """Why a member is away."""

    prison = 1
    detox = 2
    missing = 3
    clergy = 4


BANKS = {"YN01": "演示农信", "YN02": "演示商业银行", "YN03": "演示储蓄银行", "YN04": "演示邮政银行"}
_ETHNICITIES = """
    1汉 2蒙古 3回 4藏 6苗 7彝 8壮 9布依 11满 13瑶 14白 16哈尼 18傣 20傈僳 21佤 24拉祜 25水 27纳西 28景颇
    34布朗 39阿昌 40普米 42怒 46德昂 51独龙 56基诺
"""
ETHNICITIES = {int(found[1]): found[2] for found in re.finditer(r"(\d+)(\w+)", _ETHNICITIES)}
"""GB/T 3304: the Han and the 25 minorities that live in Yunnan from of old."""
