"""Money as whole fen: text in and out, division by a declared rounding, splitting without loss.

A binary fraction never touches an amount. All roundings are symmetric about zero, so that an amount recovered
rounds like the same amount paid:

- `half_up`   to the nearest; a half goes away from zero (四舍五入)
- `half_even` to the nearest; a half goes to the even neighbour
- `up`        away from zero, however small the remainder (见分进角, 见分进元)
- `down`      towards zero (去尾)
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, get_args

from minzheng.kernel.errors import Refusal

Fen = int
Rounding = Literal["half_up", "up", "down", "half_even"]
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
FEN, JIAO, YUAN = 1, 10, 100
# What a PostgreSQL bigint holds; beyond it an amount is a typing error in any case.
LARGEST = 2**63 - 1


class MoneyRefusal(Refusal):
    """Text that is not an amount, or a division that has no answer."""


def divide(numerator: int, denominator: int, rounding: Rounding = "half_up") -> int:
    """`numerator / denominator` as a whole number by the named rounding; exact integer arithmetic."""
    if denominator == 0:
        raise MoneyRefusal("金额不能除以零，请核对除数（如人数、月数）。")
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    if _goes_up(quotient, remainder, abs(denominator), rounding):
        quotient += 1
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def _goes_up(quotient: int, remainder: int, denominator: int, rounding: Rounding) -> bool:
    if rounding == "half_up":
        return 2 * remainder >= denominator
    if rounding == "up":
        return remainder > 0
    if rounding == "down":
        return False
    if rounding == "half_even":
        return 2 * remainder > denominator or (2 * remainder == denominator and quotient % 2 == 1)
    raise MoneyRefusal(f"取整方式“{rounding}”不认识，只能是 {'、'.join(ROUNDINGS)}。")


def round_to(fen: Fen, unit: int, rounding: Rounding = "half_up") -> Fen:
    """The multiple of `unit` fen that the rounding names; 见分进元 is `round_to(fen, YUAN, "up")`."""
    if unit <= 0:
        raise MoneyRefusal("取整单位应为正的整数分（如 10 为角、100 为元）。")
    return divide(fen, unit, rounding) * unit


def split(total: Fen, weights: Sequence[int]) -> list[Fen]:
    """Parts of `total` in proportion to whole, non-negative weights; their sum is `total` to the fen.

    Largest remainder; equal remainders go to the earlier part. No part is further than one fen from its exact
    share, and a part of weight nought gets nothing.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise MoneyRefusal("分摊的权重应为非负整数，且不能全为零。")
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    left = abs(total) - sum(parts)
    for index in sorted(range(len(shares)), key=lambda i: -shares[i][1])[:left]:
        parts[index] += 1
    return parts if total >= 0 else [-part for part in parts]


def yuan(fen: Fen) -> str:
    """`123400` → `1,234.00`; always two decimals, thousands separated by commas."""
    whole, rest = divmod(abs(fen), YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


# Full width to half width, and nothing more: a general folding would read 5² as 52.
_HALF_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | str.maketrans("\u3000￥圆−", " ¥元-")
_LONGEST_TEXT = 60
_SCALES = {"": 1, "万": 10**4, "亿": 10**8}
_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
_AMOUNT = re.compile(rf"(?P<sign>[-+]?)[¥]?(?P<number>{_DIGITS}(?:\.[0-9]+)?)(?P<scale>[万亿]?)元?[整正]?")
_SPOKEN = re.compile(
    rf"(?P<sign>[-+]?)(?:(?P<yuan>{_DIGITS})元)?(?:(?P<jiao>[0-9])角)?(?:(?P<fen>[0-9])分)?[整正]?"
)


def parse_yuan(text: str) -> Fen:
    """An amount as people type it, in yuan, to whole fen; raises MoneyRefusal.

    Reads `1234.5`, `1,234.50`, full-width digits and marks, `¥`, `人民币`, `元`, `万元`, `亿元` and
    `12元5角3分`. Refuses what is not whole fen rather than rounding it, separators that do not part
    thousands, and digits parted by a space.
    """
    folded = re.sub(r"(?<![0-9])\s+|\s+(?![0-9])", "", text.translate(_HALF_WIDTH))
    plain = folded.removeprefix("人民币")
    if not re.search(r"[0-9]", plain):
        raise MoneyRefusal("金额里没有数字，请按元填写，如 1,234.50。")
    if len(plain) > _LONGEST_TEXT:
        raise MoneyRefusal("金额写得太长，请核对是否粘贴了多余的内容。")
    if match := _AMOUNT.fullmatch(plain):
        number = Fraction(match["number"].replace(",", "")) * _SCALES[match["scale"]] * YUAN
        if number.denominator != 1:
            raise MoneyRefusal("金额最多精确到分（元后两位小数），请核对小数位数。")
        amount = int(number)
    elif match := _SPOKEN.fullmatch(plain):
        amount = sum(
            int((match[name] or "0").replace(",", "")) * unit
            for name, unit in (("yuan", YUAN), ("jiao", JIAO), ("fen", FEN))
        )
    else:
        raise MoneyRefusal("金额写法无法识别，请按元填写数字，如 1,234.50、1234.5元、1.2万元。")
    if amount > LARGEST:
        raise MoneyRefusal("金额超出可记录的范围，请核对位数和单位（元、万元、亿元）。")
    return -amount if match["sign"] == "-" else amount
