"""PDFs: whole, not locked, and with nothing in them that acts by itself.

A PDF is kept as it was sent, so that an electronic signature on it stays valid; what would act (scripts,
programs to start, forms that send themselves, files carried inside) is refused instead. Every object is
looked at, reachable or not, by `pypdf`; and the bytes themselves are searched, those of packed objects
unpacked, since another reader may read what pypdf forgives or overlooks (a key given twice, an object cut
short) in another way.
"""

import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from minzheng.core.documents.refusals import DocumentRefusal

MOST_BYTES = 10_000_000
MOST_PAGES = 60
MOST_OBJECTS = 20_000
#: Seconds, after which a PDF is too complicated to be looked through.
PATIENCE = 6.0
HEADER, TRAILER = b"%PDF-", b"%%EOF"
KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/AF"}
ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute", "/Trans3D", "/GoTo3DView",
}  # fmt: skip
SUBTYPES = {"/RichMedia", "/FileAttachment", "/Movie", "/Sound", "/Screen", "/3D"}
#: Names so long that compressed bytes do not spell them by chance.
SPELT = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia\w*|SubmitForm|ImportData|FileAttachment|GoToE|GoToR|Rendition)\b"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

BROKEN = "PDF 不完整或已损坏，打不开。请重新导出，或把每一页拍成照片上传。"
LOCKED = "PDF 设了密码或权限锁。请去掉密码另存，或把每一页拍成照片上传。"
ACTIVE = "PDF 里带有脚本、附件或会自动执行的内容，不能收。请用“打印为 PDF”另存一份，或把每一页拍成照片上传。"
TRAILING = "PDF 结尾之后还有别的内容，不能收。请用“打印为 PDF”另存一份再上传。"
LONG = f"PDF 超过 {MOST_PAGES} 页或内容过于复杂。请分成几份上传。"
LARGE = f"PDF 超过 {MOST_BYTES // 1_000_000} MB。请降低扫描分辨率（200 dpi 足够），或分成几份上传。"


def pages_of(content: bytes) -> int:
    """How many pages an acceptable PDF has; raises DocumentRefusal."""
    if len(content) > MOST_BYTES:
        raise DocumentRefusal(LARGE)
    _framed(content)
    _silent(content)
    try:
        return _read(content)
    except DocumentRefusal:
        raise
    # A parser on bytes that a stranger made: whatever it stumbles over (KeyError, RecursionError, …), it is
    # no PDF that can be kept.
    except Exception as error:
        raise DocumentRefusal(BROKEN) from error


def _framed(content: bytes) -> None:
    """Header at the very beginning; behind the last trailer nothing but white space: not two files in one."""
    end = content.rfind(TRAILER)
    if not content.startswith(HEADER) or end < 0:
        raise DocumentRefusal(BROKEN)
    if content[end + len(TRAILER) :].strip(b"\r\n\t \0"):
        raise DocumentRefusal(TRAILING)


def _silent(content: bytes) -> None:
    """No name of an action is spelt in it, however."""
    if SPELT.search(_unescaped(content)):
        raise DocumentRefusal(ACTIVE)


def _unescaped(content: bytes) -> bytes:
    """Names may write any letter as #xx."""
    if b"#" not in content:
        return content
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _read(content: bytes) -> int:
    until = time.monotonic() + PATIENCE
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise DocumentRefusal(LOCKED)
    numbers = _numbers(reader)
    if len(numbers) > MOST_OBJECTS:
        raise DocumentRefusal(LONG)
    for number, generation in numbers:
        if time.monotonic() > until:
            raise DocumentRefusal(LONG)
        found = reader.get_object(IndirectObject(number, generation, reader))
        if any(_acts(each) for each in _dictionaries(found)):
            raise DocumentRefusal(ACTIVE)
        if isinstance(found, StreamObject) and _named(found, "/Type") == "/ObjStm":
            _silent(found.get_data())
    if any(_acts(each) for each in _dictionaries(reader.trailer)):
        raise DocumentRefusal(ACTIVE)
    pages = reader.get_num_pages()
    if not 0 < pages <= MOST_PAGES:
        raise DocumentRefusal(LONG if pages else BROKEN)
    return pages


def _numbers(reader: PdfReader) -> list[tuple[int, int]]:
    """Every object that the file's tables name: (number, generation)."""
    listed = {(number, generation) for generation, at in reader.xref.items() for number in at}
    return sorted(listed | {(number, 0) for number in reader.xref_objStm})


def _dictionaries(found: Any) -> Iterator[DictionaryObject]:
    """The object's own dictionaries, however deep; what it points at is an object of its own turn."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, DictionaryObject):
            yield each
            waiting.extend(each.raw_get(key) for key in each)
        elif isinstance(each, ArrayObject):
            waiting.extend(each)


def _acts(found: DictionaryObject) -> bool:
    """Whether a dictionary makes a reader do something, or carries a file; a stream elsewhere is one too."""
    if KEYS & set(found) or (isinstance(found, StreamObject) and "/F" in found):
        return True
    return _named(found, "/S") in ACTIONS or _named(found, "/Subtype") in SUBTYPES


def _named(found: DictionaryObject, key: str) -> str:
    """The name under a key, also where it stands in an object of its own; "" where there is none."""
    if key not in found:
        return ""
    value = found[key]
    return value if isinstance(value, str) else ""
