"""What an officer does with an import, and what is asked about it. Another's import does not exist."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minzheng.core.access.actor import ActRefusal, MissingRefusal, StaleRefusal, allowed
from minzheng.core.access.grants import may
from minzheng.core.access.scope import Scope, current
from minzheng.core.jobs import actions as jobs
from minzheng.core.jobs import reads as waiting
from minzheng.core.sheets import cells, files, importing, staging
from minzheng.core.sheets.models import IMPORTS, ROWS, Import
from minzheng.core.sheets.reading import SIZE, SheetRefusal
from minzheng.core.sheets.sheet import Row, Sheet, sheet, sheets

SHOWN, PAGE = 30, 50
WORKING = ("received", "checking", "writing", "undoing")
STEP = "sheets.import"


@dataclass(frozen=True)
class Card:
    """One import as a page shows it. `counts`: (state, word, colour, rows) of every state with rows."""

    id: int
    sheet: Sheet
    name: str
    state: str
    word: str
    colour: str
    told: str
    notes: tuple[str, ...]
    job: int | None
    made_at: datetime
    counts: tuple[tuple[str, str, str, int], ...]
    open: bool

    @property
    def stopped(self) -> bool:
        """Whether it stands in the middle of something that no job is at: it was cancelled, or failed."""
        return self.state in WORKING and not self.open

    @property
    def total(self) -> int:
        """Rows staged: the sum of all states."""
        return sum(count for *_, count in self.counts)

    def rows(self, state: str) -> int:
        """How many rows stand so."""
        return next((count for key, _, _, count in self.counts if key == state), 0)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell: line, column, what was typed (masked), why, how to mend it."""

    number: int
    column: str
    typed: str
    problem: str
    mend: str


def offered(scope: Scope) -> tuple[Sheet, ...]:
    """The sheets that one may send."""
    return tuple(each for each in sheets() if may(scope, STEP) and may(scope, each.step))


def receive(key: str, name: str, content: bytes, scope: Scope) -> int:
    """Take a file for a sheet and queue its check; returns the import. Raises SheetRefusal."""
    who, found = allowed(scope, STEP), sheet(key)
    allowed(scope, found.step)
    if not content or len(content) > SIZE:
        raise SheetRefusal(f"文件是空的，或超过 {SIZE // 2**20} MB。请重新选择，太大的请拆成几个。")
    digest = hashlib.sha256(content).hexdigest()
    before = Import.objects.filter(user=who.user, sheet=key, digest=digest).order_by("-id").first()
    notes = [f"与导入 {before.pk} 是同一个文件：写入过的行会认作已有相同记录。"] if before else []
    made = Import.objects.create(
        area=scope.area or scope.lo, user=who.user, post=scope.post or "", sheet=key, version=found.version,
        name=name[-120:], size=len(content), digest=digest, notes=notes,
    )  # fmt: skip
    files.keep(f"import-{made.pk}", content)
    job = jobs.ask(importing.CHECK, f"核对{found.label}", {"import": made.pk}, scope)
    Import.objects.filter(pk=made.pk).update(job=job)
    return int(made.pk)


def begin_write(key: int, scope: Scope) -> int:
    """Queue the writing of the rows that can be written; returns the job."""
    batch = _own(key, scope, ("checked", "writing"), "这次导入不在可以写入的状态，请刷新后再看。")
    return _queue(batch, importing.WRITE, "写入", scope)


def begin_undo(key: int, scope: Scope) -> int:
    """Queue the taking back of what was written; returns the job."""
    states = ("written", "writing", "undoing")
    batch = _own(key, scope, states, "这次导入不在可以撤销的状态，请刷新后再看。")
    return _queue(batch, importing.UNDO, "撤销", scope)


def ask_wrong(key: int, scope: Scope) -> int:
    """Queue the file of the wrong rows; returns the job."""
    states = tuple(state for state in IMPORTS if state not in ("received", "checking", "refused"))
    batch = _own(key, scope, states, "还没有核对完，请稍候。")
    words = f"有误的行：{sheet(batch.sheet).label} {key}"
    return jobs.ask(importing.WRONG, words, {"import": batch.pk}, scope)


def mine() -> tuple[Card, ...]:
    """One's last imports under the areas of the present post, newest first, without their rows' counts."""
    found = Import.objects.filter(user=current().user).order_by("-id")[:SHOWN]
    return tuple(_card(row, {}) for row in found)


def one(key: int) -> Card | None:
    """One of one's imports with its counts, or None."""
    row = Import.objects.filter(user=current().user, pk=key).first()
    return _card(row, staging.counts(key)) if row else None


def problems(card: Card, state: str, page: int) -> tuple[Problem, ...]:
    """What is wrong with the rows of a page (from 1), a line for each cell; nothing personal is whole."""
    rows = staging.take(card.id, state, PAGE, offset=(page - 1) * PAGE)
    return tuple(problem for row in rows for problem in _told(card.sheet, row))


def _told(found: Sheet, row: Row) -> list[Problem]:
    told: list[Problem] = []
    for each in row.problems:
        field = found.field(each["key"])
        typed = cells.shown(field, row.typed.get(field.key, "")) if field else ""
        column = field.label if field else "整行"
        told.append(Problem(row.number, column, typed, each["problem"], each["mend"]))
    return told


def _own(key: int, scope: Scope, states: tuple[str, ...], stale: str) -> Import:
    who = allowed(scope, STEP)
    batch = Import.objects.select_for_update().filter(pk=key, user=who.user).first()
    if batch is None:
        raise MissingRefusal("找不到这次导入。")
    if batch.state not in states or (batch.state in WORKING and _working(batch.job)):
        raise StaleRefusal(stale)
    return batch


def _working(job: int | None) -> bool:
    """Whether a job waits or runs."""
    found = waiting.job(job) if job else None
    return found is not None and found.open


def _queue(batch: Import, kind: str, word: str, scope: Scope) -> int:
    found = sheet(batch.sheet)
    if not may(scope, found.step):
        raise ActRefusal("您现在的岗位不能办理这种表。")
    job = jobs.ask(kind, f"{word}{found.label}", {"import": batch.pk}, scope)
    state = "writing" if kind == importing.WRITE else "undoing"
    Import.objects.filter(pk=batch.pk).update(state=state, job=job)
    return job


def _card(row: Any, counts: dict[str, int]) -> Card:
    word, colour = IMPORTS[row.state]
    return Card(
        row.pk, sheet(row.sheet), row.name, row.state, word, colour, row.told, tuple(row.notes), row.job,
        row.made_at, tuple((key, *ROWS[key], counts[key]) for key in ROWS if counts.get(key)),
        row.state in WORKING and _working(row.job),
    )  # fmt: skip
