"""What may come in: told by its content, never by its name or by what the browser says it is."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from minzheng.core.documents import pdfs, pictures
from minzheng.core.documents.refusals import DocumentRefusal
from minzheng.core.documents.terms import JPEG, MEDIA, PDF

#: Bytes of one file as sent: photos of large cameras pass, and shrink here.
MOST_BYTES = 20_000_000
LONGEST_NAME = 60
#: Digits in a name that may be somebody's number.
NUMBER = re.compile(r"\d{8,}[Xx]?")
HOW = "请改用 JPEG 照片（JPG）或 PDF 上传。"
HEIC = (
    "这是 HEIC 格式的照片，本系统打不开。苹果手机请在“设置—相机—格式”中选“兼容性最佳”后重新拍照，"
    "或把照片截屏后上传；安卓手机请在相机设置中关闭“高效图片”。"
)
#: First bytes → what it is, for the sentence.
STRANGERS = (
    (b"GIF8", f"动图（GIF）不能作为材料。{HOW}"),
    (b"BM", f"BMP 图片太大，不收。{HOW}"),
    (b"II*\0", f"TIFF 图片不收。{HOW}"),
    (b"MM\0*", f"TIFF 图片不收。{HOW}"),
    (b"PK\x03\x04", f"Word、Excel、OFD 和压缩包不收。请在电脑上“打印为 PDF”或拍照后上传。{HOW}"),
    (b"\xd0\xcf\x11\xe0", f"旧版 Word、Excel 文件不收。请在电脑上“打印为 PDF”或拍照后上传。{HOW}"),
)


class Upload(Protocol):
    """What is sent: Django's uploaded file, or anything that can be read once."""

    name: str | None

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Accepted:
    """A content fit to be kept, its medium, its pages, and the name that it goes by."""

    content: bytes
    media: str
    pages: int
    name: str


def accepted(upload: Upload) -> Accepted:
    """Judge what was sent; raises DocumentRefusal with a sentence that says what to do."""
    content = upload.read(MOST_BYTES + 1)
    if not content:
        raise DocumentRefusal("文件是空的。请重新选择或重新拍照。")
    if len(content) > MOST_BYTES:
        raise DocumentRefusal(
            f"文件超过 {MOST_BYTES // 1_000_000} MB。请用普通尺寸重新拍照，或分成几份上传。"
        )
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or _is_webp(content):
        return Accepted(pictures.kept(content), JPEG, 1, named(upload.name, JPEG))
    if content.startswith(pdfs.HEADER):
        return Accepted(content, PDF, pdfs.pages_of(content), named(upload.name, PDF))
    raise DocumentRefusal(_stranger(content))


def named(given: str | None, media: str) -> str:
    """A name to list a document by: no path, control signs or personal numbers, and the right ending."""
    return (stem_of(given) or "材料") + MEDIA[media]


def stem_of(given: str | None) -> str:
    """What may be shown of a name that somebody's device gave; "" where nothing is left."""
    plain = "".join(c for c in unicodedata.normalize("NFC", given or "") if unicodedata.category(c)[0] != "C")
    stem = PurePosixPath(plain.replace("\\", "/")).stem
    return NUMBER.sub("…", stem).strip(" .")[:LONGEST_NAME]


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _stranger(content: bytes) -> str:
    """The sentence for what is neither a photo nor a PDF."""
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return (
            HEIC
            if brand in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")
            else _unknown("视频或 AVIF")
        )
    for start, sentence in STRANGERS:
        if content.startswith(start):
            return sentence
    return _unknown("这种格式的文件")


def _unknown(what: str) -> str:
    return f"{what}不收（按内容识别，改名没有用）。{HOW}"
