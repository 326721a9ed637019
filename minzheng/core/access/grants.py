"""The matrix of rights: posts, the steps of core itself, and the one question `may`.

Subjects add their grants by their manifests; what belongs to no subject stands here.
"""

from typing import Protocol

from minzheng.kernel.areas import ancestors, level
from minzheng.kernel.grants import Grant, Matrix
from minzheng.kernel.module import registry

#: Post → its word.
POSTS = {
    "province_supervisor": "省级监督",
    "province_approver": "省级审批",
    "prefecture_supervisor": "市级监督",
    "county_clerk": "县级经办",
    "county_reviewer": "县级审核",
    "county_approver": "县级审批",
    "county_finance": "县级发放",
    "township_clerk": "乡镇经办",
    "village_worker": "村级协理",
    "child_director": "村级儿童主任",
    "auditor": "审计",
    "administrator": "系统管理员",
    "resident": "居民",
    "relative": "代办亲属",
}
#: Post → the levels of the areas where it is held: 1 province, 2 prefecture, 3 county, 4 township, 5 village.
LEVELS = {
    "province_supervisor": (1,),
    "province_approver": (1,),
    "prefecture_supervisor": (2,),
    "county_clerk": (3,),
    "county_reviewer": (3,),
    "county_approver": (3,),
    "county_finance": (3,),
    "township_clerk": (4,),
    "village_worker": (5,),
    "child_director": (5,),
    "auditor": (1, 2, 3),
    "administrator": (1, 2, 3),
    "resident": (5,),
    "relative": (5,),
}
#: Who approves or releases money, or decides who does: a second factor, and two persons to appoint one.
STRONG = frozenset({"province_approver", "county_approver", "county_finance", "auditor", "administrator"})
#: Those who are no officers: they act for themselves, or for a relative.
PRIVATE = frozenset({"resident", "relative"})
#: Step of core → its word.
STEPS = {
    "figures.view": "查看统计",
    "messages.view": "查看消息",
    "jobs.view": "查看后台任务",
    "people.view": "查看家庭",
    "people.reveal": "查看完整证件号码和账号",
    "people.merge": "合并重复的人员记录",
    "documents.view": "查看材料",
    "documents.add": "上传、旋转材料",
    "documents.withdraw": "撤回材料",
    "benefits.view": "查看发放计划",
    "benefits.confirm_change": "确认待遇变动",
    "benefits.exclude_line": "从计划中剔除",
    "benefits.freeze_plan": "锁定发放计划",
    "benefits.approve_plan": "审批发放计划",
    "benefits.settle_finding": "办结核对事项",
    "ledger.view": "查看支付",
    "ledger.correct_account": "更正收款账户",
    "ledger.approve_account": "审批账户变更",
    "ledger.reissue": "重新发放",
    "ledger.unlock": "恢复后解除支付锁定",
    "rights.view": "查看岗位和权限",
    "rights.appoint": "任命、结束、安排顶岗",
    "rights.confirm": "确认他人提出的任命",
    "rights.unlock": "解锁账号",
    "rights.reset_factor": "重置第二因素",
    "sheets.export": "导出名单",
    "sheets.import": "按表格导入",
}
_LOOK = ("figures.view", "people.view", "benefits.view", "ledger.view", "jobs.view", "sheets.export")
_PAPERS = ("documents.view", "documents.add", "documents.withdraw")
_STEPS_OF_POST = {
    "province_supervisor": _LOOK,
    "province_approver": (*_LOOK, "benefits.approve_plan", "ledger.unlock"),
    "prefecture_supervisor": _LOOK,
    "county_clerk": (
        *_LOOK,
        *_PAPERS,
        "people.reveal",
        "people.merge",
        "benefits.confirm_change",
        "benefits.freeze_plan",
        "benefits.exclude_line",
        "benefits.settle_finding",
        "ledger.correct_account",
        "sheets.import",
    ),
    "county_reviewer": (*_LOOK, *_PAPERS, "people.reveal"),
    "county_approver": (
        *_LOOK,
        "documents.view",
        "benefits.approve_plan",
        "benefits.settle_finding",
        "ledger.approve_account",
    ),
    "county_finance": (*_LOOK, "ledger.reissue"),
    "township_clerk": (*_LOOK, *_PAPERS, "people.reveal", "sheets.import"),
    "village_worker": ("figures.view", *_PAPERS),
    "child_director": ("figures.view",),
    "auditor": (*_LOOK, "documents.view", "rights.view"),
    "administrator": (
        "figures.view",
        "rights.view",
        "rights.appoint",
        "rights.confirm",
        "rights.unlock",
        "rights.reset_factor",
    ),
}
GRANTS = (
    *(Grant(post, step, "subtree") for post, steps in _STEPS_OF_POST.items() for step in steps),
    *(Grant(post, "messages.view", "own_area") for post in _STEPS_OF_POST),
)


def seat(post: str, area: int) -> int:
    """The area where whoever holds a post answers for `area`: the one above it of the post's level."""
    return next(code for code in ancestors(area) if level(code) in LEVELS[post])


class HasPost(Protocol):
    """What the question asks of a scope: the post under which one acts."""

    @property
    def post(self) -> str | None: ...


def matrix() -> Matrix:
    """Every grant in force, of core and of all registered subjects."""
    return Matrix([*GRANTS, *registry.grants()])


def may(scope: HasPost | None, step: str, area: int | None = None) -> bool:
    """Whether one acting under this scope may take the step: draws the button and guards the endpoint alike.

    With `area`, also whether the grant reaches a thing handled there. Nobody (None) may nothing. A step that
    no grant names is a programming error, so LookupError and not a refusal.
    """
    rights = matrix()
    if not rights.posts(step):
        raise LookupError(f"no grant names the step {step!r}")
    grant = rights.grant(scope.post, step) if scope is not None and scope.post else None
    if grant is None:
        return False
    if area is None:
        return True
    own = getattr(scope, "area", None)
    ranges = getattr(scope, "ranges", ())
    if grant.reach == "subtree" and any(low <= area <= high for low, high in ranges):
        return True
    return own is not None and grant.covers(own, area)
