"""A sheet declared once: its template, its checks and what becomes of a row come from here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from minzheng.core.access.scope import Scope
from minzheng.core.sheets.cells import Field
from minzheng.kernel.errors import Refusal


class UnknownSheetRefusal(Refusal):
    """There is no such sheet."""


@dataclass
class Row:
    """A row on its way: what was typed, what it was read as, and how it stands (`models.ROWS`)."""

    number: int
    typed: dict[str, str]
    values: dict[str, Any]
    state: str = "ok"
    problems: list[dict[str, str]] = field(default_factory=list)
    record: int = 0
    found: Any = None  # what `judge` met, for `write` in the same transaction

    def reject(self, key: str, problem: str, mend: str) -> None:
        """It is wrong; `key` names the field, "" the whole row. No personal value may stand in the words."""
        self.state = "bad"
        self.problems.append({"key": key, "problem": problem, "mend": mend})

    def review(self, key: str, problem: str, mend: str) -> None:
        """A person must look at it; it is not written."""
        self.state = "review"
        self.problems.append({"key": key, "problem": problem, "mend": mend})

    def link(self, record: int, problem: str) -> None:
        """It is on record already as `record`."""
        self.state, self.record = "linked", record
        self.problems.append({"key": "", "problem": problem, "mend": "不用处理。"})


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    `same` names the fields by which two rows of a file are the same (the later is rejected), `bunch` those by
    which rows go together (one that is wrong keeps its bunch from being written). `judge` looks at rows by
    set, under the scope and in a transaction, when they are checked and again when they are written; `write`
    puts each row's record into it; `undo` answers the records that it took back.
    """

    key: str
    label: str
    unit: str
    step: str
    version: int
    note: str
    fields: tuple[Field, ...]
    same: tuple[str, ...]
    judge: Callable[[Sequence[Row], Scope], None]
    write: Callable[[Sequence[Row], Scope, str], None]
    undo: Callable[[Sequence[int], Scope, str], set[int]]
    bunch: tuple[str, ...] = ()
    after: str = ""

    @property
    def mark(self) -> str:
        """The version as its template says it."""
        return f"{self.key}-{self.version}"

    def field(self, key: str) -> Field | None:
        """The field of this key."""
        return next((each for each in self.fields if each.key == key), None)


_sheets: dict[str, Sheet] = {}


def register(sheet: Sheet) -> Sheet:
    """Add a sheet; the last of a key counts."""
    _sheets[sheet.key] = sheet
    return sheet


def sheets() -> tuple[Sheet, ...]:
    """Every sheet of this installation."""
    return tuple(_sheets.values())


def sheet(key: str) -> Sheet:
    """The sheet of that key; raises UnknownSheetRefusal."""
    found = _sheets.get(key)
    if found is None:
        raise UnknownSheetRefusal("没有这种表，请从“按表格导入”重新进入。")
    return found
