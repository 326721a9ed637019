"""The jobs of an import: check a file's rows, write the good ones, take them back, hand out the wrong ones.

Each portion is a transaction that moves its rows' states together with what it did, so that a job that was
killed goes on where it was: what is checked, written or taken back is in another state and not met again.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.timezone import now

from minzheng.core.access.scope import Scope, acting
from minzheng.core.areas.day import today
from minzheng.core.audit.actions import log_access
from minzheng.core.jobs.kinds import Outcome, Task
from minzheng.core.sheets import cells, files, reading, staging
from minzheng.core.sheets.exporting import marked
from minzheng.core.sheets.models import ROWS, Import
from minzheng.core.sheets.sheet import Row, Sheet, sheet
from minzheng.core.sheets.template import again
from minzheng.kernel.errors import Refusal

CHECK, WRITE, UNDO, WRONG = "import-check", "import-write", "import-undo", "import-wrong"
PORTION = 1000
CLASH = ("写入时与别人同时办理的事项冲突", "请核对这一行的现状后再导入。")


class ImportRefusal(Refusal):
    """The import is not, or no longer, in a state for this."""


def address(key: int) -> str:
    """Where an import is seen."""
    return f"/imports/{key}/"


def check(task: Task) -> Outcome:
    """Read the file, judge every row, stage all of them."""
    batch, found = _begin(task, ("received", "checking"), "checking")
    content = files.read(f"import-{batch.pk}")
    if content is None:
        raise ImportRefusal("上传的文件已不在，请重新上传。")
    try:
        read = reading.read(content, found.fields, found.mark)
    except reading.SheetRefusal as refusal:
        _end(task, batch, "refused", f"{refusal}")
        files.forget(f"import-{batch.pk}")
        return Outcome(f"{refusal}", link=address(batch.pk))
    lines = [line for line in read.lines if line.number > batch.upto]
    done = len(read.lines) - len(lines)
    task.tell(done, len(read.lines))
    for at in range(0, len(lines), PORTION):
        part = lines[at : at + PORTION]
        with acting(task.scope):
            rows = [_row(found, line) for line in part]
            _judge(found, rows, task.scope)
            staging.put(batch.pk, batch.area, found, rows)
            Import.objects.filter(pk=batch.pk).update(upto=part[-1].number)
        done += len(part)
        task.tell(done, len(read.lines))
    with acting(task.scope):
        staging.repeat(batch.pk, "与第 %s 行重复")
        if found.bunch:
            staging.together(batch.pk, "同组的其他行有误，整组不写入", "请改好同组有误的行。")
        counted = staging.counts(batch.pk)
        Import.objects.filter(pk=batch.pk).update(
            state="checked", ended_at=Now(), notes=[*batch.notes, *read.notes]
        )
    files.forget(f"import-{batch.pk}")
    return Outcome(_said(counted, ("ok", "bad", "linked", "review")), link=address(batch.pk))


def write(task: Task) -> Outcome:
    """Write the rows that can be written, judged once more as things stand now."""
    batch, found = _begin(task, ("checked", "writing"), "writing")
    with acting(task.scope):
        counted = staging.counts(batch.pk)
    total, done = counted.get("ok", 0) + counted.get("written", 0), counted.get("written", 0)
    while True:
        with acting(task.scope, purpose=f"导入 {batch.pk}"):
            rows = _next(found, batch.pk)
            if not rows:
                break
            _judge(found, rows, task.scope)
            _unbunch(found, rows)
            _write(found, [row for row in rows if row.state == "ok"], task.scope, f"导入 {batch.pk}")
            staging.move(batch.pk, rows)
        done += len(rows)
        task.tell(min(done, total), total)
    with acting(task.scope):
        counted = staging.counts(batch.pk)
        Import.objects.filter(pk=batch.pk).update(state="written", ended_at=Now())
    return Outcome(_said(counted, ("written", "bad", "linked", "review")), link=address(batch.pk))


def _next(found: Sheet, key: int) -> list[Row]:
    """The next rows to write, locked; whole bunches where rows go together."""
    return staging.bunches(key, PORTION) if found.bunch else staging.take(key, "ok", PORTION, lock=True)


def undo(task: Task) -> Outcome:
    """Take back what was written, as far as nobody has used it."""
    batch, found = _begin(task, ("written", "writing", "undoing"), "undoing")
    after, kept = 0, 0
    with acting(task.scope):
        total = staging.counts(batch.pk).get("written", 0)
    while True:
        with acting(task.scope, purpose=f"撤销导入 {batch.pk}"):
            rows = staging.take(batch.pk, "written", PORTION, after, lock=True)
            if not rows:
                break
            gone = found.undo([row.record for row in rows], task.scope, f"撤销导入 {batch.pk}")
            back = [row for row in rows if row.record in gone]
            for row in back:
                row.state = "undone"
            staging.move(batch.pk, back)
            after, kept = rows[-1].number, kept + len(rows) - len(back)
        task.tell(min(total, after), total)
    state = "written" if kept else "undone"
    with acting(task.scope):
        counted = staging.counts(batch.pk)
        told = f"已撤销 {counted.get('undone', 0):,} 行"
        told += f"；{kept:,} 行已被后续办理使用，不能撤销。" if kept else "。"
        Import.objects.filter(pk=batch.pk).update(state=state, told=told, ended_at=Now())
    return Outcome(told, link=address(batch.pk))


def wrong(task: Task) -> Outcome:
    """The rows that were wrong, as typed, with what is wrong beside them, in the template."""
    with acting(task.scope, purpose=task.purpose):
        batch = _own(task)
        found, rows, after = sheet(batch.sheet), [], 0
        while part := staging.take(batch.pk, "bad", PORTION, after):
            rows += [_typed(found, row) for row in part]
            after = part[-1].number
            task.tell(len(rows), 0)
        log_access("sheets.export", f"sheets_import/{batch.pk}", f"下载有误的 {len(rows)} 行")
        mark = marked(task.scope, f"{found.label}有误的行", "改正后重新导入", len(rows), "行", now())
        name = files.keep(f"wrong-{task.job}", again(found, rows, mark.words))
    return Outcome(f"共 {len(rows):,} 行。", name, f"{found.label}有误的行{batch.pk}.xlsx", address(batch.pk))


def _begin(task: Task, states: Sequence[str], state: str) -> tuple[Import, Sheet]:
    with acting(task.scope):
        batch = _own(task)
        if batch.state not in states:
            raise ImportRefusal("这次导入已经办过这一步，没有再做。")
        Import.objects.filter(pk=batch.pk).update(state=state, job=task.job)
    return batch, sheet(batch.sheet)


def _own(task: Task) -> Import:
    batch = Import.objects.filter(pk=task.arguments["import"], user=task.scope.user).first()
    if batch is None:
        raise ImportRefusal("找不到这次导入。")
    return batch


def _end(task: Task, batch: Import, state: str, told: str) -> None:
    with acting(task.scope):
        Import.objects.filter(pk=batch.pk).update(state=state, told=told[:500], ended_at=Now())


def _row(found: Sheet, line: reading.Line) -> Row:
    row = Row(line.number, {key: cells.typed(cell) for key, cell in line.cells.items()}, {})
    day = today()
    if line.merged:
        row.reject("", "这一行有合并单元格", "请取消合并，每行逐格填写。")
    for field in found.fields:
        if field.key in line.formulas:
            row.reject(field.key, "是公式，不是录入的内容", "请复制后“粘贴为值”。")
            continue
        try:
            row.values[field.key] = cells.read(field, line.cells.get(field.key), day)
        except cells.CellRefusal as refusal:
            row.reject(field.key, f"{refusal}", refusal.mend)
    return row


def _judge(found: Sheet, rows: Sequence[Row], scope: Scope) -> None:
    good = [row for row in rows if row.state == "ok"]
    if good:
        found.judge(good, scope)


def _unbunch(found: Sheet, rows: Sequence[Row]) -> None:
    """A bunch one of whose rows cannot be written any more is not written."""
    if not found.bunch:
        return
    keys = [tuple(row.values.get(each) for each in found.bunch) for row in rows]
    spoilt = {key for key, row in zip(keys, rows, strict=True) if row.state not in ("ok", "linked")}
    for key, row in zip(keys, rows, strict=True):
        if row.state == "ok" and key in spoilt:
            row.reject("", "同组的其他行有误，整组不写入", "请改好同组有误的行。")


def _write(found: Sheet, rows: list[Row], scope: Scope, source: str) -> None:
    """All at once; where the database refuses, in halves, until the row that clashes is found."""
    if not rows:
        return
    try:
        with transaction.atomic():
            found.write(rows, scope, source)
        for row in rows:
            row.state = "written"
    except IntegrityError:
        if len(rows) == 1 or found.bunch:
            for row in rows:
                row.review("", *CLASH)
            return
        _write(found, rows[: len(rows) // 2], scope, source)
        _write(found, rows[len(rows) // 2 :], scope, source)


def _typed(found: Sheet, row: Row) -> list[str]:
    labels = {field.key: field.label for field in found.fields}
    what = "；".join(f"{labels.get(each['key'], '整行')}：{each['problem']}" for each in row.problems)
    mend = "；".join(dict.fromkeys(each["mend"] for each in row.problems))
    return [*(row.typed.get(field.key, "") for field in found.fields), what, mend]


def _said(counted: dict[str, int], states: Sequence[str]) -> str:
    return "，".join(f"{ROWS[state][0]} {counted.get(state, 0):,}" for state in states) + "。"
