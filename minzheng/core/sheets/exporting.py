"""Export what I see: the question of a list, asked again by a job, written into a marked and sealed file."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils.timezone import localtime, now

from minzheng.core.access.actor import ActRefusal
from minzheng.core.access.grants import POSTS, may
from minzheng.core.access.scope import Scope, acting
from minzheng.core.areas import reads as areas
from minzheng.core.audit.actions import log_access
from minzheng.core.jobs import actions as jobs
from minzheng.core.jobs.kinds import Outcome, Task
from minzheng.core.page import places
from minzheng.core.sheets import files
from minzheng.core.sheets.listing import Asked, Listing, listing
from minzheng.core.sheets.writing import MOST, Head, Mark, write_csv, write_xlsx
from minzheng.kernel.errors import Refusal

KIND, BATCH, SHORTEST = "export", 1000, 4
WRITERS = {"xlsx": write_xlsx, "csv": write_csv}


class ExportRefusal(Refusal):
    """What was asked for is not to be written; `field` is the form's field that is wrong."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def ask(found: Listing, code: int, query: str, form: str, purpose: str, scope: Scope) -> int:
    """Queue an export; returns the job. Raises ExportRefusal, and ActRefusal where the list is not theirs."""
    if form not in WRITERS:
        raise ExportRefusal("请选择文件格式：XLSX 或 CSV。", "form")
    if len(purpose.strip()) < SHORTEST:
        raise ExportRefusal(f"请写明导出的用途（至少{SHORTEST}个字），用途会写进文件和访问日志。", "purpose")
    _require(found, code, scope)
    arguments = {"listing": found.key, "code": code, "query": query[:1000], "form": form}
    words = f"导出{areas.names([code]).get(code, '')}{found.label}"
    return jobs.ask(KIND, words, arguments, scope, purpose.strip())


def export(task: Task) -> Outcome:
    """The work: one transaction under the asker's scope, both walls, the entry in the log among it."""
    found, code = listing(task.arguments["listing"]), int(task.arguments["code"])
    form = task.arguments["form"]
    _require(found, code, task.scope)
    with acting(task.scope, purpose=task.purpose), files.clear() as path:
        asked = found.asked(code, QueryDict(task.arguments["query"]))
        count = found.totals(asked).count
        if count > MOST:
            raise ExportRefusal(f"共 {count:,} {found.unit}，超过一次导出的上限 {MOST:,}，请缩小范围。")
        log_access(
            "sheets.export", f"jobs_job/{task.job}", f"{task.purpose}（{found.label} {count} {found.unit}）"
        )
        place = areas.names([code]).get(code, "")
        mark = marked(task.scope, f"{place}{found.label}", task.purpose, count, found.unit, now())
        heads = [Head(each.label, each.kind) for each in asked.columns]
        WRITERS[form](path, mark, heads, _lines(found, asked, count, task))
        name = files.keep(f"export-{task.job}", path.read_bytes())
    title = f"{place}{found.label}{localtime(now()):%Y%m%d%H%M}.{form}"
    return Outcome(f"已导出 {count:,} {found.unit}。", name, title)


def marked(scope: Scope, title: str, purpose: str, count: int, unit: str, at: datetime) -> Mark:
    """The mark of a file."""
    where = areas.names([scope.area]).get(scope.area, "")
    who = f"{scope.name}（{where}{POSTS.get(scope.post or '', '')}）"
    words = (
        f"{title}｜导出人：{who}｜时间：{localtime(at):%Y-%m-%d %H:%M}｜用途：{purpose}｜共 {count:,} {unit}"
        "｜内部资料，不得外传"
    )
    return Mark(title, who, words)


def _lines(found: Listing, asked: Asked, count: int, task: Task) -> Iterator[list[Any]]:
    source, done = iter(found.rows(asked, None, 0)), 0
    while batch := list(islice(source, BATCH)):
        names = places({found.area(row) for row in batch})
        for row in batch:
            yield [column.value(row, names) for column in asked.columns]
        done += len(batch)
        task.tell(min(done, count), count)


def _require(found: Listing, code: int, scope: Scope) -> None:
    if not may(scope, found.step) or not scope.holds(code):
        raise ActRefusal("您现在的岗位看不到这个名单，不能导出。")
