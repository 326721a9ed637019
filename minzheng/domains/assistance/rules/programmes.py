"""The programmes of social assistance: rules, priority, reasons, and what the law lets follow by itself."""

from minzheng.kernel.module import AutomaticChange, Programme, Reason

DEATH = AutomaticChange("death", "民发〔2022〕83号一（三）：死亡后3个月内核查并完成增减停发")
STANDARD = AutomaticChange("standard", "《社会救助暂行办法》第10条：标准公布后按新标准执行")

DIBAO = Programme(
    key="dibao",
    label="最低生活保障",
    book="dibao",
    eligible="dibao.eligible",
    amount="dibao.amount_monthly",
    covers="dibao.covered",
    grain="household",
    priority=2,
    law="《社会救助暂行办法》第9—13条；民发〔2021〕57号",
    exclusive="basic_living",
    provides=("dibao.covered",),
    needs=("tekun.eligible",),
    automatic=(STANDARD, DEATH),
    reasons=(
        Reason("dibao.refused_for_members", "没有依法计入的家庭成员", when=True),
        Reason("dibao.refused_for_income", "家庭可计收入不低于低保标准总额", when=True),
        Reason("dibao.refused_for_deposits", "存款及证券超过上限", when=True),
        Reason("dibao.refused_for_houses", "房屋套数超过规定", when=True),
        Reason("dibao.refused_for_vehicles", "机动车辆超过规定", when=True),
        Reason("dibao.refused_for_business", "登记有市场主体", when=True),
    ),
)

TEKUN = Programme(
    key="tekun",
    label="特困人员供养",
    book="tekun",
    eligible="tekun.eligible",
    amount="tekun.amount_monthly",
    covers="tekun.eligible",
    grain="person",
    priority=1,
    law="《社会救助暂行办法》第14—19条；民发〔2021〕43号",
    exclusive="basic_living",
    provides=("tekun.eligible",),
    automatic=(STANDARD, DEATH),
    reasons=(
        Reason("tekun.refused_for_category", "不是老年人、残疾人或未成年人", when=True),
        Reason("tekun.refused_for_labour", "有劳动能力", when=True),
        Reason("tekun.refused_for_income", "本人收入不低于低保标准", when=True),
        Reason("tekun.refused_for_assets", "财产不符合规定", when=True),
        Reason("tekun.refused_for_obligors", "有履行能力的法定义务人", when=True),
        Reason("tekun.barred", "死亡、失踪、服刑，或选择了儿童保障", when=True),
    ),
)

MARGINAL = Programme(
    key="marginal",
    label="低保边缘家庭",
    book="marginal",
    eligible="marginal.eligible",
    amount=None,
    covers="marginal.covered",
    grain="household",
    priority=3,
    law="民发〔2021〕57号第8条；国办发〔2023〕39号二",
    exclusive="basic_living",
    provides=("marginal.covered",),
    needs=("dibao.covered",),
    automatic=(STANDARD, DEATH),
    reasons=(
        Reason("marginal.refused_for_dibao", "已是低保家庭", when=True),
        Reason("marginal.refused_for_income", "家庭可计收入不低于标准总额的1.5倍", when=True),
        Reason("marginal.refused_for_assets", "财产超过低保边缘的规定", when=True),
    ),
)

RIGID_EXPENDITURE = Programme(
    key="rigid_expenditure",
    label="刚性支出困难家庭",
    book="rigid_expenditure",
    eligible="rigid_expenditure.eligible",
    amount=None,
    covers="rigid_expenditure.covered",
    grain="household",
    priority=4,
    law="《刚性支出困难家庭认定办法》（2025年1月1日起）；国办发〔2023〕39号二",
    exclusive="basic_living",
    provides=("rigid_expenditure.covered",),
    needs=("marginal.covered",),
    automatic=(STANDARD, DEATH),
    reasons=(
        Reason("rigid_expenditure.refused_for_higher", "已是低保或低保边缘家庭", when=True),
        Reason("rigid_expenditure.refused_for_income", "家庭人均收入不低于当地上年人均可支配收入", when=True),
        Reason("rigid_expenditure.refused_for_assets", "财产超过刚性支出困难家庭的规定", when=True),
        Reason("rigid_expenditure.refused_for_expenses", "刚性支出未超过总收入的规定比例", when=True),
    ),
)

PROGRAMMES = (TEKUN, DIBAO, MARGINAL, RIGID_EXPENDITURE)
