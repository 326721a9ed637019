"""The words that pages use for the vocabularies of benefits and ledger, with the colour of each status."""

PROGRAMMES = {"dibao": "低保", "tekun": "特困供养", "marginal": "低保边缘", "rigid_expenditure": "刚性支出"}
KINDS = {
    "new": "新增",
    "up": "增发",
    "down": "减发",
    "stop": "停发",
    "phase_out": "渐退",
    "death": "死亡",
    "standard": "提标",
}
DECISIONS = {"grant": "批准给予", "change": "调整", "end": "终止", "import": "历史认定导入"}
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
HOLDS = {
    "waiting": ("待另一人批准", "warn"),
    "released": ("已批准", "ok"),
    "refused": ("未批准", "bad"),
}
RELATIONS = ("户主", "配偶", "子", "女", "孙辈", "父母", "祖父母", "兄弟姐妹", "其他")
SEXES = {0: "未知", 1: "男", 2: "女", 9: "未说明"}
AUTHORITIES = {True: "城市标准", False: "农村标准"}
