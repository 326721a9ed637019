"""Files as people send them, made here: photos with their place in them, bombs, PDFs that act."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
#: Upper left corner of the scene, as a person sees it; the rest is blue.
RED, BLUE = (220, 20, 20), (20, 20, 220)


def scene(size=(640, 480)):
    """A picture whose upper left quarter is red."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(Image.new("RGB", (size[0] // 2, size[1] // 2), RED), (0, 0))
    return picture


def photo(size=(640, 480), orientation=1, where=True, quality=95, **more):
    """A JPEG of the scene as a phone writes it: stored in the sensor's way round, with place and maker."""
    back = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    picture = scene(size)
    if back[orientation] is not None:
        picture = picture.transpose(back[orientation])
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "SECRETPHONE"
    if where:
        exif.get_ifd(GPS).update({1: "N", 2: (IFDRational(25), IFDRational(2), IFDRational(30)), 3: "E"})
    return encoded(picture, "JPEG", exif=exif, quality=quality, comment=b"SECRETCOMMENT", **more)


def encoded(picture, kind, **more):
    file = BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def png_bomb(width=60_000, height=60_000):
    """A PNG of a few kilobytes that says it is 3.6 gigapixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(pages=2, change=None, password="", streams=False):
    """A PDF of blank pages; `change` adds to the writer what it will."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    if password:
        writer.encrypt(password)
    if streams:
        writer.compress_identical_objects()
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def named(**entries):
    """A dictionary of a PDF; values that are words are names."""
    return DictionaryObject(
        {NameObject(f"/{k}"): NameObject(v) if type(v) is str else v for k, v in entries.items()}
    )


def with_action(action):
    """A change that hangs an action on opening."""

    def change(writer):
        writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)

    return change


def script(writer):
    with_action(named(S="/JavaScript", JS=TextStringObject("app.alert(1)")))(writer)


def hidden_script(writer):
    """The action's kind stands in an object of its own, and its name is written in escapes by the writer."""
    kind = writer._add_object(NameObject("/JavaScript"))
    action = DictionaryObject({NameObject("/S"): kind, NameObject("/JS"): TextStringObject("1")})
    writer._root_object[NameObject("/AA")] = DictionaryObject({NameObject("/WC"): writer._add_object(action)})


def launch(writer):
    with_action(named(S="/Launch", F=TextStringObject("cmd.exe")))(writer)


def sending_form(writer):
    with_action(named(S="/SubmitForm", F=TextStringObject("http://example.org")))(writer)


def carried_file(writer):
    writer.add_attachment("x.exe", b"MZ")


def deep_annotation(writer):
    """An annotation of a page, in an array in an array of its own objects."""
    inner = named(Type="/Annot", Subtype="/RichMedia", Rect=ArrayObject([NumberObject(0)] * 4))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(inner)])


def outside_stream(writer):
    stream = DecodedStreamObject()
    stream.set_data(b"")
    stream[NameObject("/F")] = TextStringObject("/etc/passwd")
    writer._root_object[NameObject("/X")] = writer._add_object(stream)


def harmless_link(writer):
    link = named(S="/URI", URI=TextStringObject("https://www.mca.gov.cn"))
    note = named(Type="/Annot", Subtype="/Link", A=link, Rect=ArrayObject([NumberObject(0)] * 4))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def in_object_stream(name="/JavaScript"):
    """A PDF 1.5 by hand whose action is compressed in an object stream, so that no byte spells it."""
    inner = [(1, b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>"),
             (2, b"<</Type/Pages/Count 1/Kids[3 0 R]>>"),
             (3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
             (4, b"<</S" + name.encode() + b"/URI(x)>>")]  # fmt: skip
    heads, bodies = b"", b""
    for number, body in inner:
        heads += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    packed = zlib.compress(heads + bodies)
    out = b"%PDF-1.5\n"
    first = len(out)
    out += (
        b"5 0 obj\n<</Type/ObjStm/N 4/First %d/Length %d/Filter/FlateDecode>>stream\n"
        % (len(heads), len(packed))
        + packed
        + b"\nendstream\nendobj\n"
    )
    table = len(out)
    rows = b"".join(bytes([2, 0, 5, at]) for at in range(4))
    entries = (
        b"\0\0\0\0"
        + rows
        + bytes([1, *first.to_bytes(2, "big"), 0])
        + bytes([1, *table.to_bytes(2, "big"), 0])
    )
    out += (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length %d>>stream\n" % len(entries)
        + entries
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table
    )
    return out


def markers(content):
    """The markers of a JPEG before its picture: 0xE1 is EXIF."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        yield content[at + 1]
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
