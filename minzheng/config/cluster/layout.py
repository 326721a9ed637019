"""Where facts and determinations lie in a folder, and how a part of it is put in place whole.

    DIR/month=2024-10/assistance/persons/province=53/county=530102/part-0.parquet
    DIR/month=2024-10/assistance/households/province=53/county=530102/part-0.parquet
    DIR/month=2024-10/province-53.json                       written last: the province's facts are whole
    DIR/determinations/month=2024-10/province=53/county=530102/*.parquet, _SUCCESS, _report.json

Folders whose names begin with `.` or `_` are read by nobody; a part is made in one and then renamed.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from minzheng.kernel.errors import Refusal
from minzheng.kernel.periods import Month

TABLES = ("persons", "households")
FORMAT = 1
PROVINCE = 10**10
COUNTY = 10**6


class FactsRefusal(Refusal):
    """Facts in files that are missing, broken or not what the law reads."""


def facts_of(folder: Path, month: Month, subject: str, table: str, province: int) -> Path:
    """The folder of one table of a province; `province` has two digits."""
    return folder / f"month={month}" / subject / table / f"province={province:02d}"


def label_of(folder: Path, month: Month, province: int) -> Path:
    """The file that says that a province's facts are whole, and what they are."""
    return folder / f"month={month}" / f"province-{province:02d}.json"


def results_of(folder: Path, month: Month, province: int) -> Path:
    """The folder of a province's determinations of a month."""
    return folder / "determinations" / f"month={month}" / f"province={province:02d}"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A folder to fill, which takes the place of `target` when all went well and is removed when not.

    Killed between the two renames the old one waits beside as `.old-…`; the next call puts it back first.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    made, old = (target.with_name(f".{word}-{target.name}") for word in ("new", "old"))
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (made, old):
        shutil.rmtree(leftover, ignore_errors=True)
    made.mkdir()
    try:
        yield made
        if target.exists():
            target.rename(old)
        made.rename(target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """A small file, whole or not at all."""
    made = path.with_name(f".{path.name}")
    made.write_text(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(made, path)
