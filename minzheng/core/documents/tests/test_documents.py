"""A document from upload to withdrawal: once, in scope, logged, with its history; its file whole or named."""

import os
import stat
from io import BytesIO

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from minzheng.core.access.actor import ActRefusal, MissingRefusal, StaleRefusal
from minzheng.core.access.rows import RUNTIME
from minzheng.core.access.scope import acting, current
from minzheng.core.audit import reads as audit
from minzheng.core.documents import actions, checks, files, pictures, reads, subjects
from minzheng.core.documents.models import Document
from minzheng.core.documents.refusals import DocumentRefusal, FileRefusal
from minzheng.core.documents.tests import made
from minzheng.core.documents.tests.conftest import COUNTY, FOREIGN, THINGS


def only_file(folder):
    (found,) = [path for path in folder.rglob("*") if path.is_file()]
    return found


def corner(content):
    with Image.open(BytesIO(content)) as picture:
        return picture.size, picture.getpixel((10, 10))


def test_keep_and_open(keep, things):
    key = keep()
    (paper,) = reads.of("thing", 1)
    assert (paper.id, paper.label, paper.by, paper.is_picture) == (key, "身份证", "试用county_clerk", True)
    found = reads.opened(key)
    assert corner(found.content)[0] == (640, 480)
    assert (found.media, found.name) == ("image/jpeg", "照片.jpg")
    assert max(corner(reads.preview(key).content)[0]) == 160
    assert reads.of("thing", 2) == reads.of("other", 1) == ()


def test_what_lies_on_the_disk_tells_nothing_and_is_closed_to_others(keep, things):
    keep(made.pdf(), kind="letter", name="a.pdf")
    path = only_file(things)
    raw, row = path.read_bytes(), Document.objects.get()
    assert b"%PDF" not in raw
    assert row.digest not in f"{path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in (things, path.parent)} == {0o700}
    assert list(checks.problems()) == []
    assert row.digest == files.digest_of(reads.opened(row.pk).content)


def test_the_same_content_about_one_thing_is_one_document(keep, things):
    first = keep()
    assert keep(name="再来.jpg") == first
    with pytest.raises(DocumentRefusal, match="已经作为“身份证”收下"):
        keep(kind="hukou")
    assert keep(key=3) != first
    assert len([path for path in things.rglob("*") if path.is_file()]) == 1
    actions.withdraw(first, "拍得不清楚", current())
    assert keep(kind="hukou") != first


def test_missing_material_is_named_until_it_is_there(keep, clerk):
    assert reads.board(subjects.find("thing", 1)).missing == ("身份证", "户口簿")
    key = keep()
    board = reads.board(subjects.find("thing", 1))
    assert board.missing == ("户口簿",)
    assert (board.may_add, board.may_withdraw) == (True, True)
    assert board.kinds[:2] == (("identity", "身份证"), ("hukou", "户口簿"))
    actions.withdraw(key, "拍得不清楚", clerk)
    assert reads.board(subjects.find("thing", 1)).missing == ("身份证", "户口簿")
    closed = reads.board(subjects.find("thing", 3))
    assert (closed.may_add, closed.may_withdraw) == (False, False)


def test_turn_is_a_mark_and_the_content_stays(keep, clerk, things):
    key = keep()
    before = only_file(things).read_bytes()
    for degrees, rotation in ((90, 90), (90, 180), (-90, 90), (-180, 270), (90, 0)):
        actions.turn(key, degrees, clerk)
        assert Document.objects.get().rotation == rotation
    assert only_file(things).read_bytes() == before
    actions.turn(key, 90, clerk)
    size, colour = corner(reads.opened(key).content)
    assert (size, colour[2] > 150) == ((480, 640), True)
    assert corner(reads.preview(key).content)[0] == (120, 160)
    letter = keep(made.pdf(), kind="letter")
    for document, degrees, words in ((key, 45, "90 度"), (letter, 90, "只有照片能旋转")):
        with pytest.raises(DocumentRefusal, match=words):
            actions.turn(document, degrees, clerk)


def test_withdraw_has_a_reason_once_and_leaves_the_paper_on_record(keep, clerk):
    key, closed = keep(), keep(key=3)
    for reason in ("", "   ", "错", "长" * 201):
        with pytest.raises(DocumentRefusal, match="撤回的原因"):
            actions.withdraw(key, reason, clerk)
    actions.withdraw(key, " 传错了 人 ", clerk)
    assert reads.of("thing", 1) == ()
    gone = reads.paper(key)
    assert (gone.withdrawn_reason, gone.withdrawn_by) == ("传错了 人", "试用county_clerk")
    assert reads.opened(key).content
    for act in (lambda: actions.withdraw(key, "再撤一次", clerk), lambda: actions.turn(key, 90, clerk)):
        with pytest.raises(StaleRefusal, match="已由试用county_clerk于"):
            act()
    with pytest.raises(StaleRefusal, match="已经办结"):
        actions.withdraw(closed, "拍得不清楚", clerk)


def test_every_change_is_history_and_every_opening_is_logged(keep, clerk):
    key = keep()
    actions.turn(key, 90, clerk)
    actions.withdraw(key, "拍得不清楚", clerk)
    reads.opened(key), reads.preview(key)
    kept = audit.history("documents_document", key)
    assert [entry.kind for entry in kept] == ["i", "u", "u"]
    assert [(entry.before or {}).get("rotation") for entry in kept] == [None, 0, 90]
    looks = audit.looks(f"documents_document/{key}")
    assert [(look.what, look.outcome) for look in looks] == [
        ("documents.view", "done"),
        ("documents.preview", "done"),
    ]


def test_what_cannot_be_kept_leaves_no_row_and_no_file(keep, clerk, things):
    for act, words in (
        (lambda: keep(b"GIF89a"), "动图"),
        (lambda: keep(kind="x"), "是什么"),
        (lambda: keep(key=2), "没有查到"),
        (lambda: actions.keep(ContentFile(made.photo()), "thing", 9, "other", COUNTY, clerk), "没有查到"),
        (lambda: actions.keep(ContentFile(made.photo()), "cat", 1, "other", COUNTY, clerk), "没有查到"),
    ):
        with pytest.raises(ActRefusal, match=words):
            act()
    assert not Document.objects.exists()
    assert not things.exists()


def test_there_is_an_end_to_how_many(keep, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 2)
    keep(), keep(made.photo((300, 200)))
    with pytest.raises(DocumentRefusal, match="已有 2 份"):
        keep(made.photo((320, 200)))


def test_a_post_without_the_step_does_nothing(keep, scope_of):
    key = keep()
    other = scope_of("county_finance")
    for act in (
        lambda: actions.keep(ContentFile(made.photo()), "thing", 1, "other", THINGS[1], other),
        lambda: actions.turn(key, 90, other),
        lambda: actions.withdraw(key, "拍得不清楚", other),
    ):
        with pytest.raises(ActRefusal, match="不能办理这一步"):
            act()


def test_another_county_finds_nothing(keep, scope_of):
    key = keep()
    stranger = scope_of(area=FOREIGN)
    with acting(stranger):
        assert reads.of("thing", 1) == ()
        for act in (
            lambda: reads.opened(key), lambda: reads.preview(key), lambda: reads.paper(key),
            lambda: reads.fault(key), lambda: actions.turn(key, 90, stranger),
            lambda: actions.withdraw(key, "拍得不清楚", stranger),
        ):  # fmt: skip
            with pytest.raises(MissingRefusal, match="没有查到这份材料"):
                act()
    assert reads.paper(key).rotation == 0


def test_who_does_not_see_the_thing_does_not_see_its_papers(keep, monkeypatch):
    key = keep()
    monkeypatch.setitem(subjects._finders, "thing", lambda _: None)
    for act in (
        lambda: reads.opened(key),
        lambda: reads.preview(key),
        lambda: actions.turn(key, 90, current()),
    ):
        with pytest.raises(MissingRefusal):
            act()


def test_the_web_may_change_the_marks_and_nothing_else(keep, scope_of):
    key, stranger = keep(), scope_of(area=FOREIGN)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {RUNTIME}")
        assert keep(made.photo((300, 200)), kind="hukou")
        assert reads.opened(key).content
        actions.turn(key, 90, current())
        for change in ("digest = 'x'", "area = 530621001001", "about_key = 2", "by = 'x'", "at = now()"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(f"UPDATE documents_document SET {change}")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("DELETE FROM documents_document")
        with acting(stranger):
            cursor.execute("SELECT count(*) FROM documents_document")
            assert cursor.fetchone() == (0,)
        cursor.execute("RESET ROLE")


def test_the_small_picture_is_made_once_and_again_when_it_is_lost(keep, things, monkeypatch):
    key, count = keep(), []
    small = pictures.small
    monkeypatch.setattr(pictures, "small", lambda content: count.append(1) or small(content))
    first = reads.preview(key).content
    assert reads.preview(key).content == first
    assert len(count) == 1
    spoil(files.path_of(Document.objects.get().digest, "small"), "changed")
    assert reads.preview(key).content == first
    assert len(count) == 2
    assert list(checks.problems()) == []


def spoil(path, how):
    raw = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(raw[:20])
    elif how == "changed":
        path.write_bytes(raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:])
    else:
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["gone", "cut", "changed", "empty"])
def test_damage_on_the_disk_is_named_found_and_mended(keep, things, how):
    key = keep()
    spoil(only_file(things), how)
    for act in (reads.opened, reads.preview):
        with pytest.raises(FileRefusal, match=f"材料 {key} 的文件.*从备份核对恢复"):
            act(key)
    (problem,) = checks.problems()
    assert problem == reads.fault(key)
    assert [look.outcome for look in audit.looks(f"documents_document/{key}")] == ["refused", "refused"]
    assert keep() == key
    assert list(checks.problems()) == []


def test_a_file_put_in_anothers_place_does_not_open(keep, things):
    one, other = keep(), keep(made.photo((300, 200)))
    first, second = (files.path_of(Document.objects.get(pk=key).digest) for key in (one, other))
    second.write_bytes(first.read_bytes())
    with pytest.raises(FileRefusal, match="被改动过"):
        reads.opened(other)


def test_an_open_or_served_folder_is_told(keep, things, settings):
    keep()
    things.chmod(0o755)
    assert "chmod 700" in next(checks.problems())
    (served,) = [path for path in finders.find("portal", find_all=True) if os.path.isdir(path)]
    settings.DOCUMENTS = served
    assert any("会被公开" in problem for problem in checks.folder_problems())


def test_a_failed_write_leaves_no_row(keep, things, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep()
    assert not Document.objects.exists()
    assert not [path for path in things.rglob("*") if path.is_file()]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000))
def test_what_is_written_is_read_and_has_one_place(things, content):
    digest = files.write(content)
    assert files.read(digest, 1) == content
    assert files.write(content) == digest
    assert files.fault(digest) == ""
    assert files.path_of(digest).is_relative_to(things)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=300), st.data())
def test_no_single_bit_changes_unseen(things, content, data):
    digest = files.write(content)
    path = files.path_of(digest)
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(raw))
    assert files.fault(digest) == "被改动过"
    files.write(content)
    assert files.fault(digest) == ""
