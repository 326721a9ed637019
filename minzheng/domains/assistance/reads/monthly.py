"""The tables that townships draw up by hand every month, from what was decided and done.

Each is a row of TABLES: what it is called, why it is kept, its columns, and the question. All speak of one
benefit month and the areas [lo, hi]; a decision belongs to the month from which it takes effect.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection

from minzheng.core.people import masks
from minzheng.domains.assistance.workflow import PROCEDURES
from minzheng.kernel.money import yuan
from minzheng.kernel.periods import Month

Kind = Literal["text", "name", "place", "money", "count", "day", "step"]
BANFA = "民发〔2021〕57号"
#: A row of a month's decisions: the right that begins then, and the one it follows on, if any.
BEGUN = """
    FROM benefits_entitlement e
    JOIN benefits_decision n ON n.id = e.decision_id
    LEFT JOIN benefits_change c ON c.id = n.change_id
    LEFT JOIN benefits_entitlement b
           ON (b.household, b.person, b.programme) = (e.household, e.person, e.programme)
          AND NOT isempty(b.valid) AND upper(b.valid) = lower(e.valid)
    JOIN people_person p ON p.id = e.payee
    WHERE e.programme = 'dibao' AND NOT isempty(e.valid) AND lower(e.valid) >= %(first)s
      AND lower(e.valid) < %(after)s AND e.area BETWEEN %(lo)s AND %(hi)s
"""
#: A right that ends with the month's first days and is not followed by another.
ENDED = """
    FROM benefits_entitlement e
    JOIN people_person p ON p.id = e.payee
    LEFT JOIN LATERAL (SELECT x.* FROM benefits_decision x WHERE x.household = e.household
          AND (x.person, x.programme, x.kind) = (e.person, e.programme, 'end') AND x.starts = upper(e.valid)
          ORDER BY x.id DESC LIMIT 1) n ON true
    LEFT JOIN benefits_change c ON c.id = n.change_id
    WHERE e.programme = 'dibao' AND NOT isempty(e.valid) AND upper(e.valid) >= %(first)s
      AND upper(e.valid) < %(after)s AND e.area BETWEEN %(lo)s AND %(hi)s
      AND NOT EXISTS (SELECT FROM benefits_entitlement s WHERE (s.household, s.person, s.programme)
          = (e.household, e.person, e.programme) AND lower(s.valid) = upper(e.valid) AND NOT isempty(s.valid))
"""
COVERED = "(SELECT count(*) FROM benefits_entitlementperson q WHERE q.entitlement_id = e.id)"
WHY = "coalesce(nullif(c.reason, ''), n.law, '')"
#: A month's steps of one kind, with the case.
STEPS = """
    FROM cases_event v JOIN cases_case k ON k.id = v.case_id
    WHERE v.step = ANY(%(steps)s) AND v.on_day >= %(first)s AND v.on_day < %(after)s
      AND v.area BETWEEN %(lo)s AND %(hi)s
"""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading and what kind of value stands in it."""

    label: str
    kind: Kind = "text"

    @property
    def numeric(self) -> bool:
        """Whether it is set right and added up."""
        return self.kind in ("money", "count")


@dataclass(frozen=True)
class Table:
    """A monthly table; `steps` are the keys of the steps that its question asks for."""

    key: str
    label: str
    law: str
    columns: tuple[Column, ...]
    sql: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A table for a month and area: its rows as shown, the sums under numeric columns ("" elsewhere)."""

    table: Table
    month: Month
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[str, ...]


HOME = (Column("村（社区）", "place"), Column("户编号"), Column("户主或申请人", "name"))
CASE = (
    Column("村（社区）", "place"),
    Column("案件编号"),
    Column("申请人", "name"),
    Column("办理日期", "day"),
)


NOW, BEFORE = Column("月低保金", "money"), Column("原月低保金", "money")
RISE, STOPPED = Column("增加", "money"), Column("停发日", "day")


def _decided(
    key: str, label: str, article: str, condition: str, more: tuple[Column, ...], values: str
) -> Table:
    return Table(
        key, label, f"{BANFA} §{article}",
        (*HOME, Column("保障人数", "count"), *more, Column("事由")),
        f"SELECT e.area, e.household::text, p.name, {COVERED}, {values}, {WHY} {BEGUN} AND {condition}"
        " ORDER BY e.area, e.household",
    )  # fmt: skip


def _ended(key: str, label: str, article: str, condition: str) -> Table:
    return Table(
        key, label, f"{BANFA} §{article}",
        (*HOME, Column("原保障人数", "count"), BEFORE, STOPPED, Column("事由")),
        f"SELECT e.area, e.household::text, p.name, {COVERED}, e.amount, upper(e.valid), {WHY} {ENDED}"
        f" AND {condition} ORDER BY e.area, e.household",
    )  # fmt: skip


def _stepped(key: str, label: str, article: str, *steps: str) -> Table:
    return Table(
        key, label, f"{BANFA} §{article}", (*CASE, Column("经办人"), Column("理由或说明")),
        "SELECT v.area, k.number, k.title, v.on_day, v.name, concat_ws('；', nullif(v.words, ''),"
        f" nullif(array_to_string(v.reasons, '；'), '')) {STEPS} ORDER BY v.on_day, k.number",
        steps,
    )  # fmt: skip


TABLES = (
    _stepped("received", "低保申请受理台账", "10", "dibao.accept"),
    _stepped("declined", "不予受理台账", "10", "dibao.decline"),
    _stepped("asked", "一次性告知（补正）台账", "10", "dibao.ask_more"),
    Table(
        "kin", "近亲属备案表", f"{BANFA} §11", (*CASE, Column("关系说明")),
        "SELECT k.area, k.number, k.title, k.opened_on, k.kin FROM cases_case k WHERE k.kin <> ''"
        " AND k.opened_on >= %(first)s AND k.opened_on < %(after)s AND k.area BETWEEN %(lo)s AND %(hi)s"
        " ORDER BY k.opened_on, k.number",
    ),
    _stepped("visited", "入户调查台账", "16", "dibao.visited"),
    _stepped("opinions", "初审意见汇总表", "19", "dibao.agree", "dibao.disagree", "dibao.agree_again"),
    _stepped("objections", "公示异议及复查台账", "19", "dibao.object"),
    _stepped("confirmed", "审核确认汇总表", "20", "dibao.confirm"),
    _stepped("refused", "不予确认台账", "21", "dibao.refuse"),
    _decided("new", "新增保障对象表", "21", "b.id IS NULL", (NOW,), "e.amount"),
    _decided("up", "增发对象表", "32", "b.amount < e.amount", (BEFORE, NOW, RISE),
             "b.amount, e.amount, e.amount - b.amount"),
    _decided("down", "减发对象表", "32", "b.amount > e.amount", (BEFORE, NOW, Column("减少", "money")),
             "b.amount, e.amount, b.amount - e.amount"),
    _decided("phase_out", "渐退对象表", "33", "n.basis ->> 'kind' = 'phase_out'", (NOW,), "e.amount"),
    _ended("stopped", "停发对象表", "32", "coalesce(n.basis ->> 'kind', '') <> 'death'"),
    _ended("died", "自然减员表", "32", "n.basis ->> 'kind' = 'death'"),
    Table(
        "caught", "退出对象兜底纠治表", "民发〔2022〕83号",
        (*HOME, BEFORE, STOPPED, Column("退出后身份")),
        "SELECT e.area, e.household::text, p.name, e.amount, upper(e.valid), coalesce((SELECT"
        " string_agg(DISTINCT CASE d.programme WHEN 'marginal' THEN '低保边缘'"
        " WHEN 'rigid_expenditure' THEN '刚性支出困难' WHEN 'tekun' THEN '特困供养'"
        " ELSE d.programme END, '、') FROM benefits_determination d"
        " WHERE d.household = e.household AND d.current AND d.eligible AND d.programme <> 'dibao'),"
        f" '未纳入，请走访核实') {ENDED} AND coalesce(n.basis ->> 'kind', '') <> 'death'"
        " ORDER BY e.area, e.household",
    ),
    _stepped("reviewed", "定期复核台账", "31", "dibao_review.keep", "dibao_review.change",
             "dibao_review.phase_out", "dibao_review.stop"),
    Table(
        "roster", "在保对象花名册", f"{BANFA} §24",
        (*HOME, Column("保障人数", "count"), NOW, Column("起保日", "day")),
        f"SELECT e.area, e.household::text, p.name, {COVERED}, e.amount, lower(e.valid)"
        " FROM benefits_entitlement e JOIN people_person p ON p.id = e.payee WHERE e.programme = 'dibao'"
        " AND e.valid @> %(first)s::date AND e.area BETWEEN %(lo)s AND %(hi)s ORDER BY e.area, e.household",
    ),
    Table(
        "sums", "分村资金汇总表", f"{BANFA} §24",
        (Column("村（社区）", "place"), Column("户数", "count"), Column("人数", "count"),
         Column("应发", "money"), Column("已到账", "money"), Column("发放失败", "money")),
        "SELECT d.area, count(DISTINCT d.household), coalesce(sum((SELECT count(*) FROM"
        " benefits_entitlementperson q WHERE q.entitlement_id = d.entitlement_id))"
        " FILTER (WHERE d.revision = 0), 0), sum(d.amount), coalesce(sum(i.amount)"
        " FILTER (WHERE i.state = 'paid'), 0), coalesce(sum(i.amount)"
        " FILTER (WHERE i.state = 'failed'), 0) FROM benefits_dueline d LEFT JOIN ledger_instruction i"
        " ON i.due_line_id = d.id AND i.reissue_of_id IS NULL WHERE d.month = %(first)s AND d.state = 'due'"
        " AND d.programme = 'dibao' AND d.area BETWEEN %(lo)s AND %(hi)s GROUP BY d.area ORDER BY d.area",
    ),
    Table(
        "overdue", "超期办理台账", f"{BANFA} §22",
        (*CASE[:3], Column("应办日期", "day"), Column("待办步骤", "step"), Column("当前状态")),
        "SELECT k.area, k.number, k.title, least(k.due_on, k.whole_due_on), k.waits_for, k.state"
        " FROM cases_case k WHERE k.closed_on IS NULL AND least(k.due_on, k.whole_due_on) < %(after)s"
        " AND least(k.due_on, k.whole_due_on) < %(today)s AND k.area BETWEEN %(lo)s AND %(hi)s ORDER BY 4, 2",
    ),
)  # fmt: skip
STEP_LABELS = {step.key: step.label for table in PROCEDURES for step in table.steps}
BY_KEY = {table.key: table for table in TABLES}


def filled(table: Table, month: Month, lo: int, hi: int, today: date, places: Any) -> Filled:
    """The table of a month over the areas [lo, hi]; `places` names a set of area codes."""
    values = {
        "first": month.first, "after": month.next().first, "lo": lo, "hi": hi, "steps": list(table.steps),
        "today": today,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(table.sql, values)
        found = cursor.fetchall()
    at = [index for index, column in enumerate(table.columns) if column.kind == "place"]
    names = places({row[index] for row in found for index in at})
    rows = tuple(
        tuple(_shown(column.kind, value, names) for column, value in zip(table.columns, row, strict=True))
        for row in found
    )
    sums = tuple(
        _shown(column.kind, sum(row[index] or 0 for row in found), names) if column.numeric and found else ""
        for index, column in enumerate(table.columns)
    )
    return Filled(table, month, rows, sums)


def _shown(kind: Kind, value: Any, names: dict[int, str]) -> str:
    if value is None:
        return "—"
    if kind == "money":
        return yuan(int(value))
    if kind == "count":
        return f"{int(value):,}"
    if kind == "step":
        return STEP_LABELS.get(value, value)
    if kind == "name":
        return masks.name(value)
    if kind == "place":
        return names.get(value, str(value))
    return f"{value}"
