"""One invented letter of each kind, for those who change a template, for tests and for the benchmark."""

from datetime import UTC, date, datetime
from typing import Any

from minzheng.core.notices.letters import values as of

PRINTED = of.Printed("演示·经办", datetime(2024, 10, 8, 1, 30, tzinfo=UTC))
APPEAL = of.Appeal("演示区人民政府", "演示区人民法院")
WAYS = "《最低生活保障审核确认办法》（民发〔2021〕57号）"
TOWN: dict[str, Any] = {
    "office": "演示区演示镇人民政府", "number": "演镇民告〔2024〕12号", "day": date(2024, 10, 8),
    "printed": PRINTED, "programme": "最低生活保障",
}  # fmt: skip
COUNTY: dict[str, Any] = {**TOWN, "office": "演示区民政局", "number": "演民低通〔2024〕35号"}
CONTACT: dict[str, Any] = {"place": "演示镇便民服务中心2号窗口", "phone": "0870-0000000"}
APPLICANT: dict[str, Any] = {"applicant": "演示·李明", **CONTACT}
GROUNDS = (
    of.Ground(
        "家庭月人均可支配收入1,012.50元，高于当地月保障标准735.00元。", "民发〔2021〕57号第十二条、第十三条"
    ),
    of.Ground("家庭名下有非生活必需机动车1辆。\n车辆登记日期在申请之前。", "民发〔2021〕57号第十四条"),
)
FAMILY = (of.Member("演示·李明", "本人"), of.Member("演示·王芳", "配偶"), of.Member("演示·李小明", "子"))
ROWS = (("李明", 3, 128_050), ("阿依古丽·买买提", 1, 73_500), ("欧阳建国", 4, 201_200), ("岩温", 2, 98_000))
POSTED: dict[str, Any] = {**CONTACT, "village": "演示村", "paper": "a4"}

SAMPLES: dict[str, of.Letter] = {
    "missing": of.MissingLetter(
        **TOWN, **APPLICANT, law=f"{WAYS}第十条、第十一条", received=date(2024, 10, 8),
        due=date(2024, 10, 22), paused=True, items=(
            of.Missing("授权核对委托书", "成年家庭成员王芳未签名", "本人到窗口或在手机上签名"),
            of.Missing("疾病诊断证明", "照片模糊，看不清日期", "重新拍照上传，或带原件到窗口"),
        ),
    ),
    "accepted": of.AcceptedLetter(
        **TOWN, **APPLICANT, law=f"{WAYS}第十一条", received=date(2024, 10, 8), accepted=date(2024, 10, 9),
        case="DB-530602-2024-000123", members=("演示·李明", "演示·王芳", "演示·李小明"), limit="30个工作日",
        due=date(2024, 11, 21),
    ),
    "refused": of.RefusedLetter(
        **COUNTY, **APPLICANT, law=f"{WAYS}第二十一条", kind="确认", applied=date(2024, 9, 2),
        reasons=GROUNDS, appeal=APPEAL,
    ),
    "confirmed": of.ConfirmedLetter(
        **COUNTY, **APPLICANT, law=f"{WAYS}第二十一条", address="演示区演示镇演示村3组", members=FAMILY,
        amount_fen=128_050,
        parts=(of.Part("基本保障金", 110_250), of.Part("分类施保（重度残疾人1人）", 17_800)),
        since=date(2024, 11, 1), account="惠民惠农一卡通，账户尾号 9012", review="我单位每年复核一次",
        appeal=APPEAL,
    ),
    "changed": of.ChangedLetter(
        **COUNTY, **APPLICANT, law=f"{WAYS}第三十二条", kind="减发", before_fen=128_050, after_fen=80_000,
        since=date(2024, 11, 1), reasons=(of.Ground("家庭成员王芳2024年9月起就业，收入增加480.50元。", ""),),
        appeal=APPEAL,
    ),
    "publicity": of.PublicityLetter(
        **TOWN, **POSTED, law=f"{WAYS}第十九条", rows=tuple(of.Poster(*row) for row in ROWS), days=7,
        starts=date(2024, 10, 9), ends=date(2024, 10, 15),
    ),
    "published": of.PublishedLetter(
        **COUNTY, **POSTED, law=f"{WAYS}第二十四条", rows=tuple(of.Listed(*row) for row in ROWS),
        month=date(2024, 11, 1),
    ),
    "authorisation": of.AuthorisationLetter(
        **{**TOWN, "number": ""}, law=f"{WAYS}第十条", applicant="演示·李明", address="演示区演示镇演示村3组",
        members=(
            of.Signer("演示·李明", "本人", "53060219800101001X"),
            of.Signer("演示·王芳", "配偶", "530602198202020022"),
        ),
        sources=("户籍和人口信息", "婚姻登记信息", "工商登记信息", "车辆登记信息", "不动产登记信息",
                 "社会保险和公积金信息", "银行、证券、保险等金融资产信息"),
        until="停止享受待遇之日",
    ),
    "survey": of.SurveyLetter(
        **{**TOWN, "number": ""}, law=f"{WAYS}第十六条", applicant="演示·李明", case="DB-530602-2024-000123",
        address="演示区演示镇演示村3组", visited=None,
        investigators=("演示·张强", "演示·赵敏"), conclusion="",
        members=(
            of.Surveyed("演示·李明", "本人", 44, "三级肢体残疾", "务农"),
            of.Surveyed("演示·王芳", "配偶", 42, "健康", ""),
            of.Surveyed("演示·李小明", "子", 12, "健康", "在读小学六年级"),
        ),
        questions=(
            of.Question("居住", "住房来源、结构、面积", "自有砖木房一层，约70平方米"),
            of.Question("居住", "家用电器和车辆", ""),
            of.Question("收入", "务农、务工和经营收入（去年）", ""),
            of.Question("收入", "赡养、抚养费和其他转移收入", ""),
            of.Question("支出", "看病、残疾、上学等刚性支出", ""),
            of.Question("邻里", "邻居或者村组干部的说法（至少一人）", ""),
        ),
    ),
}  # fmt: skip
