"""Parameters: every number, date and code that the law sets, dated, cited and by area.

A folder holds `*.yaml` files, each a list of parameters:

    - name: standard_rural_yearly
      label: 农村低保标准
      unit: 分/人·年
      rows:
        - {area: 530000000000, since: 2021-01-01, until: 2022-01-01, value: 420000, source: 云民发〔2020〕1号}
    - name: standard_urban_monthly
      label: 城市低保标准
      unit: 分/人·月
      table: standards.csv        # columns area, since, until, value, source and any others
      where: {kind: urban}        # only these rows of the table

Area 0 is the whole country; a province, a prefecture or a county may set its own value, and the nearest one
counts. Within one area the periods [since, until) of a parameter follow on without gap or overlap. A row
with `recorded` is a corrected mistake: it is used only by who asks as known on that day or later.
"""

import csv
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import LIMIT

RATIO_SCALE = 10_000
LAYERS = (10**6, 10**8, 10**10)
NATION = 0
ParameterValue = bool | int | date | tuple[int, ...]


class ParameterRefusal(Refusal):
    """A parameter file that may not be loaded, or a value that no row gives."""


@dataclass(frozen=True)
class Parameter:
    """One row: `value` in whole fen, ten-thousandths for a ratio (`倍`), a tuple for a list of codes."""

    name: str
    label: str
    unit: str
    area: int
    since: date
    until: date | None
    value: ParameterValue
    source: str
    recorded: date | None = None
    place: str = ""

    def holds(self, day: date) -> bool:
        """Whether the row's period holds the day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class Parameters:
    """All parameters of a folder; `digest` names their content."""

    series: dict[str, tuple[Parameter, ...]]
    digest: str = field(init=False)
    _picked: dict[tuple[str, date, date | None], dict[int, Parameter]] = field(
        default_factory=dict, repr=False
    )

    def __post_init__(self) -> None:
        """Take the digest of every row, in an order of its own."""
        rows = sorted(
            repr((r.name, r.label, r.unit, r.area, r.since, r.until, r.value, r.source, r.recorded))
            for rows in self.series.values()
            for r in rows
        )
        self.digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()

    @classmethod
    def load(cls, folder: Path | str, areas: Collection[int] | None = None) -> "Parameters":
        """Read every file of a folder; `areas` are the codes that exist (None: any well-formed code)."""
        folder = Path(folder)
        if not folder.is_dir():
            raise ParameterRefusal(f"参数文件夹 {folder} 不存在。")
        series: dict[str, tuple[Parameter, ...]] = {}
        for path in sorted(folder.glob("*.yaml")):
            for rows in _entries(path, frozenset(areas) if areas is not None else None):
                if rows[0].name in series:
                    raise ParameterRefusal(
                        f"{rows[0].place}：参数 {rows[0].name} 已在 {series[rows[0].name][0].place} 定义。"
                    )
                series[rows[0].name] = rows
        return cls(series)

    @classmethod
    def of(cls, rows: Iterable[Parameter]) -> "Parameters":
        """Parameters from rows made in a program, held to the same rules as a file's."""
        series: dict[str, list[Parameter]] = {}
        for row in rows:
            series.setdefault(row.name, []).append(row)
        for listed in series.values():
            _check_series(listed)
        return cls({name: tuple(listed) for name, listed in series.items()})

    def at(self, name: str, area: int, day: date, known: date | None = None) -> Parameter:
        """The row that counts in an area on a day (as known on `known`): the county's, prefecture's,
        province's, nation's.
        """
        rows = self.in_force(name, day, known)
        for code in chain(area):
            if code in rows:
                return rows[code]
        label = self.series[name][0].label
        raise ParameterRefusal(
            f"参数 {name}（{label}）在区划 {area}、{day.isoformat()} 没有值，请补上这一行参数。"
        )

    def in_force(self, name: str, day: date, known: date | None = None) -> dict[int, Parameter]:
        """The rows that count on a day, by area code."""
        key = (name, day, known)
        if key not in self._picked:
            if name not in self.series:
                raise ParameterRefusal(f"没有名为 {name} 的参数。")
            found: dict[int, Parameter] = {}
            rows = [row for row in self.series[name] if row.holds(day)]
            rows = [row for row in rows if known is None or row.recorded is None or row.recorded <= known]
            for row in sorted(rows, key=lambda row: row.recorded or date.min):
                found[row.area] = row
            self._picked[key] = found
        return self._picked[key]

    def frame(
        self, names: Sequence[str], areas: Sequence[int], day: date, known: date | None = None
    ) -> pl.DataFrame:
        """One row an area in the order given: `area`, and a column for each parameter's value there."""
        columns: dict[str, Any] = {"area": pl.Series("area", list(areas), dtype=pl.Int64)}
        for name in names:
            values = [self.at(name, area, day, known).value for area in areas]
            columns[name] = [list(v) if isinstance(v, tuple) else v for v in values]
        return pl.DataFrame(columns)


def chain(area: int) -> tuple[int, ...]:
    """The codes whose value an area may have, nearest first: county, prefecture, province, nation."""
    return (*(area // size * size for size in LAYERS), NATION)


class _TextDates(yaml.SafeLoader):
    """YAML with dates left as text, so that a wrong one is refused here, with its row."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _entries(path: Path, areas: frozenset[int] | None) -> Iterator[tuple[Parameter, ...]]:
    try:
        listed = yaml.load(path.read_text(encoding="utf-8"), _TextDates)
    except UnicodeDecodeError:
        raise ParameterRefusal(f"{path.name}：不是 UTF-8 编码的文字，请用 UTF-8 重新保存。") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + 1} 行" if mark else ""
        raise ParameterRefusal(f"{path.name}{line}：不是合格的 YAML，请检查缩进、冒号和引号。") from None
    if not isinstance(listed, list):
        raise ParameterRefusal(f"{path.name}：应是参数的列表。")
    for at, entry in enumerate(listed, 1):
        place = f"{path.name} 第 {at} 个参数"
        if not isinstance(entry, dict) or not all(
            isinstance(entry.get(k), str) for k in ("name", "label", "unit")
        ):
            raise ParameterRefusal(f"{place}：须有 name、label、unit。")
        strange = set(entry) - {"name", "label", "unit", "rows", "table", "where", "note", "law"}
        if strange or ("rows" in entry) == ("table" in entry):
            raise ParameterRefusal(
                f"{place} {entry['name']}：须有 rows 或 table 之一，不认识 {sorted(map(str, strange))}。"
            )
        rows = [_row(entry, row, where, areas) for where, row in _raw_rows(path, place, entry)]
        if not rows:
            raise ParameterRefusal(f"{place} {entry['name']}：没有任何一行。")
        _check_series(rows)
        yield tuple(rows)


def _raw_rows(path: Path, place: str, entry: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "rows" in entry:
        for at, row in enumerate(entry["rows"] or (), 1):
            if not isinstance(row, dict):
                raise ParameterRefusal(
                    f"{place} {entry['name']} 第 {at} 行：应写成 {{area: …, since: …, value: …, source: …}}。"
                )
            yield f"{place} {entry['name']} 第 {at} 行", row
        return
    table = path.parent / str(entry["table"])
    only = {key: str(value) for key, value in (entry.get("where") or {}).items()}
    try:
        lines = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error):
        raise ParameterRefusal(f"{table.name}：不是 UTF-8 编码的表，请用 UTF-8 重新保存为 CSV。") from None
    except OSError:
        raise ParameterRefusal(f"{place} {entry['name']}：读不到表 {table.name}。") from None
    for at, line in enumerate(lines, 2):
        if None in line or None in line.values() or not set(only) <= set(line):
            raise ParameterRefusal(f"{table.name} 第 {at} 行：列数或列名不对。")
        if all(line[key] == value for key, value in only.items()):
            yield f"{table.name} 第 {at} 行", {k: v for k, v in line.items() if k in COLUMNS and v != ""}


COLUMNS = ("area", "since", "until", "value", "source", "recorded")


def _row(entry: dict[str, Any], row: dict[str, Any], place: str, areas: frozenset[int] | None) -> Parameter:
    strange = set(row) - set(COLUMNS) - {"note"}
    if strange or "value" not in row or row["value"] is None:
        raise ParameterRefusal(f"{place}：缺少 value，或有不认识的列 {sorted(map(str, strange))}。")
    source = str(row.get("source") or "").strip()
    if not source:
        raise ParameterRefusal(f"{place}：没有来源 source；每个数值都要写明出自哪份文件。")
    area = _area(row.get("area", NATION), place, areas)
    since, until, recorded = (_date(row.get(key), place) for key in ("since", "until", "recorded"))
    if since is None or (until is not None and until <= since):
        raise ParameterRefusal(f"{place}：生效日 since 须有，且早于失效日 until。")
    value = _value(row["value"], entry["unit"], place)
    return Parameter(
        entry["name"], entry["label"], entry["unit"], area, since, until, value, source, recorded, place
    )


def _area(given: object, place: str, areas: frozenset[int] | None) -> int:
    try:
        code = int(str(given))
    except ValueError:
        raise ParameterRefusal(f"{place}：区划代码“{given}”不是数字。") from None
    if code == NATION:
        return code
    if not 10**11 <= code < 10**12 or code % LAYERS[0]:
        raise ParameterRefusal(f"{place}：区划代码 {code} 须是 12 位的省、州市或县代码（0 为全国）。")
    if areas is not None and code not in areas:
        raise ParameterRefusal(f"{place}：没有区划 {code}，请核对代码。")
    return code


def _date(given: object, place: str) -> date | None:
    if given is None or type(given) is date:
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise ParameterRefusal(f"{place}：日期“{given}”写法不合格，应如 2024-01-01。") from None


def _value(given: object, unit: str, place: str) -> ParameterValue:
    base = unit.split("/")[0]
    try:
        if base == "是否":
            return {"True": True, "true": True, "是": True, "False": False, "false": False, "否": False}[
                str(given)
            ]
        if base == "日期":
            found = _date(given, place)
            if found is not None:
                return found
        if base == "倍":
            return ratio(str(given))
        if base == "码表":
            listed = given if isinstance(given, list) else str(given).split()
            return tuple(sorted(_whole(each) for each in listed))
        return _whole(given)
    except (KeyError, ValueError, ZeroDivisionError):
        raise ParameterRefusal(
            f"{place}：值“{given}”不是单位“{unit}”的值（金额为整数分，倍数最多四位小数）。"
        ) from None


def _whole(given: object) -> int:
    if isinstance(given, bool | float):
        raise ValueError
    number = int(str(given))
    if not -LIMIT < number < LIMIT:
        raise ValueError
    return number


def ratio(text: str) -> int:
    """A ratio such as `1.5`, `3/2` or `30%` in ten-thousandths; what is not a whole number of them is a
    ValueError.
    """
    try:
        exact = Fraction(Decimal(text[:-1])) / 100 if text.endswith("%") else Fraction(text)
    except InvalidOperation:
        raise ValueError(text) from None
    tenths = exact * RATIO_SCALE
    if tenths.denominator != 1 or not -LIMIT < tenths.numerator < LIMIT:
        raise ValueError(text)
    return tenths.numerator


def _check_series(rows: Sequence[Parameter]) -> None:
    """Refuse overlaps within an area (of rows recorded alike) and gaps between the rows first recorded."""
    groups: dict[tuple[int, date | None], list[Parameter]] = {}
    for row in rows:
        groups.setdefault((row.area, row.recorded), []).append(row)
    for (area, recorded), listed in groups.items():
        listed.sort(key=lambda row: row.since)
        for one, two in pairwise(listed):
            if one.until is None or one.until > two.since:
                raise ParameterRefusal(
                    f"{two.place}：参数 {two.name} 在区划 {area} 与 {one.place} 时间重叠（自 {two.since}）。"
                )
            if one.until < two.since and recorded is None:
                raise ParameterRefusal(
                    f"{two.place}：参数 {two.name} 在区划 {area} 自 {one.until} 至 {two.since} 没有值。"
                )
