"""The monthly tables on screen, on paper and as a workbook."""

from datetime import datetime, time
from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.urls import path
from xlsxwriter import Workbook

from minzheng.core.access import guarded
from minzheng.core.access.scope import Scope, current
from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.core.audit.actions import log_access
from minzheng.core.page import answer, chosen, place_asked, places, way
from minzheng.domains.assistance.reads import monthly as reads
from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Month

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: So many rows stand on a page; the workbook has them all.
SHOWN = 500


@guarded("cases.view")
def monthly(request: HttpRequest) -> HttpResponse:
    """One table of one month over an area; `format=xlsx` as a workbook, which is logged."""
    scope = current()
    table = reads.BY_KEY[chosen(request, "table", reads.BY_KEY) or "new"]
    month, place = month_asked(request), place_asked(request, scope)
    low, high = areas.subtree(place.code)
    found = reads.filled(table, month, low, high, today(), places)
    if request.GET.get("format") == "xlsx":
        log_access("cases.export", f"monthly/{table.key}/{month}/{place.code}", f"{len(found.rows)}行")
        return workbook(found, place.name, scope)
    context = {
        "filled": found,
        "shown": found.rows[:SHOWN],
        "more": max(0, len(found.rows) - SHOWN),
        "tables": reads.TABLES,
        "month": month,
        "before": month.previous(),
        "after": month.next(),
        "place": place,
        "way": way(place.code, scope.lo, scope.hi),
        "leaf": "月度报表",
        "maker": scope.name,
    }
    return answer(request, "assistance/monthly.html", context, here="monthly", part=True)


def month_asked(request: HttpRequest) -> Month:
    """The month in the address, else that of the business date."""
    try:
        return Month.parse(request.GET.get("month", ""))
    except Refusal:
        return Month.of(today())


def workbook(filled: reads.Filled, place: str, scope: Scope) -> HttpResponse:
    """The table as a workbook: heading, unit, columns, sums, who made it and when. Text stays text."""
    held = BytesIO()
    book = Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime.combine(today(), time())})
    sheet = book.add_worksheet("月报")
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#EEF2F7", "text_wrap": True})
    cell, right = (
        book.add_format({"border": 1, "text_wrap": True}),
        book.add_format({"border": 1, "align": "right"}),
    )
    columns = filled.table.columns
    sheet.merge_range(0, 0, 0, len(columns), f"{place}{filled.table.label}（{filled.month.label}）", title)
    sheet.write_string(1, 0, f"依据：{filled.table.law}　金额单位：元")
    for at, label in enumerate(["序号", *(column.label for column in columns)]):
        sheet.write_string(2, at, label, head)
    for line, row in enumerate(filled.rows):
        sheet.write_number(3 + line, 0, line + 1, cell)
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            sheet.write_string(3 + line, at + 1, value, right if column.numeric else cell)
    last = 3 + len(filled.rows)
    for at, value in enumerate(["合计", *filled.sums]):
        sheet.write_string(last, at, value, right)
    sheet.write_string(
        last + 2,
        0,
        f"制表：{scope.name}　制表日期：{today()}　共 {len(filled.rows)} 行　审核：　　　　负责人：",
    )
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, len(columns), 18)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    response = HttpResponse(held.getvalue(), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{filled.table.key}-{filled.month}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


ADDRESSES = [path("monthly/", monthly, name="monthly")]
