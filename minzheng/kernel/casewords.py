"""Written words to values and back: 是, 否, 未知, yuan, dates, codes by their words."""

import re
from collections.abc import Sequence
from datetime import date

from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import LIMIT, Value
from minzheng.kernel.money import parse_yuan, yuan

WORDS = {"是": True, "否": False, "有": True, "无": False}
DAY = re.compile(r"^(\d{4})(?:-(\d{1,2})-(\d{1,2})|年(\d{1,2})月(\d{1,2})日)$")
WHOLE = re.compile(r"^(-?\d+)\s*(?:[^\d\s]{1,4})?$")


class WordRefusal(Refusal):
    """A written value that its kind does not allow; the sentence says what may be written."""


def parse(text: str, kind: str, words: Sequence[tuple[int, str]] = ()) -> Value:
    """A written value as bool, int (fen, count or code), date or None (未知); raises WordRefusal."""
    text = text.strip()
    if text in ("未知", "不详"):
        return None
    if kind == "bool":
        if text not in WORDS:
            raise WordRefusal("请写“是”“否”或“未知”。")
        return WORDS[text]
    if kind == "money":
        return money(text)
    if kind == "date":
        return day(text)
    return code(text, words) if kind == "code" or words else whole(text)


def money(text: str) -> int:
    """Fen of an amount in yuan as people type it; refuses parts of a fen and what no rule can reckon with."""
    fen = parse_yuan(text)
    if abs(fen) >= LIMIT:
        raise WordRefusal("金额超出可计算范围，请检查是否多写了零。")
    return fen


def day(text: str) -> date:
    """A date written 2024-10-01 or 2024年10月1日."""
    match = DAY.match(text)
    if not match:
        raise WordRefusal("日期请写成 2024-10-01 或 2024年10月1日。")
    year, month, number = int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])
    try:
        return date(year, month, number)
    except ValueError as problem:
        raise WordRefusal("没有这一天，请检查月和日。") from problem


def whole(text: str) -> int:
    """A count, perhaps with its unit word: 3, 3次."""
    match = WHOLE.match(text)
    if not match or len(match[1]) > 15:
        raise WordRefusal("请写一个整数。")
    return int(match[1])


def code(text: str, words: Sequence[tuple[int, str]]) -> int:
    """A code by its word or its number."""
    numbers = {word: number for number, word in words}
    if text in numbers:
        return numbers[text]
    if text.isascii() and text.isdigit() and (not words or int(text) in numbers.values()):
        return int(text)
    allowed = "、".join(word for _, word in words)
    raise WordRefusal(f"只能写：{allowed}。" if words else "请写代码的数字。")


def written(value: object, kind: str, words: Sequence[tuple[int, str]] = ()) -> str:
    """A value in words: 是, 1,009.50元, 2024年10月1日, the word of a code; None is 未知."""
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if kind == "money" and isinstance(value, int):
        return f"{yuan(value)}元"
    return dict(words).get(value, str(value)) if isinstance(value, int) else str(value)
