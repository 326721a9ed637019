"""救助对象: the households that stand in a programme."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from minzheng.core.areas.day import today
from minzheng.core.sheets.listing import Asked, Column, Listing, Totals, register
from minzheng.portal import words
from minzheng.portal.lists.drawing import beside, household, narrow, tag
from minzheng.portal.reads import families as reads

STANDING, FOUND = ("在保", "ok"), ("已认定", "info")


def _filters(query: QueryDict) -> dict[str, Any]:
    programme = query.get("programme", "")
    return {"programme": programme if programme in words.programmes() else ""}


def _totals(asked: Asked) -> Totals:
    count, persons, amount = reads.totals(
        asked.lo, asked.hi, today(), asked.filters["programme"], words.statuses()
    )
    return Totals(count, {"persons": persons, "amount": amount})


def _rows(asked: Asked, limit: int | None, offset: int) -> Iterable[reads.Family]:
    programme, statuses = asked.filters["programme"], words.statuses()
    return reads.families(asked.lo, asked.hi, today(), programme, statuses, asked.order, limit, offset)


def _said(filters: Mapping[str, Any]) -> str:
    return words.programmes().get(filters["programme"], "全部类别")


def _state(row: reads.Family) -> tuple[str, str]:
    return STANDING if row.amount else FOUND


HOUSEHOLDS = register(
    Listing(
        "households", "救助对象", "户次", "people.view",
        (
            Column("household", "户编号", lambda f, _: f.household, household, sort="s.household",
                   fixed=True),
            Column("name", "领取人", lambda f, _: f.name, level=2),
            Column("number", "身份证号", lambda f, _: f.number, classes="nowrap", level=2),
            Column("area", "属地", lambda f, names: names.get(f.area, ""), sort="s.area", classes="key"),
            Column("code", "区划代码", lambda f, _: f.area, spare=True),
            Column("programme", "类别", lambda f, _: words.programmes().get(f.programme, ""),
                   sort="s.programme"),
            Column("persons", "保障人数", lambda f, _: f.persons, sort="s.persons", kind="number",
                   total="persons"),
            Column("amount", "月保障金（元）", lambda f, _: f.amount or None, sort="s.amount", kind="money",
                   total="amount"),
            Column("state", "状态", lambda f, _: _state(f)[0], lambda f, _: tag(_state(f))),
            Column("since", "起始日", lambda f, _: f.since, sort="s.since", kind="date", classes="nowrap"),
        ),
        _filters, _totals, _rows,
        lambda code, query: beside(reverse("households", args=[code]), query),
        "s.area, s.household, s.programme", narrow, _said,
    )
)  # fmt: skip
