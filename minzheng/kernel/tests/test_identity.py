"""Identity numbers and credit codes: what is wrong is named, and the number is never repeated."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.identity import (
    CreditCode,
    IdentityRefusal,
    ResidentNumber,
    check_digit,
    credit_check_digit,
    is_provisional,
    organisation_check_digit,
    provisional_code,
)

TODAY = date(2026, 11, 23)
born_days = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
areas = st.integers(min_value=110000, max_value=659999)
sequences = st.integers(min_value=0, max_value=999)


def numbered(area: int, born: date, sequence: int) -> str:
    seventeen = f"{area}{born:%Y%m%d}{sequence:03d}"
    return seventeen + check_digit(seventeen)


numbers = st.builds(numbered, areas, born_days, sequences)


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), 2),
        ("440524188001010014", date(1880, 1, 1), 1),
        ("530102194903070019", date(1949, 3, 7), 1),
    ],
)
def test_known_numbers(number: str, born: date, sex: int) -> None:
    read = ResidentNumber.parse(number, TODAY)
    assert (read.number, read.born, read.sex, read.area6) == (number, born, sex, int(number[:6]))
    assert read.warnings == ()


@given(areas, born_days, sequences)
def test_a_made_number_reads_back(area: int, born: date, sequence: int) -> None:
    read = ResidentNumber.parse(numbered(area, born, sequence), TODAY)
    assert (read.area6, read.born, read.sex) == (area, born, 1 if sequence % 2 else 2)


@given(numbers, st.integers(min_value=0, max_value=17), st.integers(min_value=1, max_value=9))
def test_every_single_wrong_digit_is_caught(number: str, place: int, shift: int) -> None:
    values = "0123456789" if place < 17 else "0123456789X"
    wrong = values[(values.index(number[place]) + shift) % len(values)]
    with pytest.raises(IdentityRefusal):
        ResidentNumber.parse(number[:place] + wrong + number[place + 1 :], TODAY)


@given(numbers, st.integers(min_value=0, max_value=15))
def test_every_swap_of_neighbours_is_caught(number: str, place: int) -> None:
    if number[place] != number[place + 1]:
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        with pytest.raises(IdentityRefusal):
            ResidentNumber.parse(swapped, TODAY)


@given(numbers)
def test_typing_does_not_matter(number: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    for typed in (
        wide,
        number.lower(),
        f" {number[:6]} {number[6:14]}　{number[14:]}\n",
        f"{number[:6]}-{number[6:]}",
    ):
        assert ResidentNumber.parse(typed, TODAY).number == number


@given(areas, st.dates(min_value=date(1900, 1, 1), max_value=date(1999, 12, 31)), st.integers(0, 995))
def test_fifteen_digits_keep_birth_date_and_sex(area: int, born: date, sequence: int) -> None:
    old = f"{area}{born:%y%m%d}{sequence:03d}"
    read = ResidentNumber.parse(old, TODAY)
    assert (read.born, read.area6, read.sex) == (born, area, 1 if sequence % 2 else 2)
    assert read.number[:6] + read.number[8:17] == old
    assert any("15 位" in warning for warning in read.warnings)


@given(areas, st.dates(min_value=date(1850, 1, 1), max_value=date(1899, 12, 31)), st.integers(996, 999))
def test_reserved_sequences_are_centenarians(area: int, born: date, sequence: int) -> None:
    assert ResidentNumber.parse(f"{area}{born:%y%m%d}{sequence}", TODAY).born == born


def test_born_after_today_is_refused() -> None:
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(IdentityRefusal, match="晚于今天") as caught:
        ResidentNumber.parse(numbered(530102, tomorrow, 1), TODAY)
    assert caught.value.reason == "future"
    assert ResidentNumber.parse(numbered(530102, TODAY, 1), TODAY).born == TODAY
    assert ResidentNumber.parse(numbered(530102, tomorrow, 1)).born == tomorrow


@pytest.mark.parametrize("eight", ["19490229", "20230229", "19001301", "19000100", "17991231", "00000101"])
def test_a_birth_date_must_exist(eight: str) -> None:
    seventeen = f"530102{eight}001"
    with pytest.raises(IdentityRefusal, match="不是真实日期") as caught:
        ResidentNumber.parse(seventeen + check_digit(seventeen), TODAY)
    assert caught.value.reason == "date"


@pytest.mark.parametrize(
    ("text", "reason", "says"),
    [
        ("", "length", "现为 0 位"),
        ("53010219490307001", "length", "现为 17 位"),
        ("5301021949030700191", "length", "现为 19 位"),
        ("53010219490307X019", "character", "第 15 位"),
        ("53010219490307001A", "character", "第 18 位应为数字或 X"),
        ("٥30102194903070019", "character", "第 1 位"),
        ("53010249030700X", "character", "全为数字"),
        ("530102194903070018", "check", "校验码"),
    ],
)
def test_what_is_wrong_is_named(text: str, reason: str, says: str) -> None:
    with pytest.raises(IdentityRefusal, match=says) as caught:
        ResidentNumber.parse(text, TODAY)
    assert caught.value.reason == reason


@given(st.text(alphabet="0123456789X", min_size=8, max_size=19))
def test_no_message_repeats_the_number(text: str) -> None:
    for parse in (ResidentNumber.parse, CreditCode.parse):
        try:
            parse(text)
        except IdentityRefusal as refusal:
            message = str(refusal)
            assert not any(text[start : start + 4] in message for start in range(len(text) - 3))


def test_old_and_unknown_areas_only_warn() -> None:
    born = date(1970, 1, 1)
    assert "曲靖" in ResidentNumber.parse(numbered(532201, born, 1), TODAY).warnings[0]
    assert "省级" in ResidentNumber.parse(numbered(990101, born, 1), TODAY).warnings[0]
    current = {530102}
    assert ResidentNumber.parse(numbered(530102, born, 1), TODAY, current).warnings == ()
    assert "已撤并" in ResidentNumber.parse(numbered(530121, born, 1), TODAY, current).warnings[0]


def test_the_provinces_in_use() -> None:
    known = [
        province
        for province in range(10, 100)
        if not ResidentNumber.parse(numbered(province * 10000 + 101, date(1970, 1, 1), 1)).warnings
    ]
    north, east = [11, 12, 13, 14, 15, 21, 22, 23], [31, 32, 33, 34, 35, 36, 37]
    south, west = [41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54], [61, 62, 63, 64, 65]
    assert known == [*north, *east, *south, *west, 71, 81, 82, 83]


def test_check_digit_wants_seventeen_digits() -> None:
    for text in ("5301021949030700", "5301021949030700X"):
        with pytest.raises(IdentityRefusal, match="17 位"):
            check_digit(text)


@given(st.uuids())
def test_provisional_codes_are_their_own_shape(token: UUID) -> None:
    code = provisional_code(token)
    assert is_provisional(code)
    assert is_provisional(code.lower())
    with pytest.raises(IdentityRefusal):
        ResidentNumber.parse(code)


@given(numbers)
def test_a_number_is_not_provisional(number: str) -> None:
    assert not is_provisional(number)


def test_the_standard_credit_code() -> None:
    read = CreditCode.parse("91350100m000100y43")
    assert (read.code, read.kind, read.area6, read.organisation) == (
        "91350100M000100Y43",
        "91",
        350100,
        "M000100Y4",
    )
    assert read.registrant == "市场监管·企业"
    assert read.warnings == ()


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credited(kind: str, area: int, eight: str) -> str:
    seventeen = f"{kind}{area}{eight}{organisation_check_digit(eight)}"
    return seventeen + credit_check_digit(seventeen)


codes = st.builds(
    credited,
    st.sampled_from(["51", "52", "53", "91"]),
    areas,
    st.text(alphabet=ALPHABET, min_size=8, max_size=8),
)


@given(codes, st.integers(min_value=8, max_value=17), st.integers(min_value=1, max_value=30))
def test_every_single_wrong_character_of_a_credit_code_is_caught(code: str, place: int, shift: int) -> None:
    assert CreditCode.parse(code).warnings == ()
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    with pytest.raises(IdentityRefusal, match="校验码"):
        CreditCode.parse(code[:place] + wrong + code[place + 1 :])


def test_a_wrong_inner_check_only_warns() -> None:
    eight = "MJ000000"
    wrong = "1" if organisation_check_digit(eight) != "1" else "2"
    seventeen = f"52530000{eight}{wrong}"
    read = CreditCode.parse(seventeen + credit_check_digit(seventeen))
    assert any("主体标识码" in warning for warning in read.warnings)


def test_an_unknown_registrant_only_warns() -> None:
    read = CreditCode.parse(credited("Q7", 530000, "MJ000000"))
    assert read.registrant == ""
    assert "前 2 位" in read.warnings[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("91350100M000100Y4", "现为 17 位"),
        ("9135O100M000100Y43", "第 5 位用了不采用的字母"),
        ("9135A100M000100Y43", "第 5 位是登记机关区划"),
        ("91350100M000100Y4中", "第 18 位不是数字或大写字母"),
        ("91350100M000100Y44", "校验码"),
    ],
)
def test_what_is_wrong_with_a_credit_code_is_named(text: str, says: str) -> None:
    with pytest.raises(IdentityRefusal, match=says):
        CreditCode.parse(text)


def test_known_organisation_codes() -> None:
    # GB 11714 weights 3,7,9,10,5,8,4,2; D2143569-X is the standard's own example.
    assert organisation_check_digit("D2143569") == "X"
    assert organisation_check_digit("M000100Y") == "4"
