"""Written words to values and back: 是, 否, 未知, yuan, dates, codes by their words."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from minzheng.kernel.errors import Refusal
from minzheng.kernel.facts import Value

LARGEST_FEN = 10**15
WORDS = {"是": True, "否": False, "有": True, "无": False}
MONEY = re.compile(r"^(-?\d[\d,]*(?:\.\d+)?)(万元|元|分)?$")
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
    return code(text, words) if kind == "code" else whole(text)


def money(text: str) -> int:
    """Fen of “6,038元”, “503.17” (yuan), “1.2万元”, “5分”; refuses parts of a fen and what no account holds."""
    match = MONEY.match(text)
    if not match:
        raise WordRefusal("金额请写成数字加“元”，例如 6038元 或 503.17元；不知道写“未知”。")
    scale = {"万元": 1_000_000, "分": 1}.get(match[2], 100)
    try:
        fen = Decimal(match[1].replace(",", "")) * scale
    except InvalidOperation as problem:
        raise WordRefusal("这个数字读不懂。") from problem
    if fen != fen.to_integral_value():
        raise WordRefusal("金额最小到分，小数最多两位。")
    if abs(fen) > LARGEST_FEN:
        raise WordRefusal("金额超过十万亿元，请检查是否多写了零。")
    return int(fen)


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
        whole_yuan, fen = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole_yuan:,}.{fen:02d}元"
    return dict(words).get(value, str(value)) if isinstance(value, int) else str(value)
