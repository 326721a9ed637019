"""Functions of the kernel that a worked case may test by name: numbers of identity, periods, ages, amounts.

Each takes the written inputs and gives its results by label as (kind, value); a refusal is a result too
(`通过: 否`), because a case may say that something must be refused.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TypeVar

from minzheng.kernel.ages import LeapDay, age_on
from minzheng.kernel.casewords import WordRefusal, parse
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import CreditCode, IdentityRefusal, ResidentNumber
from minzheng.kernel.money import Rounding, divide, round_to, split
from minzheng.kernel.periods import REFERENCE, Calendar, PeriodUnit, add_months

Word = TypeVar("Word", bound=str)
Result = Mapping[str, tuple[str, object]]
UNITS: dict[str, PeriodUnit] = {
    "工作日": "working_day",
    "天": "day",
    "日": "day",
    "月": "month",
    "年": "year",
}
ROUNDINGS: dict[str, Rounding] = {
    "四舍五入": "half_up",
    "进一": "up",
    "舍去": "down",
    "四舍六入五成双": "half_even",
}
CODE_DIGITS = 12
LEAP_DAYS: dict[str, LeapDay] = {"3月1日": "03-01", "2月28日": "02-28"}


class Inputs:
    """The written inputs of one case; asking for what is not there, or leaving some unread, refuses."""

    def __init__(self, written: Mapping[str, str]) -> None:
        self.written, self.read = written, set[str]()

    def text(self, key: str, otherwise: str | None = None) -> str:
        """An input as written."""
        self.read.add(key)
        found = self.written.get(key, otherwise)
        if found is None:
            raise WordRefusal(f"“输入”里缺少“{key}”，请补上。")
        return found.strip()

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self._parsed(key, "int")
        assert isinstance(value, int)
        return value

    def money(self, key: str) -> int:
        """An amount in fen."""
        value = self._parsed(key, "money")
        assert isinstance(value, int)
        return value

    def day(self, key: str) -> date:
        """A date."""
        value = self._parsed(key, "date")
        assert isinstance(value, date)
        return value

    def one_of(self, key: str, words: Mapping[str, Word], otherwise: str | None = None) -> Word:
        """The value of a word of a closed list."""
        word = self.text(key, otherwise)
        if word not in words:
            raise WordRefusal(f"“{key}”只能写：{'、'.join(words)}，现写的是“{word}”。")
        return words[word]

    def _parsed(self, key: str, kind: str) -> object:
        text = self.text(key)
        try:
            value = parse(text, kind)
        except Refusal as problem:
            raise WordRefusal(f"“{key}”写的是“{text}”。{problem}") from problem
        if value is None:
            raise WordRefusal(f"“{key}”在这里不能是未知。")
        return value

    def finish(self) -> None:
        """Refuse inputs that the function does not know."""
        strange = sorted(set(self.written) - self.read)
        if strange:
            raise WordRefusal(f"“输入”里不认识“{strange[0]}”；这个函数读：{'、'.join(sorted(self.read))}。")


def call(name: str, written: Mapping[str, str]) -> Result:
    """The results of a function by its Chinese name; WordRefusal for an unknown one or wrong inputs."""
    if name not in FUNCTIONS:
        raise WordRefusal(f"没有名为“{name}”的函数，可以写：{'、'.join(FUNCTIONS)}。")
    inputs = Inputs(written)
    result = FUNCTIONS[name](inputs)
    inputs.finish()
    return result


def resident_number(inputs: Inputs) -> Result:
    """居民身份号码: whether it passes, and what it says."""
    try:
        found = ResidentNumber.parse(inputs.text("号码"))
    except IdentityRefusal as refusal:
        return {"通过": ("bool", False), "原因": ("text", str(refusal))}
    return {
        "通过": ("bool", True),
        "号码": ("text", found.number),
        "出生日期": ("date", found.born),
        "性别": ("text", "男" if found.sex == 1 else "女"),
        "提示条数": ("int", len(found.warnings)),
    }


def credit_code(inputs: Inputs) -> Result:
    """统一社会信用代码: whether it passes, and who registered it."""
    try:
        found = CreditCode.parse(inputs.text("代码"))
    except IdentityRefusal as refusal:
        return {"通过": ("bool", False), "原因": ("text", str(refusal))}
    return {
        "通过": ("bool", True),
        "登记类别": ("text", found.registrant),
        "提示条数": ("int", len(found.warnings)),
    }


@cache
def calendar() -> Calendar:
    """The national calendar with the local holidays, read once."""
    local = REFERENCE / "local_holidays.csv"
    return Calendar.load(local=local if local.exists() else None)


def deadline(inputs: Inputs) -> Result:
    """期限: the last day of a period, and whether it is provisional."""
    unit: PeriodUnit = inputs.one_of("单位", UNITS)
    area = inputs.text("区划", "")
    if area and not (area.isdecimal() and len(area) == CODE_DIGITS):
        raise WordRefusal(f"“区划”写的是“{area}”，请写 12 位代码，如 532300000000。")
    found = calendar().deadline(inputs.day("起算"), inputs.whole("长度"), unit, int(area) if area else None)
    return {"到期": ("date", found.day), "暂定": ("bool", found.provisional)}


def full_years(inputs: Inputs) -> Result:
    """周岁: full years on a day."""
    feb29: LeapDay = inputs.one_of("闰日生日", LEAP_DAYS, "3月1日")
    return {"周岁": ("int", age_on(inputs.day("出生日期"), inputs.day("日期"), feb29))}


def months_later(inputs: Inputs) -> Result:
    """若干月后: the corresponding day, or the month's last."""
    return {"日期": ("date", add_months(inputs.day("起算"), inputs.whole("月数")))}


def division(inputs: Inputs) -> Result:
    """金额相除: divided once, rounded to a fen or to a unit."""
    rounding: Rounding = inputs.one_of("取整", ROUNDINGS, "四舍五入")
    fen = divide(inputs.money("金额"), inputs.whole("除数"), rounding)
    return {"得": ("money", fen)}


def rounding_to(inputs: Inputs) -> Result:
    """金额取整: to a whole multiple of a unit (见分进元 is 单位 1元, 取整 进一)."""
    rounding: Rounding = inputs.one_of("取整", ROUNDINGS, "四舍五入")
    return {"得": ("money", round_to(inputs.money("金额"), inputs.money("单位"), rounding))}


def splitting(inputs: Inputs) -> Result:
    """金额分摊: parts by weight whose sum is the whole."""
    words = inputs.text("权重").split("、")
    if not all(word.isdigit() for word in words):
        raise WordRefusal("“权重”请写成 1、1、1 这样的整数。")
    parts = split(inputs.money("金额"), [int(word) for word in words])
    return {f"第{at}份": ("money", part) for at, part in enumerate(parts, 1)} | {
        "合计": ("money", sum(parts))
    }


FUNCTIONS: dict[str, Callable[[Inputs], Result]] = {
    "居民身份号码": resident_number,
    "统一社会信用代码": credit_code,
    "期限": deadline,
    "周岁": full_years,
    "若干月后": months_later,
    "金额相除": division,
    "金额取整": rounding_to,
    "金额分摊": splitting,
}
