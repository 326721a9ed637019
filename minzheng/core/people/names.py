"""Names as people of Yunnan write them: one form to keep, grams to search by, pinyin to sort by.

A name has up to 50 characters of GB 18030, among them `·` (U+00B7, 民委发〔2016〕33号) between its parts.
Whatever dot is typed becomes that one; spaces and full-width letters are folded. A name may have one
character, or no family name.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from pypinyin import lazy_pinyin

from minzheng.kernel.errors import Refusal

LONGEST = 50
DOT = "·"
DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．.。﹒●", DOT))
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "朴": "piao", "查": "zha", "尉": "wei", "盖": "ge",
    "区": "ou", "任": "ren", "华": "hua", "覃": "qin", "黑": "he", "乐": "yue", "召": "shao", "夏": "xia",
}  # fmt: skip


class NameRefusal(Refusal):
    """What was typed cannot be a name."""


def clean(text: str) -> str:
    """The one form of a typed name; raises NameRefusal when it is empty, too long or holds other signs."""
    folded = "".join(unicodedata.normalize("NFKC", c) if c < "⺀" or c > "\uff00" else c for c in text)
    name = "".join(folded.translate(DOTS).split()).strip(DOT)
    while DOT * 2 in name:
        name = name.replace(DOT * 2, DOT)
    if not name:
        raise NameRefusal("姓名没有填写。请填写姓名。")
    if len(name) > LONGEST:
        raise NameRefusal(f"姓名超过{LONGEST}个字。请核对，多余的说明填在“姓名用字说明”里。")
    if not all(c == DOT or unicodedata.category(c).startswith(("L", "N", "Co")) for c in name):
        raise NameRefusal("姓名里有不是文字的符号。分隔请用“·”，其余符号请去掉。")
    return name


def grams(name: str) -> list[str]:
    """All pairs of neighbouring characters without the dots, each once; of a single character, that
    character.
    """
    plain = name.replace(DOT, "")
    return sorted({plain[at : at + 2] for at in range(max(len(plain) - 1, 1))})


def pinyin(name: str) -> str:
    """The sort key: a syllable a character, joined by spaces; a leading surname as surnames are read."""
    first, rest = name[:1], name[1:]
    return " ".join([SURNAMES.get(first) or _syllable(first), *(_syllable(c) for c in rest if c != DOT)])


def keys(names: Sequence[str] | Iterable[str]) -> tuple[list[list[str]], list[str]]:
    """(grams, pinyin) of many names, each different name worked out once."""
    known = [_both(name) for name in names]
    return [list(grams) for grams, _ in known], [pinyin for _, pinyin in known]


@lru_cache(maxsize=2**19)
def _both(name: str) -> tuple[tuple[str, ...], str]:
    return tuple(grams(name)), pinyin(name)


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character)[0].lower() if character else ""
