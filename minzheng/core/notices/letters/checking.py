"""Whether a template still says everything that its letter must: a sample is drawn and read back by pypdf."""

import io
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

from minzheng.core.notices.letters.drawing import code, draw
from minzheng.core.notices.letters.samples import SAMPLES
from minzheng.core.notices.letters.values import plain
from minzheng.kernel.errors import Refusal

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def read(pdf: bytes) -> str:
    """The text of a PDF without white space."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def said(value: Any) -> Iterator[str]:
    """Every text of plain values as it must stand on paper; a date is written as the template likes."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "paper":
                yield from said(part)
    elif isinstance(value, list):
        for part in value:
            yield from said(part)
    elif isinstance(value, str) and not _DATE.fullmatch(value):
        yield "".join(value.split())


def problems(name: str) -> list[str]:
    """What is wrong with the template in force of this letter, a Chinese sentence each."""
    letter = SAMPLES[name]
    try:
        text = read(draw(name, letter))
    except Refusal as refusal:
        return [f"{name}：{refusal}"]
    left_out = [each for each in (*said(plain(letter)), code(name, letter)) if each not in text]
    return [f"{name}：样张上没有“{each}”，请把模板里缺的内容补上。" for each in left_out]
