"""The words that pages use for the vocabularies of benefits and ledger, with the colour of each status.

Programmes and kinds of change are called what the manifests and the kernel call them.
"""

from minzheng.kernel.module import CHANGE_LABELS, registry

KINDS = {str(kind): label for kind, label in CHANGE_LABELS.items()}


def programmes() -> dict[str, str]:
    """Key → name of every registered programme, the closest to subsistence first."""
    return {each.key: each.label for each in registry.programmes()}


def statuses() -> list[str]:
    """The programmes that pay nothing: a household stands in them by what the law finds."""
    return [each.key for each in registry.programmes() if each.amount is None]


DECISIONS = {
    "grant": "批准给予",
    "change": "调整",
    "end": "终止",
    "import": "历史认定导入",
    "past": "更正以前月份",
}
# Status → (word, colour class). The template gives each class its shape, so colour never speaks alone.
PLANS = {
    "draft": ("编制中", "off"),
    "frozen": ("待初次批准", "warn"),
    "approved_once": ("待再次批准", "warn"),
    "approved": ("已批准", "ok"),
    "instructed": ("已发往银行", "info"),
    "closed": ("已办结", "ok"),
}
SENT = {
    "paid": ("已到账", "ok"),
    "ready": ("待发送", "info"),
    "filed": ("银行处理中", "warn"),
    "waiting": ("待支付", "info"),
    "failed": ("发放失败", "bad"),
    "withheld": ("不发", "off"),
}
CHANGES = {
    "waiting": ("待确认", "warn"),
    "confirmed": ("已确认", "ok"),
    "rejected": ("不予变动", "off"),
    "automatic": ("依法自动", "info"),
    "overtaken": ("已被后续变动取代", "off"),
}
FILES = {
    "cut": ("已出盘", "info"),
    "written": ("已送银行", "info"),
    "acked": ("银行已签收", "warn"),
    "refused": ("银行退回", "bad"),
    "answered": ("已回盘", "ok"),
}
HOLDS = {
    "waiting": ("待另一人批准", "warn"),
    "released": ("已批准", "ok"),
    "refused": ("未批准", "bad"),
}
FINDING_STATES = {"open": ("待核对", "warn"), "settled": ("已办结", "ok")}
FINDINGS = {
    "covered_twice": "重复保障",
    "shared_account": "多户一个账户",
    "double_benefit": "合并后重复",
    "payee_dead": "领取人已故",
    "no_account": "没有账户",
    "overpaid": "多发待追回",
    "reconcile": "对账不符",
    "answer_unknown": "回盘对象不明",
    "answer_amount": "回盘金额不符",
    "answer_code": "回盘结果码不明",
    "answer_contradiction": "回盘前后不一",
    "answer_duplicate": "回盘重复",
    "answer_line": "回盘序号不符",
    "answer_row": "回盘行无法读取",
    "answer_count": "回盘笔数不符",
}
RELATIONS = ("户主", "配偶", "子", "女", "孙辈", "父母", "祖父母", "兄弟姐妹", "其他")
SEXES = {0: "未知", 1: "男", 2: "女", 9: "未说明"}
AUTHORITIES = {True: "城市标准", False: "农村标准"}
# Lamp of a case → (word, colour class); {} is the number of working days.
LAMPS = {
    "overdue": ("已超期 {} 个工作日", "bad"),
    "due": ("今天到期", "bad"),
    "near": ("剩 {} 个工作日", "warn"),
    "far": ("剩 {} 个工作日", "ok"),
    "paused": ("补正中，计时暂停", "off"),
    "none": ("不限时", "off"),
}
