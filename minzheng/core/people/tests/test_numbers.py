"""Encryption, blind index, masks and names; nothing here prints a number."""

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.core.people import crypto, masks, names, sealing
from minzheng.core.people.crypto import CryptoRefusal, SoftwareProvider

COLUMN = "people_person.number"
PROVIDER = SoftwareProvider(bytes(range(16)), bytes(range(32)))


@given(st.text(max_size=40), st.integers(1, 2**62))
def test_what_is_encrypted_opens_again(value: str, row: int) -> None:
    cipher = PROVIDER.encrypt(COLUMN, [row], [value])[0]
    assert PROVIDER.decrypt(COLUMN, row, cipher) == value
    assert len(value) < 3 or value.encode() not in cipher


def test_a_text_opens_only_where_it_belongs() -> None:
    cipher = PROVIDER.encrypt(COLUMN, [7], ["某个号码"])[0]
    for column, row, text in (
        (COLUMN, 8, cipher),
        ("people_account.number", 7, cipher),
        (COLUMN, 7, cipher[:-1] + bytes([cipher[-1] ^ 1])),
        (COLUMN, 7, b"\x02" + cipher[1:]),
        (COLUMN, 7, cipher[:20]),
    ):
        with pytest.raises(CryptoRefusal) as refused:
            PROVIDER.decrypt(column, row, text)
        assert "某个号码" not in str(refused.value)


def test_another_key_opens_nothing() -> None:
    cipher = PROVIDER.encrypt(COLUMN, [7], ["x"])[0]
    with pytest.raises(CryptoRefusal):
        SoftwareProvider(bytes(16), bytes(32)).decrypt(COLUMN, 7, cipher)


def test_two_texts_of_one_value_differ_and_their_index_does_not() -> None:
    first, second = PROVIDER.encrypt(COLUMN, [7, 7], ["x", "x"])
    assert first != second
    assert PROVIDER.index(["x"]) == PROVIDER.index(["x"])
    assert len(PROVIDER.index(["x"])[0]) == 32
    assert PROVIDER.index(["x"]) != PROVIDER.index(["y"])


def test_the_index_is_hmac_sm3() -> None:
    import hmac

    assert PROVIDER.index(["abc"])[0] == hmac.digest(bytes(range(32)), b"abc", "sm3")


def test_parts_sealed_elsewhere_are_what_would_be_sealed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "field.key").write_text(os.urandom(16).hex())
    (tmp_path / "index.key").write_text(os.urandom(32).hex())
    monkeypatch.setenv("MINZHENG_KEYS", str(tmp_path))
    monkeypatch.setattr(sealing, "PART", 4)
    numbers = [None if n == 5 else str(n) for n in range(21)]
    frame = pl.DataFrame({"id": range(21), "name": ["岩温"] * 21, "number": numbers})
    with sealing.sealers() as pool:
        whole = pl.concat(sealing.Later(pool, "person", frame))
    own = crypto.provider()
    opened = [c and own.decrypt(COLUMN, row, c) for row, c in whole.select("id", "number_cipher").iter_rows()]
    assert opened == numbers
    assert whole.drop("number_cipher").equals(sealing.persons(frame).drop("number_cipher"))


@pytest.mark.parametrize("text", [None, "xyz", "00"])
def test_a_missing_or_unfit_key_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "field.key").write_text(text)
        (tmp_path / "index.key").write_text(text)
    monkeypatch.setenv("MINZHENG_KEYS", str(tmp_path))
    with pytest.raises(CryptoRefusal, match="密钥"):
        crypto.provider()


def test_masks() -> None:
    assert masks.number("530102199001011234") == "53" + "*" * 14 + "34"
    assert masks.number("短号") == "**"
    assert masks.account("6291234567890123") == "**** 0123"
    assert masks.phone("13812345678") == "138****5678"
    assert [masks.name(n) for n in ("岩", "岩温", "扎西·卓玛", "李小明")] == ["*", "岩*", "扎**", "李**"]


@given(st.text(alphabet="0123456789X", min_size=0, max_size=25))
def test_a_mask_shows_at_most_its_ends(value: str) -> None:
    shown = masks.number(value)
    assert len(shown) == len(value)
    assert sum(c != "*" for c in shown) <= 4


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("扎西．卓玛", "扎西·卓玛"),
        ("扎西•卓玛", "扎西·卓玛"),
        (" 李 明 ", "李明"),
        ("阿·", "阿"),
        ("Ａｂ", "Ab"),
        ("𠮷", "𠮷"),
    ],
)
def test_one_form_of_a_name(typed: str, kept: str) -> None:
    assert names.clean(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "·", "李<b>", "李" * 51, "李\x00明"])
def test_what_cannot_be_a_name(typed: str) -> None:
    with pytest.raises(names.NameRefusal):
        names.clean(typed)


def test_grams_and_pinyin() -> None:
    assert names.grams("李小明") == ["小明", "李小"]
    assert names.grams("扎西·卓玛") == sorted(["扎西", "西卓", "卓玛"])
    assert names.grams("岩") == ["岩"]
    assert [names.pinyin(n) for n in ("曾小", "单明", "解明", "仇明")] == [
        "zeng xiao",
        "shan ming",
        "xie ming",
        "qiu ming",
    ]
    assert names.keys(["李明", "李明"]) == ([["李明"]] * 2, ["li ming"] * 2)
