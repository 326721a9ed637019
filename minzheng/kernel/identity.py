"""Resident identity numbers (GB 11643-1999), unified social credit codes (GB 32100-2015), provisional codes.

What makes a number wrong: length, characters, check digit, an unreal date, a date after `today`. What only
warns: an area code that is not in use now (old codes stay valid in identity numbers for life) and the inner
check character of an organisation code (GB 11714), which old registrations get wrong. No message ever repeats
the number.
"""

import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from minzheng.kernel.errors import Refusal

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_DIGITS = frozenset("0123456789")
# 15-digit sequence numbers kept for people already over a hundred when the numbers were given out.
_CENTENARIANS = ("996", "997", "998", "999")
_FIRST_YEAR = 1800
# Province codes of GB/T 2260; 81 to 83 also stand in residence permits of Hong Kong, Macao and Taiwan.
_PROVINCES = frozenset(
    str(code)
    for span in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for code in range(*span)
)
# Yunnan's prefectures before 1997–2003: the code in the number, where the place is now.
OLD_PREFECTURES = {
    "5302": "东川（今昆明市东川区）",
    "5322": "曲靖",
    "5324": "玉溪",
    "5330": "保山",
    "5321": "昭通",
    "5332": "丽江",
    "5327": "思茅（今普洱）",
    "5335": "临沧",
}


class IdentityRefusal(Refusal):
    """A number that cannot be right. `reason`: length, character, date, future or check; the number is not
    repeated.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def normal(text: str) -> str:
    """Full width to half width, letters to upper case, spaces and hyphens out."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c not in "-‐‑–—").upper()


def check_digit(seventeen: str) -> str:
    """The 18th character for the first 17 digits (ISO 7064 MOD 11-2); raises IdentityRefusal."""
    if len(seventeen) != 17 or not _DIGITS.issuperset(seventeen):
        raise IdentityRefusal("length", "计算校验码需要身份号码的前 17 位数字。")
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


@dataclass(frozen=True)
class ResidentNumber:
    """A resident number that holds together. `sex` is 1 male, 2 female; `area6` the code at first
    registration.
    """

    number: str
    born: date
    sex: int
    area6: int
    warnings: tuple[str, ...] = ()

    @classmethod
    def parse(
        cls, text: str, today: date | None = None, areas: Container[int] | None = None
    ) -> "ResidentNumber":
        """Read a number as typed; raises IdentityRefusal.

        `today` is the day after which nobody can be born (not checked when None); `areas` the six-digit codes
        now in use (None: only the province and Yunnan's retired prefectures are looked at).
        """
        plain = normal(text)
        warnings: list[str] = []
        if len(plain) == 15:
            plain = _upgraded(plain)
            warnings.append("由 15 位旧号升位得到，请核对原证件。")
        _refuse_shape(plain)
        born = _birth_date(plain[6:14])
        if today is not None and born > today:
            raise IdentityRefusal("future", "身份号码中的出生日期晚于今天，请核对第 7 至 14 位。")
        if plain[17] != check_digit(plain[:17]):
            raise IdentityRefusal("check", "身份号码的校验码（第 18 位）不符，请逐位核对是否有抄错。")
        warnings.extend(_area_warnings(plain, areas))
        return cls(plain, born, 1 if int(plain[16]) % 2 else 2, int(plain[:6]), tuple(warnings))


def _refuse_shape(plain: str) -> None:
    if len(plain) != 18:
        raise IdentityRefusal("length", f"身份号码应为 18 位（旧号 15 位），现为 {len(plain)} 位，请核对。")
    for position, character in enumerate(plain, start=1):
        if character not in _DIGITS and not (position == 18 and character == "X"):
            allowed = "数字或 X" if position == 18 else "数字"
            raise IdentityRefusal("character", f"身份号码第 {position} 位应为{allowed}，请核对。")


def _upgraded(fifteen: str) -> str:
    if not _DIGITS.issuperset(fifteen):
        raise IdentityRefusal("character", "15 位身份号码应全为数字，请核对。")
    century = "18" if fifteen[12:] in _CENTENARIANS else "19"
    seventeen = fifteen[:6] + century + fifteen[6:]
    return seventeen + check_digit(seventeen)


def _birth_date(eight: str) -> date:
    try:
        born = date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        born = date.min
    if born.year < _FIRST_YEAR:
        raise IdentityRefusal("date", "身份号码中的出生日期不是真实日期，请核对第 7 至 14 位。")
    return born


def _area_warnings(plain: str, areas: Container[int] | None) -> list[str]:
    if plain[:2] not in _PROVINCES:
        return ["地址码的省级部分不在现行代码表中，请核对原证件；不影响登记。"]
    if plain[:4] in OLD_PREFECTURES:
        return [f"地址码是已停用的旧码（{OLD_PREFECTURES[plain[:4]]}），不影响登记。"]
    if areas is not None and int(plain[:6]) not in areas:
        return ["地址码不在现行区划表中，可能是已撤并的旧码；不影响登记。"]
    return []


_PROVISIONAL = "LS"


def provisional_code(token: UUID) -> str:
    """The code of a person who has no number (no hukou, foundling, found on the street): `LS` and 32 hex
    digits.

    The caller draws the token, since the kernel has no source of chance. The code is merged into a real
    number later.
    """
    return _PROVISIONAL + token.hex.upper()


def is_provisional(text: str) -> bool:
    """Whether the text has the shape of a provisional code."""
    plain = normal(text)
    return len(plain) == 34 and plain.startswith(_PROVISIONAL) and set(plain[2:]) <= set("0123456789ABCDEF")


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Registering department and kind, first two characters (GB 32100-2015 with amendment XG1-2016).
REGISTRANTS = {
    **dict.fromkeys(("11", "12", "13", "19"), "机构编制"),
    **dict.fromkeys(("21", "29"), "外交"),
    **dict.fromkeys(("31", "32", "33", "34", "35", "39"), "司法行政"),
    **dict.fromkeys(("41", "49"), "文化"),
    **{"51": "民政·社会团体", "52": "民政·民办非企业单位", "53": "民政·基金会", "59": "民政·其他"},
    **{"54": "民政·村民委员会", "55": "民政·居民委员会"},
    **dict.fromkeys(("61", "62", "69"), "旅游"),
    **dict.fromkeys(("71", "72", "79"), "宗教"),
    **dict.fromkeys(("81", "89"), "工会"),
    **{"91": "市场监管·企业", "92": "市场监管·个体工商户", "93": "市场监管·农民专业合作社"},
    **dict.fromkeys(("A1", "A9"), "中央军委"),
    **dict.fromkeys(("N1", "N2", "N3", "N9"), "农业农村"),
    "Y1": "其他",
}


def credit_check_digit(seventeen: str) -> str:
    """The 18th character for the first 17 (weights 3^i mod 31); raises IdentityRefusal."""
    if len(seventeen) != 17 or any(c not in _ALPHABET for c in seventeen):
        raise IdentityRefusal("length", "计算校验码需要统一社会信用代码的前 17 位。")
    total = sum(_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(seventeen))
    return _ALPHABET[-total % 31]


def organisation_check_digit(eight: str) -> str:
    """The ninth character of an organisation code (GB 11714) for its first eight."""
    total = sum(int(c, 36) * weight for c, weight in zip(eight, _ORGANISATION_WEIGHTS, strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@dataclass(frozen=True)
class CreditCode:
    """A unified social credit code that holds together. `kind` is its first two characters, `registrant`
    their label.
    """

    code: str
    kind: str
    registrant: str
    area6: int
    organisation: str
    warnings: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "CreditCode":
        """Read a code as typed; raises IdentityRefusal."""
        plain = normal(text)
        if len(plain) != 18:
            raise IdentityRefusal("length", f"统一社会信用代码应为 18 位，现为 {len(plain)} 位，请核对。")
        for position, character in enumerate(plain, start=1):
            _refuse_credit_character(position, character)
        if plain[17] != credit_check_digit(plain[:17]):
            raise IdentityRefusal("check", "统一社会信用代码的校验码（第 18 位）不符，请逐位核对。")
        warnings: list[str] = []
        registrant = REGISTRANTS.get(plain[:2], "")
        if not registrant:
            warnings.append("登记管理部门和机构类别（前 2 位）不在代码表中，请核对登记证。")
        organisation = plain[8:17]
        if organisation[8] != organisation_check_digit(organisation[:8]):
            warnings.append("主体标识码（第 9 至 17 位）的内部校验不符，可能是历史赋码，不影响登记。")
        return cls(plain, plain[:2], registrant, int(plain[2:8]), organisation, tuple(warnings))


def _refuse_credit_character(position: int, character: str) -> None:
    if character in "IOSVZ":
        raise IdentityRefusal(
            "character",
            f"统一社会信用代码第 {position} 位用了不采用的字母（I、O、S、V、Z），是否应为相近的数字？",
        )
    if character not in _ALPHABET:
        raise IdentityRefusal("character", f"统一社会信用代码第 {position} 位不是数字或大写字母，请核对。")
    if 3 <= position <= 8 and character not in _DIGITS:
        raise IdentityRefusal(
            "character", f"统一社会信用代码第 {position} 位是登记机关区划，应为数字，请核对。"
        )
