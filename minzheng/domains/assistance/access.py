"""Post × step × reach for social assistance. Whose duty a step is stands in the procedure; the rest here.

A township's clerk reaches the villages below, a county's officers the county; supervisors and auditors look.
"""

from minzheng.domains.assistance.workflow import PROCEDURES
from minzheng.kernel.grants import Grant

STEPS = (
    ("cases.view", "查看案件"),
    ("cases.own", "办理自己提交的申请"),
    ("cases.take_over", "接办案件"),
    ("cases.register_kin", "近亲属备案"),
    ("cases.prolong", "延长办理期限"),
    ("dibao.edit", "填写申请"),
    ("dibao.verify", "登记核对结果"),
    ("dibao.visit", "登记入户调查"),
    ("dibao.plan_reviews", "生成复核任务"),
    ("dibao.record", "登记核实的变化"),
)
#: Step outside a procedure → the posts that may take it.
OTHERS = {
    "cases.view": (
        "village_worker", "township_clerk", "county_clerk", "county_reviewer", "county_approver",
        "prefecture_supervisor", "province_supervisor", "auditor",
    ),
    "cases.own": ("resident", "relative", "village_worker", "township_clerk"),
    "cases.take_over": ("township_clerk", "county_clerk", "county_reviewer", "county_approver"),
    "cases.register_kin": ("township_clerk", "county_reviewer"),
    "cases.prolong": ("township_clerk", "county_reviewer"),
    "documents.view": ("resident", "relative"),
    "documents.add": ("resident", "relative"),
    "documents.withdraw": ("resident", "relative"),
    "messages.view": ("resident", "relative"),
    "dibao.edit": ("resident", "relative", "village_worker", "township_clerk"),
    "dibao.verify": ("county_clerk",),
    "dibao.visit": ("township_clerk", "village_worker", "county_reviewer"),
    "dibao.record": ("township_clerk",),
    "dibao.plan_reviews": ("county_clerk", "township_clerk"),
}  # fmt: skip
GRANTS = tuple(
    sorted(
        {
            Grant(post, step.key, "subtree")
            for table in PROCEDURES
            for step in table.steps
            for post in step.posts
        }
        | {Grant(post, step, "subtree") for step, posts in OTHERS.items() for post in posts}
    )
)
