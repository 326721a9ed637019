"""A township clerk with a phone: a photo is taken, made smaller, sent, turned, withdrawn; without script too.

The real site, a real browser, real files: what is sent is what the browser makes of a photo as phones write
them (stored sideways, with its place). Needs Debian's Chromium.
"""

import re
from io import BytesIO

import pytest
from PIL import Image

from minzheng.core.documents.tests import made
from tests.stories import browser
from tests.stories.browser import PHONE, WIDE, look
from tests.stories.site import Visitor

pytestmark = pytest.mark.page
CLERK = "xiangzhen"
TOWN = 530602001000
NOISE = 30


@pytest.fixture
def enter(base):
    """A function: a page of the clerk, signed in; its errors are kept."""
    with browser.launched() as chromium:
        yield lambda size=WIDE, user=CLERK, **options: browser.entered(chromium, base, user, size, **options)


@pytest.fixture(scope="module")
def files(home):
    """Files as people have them: a large photo stored sideways, a screenshot, a PDF, and what is refused."""
    noise = Image.effect_noise((3200, 2400), NOISE).convert("RGB")
    noise.paste(made.scene((1600, 1200)), (800, 600))
    exif = Image.Exif()
    exif[made.ORIENTATION], exif[made.MAKER] = 6, "SECRETPHONE"
    contents = {
        "IMG_2024.jpg": made.encoded(noise, "JPEG", quality=93, exif=exif),
        "signature.png": made.encoded(made.scene((300, 120)), "PNG"),
        "proof.pdf": made.pdf(2),
        "acting.pdf": made.pdf(change=made.script),
        "IMG_0001.heic": b"\0\0\0\x18ftypheic" + bytes(400),
    }
    place = home / "sent"
    place.mkdir()
    for name, content in contents.items():
        (place / name).write_bytes(content)
    return {name: place / name for name in contents}


def household(base):
    """The address of a household of the clerk's township."""
    listed = Visitor(base, CLERK).get(f"/areas/{TOWN}/households/?programme=dibao").text
    return re.search(r'href="(/households/\d+/)"', listed)[1]


def kept(page, path):
    """The picture at an address of the site, as the clerk's browser gets it."""
    answer = page.context.request.get(path)
    assert answer.status == 200
    return answer, Image.open(BytesIO(answer.body()))


def test_a_photo_is_made_smaller_sent_upright_turned_and_withdrawn(enter, base, files):
    large = files["IMG_2024.jpg"]
    assert large.stat().st_size > 2_000_000
    page = enter(PHONE, has_touch=True, is_mobile=True)
    home = household(base)
    page.goto(home)
    assert page.locator("#paper-camera").is_visible()
    page.select_option("#paper-kind", "visit_photo")
    page.set_input_files("#paper-camera", large)
    page.locator("#paper-told", has_text="（原").wait_for()
    told = page.text_content("#paper-told")
    assert re.match(r"已选 1 份，共 [1-3]?\d\d KB（原 \d\.\d MB）", told), told
    page.click("text=上传")
    assert page.url.endswith(home)
    assert "已收下 1 份入户照片" in page.text_content("main")
    page.click(".papers a")
    content = page.get_attribute("img.sheet", "src")
    answer, picture = kept(page, content)
    assert picture.height > picture.width
    assert len(answer.body()) <= 300_000
    assert b"SECRET" not in answer.body()
    page.click("text=向右转")
    assert "入户照片" in page.text_content("#shown")
    _, turned = kept(page, page.get_attribute("img.sheet", "src"))
    assert turned.size == (picture.height, picture.width)
    page.fill("#reason", "拍得不清楚，重拍")
    page.click("text=撤回这份材料")
    assert "已撤回的材料（1 份）" in page.text_content("main")
    assert not page.errors


def test_without_script_the_photo_is_sent_as_it_is_and_shrinks_there(enter, base, files):
    page = enter(java_script_enabled=False)
    page.goto(household(base))
    assert not page.locator("#paper-camera").is_visible()
    page.select_option("#paper-kind", "hukou")
    page.set_input_files("#paper-file", [files["IMG_2024.jpg"], files["proof.pdf"]])
    page.click("text=上传")
    assert "已收下 2 份户口簿" in page.text_content("main")
    page.click(".papers a:has(img)")
    answer, picture = kept(page, page.get_attribute("img.sheet", "src"))
    assert len(answer.body()) <= 300_000
    assert picture.height > picture.width
    page.click(".papers a:has(.pdf)")
    opened = page.context.request.get(page.get_attribute("text=在新窗口打开", "href"))
    assert opened.headers["content-type"] == "application/pdf"


def test_what_is_refused_says_what_to_do_and_takes_the_rest(enter, base, files):
    page = enter(PHONE)
    page.goto(household(base))
    page.select_option("#paper-kind", "signature")
    page.set_input_files("#paper-file", [files[n] for n in ("IMG_0001.heic", "acting.pdf", "signature.png")])
    page.locator("#paper-told", has_text="已选 3 份").wait_for()
    page.click("text=上传")
    said = page.text_content("[role=alert]")
    assert "收下 1 份，2 份没有收下" in said
    assert "兼容性最佳" in said
    assert "打印为 PDF" in said
    assert page.title().startswith("错误：")
    assert page.input_value("#paper-kind") == "signature"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1366", "390"])
def test_the_pages_are_whole_and_axe_finds_nothing(enter, base, files, size):
    page = enter(size)
    home = household(base)
    page.goto(home)
    page.select_option("#paper-kind", "signature")
    page.set_input_files("#paper-file", files["signature.png"])
    page.click("text=上传")
    key = home.strip("/").split("/")[1]
    listed = f"/papers/?about=household&of={key}"
    look(page, listed)
    one = page.get_attribute(".papers a", "href")
    for path in (home, one.partition("#")[0]):
        look(page, path)
    assert page.evaluate("document.querySelector('img.sheet').naturalWidth") > 0
    assert not page.errors


def test_a_clerk_of_another_county_finds_nothing(enter, base):
    page = enter(user="shuifu")
    key = household(base).strip("/").split("/")[1]
    for path in (
        f"/papers/?about=household&of={key}",
        "/papers/1/",
        "/papers/1/content/",
        "/papers/1/preview/",
    ):
        assert page.goto(path).status == 404
