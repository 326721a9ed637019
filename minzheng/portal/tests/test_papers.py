"""Documents on pages: sent as a phone sends them, shown beside the form, turned, withdrawn."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from minzheng.core.access import grants
from minzheng.core.documents.models import Document
from minzheng.core.documents.tests import made
from minzheng.kernel.grants import Grant
from minzheng.portal import urls

VILLAGE, FOREIGN = 530102001001, 530302001001
HOUSEHOLD = {"about": "household", "of": "1"}


@pytest.fixture
def enter(signed_in, settings, tmp_path):
    """A function: the client signed in, with a household in its county and one in another."""
    settings.DOCUMENTS = tmp_path / "documents"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_household (id, area, urban, kind, source)"
            " VALUES (1, %s, true, 0, 't'), (2, %s, true, 0, 't')",
            [VILLAGE, FOREIGN],
        )
    return signed_in


@pytest.fixture
def client_in(enter):
    return enter()


def photo(name="照片.jpg", content=None):
    return SimpleUploadedFile(name, made.photo() if content is None else content, "image/jpeg")


def send(client, *files, **more):
    return client.post("/papers/add/", {**HOUSEHOLD, "kind": "identity", "file": files or [photo()], **more})


def said(answer):
    return answer.content.decode()


def test_add_turn_withdraw_on_pages(client_in):
    empty = said(client_in.get("/papers/", HOUSEHOLD))
    assert "还没有材料" in empty
    assert 'capture="environment"' in empty
    assert (
        send(client_in, photo(), photo("户口.pdf", made.pdf())).headers["Location"]
        == "/papers/?about=household&of=1"
    )
    first, second = keys()
    page = said(client_in.get(f"/papers/{first}/"))
    assert "已收下 2 份身份证" in page
    assert f'src="/papers/{first}/preview/' in page
    assert f'src="/papers/{first}/content/' in page
    assert "PDF，2 页" in said(client_in.get(f"/papers/{second}/"))
    assert client_in.post(f"/papers/{first}/turn/", {"to": "right"}).status_code == 302
    assert client_in.post(f"/papers/{first}/turn/", {"to": "over"}).status_code == 422
    assert client_in.post(f"/papers/{second}/turn/", {"to": "left"}).status_code == 422
    with Image.open(BytesIO(client_in.get(f"/papers/{first}/content/").content)) as picture:
        assert picture.size == (480, 640)
    refused = client_in.post(f"/papers/{first}/withdraw/", {"reason": "错"})
    assert refused.status_code == 422
    assert 'value="错"' in said(refused)
    assert "<title>错误：" in said(refused)
    assert client_in.post(f"/papers/{first}/withdraw/", {"reason": "拍得不清楚"}).status_code == 302
    late = client_in.post(f"/papers/{first}/withdraw/", {"reason": "拍得不清楚"})
    assert late.status_code == 409
    assert "已由试用于" in said(late)
    listed = said(client_in.get("/papers/", HOUSEHOLD))
    assert "已撤回的材料（1 份）" in listed
    assert "材料（1 份）" in listed


def keys():
    """The keys of all documents, whoever asks."""
    return list(Document.unscoped.order_by("id").values_list("id", flat=True))


def test_a_content_leaves_as_itself_and_is_kept_by_nobody(client_in):
    send(client_in, photo('我的"身份证\r\n.jpg'), photo("a.pdf", made.pdf()))
    first, second = keys()
    for key, kind in ((first, "image/jpeg"), (second, "application/pdf")):
        answer = client_in.get(f"/papers/{key}/content/")
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert "object-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        saved = client_in.get(f"/papers/{key}/content/?download")
        assert saved.headers["Content-Disposition"].startswith("attachment")
    assert client_in.get(f"/papers/{second}/preview/").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_accesslog WHERE what = 'documents.view' AND subject LIKE 'documents%'"
        )
        assert cursor.fetchone() == (4,)


def test_what_was_wrong_is_told_at_its_field_and_the_rest_is_kept(client_in):
    for form, words in (
        ({"kind": ""}, "请选这份材料是什么"),
        ({"file": []}, "请拍照或选择文件"),
        ({"file": [photo(content=b"GIF89a")]}, "动图"),
        ({"file": [photo(content=b"\0\0\0\x18ftypheic")]}, "兼容性最佳"),
        ({"file": [photo(f"{n}.jpg") for n in range(21)]}, "一次最多 20 份"),
    ):
        answer = client_in.post("/papers/add/", {**HOUSEHOLD, "kind": "identity", "file": [photo()], **form})
        assert answer.status_code == 422
        assert words in said(answer)
        assert 'aria-invalid="true"' in said(answer)
    assert keys() == []
    partly = send(client_in, photo(), photo("530102199001011234.gif", b"GIF89a"))
    assert partly.status_code == 422
    assert "收下 1 份，1 份没有收下。…：动图" in said(partly)
    assert "530102199001011234" not in said(partly)
    assert len(keys()) == 1


def test_the_form_returns_to_the_page_it_stood_on_and_to_no_other_site(client_in):
    assert send(client_in, back="/households/1/").headers["Location"] == "/households/1/"
    away = send(client_in, photo(content=made.photo((300, 200))), back="https://elsewhere.example/")
    assert away.headers["Location"].startswith("/papers/?")


@pytest.mark.parametrize(
    "query", ["about=", "about=household", "about=household&of=x", "about=cat&of=1", "about=household&of=2"]
)
def test_a_thing_that_is_not_there_is_404(client_in, query):
    assert client_in.get(f"/papers/?{query}").status_code == 404
    values = dict(pair.split("=") for pair in query.split("&") if pair)
    assert client_in.post("/papers/add/", {**values, "kind": "other", "file": photo()}).status_code == 404


def addresses():
    """Every address of one document."""
    return [
        f"/{each.pattern}" for each in urls.urlpatterns if f"{each.pattern}".startswith("papers/<int:key>/")
    ]


def test_another_county_meets_404_wherever_it_asks(enter):
    send(enter())
    (key,) = keys()
    stranger = enter(area=530302000000)
    assert len(addresses()) == 5
    for address in addresses():
        there, absent = address.replace("<int:key>", f"{key}"), address.replace("<int:key>", "987654")
        for ask in (stranger.get, lambda path: stranger.post(path, {"to": "left", "reason": "拍得不清楚"})):
            found, nothing = ask(there), ask(absent)
            assert found.status_code == nothing.status_code
            assert found.status_code in (404, 405)
            assert strip(said(found)) == strip(said(nothing))
    row = Document.unscoped.get()
    assert (row.rotation, row.withdrawn_at) == (0, None)


def strip(text):
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+', "", text)


@pytest.mark.parametrize(
    ("post", "area"), [("county_finance", 530102000000), ("prefecture_supervisor", 530100000000)]
)
def test_who_may_not_look_sees_no_papers(enter, post, area):
    send(enter())
    (key,) = keys()
    other = enter(post, area)
    for path in (
        f"/papers/{key}/",
        f"/papers/{key}/content/",
        f"/papers/{key}/preview/",
        "/papers/?about=household&of=1",
    ):
        assert other.get(path).status_code == 403
    assert "材料" not in said(other.get("/households/1/"))


def test_who_may_only_look_gets_no_form(enter, monkeypatch):
    send(enter())
    (key,) = keys()
    acts = [Grant("county_clerk", step, "subtree") for step in ("documents.add", "documents.withdraw")]
    monkeypatch.setattr(grants, "GRANTS", tuple(each for each in grants.GRANTS if each not in acts))
    approver = enter()
    page = said(approver.get(f"/papers/{key}/"))
    assert f"/papers/{key}/content/" in page
    assert "撤回原因" not in page
    assert 'type="file"' not in page
    assert approver.post(f"/papers/{key}/turn/", {"to": "left"}).status_code == 403
    assert approver.post(f"/papers/{key}/withdraw/", {"reason": "拍得不清楚"}).status_code == 403
    assert send(approver).status_code == 403


def test_a_damaged_file_is_told_on_the_page_and_at_the_address(client_in, settings):
    send(client_in)
    (key,) = keys()
    for path in settings.DOCUMENTS.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1])
    assert f"材料 {key} 的文件被改动过" in said(client_in.get(f"/papers/{key}/"))
    for part in ("content", "preview"):
        answer = client_in.get(f"/papers/{key}/{part}/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (410, "text/plain; charset=utf-8")


def test_a_household_s_page_shows_its_papers(client_in):
    send(client_in)
    page = said(client_in.get("/households/1/"))
    assert "材料（1 份）" in page
    assert 'name="back" value="/households/1/"' in page


def test_statements_do_not_grow_with_the_papers(client_in, django_assert_max_num_queries):
    send(client_in, *(photo(content=made.photo((300 + 10 * n, 200))) for n in range(6)))
    first, *_ = keys()
    for path, most in (
        ("/papers/?about=household&of=1", 18),
        (f"/papers/{first}/", 21),
        (f"/papers/{first}/content/", 13),
    ):
        client_in.get(path)
        with django_assert_max_num_queries(most):
            assert client_in.get(path).status_code == 200


def test_large_photos_without_script_are_taken_in_memory(client_in, monkeypatch):
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    def no_disk(*_, **__):
        raise AssertionError("a photo was put down unencrypted")

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", no_disk)
    noise = Image.effect_noise((2600, 2600), 90).convert("RGB")
    large = made.encoded(noise, "JPEG", quality=97)
    assert len(large) > 5_000_000
    assert send(client_in, photo(content=large)).status_code == 302
