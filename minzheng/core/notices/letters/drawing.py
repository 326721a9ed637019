"""From values to a PDF/A by Typst: the values go in as data and never become markup.

Same values, same fonts: same bytes. No clock is asked; the file's date is the letter's. An office's own
templates (MINZHENG_HOME/letters, docs/how-to/letters.md) are laid over the ones shipped here. Typst caches
across letters and its compiler serves one caller at a time.
"""

import atexit
import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import typst
from cryptography.hazmat.primitives import hashes

from minzheng.core.notices.folders import folder as data_folder
from minzheng.core.notices.letters import fonts
from minzheng.core.notices.letters.values import LETTERS, Letter, plain, wrong_words
from minzheng.kernel.errors import Refusal

HERE = Path(__file__).parent
STANDARD: Literal["a-2b"] = "a-2b"
CODE = 12
_ZONE = ZoneInfo("Asia/Shanghai")
_one_at_a_time = threading.Lock()


class LetterRefusal(Refusal):
    """No such letter, values of another one, or a template that Typst does not accept."""


def draw(name: str, values: Letter) -> bytes:
    """The letter as PDF/A-2b, whole; raises LetterRefusal, FontRefusal and GlyphRefusal."""
    return _compiled(name, values, {"format": "pdf", "pdf_standards": [STANDARD]})[0]


def picture(name: str, values: Letter, ppi: float = 96) -> list[bytes]:
    """The letter's pages as PNG, for a preview on the screen; refusals as `draw`."""
    return _compiled(name, values, {"format": "png", "ppi": ppi})


def code(name: str, values: Letter) -> str:
    """The code to verify: the first 12 digits of the SM3 digest of what the letter says.

    Who prints it, when and how often is left out, so that every print of a letter bears the same code.
    """
    said = {key: each for key, each in plain(values).items() if key != "printed"}
    digest = hashes.Hash(hashes.SM3())
    digest.update(json.dumps([name, said], ensure_ascii=False, sort_keys=True).encode())
    return digest.finalize().hex()[:CODE]


def office_folder() -> Path:
    """Where an office lays its own templates."""
    return data_folder("letters")


def _compiled(name: str, values: Letter, how: dict[str, Any]) -> list[bytes]:
    kind, _ = LETTERS.get(name, (None, ""))
    if kind is None:
        raise LetterRefusal(f"没有名为“{name}”的文书，现有：{'、'.join(LETTERS)}。")
    if type(values) is not kind:
        raise LetterRefusal(f"文书“{name}”需要 {kind.__name__} 的内容，给的是 {type(values).__name__}。")
    if wrong_words(values):
        raise LetterRefusal(f"文书“{name}”的 {'、'.join(wrong_words(values))} 不是允许的选项。")
    folder = _folder(office_folder())
    found = fonts.find(folder)
    said = plain(values)
    fonts.require("".join(_texts(said)), found)
    inputs = {
        "values": json.dumps(said, ensure_ascii=False),
        "code": code(name, values),
        "base": found.base,
        "fonts": json.dumps(found.chain, ensure_ascii=False),
    }
    at = datetime.combine(values.day, time(), _ZONE)
    with _one_at_a_time:
        try:
            made = _compiler(folder, found).compile(
                str(folder / f"{name}.typ"), sys_inputs=inputs, timestamp=int(at.timestamp()), **how
            )
        except typst.TypstError as error:
            raise _refused(name, error.message) from error
    return list(made) if isinstance(made, list) else [made or b""]


def _refused(name: str, message: str) -> Refusal:
    """Typst quotes the template; a text only where a glyph is missing, and that is left out here."""
    if "could not be displayed" in message:
        return fonts.GlyphRefusal(
            f"文书模板 {name}.typ 里有现有字体印不出的字，文书没有生成。请安装完整的 {fonts.PACKAGE}。"
        )
    return LetterRefusal(f"文书模板 {name}.typ 不能排版：{message}。请核对模板。")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@cache
def _compiler(folder: Path, found: fonts.Fonts) -> typst.Compiler:
    return typst.Compiler(root=str(folder), font_paths=found.loaded, ignore_system_fonts=True)


@cache
def _folder(own: Path) -> Path:
    """The templates in force, for this process's life: those shipped, the office's own laid over them."""
    if not own.is_dir():
        return HERE
    laid = Path(tempfile.mkdtemp(prefix="minzheng-letters-"))
    atexit.register(shutil.rmtree, laid, ignore_errors=True)
    for source in (HERE, own):
        for file in sorted(source.iterdir()):
            if file.is_file() and file.suffix in {".typ", ".json", ".png", ".svg"}:
                shutil.copyfile(file, laid / file.name)
    return laid
