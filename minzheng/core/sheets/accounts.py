"""收款账户更新登记: payees' accounts by identity number, each held until another person approves it."""

from collections.abc import Sequence

from minzheng.core.access.scope import Scope
from minzheng.core.ledger import changing
from minzheng.core.people.crypto import provider
from minzheng.core.people.terms import BANKS
from minzheng.core.sheets.cells import Field
from minzheng.core.sheets.sheet import Row, Sheet, register

CODES = {label: code for code, label in BANKS.items()}
NOBODY = "您的管辖范围内没有这名领取人"


def judge(rows: Sequence[Row], scope: Scope) -> None:
    """Who is a payee here, under this name; what is on record already; what waits for approval."""
    own = provider()
    indexes = own.index([row.values["number"] for row in rows])
    numbers = own.index([row.values["account"] for row in rows])
    found = changing.payees(indexes, scope)
    for row, index, number in zip(rows, indexes, numbers, strict=True):
        payee = row.found = found.get(index)
        if payee is None:
            row.reject("number", NOBODY, "请核对身份证号；领取人在别的地方的，请由当地办理。")
        elif payee.name != row.values["name"]:
            row.reject("name", "姓名与登记库中这个身份证号的姓名不一致", "请按身份证核对姓名和号码。")
        elif payee.account_index == number and payee.bank == CODES[row.values["bank"]]:
            row.link(payee.account, "与现用账户相同，没有变化")
        elif payee.waiting:
            row.review(
                "account",
                "这名领取人已有一项账户变更在等另一人批准",
                "请先在“账户变更”里办结，再导入这一行。",
            )


def write(rows: Sequence[Row], scope: Scope, source: str) -> None:
    """Each row becomes a changed account that waits for another natural person."""
    changes = [(row.found, CODES[row.values["bank"]], row.values["account"]) for row in rows]
    written = changing.change(changes, scope, source)
    for row in rows:
        row.record = written[row.found.person]


ACCOUNTS = register(
    Sheet(
        "accounts", "收款账户更新登记", "户", "ledger.correct_account", 1,
        "按身份证号更新领取人的收款账户。写入后不立即生效：须另一名自然人在“账户变更”里批准，批准前暂停向其发放。",
        (
            Field("number", "身份证号", "identity", example="（18 位，文本格式）",
                  note="整列为文本格式；数字格式会丢掉末位，一律退回。"),
            Field("name", "姓名", "name", example="张三", note="须与登记库一致。"),
            Field("bank", "开户银行", "choice", example=next(iter(CODES)), choices=tuple(CODES),
                  note="从下拉列表中选。"),
            Field("account", "账号", "account", example="（10 到 25 位，文本格式）", note="整列为文本格式。"),
            Field("remark", "备注", required=False, example="存折换卡", note="可不填。"),
        ),
        ("number",), judge, write, changing.take_back,
        after="写入的账户在“账户变更”里等另一人批准。",
    )
)  # fmt: skip
