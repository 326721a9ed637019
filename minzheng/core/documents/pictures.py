"""Photos: decoded within limits, turned upright, made smaller and written anew as JPEG.

Only what was painted survives: EXIF (place, time, camera), colour profiles, thumbnails, comments and whatever
was hung on behind are gone. Pillow is told which three decoders it may try.
"""

import threading
from io import BytesIO

from PIL import Image, ImageOps

from minzheng.core.documents.refusals import DocumentRefusal

FORMATS = ("JPEG", "PNG", "WEBP")
#: Pixels that are decoded at most. A JPEG is decoded at a fraction of its size, the others only whole.
MOST_PIXELS, MOST_WHOLE = 64_000_000, 25_000_000
#: Longest edge as kept (a page of A4 at 200 dots an inch), and of the picture in a list.
EDGE, SMALL = 2400, 160
#: Bytes that a photo should have as kept (shared/ui.md): qualities and edges are tried down to the floor.
WANTED = 300_000
TRIES = ((EDGE, 85), (EDGE, 75), (EDGE, 65), (2000, 65), (1600, 65), (1600, 50))
#: Pictures that one process decodes at a time: each may take 300 MB while it lasts.
AT_ONCE = threading.BoundedSemaphore(2)
TOO_MANY = "图片的像素太多，超过上限。请用手机或相机的普通尺寸重新拍摄。"
BROKEN = "图片不完整或已损坏，打不开。请重新拍照，或等网络稳定后重新上传。"


def kept(content: bytes) -> bytes:
    """The JPEG to keep of a JPEG, PNG or WebP; raises DocumentRefusal."""
    made = b""
    with AT_ONCE:
        picture = _upright(content)
        for edge, quality in TRIES:
            picture.thumbnail((edge, edge))
            made = _written(picture, quality)
            if len(made) <= WANTED:
                break
    return made


def shown(content: bytes, rotation: int) -> bytes:
    """A kept JPEG, turned clockwise by 0, 90, 180 or 270 degrees."""
    if not rotation:
        return content
    with Image.open(BytesIO(content), formats=["JPEG"]) as picture:
        return _written(picture.rotate(-rotation, expand=True), 88)


def small(content: bytes) -> bytes:
    """The picture of a kept JPEG for lists: numbers on it cannot be read."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as picture:
        picture.draft("RGB", (SMALL * 2, SMALL * 2))
        picture.thumbnail((SMALL, SMALL))
        return _written(picture, 75)


def _upright(content: bytes) -> Image.Image:
    """Decoded, as a person holds it, without transparency."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            _bounded(opened)
            opened.draft("RGB", (EDGE, EDGE))
            opened.load()
            shallow = _eight_bits(opened)
            shallow.thumbnail((EDGE, EDGE))
            return _on_white(ImageOps.exif_transpose(shallow))
    except DocumentRefusal:
        raise
    except Image.DecompressionBombError as error:
        raise DocumentRefusal(TOO_MANY) from error
    # Whatever a decoder says of bytes that a stranger made (OSError, SyntaxError, struct.error, …) means the
    # same: this is no picture that can be kept.
    except Exception as error:
        raise DocumentRefusal(BROKEN) from error


def _bounded(picture: Image.Image) -> None:
    """Before a single pixel is decoded."""
    width, height = picture.size
    most = MOST_PIXELS if picture.format in ("JPEG", "MPO") else MOST_WHOLE
    if width * height > most:
        raise DocumentRefusal(TOO_MANY)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits (scanners write it as PNG) as grey of 8; cut off at 255 it would be a white sheet."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA"):
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return picture.convert("RGB")


def _written(picture: Image.Image, quality: int) -> bytes:
    """Pixels only: a new picture knows nothing of what the old one carried."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    file = BytesIO()
    bare.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()
