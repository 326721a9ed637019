"""The fonts that letters are set in: which are wanted (fonts.json), which are here, what they can draw.

No font is shipped (docs/decisions/letters.md). A machine without any of `base` cannot print letters and says
so; where a 仿宋 is installed it is the body's. MINZHENG_FONTS names a further folder to look in.
"""

import json
import os
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from minzheng.kernel.errors import Refusal

HERE = Path(__file__).parent
FILE = "fonts.json"
PACKAGE = "fonts-noto-cjk"
REGULAR = 400
SHOWN = 5
#: Says nothing and moves what stands around it: control and format characters, private use, surrogates.
UNPRINTED = {"Cc", "Cf", "Co", "Cs", "Cn"}


class FontRefusal(Refusal):
    """This machine has no font that letters can be set in."""


class GlyphRefusal(Refusal):
    """A character that no font here can draw, or that is none to draw."""


@dataclass(frozen=True)
class Fonts:
    """The families found, in their order: `base` draws figures, titles and what the others lack."""

    base: str
    chain: tuple[str, ...]
    characters: frozenset[int]
    loaded: typst.Fonts


def problems(folder: Path = HERE) -> list[str]:
    """A Chinese sentence where letters cannot be printed here; empty when they can."""
    try:
        find(folder)
    except FontRefusal as refusal:
        return [f"{refusal}"]
    return []


def find(folder: Path = HERE) -> Fonts:
    """The fonts of this machine for the templates in `folder`; raises FontRefusal."""
    return _find(folder, os.environ.get("MINZHENG_FONTS", ""))


def missing(text: str, characters: frozenset[int]) -> list[str]:
    """The characters of a text that cannot be printed, each once, in their order."""
    return [
        each
        for each in dict.fromkeys(text)
        if each != "\n" and (ord(each) not in characters or unicodedata.category(each) in UNPRINTED)
    ]


def require(text: str, fonts: Fonts) -> None:
    """Raise GlyphRefusal with the characters that cannot be printed."""
    lacking = missing(text, fonts.characters)
    if lacking:
        named = "、".join(_named(each) for each in lacking[:SHOWN])
        more = f"等{len(lacking)}个字符" if len(lacking) > SHOWN else ""
        raise GlyphRefusal(
            f"现有字体印不出 {named}{more}，文书没有生成。生僻字请由管理员安装字体包 fonts-hanazono"
            "（或把字体放进 MINZHENG_FONTS 指定的目录）后再印；不可见的控制字符请从原文中删去。"
        )


@cache
def _find(folder: Path, further: str) -> Fonts:
    wanted = json.loads((folder / FILE).read_text("utf-8"))
    loaded = typst.Fonts(
        include_system_fonts=True,
        include_embedded_fonts=False,
        font_paths=[part for part in further.split(os.pathsep) if part],
    )
    here = set(loaded.families())
    base = [name for name in wanted["base"] if name in here]
    if not base:
        raise FontRefusal(
            f"没有可用的中文字体（{'、'.join(wanted['base'])}），不能生成文书。请由管理员执行 apt-get install"
            f" {PACKAGE}，或把字体放进 MINZHENG_FONTS 指定的目录，再运行 minzheng doctor 复查。"
        )
    body = [name for name in wanted["body"] if name in here][:1]
    chain = (*body, base[0], *(name for name in wanted["rare"] if name in here))
    return Fonts(base[0], chain, _characters(chain, loaded), loaded)


def _characters(chain: tuple[str, ...], loaded: typst.Fonts) -> frozenset[int]:
    """What the regular weights of these families can draw together."""
    known: set[int] = set()
    for font in loaded.fonts():
        if font.family in chain and font.weight == REGULAR and font.path:
            with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
                known |= set(opened.getBestCmap() or ())
    return frozenset(known)


def _named(character: str) -> str:
    seen = "" if unicodedata.category(character) in UNPRINTED else f"“{character}”"
    return f"{seen}（U+{ord(character):04X}）"
