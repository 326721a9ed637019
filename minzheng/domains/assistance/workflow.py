"""The procedures of social assistance, each as a table that one can read aloud.

办法 is 《最低生活保障审核确认办法》（民发〔2021〕57号）; 83号文 is 民发〔2022〕83号. Working days unless it
says otherwise. States are said in Chinese, as officers say them.
"""

from minzheng.kernel.states import Procedure, Step, Whole

BY = "民发〔2021〕57号 §"
FOR_THEM = ("relative", "village_worker", "township_clerk")
WITHDRAWABLE = (
    "待受理",
    "待补正",
    "待启动调查",
    "待启动核对",
    "核对中",
    "待入户调查",
    "待初审",
    "公示中",
    "异议复查",
)

APPLY = Procedure(
    [
        Step("dibao.submit", "提交申请", "草稿", "待受理", "resident", law=f"{BY}4、9",
             also=FOR_THEM),
        Step("dibao.discard", "放弃草稿", "草稿", "已放弃", "resident", law=f"{BY}4",
             also=FOR_THEM),
        Step("dibao.accept", "受理", "待受理", "待启动调查", "township_clerk", 1, "working_day",
             law=f"{BY}10"),
        Step("dibao.ask_more", "一次性告知补正", ("待受理", "待启动调查"), "待补正", "township_clerk",
             law=f"{BY}10", clock="pause"),
        Step("dibao.supply", "提交补正材料", "待补正", "待受理", "resident", law=f"{BY}10", clock="resume",
             also=FOR_THEM),
        Step("dibao.decline", "不予受理", ("待受理", "待补正"), "不予受理", "township_clerk", law=f"{BY}10",
             reason=True),
        Step("dibao.start_survey", "启动家庭经济状况调查", "待启动调查", "待启动核对", "township_clerk", 3,
             "working_day", law=f"{BY}15", batch=True),
        Step("dibao.start_check", "启动信息核对", "待启动核对", "核对中", "county_clerk", 3, "working_day",
             law=f"{BY}17"),
        Step("dibao.finish_check", "出具核对报告", "核对中", "待入户调查", "county_clerk", 5, "working_day",
             law=f"{BY}17、18"),
        Step("dibao.visited", "完成入户调查", "待入户调查", "待初审", "township_clerk", 5, "working_day",
             law=f"{BY}16", also=("village_worker",)),
        Step("dibao.agree", "初审同意并公示", "待初审", "公示中", "township_clerk", 3, "working_day",
             law=f"{BY}19"),
        Step("dibao.disagree", "初审不同意", ("待初审", "异议复查"), "待县级审核", "township_clerk",
             law=f"{BY}18、19", reason=True),
        Step("dibao.object", "登记异议", "公示中", "异议复查", "township_clerk", law=f"{BY}19", reason=True),
        Step("dibao.close_notice", "公示期满无异议", "公示中", "待县级审核", "township_clerk", 7, "day",
             law=f"{BY}19"),
        Step("dibao.agree_again", "复查后重新提出初审意见", "异议复查", "待县级审核", "township_clerk", 5,
             "working_day", law=f"{BY}19", reason=True),
        Step("dibao.review", "县级审核", "待县级审核", "待确认", "county_reviewer", 10, "working_day",
             law=f"{BY}20", apart=("dibao.accept", "dibao.agree", "dibao.disagree", "dibao.agree_again")),
        Step("dibao.send_back", "退回重新调查", ("待县级审核", "待确认"), "待入户调查", "county_reviewer",
             law=f"{BY}20", reason=True, also=("county_approver",)),
        Step("dibao.confirm", "确认", "待确认", "已确认", "county_approver", 10, "working_day",
             law=f"{BY}20、21", apart=("dibao.accept", "dibao.agree", "dibao.agree_again", "dibao.review")),
        Step("dibao.refuse", "不予确认", "待确认", "不予确认", "county_approver", law=f"{BY}21", reason=True,
             apart=("dibao.accept", "dibao.disagree", "dibao.agree_again", "dibao.review")),
        Step("dibao.publish", "公布", "已确认", "已公布", "township_clerk", 3, "working_day", law=f"{BY}24"),
        Step("dibao.deliver", "送达不予确认告知书", "不予确认", "已告知", "township_clerk", 3, "working_day",
             law=f"{BY}21"),
        Step("dibao.withdraw", "撤回申请", WITHDRAWABLE, "已撤回", "resident",
             law="行政程序一般规则", reason=True,
             also=FOR_THEM),
    ],
    key="dibao",
    label="低保申请",
    whole=Whole("dibao.accept", 30, 45, "working_day", f"{BY}22、民发〔2022〕83号四（一）"),
)  # fmt: skip

REVIEW = Procedure(
    [
        Step("dibao_review.begin", "开始复核", "待复核", "复核调查", "township_clerk", 10, "working_day",
             law=f"{BY}31", batch=True),
        Step("dibao_review.propose", "提出复核意见", "复核调查", "待县级决定", "township_clerk", 10,
             "working_day",
             law=f"{BY}31、32"),
        Step("dibao_review.return", "退回再查", "待县级决定", "复核调查", "county_reviewer", law=f"{BY}31",
             reason=True, also=("county_approver",)),
        Step("dibao_review.keep", "维持", "待县级决定", "维持", "county_approver", 10, "working_day",
             law=f"{BY}31", apart=("dibao_review.propose",)),
        Step("dibao_review.change", "增发或减发", "待县级决定", "待送达", "county_approver", law=f"{BY}32",
             reason=True, apart=("dibao_review.propose",)),
        Step("dibao_review.phase_out", "渐退", "待县级决定", "待送达", "county_approver", law=f"{BY}33",
             reason=True, apart=("dibao_review.propose",)),
        Step("dibao_review.stop", "停发", "待县级决定", "待送达", "county_approver", law=f"{BY}32",
             reason=True, apart=("dibao_review.propose",)),
        Step("dibao_review.deliver", "送达决定", "待送达", "已送达", "township_clerk", 3, "working_day",
             law=f"{BY}32"),
    ],
    key="dibao_review",
    label="低保复核",
)  # fmt: skip

PROCEDURES = (APPLY, REVIEW)
