"""Facts in files, looked at file by file before Spark reads them, so that what is wrong has a name and a
place.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from minzheng.config.cluster import layout
from minzheng.config.cluster.layout import FactsRefusal
from minzheng.kernel.facts import Fact
from minzheng.kernel.periods import Month

OWN = {
    "persons": {"person": "int", "household": "int", "relation": "code", "has_account": "bool"},
    "households": {"household": "int", "area": "code", "facts": "int", "standing": "words"},
}
"""The columns beside the facts, by table."""
KINDS = {
    "bool": "是否",
    "date": "日期",
    "int": "整数",
    "money": "整数（分）",
    "code": "整数（代码）",
    "words": "文字列表",
}


def provinces(folder: Path, month: Month, only: int | None) -> list[int]:
    """The provinces whose facts of the month are whole; none refuses."""
    if not folder.is_dir():
        raise FactsRefusal(f"事实目录 {folder} 不存在，请核对 --facts。")
    found = sorted(
        int(path.stem[-2:]) for path in (folder / f"month={month}").glob("province-[0-9][0-9].json")
    )
    if not found:
        raise FactsRefusal(
            f"事实目录 {folder} 里没有 {month} 的事实。"
            f"请先在各省运行 minzheng month {month} --export-facts {folder}。"
        )
    if only is not None and only not in found:
        raise FactsRefusal(f"事实目录 {folder} 里没有 {only:02d} 省 {month} 的完整事实；现有：{found}。")
    return found if only is None else [only]


def label(folder: Path, month: Month, province: int) -> dict[str, Any]:
    """What a province says of its facts."""
    path = layout.label_of(folder, month, province)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != layout.FORMAT or found["month"] != str(month):
            raise FactsRefusal(f"{path} 是另一种格式或另一个月份的说明，请重新导出。")
        return {"known": str(found["known"]), "rows": dict(found["rows"])}
    except (OSError, ValueError, KeyError, TypeError):
        raise FactsRefusal(f"{path} 不是完整的说明文件，请重新导出这个省的事实。") from None


def checked(
    folder: Path, month: Month, subject: str, province: int, facts: Sequence[Fact], rows: Mapping[str, int]
) -> dict[str, str]:
    """The folder of each table, after every file's columns, types and number of rows were looked at."""
    places = {}
    for table in layout.TABLES:
        place = layout.facts_of(folder, month, subject, table, province)
        wanted = {f.name: f.kind for f in facts if (f.grain == "person") == (table == "persons")} | OWN[table]
        wanted.pop("day", None)
        files = sorted(place.glob("county=*/*.parquet"))
        if not files:
            raise FactsRefusal(f"{place} 里没有 Parquet 文件，请重新导出这个省的事实。")
        count = sum(_rows(path, wanted) for path in files)
        if count != rows.get(table):
            raise FactsRefusal(
                f"{place} 共 {count} 行，说明文件写的是 {rows.get(table)} 行：文件有缺失或多余，请重新导出。"
            )
        places[table] = str(place)
    return places


def _rows(path: Path, wanted: Mapping[str, str]) -> int:
    """How many rows a file has; one that cannot be read, lacks a column or has another type refuses."""
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException):
        raise FactsRefusal(f"{path} 不是完整的 Parquet 文件，请重新导出这一部分。") from None
    with file:
        schema = file.schema_arrow
        for name, kind in wanted.items():
            at = schema.get_field_index(name)
            if at < 0:
                raise FactsRefusal(f"{path} 缺少列 {name}，请用同一版本的程序重新导出。")
            if not _fits(schema.field(at).type, kind):
                given = schema.field(at).type
                raise FactsRefusal(f"{path} 的列 {name} 类型是 {given}，应为{KINDS[kind]}，请重新导出。")
        count: int = file.metadata.num_rows
        return count


def _fits(given: pa.DataType, kind: str) -> bool:
    if pa.types.is_null(given):
        return True
    if kind == "words":
        return bool(pa.types.is_list(given) or pa.types.is_large_list(given))
    tests = {"bool": pa.types.is_boolean, "date": pa.types.is_date32}
    return bool(tests.get(kind, pa.types.is_signed_integer)(given))
