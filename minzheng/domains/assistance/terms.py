"""The closed vocabularies of social assistance: the facts its books read, and an officer's words for them.

FACTS is the one authoritative list. A fact's `label` is also the key an officer writes in a case file.
Money is whole fen; incomes are those of the twelve months before the determination. A fact that nobody
knows is None (null), never 0 and never False; a date that means nothing for a person (the day he took work,
when he took none) is null beside a bool that says so, and no rule looks at it then. Grades of disability: 0
none, 1 gravest, 4.
"""

from dataclasses import dataclass
from datetime import date

from minzheng.kernel.facts import Fact, Value

RELATIONS = (
    (0, "本人或户主"),
    (1, "配偶"),
    (2, "子"),
    (3, "女"),
    (4, "孙子女"),
    (5, "父母"),
    (6, "祖父母"),
    (7, "兄弟姐妹"),
    (8, "其他"),
)
SEXES = ((0, "未知"), (1, "男"), (2, "女"), (9, "未说明"))
STAGES = (
    (0, "无"),
    (10, "研究生"),
    (20, "本科"),
    (30, "专科"),
    (40, "中职"),
    (60, "高中"),
    (70, "初中"),
    (80, "小学"),
    (90, "幼儿园"),
)
"""GB/T 4658, coarse; 90 is there 其他, here kindergarten (core.people.terms.EnrolmentLevel)."""
GRADES = ((0, "无"), (1, "一级"), (2, "二级"), (3, "三级"), (4, "四级"))

HOUSEHOLD_FACTS = (
    Fact("urban", "适用城市标准", "是否/户", "bool", "household"),
    Fact("deposits", "存款及证券", "分/户", "money", "household"),
    Fact("houses", "房屋套数", "套/户", "int", "household"),
    Fact("vehicles", "机动车辆数", "辆/户", "int", "household"),
    Fact("registered_business", "登记市场主体", "是否/户", "bool", "household"),
    Fact("prior_amount", "就业前月低保金", "分/户·月", "money", "household"),
    Fact("expenses_until", "刚性支出截止日", "日期/户", "date", "household"),
)

WHO = (
    Fact("relation", "与户主关系", "码/人", "code", "person", RELATIONS),
    Fact("sex", "性别", "码/人", "code", "person", SEXES),
    Fact("born", "出生日期", "日期/人", "date", "person"),
    Fact("alive", "健在", "是否/人", "bool", "person"),
    Fact("living_together", "长期共同居住", "是否/人", "bool", "person"),
    Fact("bound_by_law", "有法定赡养抚养扶养关系", "是否/人", "bool", "person"),
    Fact("independent", "成年且能独立生活", "是否/人", "bool", "person"),
    Fact("student_full_time", "全日制本科及以下在读", "是否/人", "bool", "person"),
    Fact("postgraduate", "研究生在读", "是否/人", "bool", "person"),
    Fact("imprisoned", "监狱服刑", "是否/人", "bool", "person"),
    Fact("in_detox", "强制隔离戒毒", "是否/人", "bool", "person"),
    Fact("declared_missing", "宣告失踪", "是否/人", "bool", "person"),
    Fact("clergy", "脱离家庭的宗教教职人员", "是否/人", "bool", "person"),
    Fact("clergy_since", "脱离家庭起始日", "日期/人", "date", "person"),
    Fact("left_out", "省级认定的其他不计入人员", "是否/人", "bool", "person"),
)

HEALTH = (
    Fact("disability_grade", "残疾等级", "级/人", "int", "person", GRADES),
    Fact("sight_grade", "视力残疾等级", "级/人", "int", "person", GRADES),
    Fact("limb_grade", "肢体残疾等级", "级/人", "int", "person", GRADES),
    Fact("mind_grade", "智力或精神残疾等级", "级/人", "int", "person", GRADES),
    Fact("severe_illness", "重特大疾病", "是否/人", "bool", "person"),
)

INCOMES = (
    Fact("wages", "工资性收入", "分/人·年", "money", "person"),
    Fact("work_costs", "必要就业成本", "分/人·年", "money", "person"),
    Fact("business_net", "经营净收入", "分/人·年", "money", "person"),
    Fact("property_net", "财产净收入", "分/人·年", "money", "person"),
    Fact("transfers", "转移性收入", "分/人·年", "money", "person"),
    Fact("transfer_payments", "转移性支出", "分/人·年", "money", "person"),
    Fact("other_income", "其他收入", "分/人·年", "money", "person"),
    Fact("rigid_expense", "残疾重病刚性支出", "分/人·年", "money", "person"),
)

EXEMPTIBLE = (
    Fact("preferential_pension", "优待抚恤金", "分/人·年", "money", "person"),
    Fact("family_planning_aid", "计划生育奖励扶助金", "分/人·年", "money", "person"),
    Fact("scholarship", "奖学金", "分/人·年", "money", "person"),
    Fact("bravery_award", "见义勇为奖励", "分/人·年", "money", "person"),
    Fact("social_aid", "社会救助款物", "分/人·年", "money", "person"),
    Fact("disability_subsidies", "残疾人两项补贴", "分/人·年", "money", "person"),
    Fact("child_subsidy", "儿童基本生活补贴", "分/人·年", "money", "person"),
    Fact("basic_pension", "基础养老金", "分/人·年", "money", "person"),
    Fact("pension_above", "超出中央标准的养老金", "分/人·年", "money", "person"),
    Fact("old_age_allowance", "高龄津贴", "分/人·年", "money", "person"),
    Fact("social_insurance", "基本医疗保险等社会保险待遇", "分/人·年", "money", "person"),
)

WORK = (
    Fact("can_work", "有就业能力", "是否/人", "bool", "person"),
    Fact("job_refusals", "连续无正当理由拒绝工作次数", "次/人", "int", "person"),
    Fact("took_work", "低保期间就业", "是否/人", "bool", "person"),
    Fact("employed_since", "就业日期", "日期/人", "date", "person"),
    Fact("employed", "有工作", "是否/人", "bool", "person"),
)

SUPPORT = (
    Fact("single_applicant", "单独提出申请", "是否/人", "bool", "person"),
    Fact("single_other", "县级以上规定的其他单独申请情形", "是否/人", "bool", "person"),
    Fact("labour_other", "省规定的其他无劳动能力情形", "是否/人", "bool", "person"),
    Fact("self_care_lost", "不能达到的自理项目数", "项/人", "int", "person"),
    Fact("no_obligor", "无法定义务人", "是否/人", "bool", "person"),
    Fact("obligors_able", "有履行能力的义务人数", "人/人", "int", "person"),
    Fact("on_tekun", "原已认定特困", "是否/人", "bool", "person"),
    Fact("minor_in_school", "满18周岁仍在中学或中职就读", "是否/人", "bool", "person"),
    Fact("chose_child_programme", "选择孤儿或事实无人抚养儿童保障", "是否/人", "bool", "person"),
)

OBLIGOR = (
    Fact("obligor_tekun", "义务人是特困人员", "是否/人", "bool", "person"),
    Fact("obligor_dibao", "义务人是低保对象", "是否/人", "bool", "person"),
    Fact("obligor_income", "义务人年收入", "分/人·年", "money", "person"),
    Fact("obligor_assets_fit", "义务人财产符合低收入家庭规定", "是否/人", "bool", "person"),
    Fact("incapable", "无民事行为能力", "是否/人", "bool", "person"),
    Fact("obligor_other", "省规定的其他无履行能力情形", "是否/人", "bool", "person"),
)
"""Facts of a legal obligor, read only by the book `obligor`, whose case has the obligors as members."""

EXPENSES = (
    Fact("medical_bills", "医疗费用", "分/人·年", "money", "person"),
    Fact("medical_reimbursed", "医疗报销和赔付", "分/人·年", "money", "person"),
    Fact("school_stage", "在读学段", "码/人", "code", "person", STAGES),
    Fact("education_fees", "保教费学费住宿费", "分/人·年", "money", "person"),
    Fact("rehabilitation_costs", "残疾康复费用", "分/人·年", "money", "person"),
    Fact("rehabilitation_subsidies", "康复补助和赔付", "分/人·年", "money", "person"),
    Fact("other_rigid_costs", "其他刚性支出", "分/人·年", "money", "person"),
    Fact("voucher", "另列票据", "是否/人", "bool", "person"),
    Fact("voucher_day", "另列票据日期", "日期/人", "date", "person"),
    Fact("voucher_amount", "另列票据个人负担", "分/人·年", "money", "person"),
    Fact("recognised", "已认定刚性支出困难", "是否/人", "bool", "person"),
    Fact("recognised_from", "刚性支出有效期起算日", "日期/人", "date", "person"),
)
"""Rigid expenditure of the twelve months before the application (办法第5条). A voucher listed apart is one
whose day has to be looked at; the sums above hold those that are within the months.
"""

STATUSES = ((0, "无"), (1, "特困"), (2, "低保"), (3, "低保边缘"), (4, "刚性支出"))
"""The primary status of a person; the numbers are the order of priority, 0 last (parameters `status_*`)."""

PERSON_FACTS = WHO + HEALTH + INCOMES + EXEMPTIBLE + WORK + SUPPORT + EXPENSES
FACTS = HOUSEHOLD_FACTS + PERSON_FACTS + OBLIGOR

USUAL: dict[str, Value] = {
    "urban": False,
    "deposits": 0,
    "houses": 1,
    "vehicles": 0,
    "registered_business": False,
    "prior_amount": 0,
    "sex": 0,
    "alive": True,
    "living_together": True,
    "bound_by_law": True,
    "independent": False,
    "obligors_able": 1,
}
"""What a fact is taken to be when a case file says that everything unwritten is as usual; see `usual`."""


ASSUMED: dict[str, bool | int] = {
    "bound_by_law": True,
    "left_out": False,
    "single_other": False,
    "labour_other": False,
    "employed": False,
    "pension_above": 0,
    "voucher": False,
    "voucher_amount": 0,
}
"""What no source of the demonstration tells: whoever is listed as family is bound by law, no province has
added a class of its own, and a pension above the central part is among the transfers; the sums of expenses
hold only vouchers of their months, so that none is listed apart. `employed` is read
only where the province takes disabled adults alone.
"""


def usual(fact: Fact) -> Value:
    """A fact's value in an ordinary family: 0 or False unless USUAL says otherwise; dates have none."""
    if fact.name in USUAL:
        return USUAL[fact.name]
    if fact.kind == "date" or fact.name == "relation":
        return None
    return False if fact.kind == "bool" else 0


MISSING = (
    ("identity", "共同生活家庭成员的身份证或户口簿"),
    ("authorisation", "全体成年成员签名的家庭经济状况核对授权书"),
    ("promise", "诚信承诺书"),
    ("income", "收入证明（工资、经营、租金、养老金等）"),
    ("assets", "财产申报（存款、证券、房屋、车辆、市场主体）"),
    ("disability", "残疾人证"),
    ("medical", "病历或诊断证明"),
    ("enrolment", "在校证明"),
    ("residence", "居住证或居住证明"),
    ("account", "申请人本人的银行账户"),
)
"""What may be missing at acceptance, so that all of it is told at once (民发〔2021〕57号 §10)."""

DECLINED = (
    ("place", "户籍和经常居住地都不在本乡镇（街道），请向经常居住地提出"),
    ("covered", "家庭成员已在别的家庭享受低保或特困供养"),
    ("promise", "经一次性告知仍不提交授权书、承诺书"),
    ("withdrawn", "申请人不再申请"),
)
"""Grounds on which an application is not taken up."""

REFUSED = (
    ("income", "共同生活家庭成员人均收入不低于当地低保标准"),
    ("assets", "家庭财产不符合规定"),
    ("members", "申请人与所列成员不构成共同生活家庭"),
    ("hidden", "隐瞒或虚报家庭经济状况"),
    ("uncooperative", "拒绝配合核对或入户调查，致使无法核实"),
)
"""Grounds of an opinion against, of a refusal, of ending (民发〔2021〕57号 §18、21、32)."""

APPEALS = (
    "对本决定不服的，可以自收到告知书之日起六十日内依法申请行政复议，"
    "也可以自收到之日起六个月内向人民法院提起行政诉讼。"
)
"""How one appeals: 《行政复议法》第20条, 《行政诉讼法》第46条."""


@dataclass(frozen=True)
class Source:
    """An office whose records are asked in a verification: `limit` working days to answer; the income and
    asset kinds (core.people.terms) that it can answer; in force over [since, until).
    """

    key: str
    label: str
    limit: int
    law: str
    incomes: tuple[int, ...] = ()
    assets: tuple[int, ...] = ()
    since: date = date(2021, 7, 1)
    until: date | None = None


_CHECKED = "民发〔2021〕57号 §17；时限待配置，演示值"
SOURCES = (
    Source("police", "公安：户籍、人员状态", 3, _CHECKED),
    Source("civil", "民政：婚姻、殡葬、其他救助", 1, _CHECKED, incomes=(15, 16, 17)),
    Source("insurance", "人社：养老、失业保险和就业", 3, _CHECKED, incomes=(1, 5, 18)),
    Source("market", "市场监管：市场主体", 3, _CHECKED, incomes=(3,), assets=(4,)),
    Source("estate", "自然资源：不动产", 3, _CHECKED, incomes=(4,), assets=(2,)),
    Source("vehicles", "公安车管：机动车", 3, _CHECKED, assets=(3,)),
    Source("fund", "住房公积金", 3, _CHECKED, incomes=(1,)),
    Source("tax", "税务：个人所得", 5, _CHECKED, incomes=(1, 3, 4)),
    Source("bank", "银行和证券：存款、证券", 5, _CHECKED, assets=(1,)),
    Source("disabled", "残联：残疾人证", 3, _CHECKED),
)
"""Whom the county asks about a household, each with its own time."""

SUPPLY_DAYS = 10
"""Working days to supply what is missing, as the letter names them (待配置, 演示值); the clock stands."""

REPORT_MONTHS = 6
"""A verification report serves so many months; 待配置: the province sets it, 演示值 (57号 §17)."""


HEARTS = (
    ("sincere", "真心", "待人真诚"),
    ("devoted", "倾心", "肯花功夫"),
    ("careful", "精心", "办得准"),
    ("considerate", "贴心", "想得周到"),
    ("at_ease", "舒心", "办得顺心"),
)
"""The five hearts by which a service is rated (S10): key, word, what is asked."""

CHECKLIST = (
    ("members", "家里实际住着谁", "与申报的人口是否一致，谁常年在外"),
    ("house", "住房", "几间、什么结构、自有还是租住"),
    ("income", "收入来源", "务工、务农、经营、养老金和子女给的钱"),
    ("assets", "存款、车辆、机具、门面", "看到的和本人说的"),
    ("spending", "看病、上学、残疾等支出", "大概多少，有没有票据"),
    ("health", "家人的身体和劳动能力", "谁生病、谁能干活"),
    ("neighbours", "邻居或村组的说法", "至少访问一户，写明是谁、怎么说"),
)
"""What is looked at in a home visit (民发〔2021〕57号 §16): key, label, what to look for."""

NOTICE_DAYS = 7
"""Natural days that a notice runs (民发〔2021〕57号 §19)."""
