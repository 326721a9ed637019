"""Logs that a stranger may read: no number of a person, no value of a row, no query of an address.

A message keeps its words; runs of six and more digits become `…`. An exception keeps its type and the
places it
passed through; its own words are dropped, because a database error quotes the row that it is about.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

from typing_extensions import override

from minzheng.kernel.errors import Refusal

LONG_NUMBER = re.compile(r"\d{6,}[\dXx]?")
QUERY = re.compile(r"\?[^\s\"']+")
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def discreet(text: str) -> str:
    return LONG_NUMBER.sub("…", QUERY.sub("?…", text))


class DiscreetFormatter(logging.Formatter):
    """Time, level, logger, message; then, for an exception, its type and its path through the code."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    @override
    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        return super().format(record)

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace(record.message, discreet(record.message))

    @override
    def formatException(self, ei: Raised) -> str:
        return describe(ei[1]) if ei[1] is not None else ""


def describe(error: BaseException) -> str:
    """The chain of an exception, cause first: type, SQLSTATE where there is one, and file:line of each
    frame.
    """
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        state = getattr(seen, "sqlstate", None)
        words = f": {discreet(str(seen))}" if isinstance(seen, Refusal | ImportError | NameError) else ""
        head = f"{type(seen).__module__}.{type(seen).__qualname__}{f' [{state}]' if state else ''}{words}"
        frames = traceback.extract_tb(seen.__traceback__)
        parts.append("\n".join([head, *(f"  {f.filename}:{f.lineno} {f.name}" for f in frames)]))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(reversed(parts))
