"""Letters on paper: values in, a PDF/A out. How: `drawing`; what each letter needs: `values`."""

from minzheng.core.notices.letters.drawing import LetterRefusal, code, draw, picture
from minzheng.core.notices.letters.fonts import FontRefusal, GlyphRefusal, problems
from minzheng.core.notices.letters.values import LETTERS

__all__ = [
    "LETTERS",
    "FontRefusal",
    "GlyphRefusal",
    "LetterRefusal",
    "code",
    "draw",
    "picture",
    "problems",
]
