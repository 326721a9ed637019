"""Text messages: the number is sealed, the words are sent once, whatever dies when."""

import json
import stat

import pytest
from django.db import connection

from minzheng.core.notices import actions, reads, sending
from minzheng.core.notices.actions import NoticeRefusal
from minzheng.core.notices.models import TextMessage
from minzheng.core.notices.sending import SendingRefusal
from minzheng.core.notices.sms import FileProvider, SmsRefusal, chosen
from minzheng.core.notices.tests.conftest import COUNTY, OTHER, officer

PHONE = "13800138000"


class Gateway:
    """A gateway that fails as told, and remembers."""

    def __init__(self, fails=None, knows=False):
        self.taken, self.fails, self.knows = [], fails, knows

    def send(self, key, phone, words):
        if self.fails:
            raise self.fails
        self.taken.append((key, phone, words))

    def known(self, key):
        return True if any(key == each[0] for each in self.taken) else self.knows


@pytest.fixture
def texted(acting, folder):
    """A function that puts a text message about case 1 into the outbox, as the web does."""

    def text(phone=PHONE, words="您的申请已受理。", kind="accepted", key=1):
        with acting(officer(1)):
            actions.text_message(phone, words, "case", key, kind)

    return text


def states():
    return list(TextMessage.unscoped.order_by("id").values_list("state", flat=True))


def test_the_file_is_the_only_place_where_the_number_stands(texted, folder):
    texted("+86 138-0013-8000")
    assert sending.send(chosen()) == sending.Sent(1, 0)
    (file,) = (folder / "sms").iterdir()
    assert json.loads(file.read_text("utf-8")) == {
        "key": TextMessage.unscoped.get().key.hex, "phone": PHONE, "words": "您的申请已受理。"
    }  # fmt: skip
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with connection.cursor() as cursor:
        for table in ("notices_textmessage", "audit_history"):
            cursor.execute(f"SELECT coalesce(string_agg(to_jsonb(t)::text, ''), '') FROM {table} t")
            assert PHONE not in cursor.fetchone()[0]
    assert TextMessage.unscoped.get().phone_masked == "138****8000"


def test_a_thing_is_texted_once_to_a_number(texted, acting):
    for _ in range(2):
        texted()
    texted("13900139000")
    texted(kind="confirmed")
    assert reads.outbox() == {"waiting": 3, "sending": 0, "sent": 0, "failed": 0}
    gateway = Gateway()
    assert sending.send(gateway).sent == 3
    assert sending.send(gateway) == sending.Sent(0, 0)
    texted()
    assert sending.send(gateway).sent == 0
    assert len({key for key, *_ in gateway.taken}) == len(gateway.taken) == 3
    with acting(officer(2)):
        assert [each.state for each in reads.texts("case", 1)] == ["sent"] * 3
    with acting(officer(2, area=OTHER)):
        assert reads.texts("case", 1) == ()


def test_what_died_between_is_asked_of_the_gateway_and_never_sent_twice(texted):
    for key in (1, 2, 3):
        texted(key=key)
    TextMessage.unscoped.update(state="sending")
    gateway = Gateway()
    gateway.taken.append((TextMessage.unscoped.get(about_key=1).key.hex, PHONE, ""))
    assert sending.send(gateway) == sending.Sent(3, 0)
    assert len(gateway.taken) == 3
    texted(key=4)
    TextMessage.unscoped.filter(about_key=4).update(state="sending")
    cannot_tell = Gateway(knows=None)
    assert sending.send(cannot_tell) == sending.Sent(0, 1)
    assert not cannot_tell.taken
    assert "人工核实" in TextMessage.unscoped.get(about_key=4).told


def test_what_a_restored_database_waits_with_again_is_not_sent_again(texted, folder):
    texted()
    assert sending.send(chosen()).sent == 1
    (folder / "sms" / "taken").mkdir()
    (file,) = (folder / "sms").glob("*.json")
    file.rename(folder / "sms" / "taken" / file.name)
    TextMessage.unscoped.update(state="waiting", ended_at=None)
    assert sending.send(chosen()) == sending.Sent(1, 0)
    assert not list((folder / "sms").glob("*.json"))


def test_a_gateway_that_is_away_is_tried_again(texted):
    texted()
    texted(key=2)
    with pytest.raises(SendingRefusal, match="网关"):
        sending.send(Gateway(OSError("away")))
    assert states() == ["sending", "waiting"]
    assert sending.send(Gateway()) == sending.Sent(2, 0)


def test_what_the_gateway_refuses_has_failed(texted):
    texted()
    assert sending.send(Gateway(SmsRefusal("号码停用。"))) == sending.Sent(0, 1)
    assert (states(), TextMessage.unscoped.get().told) == (["failed"], "号码停用。")


def test_a_cipher_of_another_row_is_not_sent(texted):
    texted()
    texted("13900139000", key=2)
    first, second = TextMessage.unscoped.order_by("id")
    TextMessage.unscoped.filter(pk=second.pk).update(phone_cipher=first.phone_cipher)
    gateway = Gateway()
    assert sending.send(gateway) == sending.Sent(1, 1)
    assert len(gateway.taken) == 1


def test_the_stand_in_knows_what_it_wrote_and_what_was_taken(tmp_path):
    gateway = FileProvider(tmp_path / "sms")
    assert gateway.known("a1") is False
    gateway.send("a1", PHONE, "一")
    gateway.send("a1", PHONE, "一")
    assert gateway.known("a1")
    assert [file.name for file in (tmp_path / "sms").iterdir()] == ["a1.json"]
    (tmp_path / "sms" / "taken").mkdir()
    (tmp_path / "sms" / "a1.json").rename(tmp_path / "sms" / "taken" / "a1.json")
    assert gateway.known("a1")


@pytest.mark.parametrize(
    ("phone", "words", "about"),
    [("1380013800", "好", "case"), ("08700000000", "好", "case"), (PHONE, "", "case"), (PHONE, "好", ""),
     (PHONE, "长" * 501, "case"), (PHONE, "证件530602198001010011", "case")],
)  # fmt: skip
def test_what_cannot_be_texted_is_refused_without_its_number(acting, folder, phone, words, about):
    with acting(officer(1)), pytest.raises(NoticeRefusal) as refused:
        actions.text_message(phone, words, about, 1)
    assert phone not in f"{refused.value}"
    assert "530602" not in f"{refused.value}"


def test_the_area_is_the_case_s_or_where_the_post_is_held(texted, acting):
    texted()
    with acting(officer(1)):
        actions.text_message(PHONE, "好", "case", 9, area=530602001001)
    assert set(TextMessage.unscoped.values_list("area", flat=True)) == {COUNTY, 530602001001}
