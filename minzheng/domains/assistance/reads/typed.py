"""What is typed into an application, as it stands in a draft, and the declaration that it makes.

A draft keeps every word as it was typed (`Draft.values`: name of the field → text), so that nothing is lost
by a mistake; `read` turns it into a declaration and says of each field what is wrong with it, in a sentence.
A member whom the register knows is kept by key: name and number come from there and leave it for no page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from minzheng.core.people.terms import BANKS, AssetKind, IncomeKind
from minzheng.domains.assistance.models import OBLIGORS
from minzheng.domains.assistance.reads.declared import ASSETS, INCOMES, MONEY
from minzheng.domains.assistance.terms import GRADES, RELATIONS, STAGES
from minzheng.kernel.areas import ancestors, level
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import ResidentNumber
from minzheng.kernel.money import parse_yuan
from minzheng.kernel.periods import add_months

#: Part → its title, in the order of the task list.
PARTS = {
    "family": "家庭成员",
    "income": "收入和财产",
    "home": "住址、联系和收款",
    "papers": "材料照片",
    "confirm": "核对、承诺和提交",
}
ASKED = tuple(
    int(kind)
    for kind in (
        IncomeKind.wages, IncomeKind.work_costs, IncomeKind.business_net, IncomeKind.property_net,
        IncomeKind.transfers, IncomeKind.basic_pension, IncomeKind.disability_subsidies,
        IncomeKind.social_aid, IncomeKind.other_income, IncomeKind.rigid_expense,
    )
)  # fmt: skip
OWNED = tuple(int(kind) for kind in AssetKind)
PLACES = {"here": "本村（社区）", "county": "本县其他地方", "away": "外县"}
KINDS = {1: "视力", 2: "听力", 3: "言语", 4: "肢体", 5: "智力", 6: "精神", 7: "多重"}
UNKNOWN = ("不清楚", "不知道", "不详")
MOST = 15
#: The law asks about obligors for the old, the young and the gravely disabled (民发〔2021〕43号第4–6条).
OLD, YOUNG, GRAVE = 60, 16, 2
Words = Mapping[str, str]
Identify = Callable[[int], tuple[str, str] | None]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a field: its id on the page, the part it stands in, the sentence."""

    field: str
    part: str
    words: str


@dataclass(frozen=True)
class Person:
    """A member as typed; incomes in fen, None not known."""

    name: str
    number: str
    born: date | None
    sex: int
    relation: int
    hukou: int | None
    living_together: bool
    disability_kind: int | None
    disability_grade: int | None
    severe_illness: bool
    study_level: int | None
    can_work: bool | None
    employed_since: date | None
    obligors: str
    incomes: dict[int, int | None]


@dataclass(frozen=True)
class Typed:
    """The whole draft read: the members, what the household owns, and what is wrong."""

    members: tuple[Person, ...]
    assets: dict[int, int | None]
    wrong: tuple[Wrong, ...]

    def of(self, part: str) -> dict[str, str]:
        """What is wrong in one part: field → sentence."""
        return {each.field: each.words for each in self.wrong if each.part == part}


def count(values: Words) -> int:
    """How many members a draft has room for."""
    text = values.get("members", "1")
    return min(MOST, max(1, int(text))) if text.isascii() and text.isdigit() else 1


def read(values: Words, area: int, day: date, identify: Identify) -> Typed:
    """Read a draft of a case that is handled in `area`, on a business date."""
    reader = _Reader(values, area, day, identify)
    members = tuple(reader.member(at) for at in range(count(values)))
    reader.no_two(members)
    assets = reader.assets()
    reader.home()
    return Typed(members, assets, tuple(reader.wrong))


class _Reader:
    """Reads field by field and collects what is wrong."""

    def __init__(self, values: Words, area: int, day: date, identify: Identify) -> None:
        self.values, self.area, self.day, self.identify = values, area, day, identify
        self.wrong: list[Wrong] = []

    def text(self, name: str) -> str:
        """A field without the spaces around it."""
        return self.values.get(name, "").strip()

    def tell(self, name: str, words: str, part: str) -> None:
        """Say what is wrong with a field."""
        self.wrong.append(Wrong(name, part, words))

    def member(self, at: int) -> Person:
        """One member of the family, with their incomes."""
        who = "申请人" if at == 0 else f"第 {at + 1} 位成员"
        name, number, born, sex = self.identity(at, who)
        grade = self.code(f"m{at}-grade", {key for key, _ in GRADES if key})
        kind = self.code(f"m{at}-kind", set(KINDS))
        if bool(grade) != bool(kind):
            self.tell(f"m{at}-grade", f"{who}的残疾类别和等级要一起填，按残疾人证。", "family")
        return Person(
            name, number, born, sex, self.relation(at, who), self.hukou(at, who),
            self.text(f"m{at}-apart") != "1", kind, grade, self.text(f"m{at}-ill") == "1",
            self.code(f"m{at}-study", {key for key, _ in STAGES if key}), self.work(at),
            self.date(f"m{at}-since", f"{who}的就业日期", "family"), self.obligors(at, who, born, grade),
            self.incomes(at, who),
        )  # fmt: skip

    def identity(self, at: int, who: str) -> tuple[str, str, date | None, int]:
        """Name, number, day of birth and sex; a known person's from the register."""
        known = self.text(f"m{at}-person")
        found = self.identify(int(known)) if known.isascii() and known.isdigit() else None
        name, number = found or (self.text(f"m{at}-name"), self.text(f"m{at}-number"))
        if not name:
            self.tell(f"m{at}-name", f"请填写{who}的姓名。", "family")
        if not number:
            born = self.date(f"m{at}-born", f"{who}的出生日期", "family")
            if born is None and not any(each.field == f"m{at}-born" for each in self.wrong):
                self.tell(f"m{at}-number", f"请填写{who}的身份证号；没有的填出生日期。", "family")
            return name, "", born, self.code(f"m{at}-sex", {1, 2}) or 0
        try:
            parsed = ResidentNumber.parse(number)
        except Refusal as refusal:
            self.tell(f"m{at}-number", f"{who}：{refusal}", "family")
            return name, "", None, 0
        if parsed.born > self.day:
            self.tell(f"m{at}-number", f"{who}的身份证号里的出生日期在今天以后，请核对。", "family")
        return name, parsed.number, parsed.born, parsed.sex

    def relation(self, at: int, who: str) -> int:
        """GB/T 4761 to the applicant, who is 0."""
        if at == 0:
            return 0
        found = self.code(f"m{at}-relation", {key for key, _ in RELATIONS if key})
        if found is None:
            self.tell(f"m{at}-relation", f"请选{who}是申请人的什么人。", "family")
        return found or 8

    def hukou(self, at: int, who: str) -> int | None:
        """Where they are registered: this village, this county, or nobody here knows."""
        place = self.text(f"m{at}-hukou")
        if place not in PLACES:
            if not self.text(f"m{at}-person"):
                self.tell(f"m{at}-hukou", f"请选{who}的户籍在哪里。", "family")
            return None
        county = next(code for code in ancestors(self.area) if level(code) == 3)
        return {"here": self.area, "county": county}.get(place)

    def work(self, at: int) -> bool | None:
        """Whether they can work; None where nobody said."""
        return {"1": True, "0": False}.get(self.text(f"m{at}-work"))

    def obligors(self, at: int, who: str, born: date | None, grade: int | None) -> str:
        """Whom the law binds to support them: asked of the old, the young and the gravely disabled."""
        found = self.text(f"m{at}-obligors")
        if found in OBLIGORS:
            return found
        years = (born is not None) and (
            add_months(born, 12 * OLD) <= self.day or add_months(born, 12 * YOUNG) > self.day
        )
        if (years or (grade or 9) <= GRAVE) and not self.text(f"m{at}-person"):
            self.tell(f"m{at}-obligors", f"请选{who}有没有依法应当赡养、抚养、扶养的人。", "family")
        return ""

    def incomes(self, at: int, who: str) -> dict[int, int | None]:
        """Fen of the last twelve months by kind; nothing typed is nothing declared."""
        return {
            kind: amount
            for kind in ASKED
            for said, amount in [self.amount(f"m{at}-i{kind}", f"{who}的{INCOMES[kind]}")]
            if said
        }

    def assets(self) -> dict[int, int | None]:
        """What the household owns: fen of deposits, counts of the others."""
        found: dict[int, int | None] = {}
        for kind in OWNED:
            name = f"a{kind}"
            if kind == MONEY:
                said, amount = self.amount(name, ASSETS[kind])
                if not said:
                    self.tell(name, "请填写全家的存款和证券，没有的填 0，不清楚的填“不清楚”。", "income")
                found[kind] = amount
                continue
            text = self.text(name) or "0"
            if not (text.isascii() and text.isdigit() and len(text) < 4):
                self.tell(name, f"{ASSETS[kind]}请填整数，没有的填 0。", "income")
            else:
                found[kind] = int(text)
        return found

    def amount(self, name: str, what: str) -> tuple[bool, int | None]:
        """(whether anything was said, fen or None where it is not known)."""
        text = self.text(name)
        if not text:
            return False, None
        if text in UNKNOWN:
            return True, None
        try:
            fen = parse_yuan(text)
        except Refusal as refusal:
            self.tell(name, f"{what}：{refusal}", "income")
            return False, None
        if fen < 0:
            self.tell(name, f"{what}不能是负数。", "income")
        return True, fen

    def home(self) -> None:
        """Where they live and how they are reached and paid."""
        if self.text("urban") not in ("0", "1"):
            self.tell("urban", "请选按城市还是农村标准申请（看长期居住的地方）。", "home")
        if not self.text("address"):
            self.tell("address", "请填写现在居住的详细地址，入户时用。", "home")
        phone = self.text("phone").replace("-", "").replace(" ", "")
        if phone and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
            self.tell("phone", "电话应是7到12位数字，没有电话的可以不填。", "home")
        bank, account = self.text("bank"), self.text("account").replace(" ", "")
        if account and not (account.isascii() and account.isdigit() and 10 <= len(account) <= 25):
            self.tell("account", "账号应是10到25位数字，请按存折或银行卡填写。", "home")
        if account and bank not in BANKS:
            self.tell("bank", "请选开户银行。", "home")
        if bank and not account:
            self.tell("account", "选了银行就请填账号；还没有账户的，两项都不填。", "home")
        if not self.text("reason"):
            self.tell("reason", "请写明申请的原因，例如家里谁生病、谁失去工作。", "home")
        if self.text("kin-is") == "1" and not self.text("kin"):
            self.tell("kin", "请写明与哪位工作人员或村（居）干部是什么亲属关系。", "home")

    def no_two(self, members: tuple[Person, ...]) -> None:
        """No number twice, no second applicant."""
        seen: dict[str, int] = {}
        for at, each in enumerate(members):
            if each.number and each.number in seen:
                words = f"第 {at + 1} 位和第 {seen[each.number] + 1} 位成员填了同一个身份证号，请核对。"
                self.tell(f"m{at}-number", words, "family")
            seen.setdefault(each.number, at)

    def code(self, name: str, among: set[int]) -> int | None:
        """A code of a vocabulary, or None."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and int(text) in among else None

    def date(self, name: str, what: str, part: str) -> date | None:
        """A day not after today, or None."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self.tell(name, f"{what}请写成 2024-10-09 的样子。", part)
            return None
        if found > self.day:
            self.tell(name, f"{what}不能晚于今天。", part)
        return found
