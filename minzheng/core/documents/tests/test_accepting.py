"""What comes in is judged by its content; what it carried besides what is painted is gone."""

from contextlib import suppress
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from minzheng.core.documents import accepting, pdfs, pictures
from minzheng.core.documents.accepting import accepted
from minzheng.core.documents.refusals import DocumentRefusal
from minzheng.core.documents.tests import made

SECRETS = (b"SECRET", b"Exif", b"GPS", b"ICC_PROFILE", b"http")
EXIF = 0xE1
#: Too deep for one reader, with an action at the bottom for another.
DEEP = "/URI/A " + "<</A " * 3000 + "<</S/Launch>>" + ">>" * 3000


def sent(content, name="照片.jpg"):
    return ContentFile(content, name=name)


def colours(content):
    """Size and the colour of the upper left and lower right corners."""
    with Image.open(BytesIO(content)) as picture:
        plain = picture.convert("RGB")
        wide, high = plain.size
        return (
            plain.size,
            plain.getpixel((wide // 8, high // 8)),
            plain.getpixel((wide * 7 // 8, high * 7 // 8)),
        )


def close(one, other):
    return all(abs(a - b) < 30 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photo_loses_its_place_and_stands_upright(orientation):
    raw = made.photo(orientation=orientation)
    with Image.open(BytesIO(raw)) as before:
        assert before.getexif().get_ifd(made.GPS)
    found = accepted(sent(raw))
    assert not [secret for secret in SECRETS if secret in found.content]
    assert EXIF not in set(made.markers(found.content))
    with Image.open(BytesIO(found.content)) as after:
        assert not after.getexif()
    size, first, last = colours(found.content)
    assert size == (640, 480)
    assert close(first, made.RED)
    assert close(last, made.BLUE)


def test_a_large_photo_becomes_small_enough_to_send_and_large_enough_to_read():
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    found = accepted(sent(made.encoded(noise, "JPEG", quality=92)))
    with Image.open(BytesIO(found.content)) as picture:
        assert 1600 <= max(picture.size) <= pictures.EDGE
    page = Image.new("RGB", (2480, 3508), "white")
    page.paste(Image.effect_noise((2000, 600), 40).convert("RGB"), (200, 200))
    assert len(accepted(sent(made.encoded(page, "PNG"), "扫描.png")).content) <= pictures.WANTED


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("WEBP", "a.webp"), ("JPEG", "a.exe")])
def test_every_picture_is_kept_as_jpeg_whatever_it_is_called(kind, name):
    found = accepted(sent(made.encoded(made.scene(), kind), name))
    assert (found.media, found.name, found.pages) == ("image/jpeg", "a.jpg", 1)
    assert found.content.startswith(b"\xff\xd8\xff")


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    _, first, _ = colours(accepted(sent(made.encoded(clear, "PNG"))).content)
    assert close(first, (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16", "MPO"])
def test_however_pixels_are_written_the_scene_is_kept(mode):
    picture = made.scene()
    if mode == "MPO":
        raw = made.encoded(picture, "MPO", save_all=True, append_images=[picture.resize((64, 48))])
    elif mode == "I;16":
        deep = picture.convert("L").convert("I").point(lambda value: value * 256)
        raw = made.encoded(deep.convert("I;16"), "PNG")
    else:
        raw = made.encoded(picture.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    size, first, last = colours(accepted(sent(raw)).content)
    assert size == (640, 480)
    if mode in ("P", "CMYK", "MPO"):
        assert close(first, made.RED)
    elif mode != "1":
        assert close(first, (80, 80, 80))
        assert close(last, (43, 43, 43))


@pytest.mark.parametrize("tail", [b"PK\x03\x04evil", b"<script>SECRET</script>", b"%PDF-1.7 SECRET"])
def test_a_file_that_is_two_at_once_keeps_only_its_picture(tail):
    found = accepted(sent(made.photo() + tail))
    assert tail not in found.content
    assert found.content.endswith(b"\xff\xd9")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (5_001, 5_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_goes_off(width, height):
    with pytest.raises(DocumentRefusal, match="像素太多"):
        accepted(sent(made.png_bomb(width, height), "bomb.png"))


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.97])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_did_not_arrive_whole_is_refused(kind, keep):
    noise = Image.effect_noise((300, 200), 50).convert("RGB")
    raw = made.encoded(noise, kind)
    with pytest.raises(DocumentRefusal, match="重新拍照"):
        accepted(sent(raw[: int(len(raw) * keep)]))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "兼容性最佳"),
        (b"\0\0\0\x18ftypmif1" + bytes(40), "兼容性最佳"),
        (b"\0\0\0\x18ftypisom" + bytes(40), "视频"),
        (b"GIF89a" + bytes(40), "动图"),
        (b"PK\x03\x04" + bytes(40), "打印为 PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(40), "打印为 PDF"),
        (b"II*\0" + bytes(40), "TIFF"),
        (b"<svg onload=alert(1)>", "按内容识别"),
        (b"<html>", "按内容识别"),
        (b"", "空的"),
    ],
)
def test_what_is_neither_is_refused_with_a_way_out(start, words):
    with pytest.raises(DocumentRefusal, match=words):
        accepted(sent(start, "a.jpg"))


def test_too_many_bytes_are_not_even_looked_at():
    with pytest.raises(DocumentRefusal, match="20 MB"):
        accepted(sent(b"\xff\xd8\xff" + bytes(accepting.MOST_BYTES)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n"]))
def test_no_bytes_are_more_than_a_refusal(body, start):
    with pytest.raises(DocumentRefusal):
        accepted(sent(start + body))


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=30), st.integers(0, 2000))
def test_a_spoilt_pdf_is_kept_or_refused_and_nothing_else(spot, at):
    raw = bytearray(made.pdf())
    raw[at % len(raw) : at % len(raw) + len(spot)] = spot
    with suppress(DocumentRefusal):
        assert accepted(sent(bytes(raw), "a.pdf")).pages > 0


@pytest.mark.parametrize("change", [None, made.harmless_link])
def test_a_plain_pdf_is_kept_as_it_was_sent(change):
    raw = made.pdf(3, change)
    found = accepted(sent(raw, "证明.docx"))
    assert (found.content, found.media, found.pages, found.name) == (raw, "application/pdf", 3, "证明.pdf")
    assert accepted(sent(raw + b"\r\n\0\n")).pages == 3


@pytest.mark.parametrize(
    "change",
    [
        made.script, made.hidden_script, made.launch, made.sending_form, made.carried_file,
        made.deep_annotation, made.outside_stream,
    ],
)  # fmt: skip
def test_a_pdf_that_acts_is_refused(change):
    with pytest.raises(DocumentRefusal, match="自动执行"):
        accepted(sent(made.pdf(change=change), "a.pdf"))


def test_an_action_that_no_byte_spells_is_found():
    assert accepted(sent(made.in_object_stream("/URI"))).pages == 1
    assert accepted(sent(made.in_object_stream("/URI/A " + "<</A " * 9 + ">>" * 9))).pages == 1
    assert b"JavaScript" not in made.in_object_stream()
    for name in ("/JavaScript", "/Launch", "/GoToE", "/URI/S/JavaScript", "/J#61vaScript", DEEP):
        with pytest.raises(DocumentRefusal, match="自动执行"):
            accepted(sent(made.in_object_stream(name)))


@pytest.mark.parametrize("spelt", [b"/J#61vaScript", b"/#4caunch", b"/EmbeddedFile"])
def test_a_name_written_in_escapes_is_read(spelt):
    raw = made.pdf()
    with pytest.raises(DocumentRefusal, match="自动执行"):
        accepted(sent(raw.replace(b"%%EOF", b"9 0 obj<<" + spelt + b" 1>>endobj\n%%EOF")))


def test_a_locked_broken_or_doubled_pdf_is_refused():
    raw = made.pdf()
    for content, words in (
        (made.pdf(password="x"), "密码"),
        (raw[: len(raw) // 2], "不完整"),
        (raw + b"PK\x03\x04", "结尾之后"),
        (b"junk" + raw, "按内容识别"),
        (b"%PDF-1.4\n%%EOF", "不完整"),
        (made.pdf(pdfs.MOST_PAGES + 1), "60 页"),
        (raw[:-6] + b"%" * pdfs.MOST_BYTES + b"\n%%EOF", "10 MB"),
    ):
        with pytest.raises(DocumentRefusal, match=words):
            accepted(sent(content, "a.pdf"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\我的文档\\户口簿.png", "户口簿.jpg"),
        ("530102199001011234.jpg", "….jpg"),
        ("张三53010219900101123X正面.jpg", "张三…正面.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
        ("", "材料.jpg"),
        (None, "材料.jpg"),
        ("‮gpj.exe", "gpj.jpg"),
        ("长" * 200 + ".jpg", "长" * 60 + ".jpg"),
    ],
)
def test_a_name_says_nothing_that_it_should_not(given, kept):
    assert accepting.named(given, "image/jpeg") == kept
