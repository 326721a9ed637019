"""应发明细 and 发放失败账户: what is due for a month, and what the bank could not pay."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from minzheng.core.areas.day import today
from minzheng.core.ledger.bankfile import CODES
from minzheng.core.people.terms import BANKS
from minzheng.core.sheets.listing import Asked, Column, Listing, Totals, register
from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Month
from minzheng.portal import words
from minzheng.portal.lists.drawing import beside, household, narrow, tag
from minzheng.portal.reads import money as reads
from minzheng.portal.reads.standing import month_of

STAGES = {
    "approve": "另一人批准新账户",
    "refused": "新账户未批准，待经办重新更正",
    "reissue": "发放岗重新发放",
}


def month_asked(query: QueryDict) -> date | None:
    """The first day of the month in a query string, or None where it names none."""
    try:
        return Month.parse(query.get("month", "")).first
    except Refusal:
        return None


def _line_filters(query: QueryDict) -> dict[str, Any]:
    plan, state = query.get("plan", ""), query.get("state", "")
    return {
        "month": month_asked(query) or month_of() or today().replace(day=1),
        "plan": int(plan) if plan.isascii() and plan.isdigit() and len(plan) < 16 else None,
        "state": state if state in reads.SENT else "",
    }


def _line_totals(asked: Asked) -> Totals:
    its = asked.filters
    count, amount = reads.due_total(asked.lo, asked.hi, its["month"], its["plan"], its["state"])
    return Totals(count, {"amount": amount})


def _lines(asked: Asked, limit: int | None, offset: int) -> Iterable[reads.DueLine]:
    its = asked.filters
    return reads.due_lines(
        asked.lo, asked.hi, its["month"], its["plan"], its["state"], asked.order, limit, offset
    )


def _lines_said(filters: Mapping[str, Any]) -> str:
    state = words.SENT[filters["state"]][0] if filters["state"] else "全部状态"
    plan = f"，计划 {filters['plan']}" if filters["plan"] else ""
    return f"{filters['month']:%Y-%m}，{state}{plan}"


def _sent(row: reads.DueLine) -> tuple[str, str] | None:
    return words.SENT.get(row.sent or "")


LINES = register(
    Listing(
        "lines", "应发明细", "笔", "benefits.view",
        (
            Column("household", "户编号", lambda d, _: d.household, household, sort="l.household",
                   fixed=True),
            Column("name", "领取人", lambda d, _: d.name, level=2),
            Column("area", "属地", lambda d, names: names.get(d.area, ""), sort="l.area", classes="key"),
            Column("programme", "类别", lambda d, _: words.programmes().get(d.programme, ""),
                   sort="l.programme"),
            Column("amount", "金额（元）", lambda d, _: d.amount, sort="l.amount", kind="money",
                   total="amount"),
            Column("sent", "支付", lambda d, _: (_sent(d) or ("",))[0], lambda d, _: tag(_sent(d)),
                   sort="l.sent"),
            Column("reason", "说明", lambda d, _: d.reason, classes="soft"),
        ),
        _line_filters, _line_totals, _lines,
        lambda code, query: beside(reverse("lines", args=[code]), query),
        "l.area, l.id", narrow, _lines_said,
    )
)  # fmt: skip


def _failed_filters(query: QueryDict) -> dict[str, Any]:
    return {"month": month_asked(query), "all": query.get("all") == "1"}


def _failed_totals(asked: Asked) -> Totals:
    count, amount = reads.failed_total(asked.lo, asked.hi, asked.filters["month"], asked.filters["all"])
    return Totals(count, {"amount": amount})


def _failed(asked: Asked, limit: int | None, offset: int) -> Iterable[reads.Failure]:
    its = asked.filters
    return reads.failures(asked.lo, asked.hi, its["month"], its["all"], asked.order, limit, offset)


def _stage(row: reads.Failure) -> str:
    return "" if row.again else STAGES.get(row.stage, "经办更正账户")


FAILED = register(
    Listing(
        "failed", "发放失败账户", "笔", "ledger.view",
        (
            Column("household", "户编号", lambda f, _: f.household, household, sort="i.household",
                   fixed=True),
            Column("name", "领取人", lambda f, _: f.name, level=2),
            Column("area", "属地", lambda f, names: names.get(f.area, ""), sort="i.area", classes="key"),
            Column("month", "月份", lambda f, _: f"{f.month:%Y-%m}", sort="i.month"),
            Column("programme", "类别", lambda f, _: words.programmes().get(f.programme, ""),
                   sort="i.programme"),
            Column("amount", "金额（元）", lambda f, _: f.amount, sort="i.amount", kind="money",
                   total="amount"),
            Column("account", "银行账户", lambda f, _: f"{BANKS.get(f.bank, f.bank)} {f.last4}",
                   classes="nowrap", level=2),
            Column("code", "银行答复", lambda f, _: CODES.get(f.code, "没有答复"),
                   lambda f, _: tag((CODES.get(f.code, "没有答复"), "bad"))),
            Column("stage", "等待", lambda f, _: _stage(f), classes="soft"),
        ),
        _failed_filters, _failed_totals, _failed,
        lambda code, query: beside(reverse("failed"), f"area={code}&{query}".rstrip("&")),
        "i.area, i.id", narrow, lambda filters: "含已重新发放" if filters["all"] else "待处理",
    )
)  # fmt: skip
