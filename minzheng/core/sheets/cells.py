"""One cell read as what its column holds, or what is wrong with it and how to mend it.

A cell comes as the file has it: text, number, day, truth. What a spreadsheet may have spoiled is refused and
never repaired: an identity or account number that is a number has lost digits or its zero already.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from minzheng.core.people import masks, names
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import IdentityRefusal, ResidentNumber

Kind = Literal["text", "identity", "name", "account", "phone", "money", "whole", "date", "choice"]
LONGEST = 200
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")
_LONG = re.compile(r"[0-9０-９]{10,}[0-9Xx]?")
AS_TEXT = "请把整列设为“文本”格式，再按证件逐个重新录入；不要直接改格式，丢掉的数字找不回来。"


class CellRefusal(Refusal):
    """What is wrong with a cell, and how to mend it."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.mend = mend


@dataclass(frozen=True)
class Field:
    """A column of a sheet. `choices` are the words of a drop-down, in which a `choice` must be."""

    key: str
    label: str
    kind: Kind = "text"
    required: bool = True
    example: str = ""
    note: str = ""
    choices: tuple[str, ...] = ()
    longest: int = 100


def read(field: Field, cell: Any, day: date) -> Any:
    """The value of a cell, None where an optional one is empty; raises CellRefusal."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if field.required:
            raise CellRefusal("没有填写", f"请填写{field.label}。")
        return None
    if isinstance(cell, str) and len(cell) > LONGEST:
        raise CellRefusal(f"超过 {LONGEST} 个字", "请缩短后再导入。")
    return READERS[field.kind](field, cell, day)


def shown(field: Field, typed: str) -> str:
    """What was typed, through the mask of its kind; a long number anywhere else is masked too."""
    masked = {"identity": masks.number, "name": masks.name, "account": masks.account, "phone": masks.phone}
    if field.kind in masked:
        return masked[field.kind](typed)
    return _LONG.sub(lambda found: masks.number(found[0]), typed[:40])


def typed(cell: Any) -> str:
    """A cell as a text, as it would be typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return str(cell)[:LONGEST]


def _text(field: Field, cell: Any, _: date) -> str:
    plain = " ".join(typed(cell).split())
    if len(plain) > field.longest:
        raise CellRefusal(f"超过 {field.longest} 个字", "请缩短后再导入。")
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in plain):
        raise CellRefusal("含有看不见的控制字符", "请清除格式后重新录入。")
    return plain


def _identity(_: Field, cell: Any, day: date) -> str:
    if not isinstance(cell, str):
        raise CellRefusal("身份证号是数字格式，已经丢失末位", AS_TEXT)
    try:
        return ResidentNumber.parse(cell, day).number
    except IdentityRefusal as refusal:
        raise CellRefusal(f"{refusal}", "请对照身份证逐位核对后重新录入。") from refusal


def _name(_: Field, cell: Any, __: date) -> str:
    try:
        return names.clean(typed(cell))
    except names.NameRefusal as refusal:
        raise CellRefusal(f"{refusal}", "请按身份证上的姓名录入。") from refusal


def _account(_: Field, cell: Any, __: date) -> str:
    if not isinstance(cell, str):
        raise CellRefusal("账号是数字格式，可能已经丢失末位", AS_TEXT)
    digits = _digits(cell)
    if not (digits.isascii() and digits.isdigit() and 10 <= len(digits) <= 25):
        raise CellRefusal("账号应为 10 到 25 位数字", "请按存折或银行卡重新录入。")
    return digits


def _phone(_: Field, cell: Any, __: date) -> str:
    digits = _digits(typed(cell))
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 12):
        raise CellRefusal("电话号码应为 7 到 12 位数字", "请填手机号，或带区号的固定电话。")
    return digits


def _money(_: Field, cell: Any, __: date) -> int:
    """Whole fen."""
    try:
        exact = Fraction(repr(cell) if isinstance(cell, float) else _narrow(typed(cell)).replace(",", ""))
    except ValueError as error:
        raise CellRefusal("不是金额", "请填以元为单位的数字，最多两位小数，例如 1200.50。") from error
    fen = exact * 100
    if isinstance(cell, bool | date) or fen.denominator != 1 or not 0 <= fen <= 10**12:
        raise CellRefusal("金额不对", "请填不小于 0、最多两位小数的数字，单位元。")
    return int(fen)


def _whole(_: Field, cell: Any, __: date) -> int:
    plain = _narrow(typed(cell))
    if isinstance(cell, bool) or not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise CellRefusal("不是整数", "请填不小于 0 的整数。")
    return int(plain)


def _date(_: Field, cell: Any, __: date) -> str:
    """ISO."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    found = _DAY.fullmatch(_narrow(typed(cell)))
    try:
        if found:
            year, month, day = found[1], found[2] or found[4], found[3] or found[5]
            return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        pass
    raise CellRefusal("不是日期", "请按 2024-09-30 的样子填写。")


def _choice(field: Field, cell: Any, _: date) -> str:
    plain = "".join(unicodedata.normalize("NFKC", typed(cell)).split())
    if plain not in field.choices:
        some = "、".join(field.choices[:8])
        raise CellRefusal(
            "不在可选的内容里", f"请从下拉列表中选：{some}{'…' if len(field.choices) > 8 else ''}。"
        )
    return plain


def _narrow(text: str) -> str:
    """Half-width, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _digits(text: str) -> str:
    """The same without the hyphens that people put between digits."""
    return _narrow(text).replace("-", "")


READERS: dict[Kind, Callable[[Field, Any, date], Any]] = {
    "text": _text, "identity": _identity, "name": _name, "account": _account, "phone": _phone,
    "money": _money, "whole": _whole, "date": _date, "choice": _choice,
}  # fmt: skip


def labels(fields: Sequence[Field]) -> dict[str, Field]:
    """Label → field."""
    return {field.label: field for field in fields}
