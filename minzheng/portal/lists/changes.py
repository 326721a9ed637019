"""变动: where the law's finding differs from what is paid."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from minzheng.core.sheets.listing import Asked, Column, Listing, Totals, register
from minzheng.portal import words
from minzheng.portal.lists.drawing import beside, household, narrow, tag
from minzheng.portal.reads import changes as reads


def _filters(query: QueryDict) -> dict[str, Any]:
    state, kind = query.get("state", ""), query.get("kind", "")
    return {
        "state": state if state in words.CHANGES else "waiting",
        "kind": kind if kind in words.KINDS else "",
    }


def _totals(asked: Asked) -> Totals:
    found = reads.kinds(asked.lo, asked.hi, asked.filters["state"])
    return Totals(sum(count for key, count in found if asked.filters["kind"] in ("", key)))


def _rows(asked: Asked, limit: int | None, offset: int) -> Iterable[reads.Change]:
    its = asked.filters
    return reads.changes(asked.lo, asked.hi, its["state"], its["kind"], asked.order, limit, offset)


def _said(filters: Mapping[str, Any]) -> str:
    return f"{words.CHANGES[filters['state']][0]}，{words.KINDS.get(filters['kind'], '各种')}"


def _what(row: reads.Change) -> str:
    return f"{words.programmes().get(row.programme, row.programme)} {words.KINDS.get(row.kind, row.kind)}"


def _why(row: reads.Change, _: Any) -> SafeString | str:
    return format_html('{}<div class="note">{}</div>', row.reason, row.law) if row.law else row.reason


def _state(row: reads.Change, _: Any) -> SafeString | str:
    drawn = tag(words.CHANGES.get(row.state))
    if not row.decided_by or row.decided_at is None:
        return drawn
    when = f"{localtime(row.decided_at):%m-%d %H:%M}"
    return format_html('{}<div class="note">{} {}</div>', drawn, row.decided_by, when)


CHANGES = register(
    Listing(
        "changes", "变动", "件", "benefits.view",
        (
            Column("household", "户编号", lambda c, _: c.household, household, sort="c.household",
                   fixed=True),
            Column("name", "领取人", lambda c, _: c.name, level=2),
            Column("area", "属地", lambda c, names: names.get(c.area, ""), sort="c.area", classes="key"),
            Column("kind", "种类", lambda c, _: _what(c), sort="c.kind", classes="nowrap"),
            Column("old", "原（元/月）", lambda c, _: c.old, sort="c.old", kind="money"),
            Column("new", "现（元/月）", lambda c, _: c.new, sort="c.new", kind="money"),
            Column("reason", "理由", lambda c, _: c.reason, _why, classes="key"),
            Column("law", "依据", lambda c, _: c.law, spare=True),
            Column("state", "状态", lambda c, _: words.CHANGES.get(c.state, ("",))[0], _state),
            Column("month", "月份", lambda c, _: f"{c.month:%Y-%m}", spare=True),
            Column("by", "办理人", lambda c, _: c.decided_by or "", spare=True),
        ),
        _filters, _totals, _rows,
        lambda code, query: beside(reverse("changes"), f"area={code}&{query}".rstrip("&")),
        "c.area, c.id", narrow, _said,
    )
)  # fmt: skip
