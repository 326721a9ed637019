"""Facts: what the law may read about a household and its members.

A fact has a name (an identifier that a rule's argument repeats), a Chinese label, a unit, a kind and a
grain. A value is a plain Python one: `bool`, `int` (money in whole fen, codes, counts), `datetime.date`;
`None` or a missing key is *unknown*, which is never the same as zero or no.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from minzheng.kernel.errors import Refusal

Kind = Literal["bool", "int", "money", "date", "code"]
Grain = Literal["person", "household", "case"]
Value = bool | int | date | None

# No number on its way through a rule may reach this: whole numbers below it are exact in a float as well, so
# that every engine can check it without wrapping.
LIMIT = 2**53

KINDS: tuple[Kind, ...] = ("bool", "int", "money", "date", "code")
GRAINS: tuple[Grain, ...] = ("person", "household", "case")
BASE_OF_KIND = {"bool": "是否", "money": "分", "date": "日期", "code": "码"}


class FactRefusal(Refusal):
    """A fact that is declared wrongly, or a value that is not of its fact's kind."""


@dataclass(frozen=True)
class Fact:
    """One fact: `words` are the pairs (code, Chinese word) of a code's closed vocabulary, empty for other
    kinds.
    """

    name: str
    label: str
    unit: str
    kind: Kind
    grain: Grain
    words: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", self.name):
            raise FactRefusal(f"事实名“{self.name}”不合格：只用小写英文、数字和单个下划线。")
        if self.kind not in KINDS or self.grain not in GRAINS:
            raise FactRefusal(
                f"事实 {self.name}（{self.label}）的类型“{self.kind}”或层次“{self.grain}”不认识。"
            )
        base = self.unit.split("/")[0]
        if base != BASE_OF_KIND.get(self.kind, base) or (
            self.kind == "int" and base in BASE_OF_KIND.values()
        ):
            raise FactRefusal(f"事实 {self.name}（{self.label}）的单位“{self.unit}”与类型“{self.kind}”不符。")

    def check(self, value: object) -> Value:
        """Return `value` if it is unknown or of this fact's kind and in range, else raise `FactRefusal`."""
        if value is None:
            return None
        if self.kind == "bool" and isinstance(value, bool):
            return value
        if self.kind == "date" and isinstance(value, date) and type(value) is date:
            return value
        if self.kind in ("int", "money", "code") and isinstance(value, int) and not isinstance(value, bool):
            if not -LIMIT < value < LIMIT:
                raise FactRefusal(f"事实 {self.name}（{self.label}）的数值超出可计算范围。")
            return value
        raise FactRefusal(f"事实 {self.name}（{self.label}）的值不合格：应为{WANTED[self.kind]}。")

    def word(self, code: int) -> str:
        """The word of a code in this fact's vocabulary, or the code itself in digits."""
        return dict(self.words).get(code, str(code))


WANTED = {
    "bool": "是或否",
    "int": "整数",
    "money": "以分为单位的整数",
    "date": "日期",
    "code": "代码（整数）",
}

DAY = Fact("day", "认定日", "日期", "date", "case")


def by_name(facts: Iterable[Fact]) -> Mapping[str, Fact]:
    """The facts by name, with the built-in `day`; two of one name refuse."""
    found: dict[str, Fact] = {DAY.name: DAY}
    for fact in facts:
        if fact.name in found and found[fact.name] != fact:
            raise FactRefusal(f"事实 {fact.name} 声明了两次：“{found[fact.name].label}”与“{fact.label}”。")
        found[fact.name] = fact
    return found
