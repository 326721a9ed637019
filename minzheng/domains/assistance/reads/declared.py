"""What a household declared in its application, as a page shows it: names and numbers masked."""

from dataclasses import dataclass
from datetime import date

from minzheng.core.people import masks
from minzheng.core.people.crypto import provider
from minzheng.core.people.terms import BANKS, AssetKind, IncomeKind
from minzheng.domains.assistance.models import OBLIGORS, Application, DeclaredAsset, DeclaredIncome, Member
from minzheng.domains.assistance.terms import FACTS, RELATIONS, STAGES
from minzheng.kernel.money import yuan

#: What a cipher is bound to beside its row (core.people.crypto).
NUMBER, ACCOUNT = "assistance_member.number", "assistance_application.account"
PHONE, ADDRESS = "assistance_application.phone", "assistance_application.address"
LABELS = {fact.name: fact.label for fact in FACTS}
INCOMES = {int(kind): LABELS.get(kind.name, kind.name) for kind in IncomeKind}
ASSETS = {int(kind): LABELS.get(kind.name, kind.name) for kind in AssetKind}
#: The asset kind that is money; the others are counts.
MONEY = int(AssetKind.deposits)


@dataclass(frozen=True)
class Amount:
    """A declared income (fen a year) or asset (fen, or a count); `value` None is not known."""

    kind: int
    label: str
    value: int | None
    money: bool = True


@dataclass(frozen=True)
class Declarer:
    """A declared member, masked; `notes` say what else was declared of them."""

    id: int
    position: int
    person: int | None
    name: str
    number: str
    relation: str
    born: date | None
    notes: tuple[str, ...]
    incomes: tuple[Amount, ...]


@dataclass(frozen=True)
class Declaration:
    """An application as the officer reads it."""

    id: int
    urban: bool | None
    address: str
    phone: str
    bank: str
    account: str
    reason: str
    kin: str
    agent: str
    single: bool
    promised_on: date | None
    authorised_on: date | None
    submitted_on: date | None
    members: tuple[Declarer, ...]
    assets: tuple[Amount, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """What an application must have before it is taken up, and this one has not."""
        found = []
        if not self.members:
            found.append("没有填写共同生活的家庭成员")
        if self.promised_on is None:
            found.append("没有签诚信承诺")
        if self.authorised_on is None:
            found.append("没有签家庭经济状况核对授权")
        if self.urban is None:
            found.append("没有填写适用城市标准还是农村标准")
        found += [f"{each.name}没有出生日期或身份证号" for each in self.members if each.born is None]
        return tuple(found)


def declaration(case: int) -> Declaration | None:
    """The application of a case in scope, or None."""
    row = Application.objects.filter(case_id=case).first()
    if row is None:
        return None
    incomes: dict[int, list[Amount]] = {}
    told = DeclaredIncome.objects.filter(member__application=row, member__removed=False)
    for each in told.order_by("kind"):
        amount = Amount(each.kind, INCOMES.get(each.kind, ""), each.yearly)
        incomes.setdefault(each.member_id, []).append(amount)
    members = Member.objects.filter(application=row, removed=False).order_by("position")
    assets = tuple(
        Amount(each.kind, ASSETS.get(each.kind, ""), each.amount, each.kind == MONEY)
        for each in DeclaredAsset.objects.filter(application=row, removed=False).order_by("kind")
    )
    return Declaration(
        row.pk, row.urban, opened(ADDRESS, row.pk, row.address_cipher),
        masks.phone(opened(PHONE, row.pk, row.phone_cipher)), BANKS.get(row.bank, row.bank),
        masks.account(row.account_last4) if row.account_last4 else "", row.reason, row.kin, row.agent,
        row.single, row.promised_on, row.authorised_on, row.submitted_on,
        tuple(_declarer(each, tuple(incomes.get(each.pk, ()))) for each in members), assets,
    )  # fmt: skip


def opened(column: str, row: int, cipher: bytes) -> str:
    """A cipher text in clear; "" where nothing was written."""
    return provider().decrypt(column, row, bytes(cipher)) if cipher else ""


def _declarer(row: Member, incomes: tuple[Amount, ...]) -> Declarer:
    number = opened(NUMBER, row.pk, row.number_cipher)
    return Declarer(
        row.pk, row.position, row.person, masks.name(row.name), masks.number(number) if number else "无",
        dict(RELATIONS).get(row.relation, ""), row.born, tuple(_notes(row)), incomes,
    )  # fmt: skip


def _notes(row: Member) -> list[str]:
    notes = []
    if row.disability_grade:
        notes.append(f"残疾{'一二三四'[row.disability_grade - 1]}级")
    if row.severe_illness:
        notes.append("重特大疾病")
    if row.study_level:
        notes.append(f"在读（{dict(STAGES).get(row.study_level, '')}）")
    if row.can_work is not None:
        notes.append("有劳动能力" if row.can_work else "无劳动能力")
    if row.employed_since:
        notes.append(f"{row.employed_since} 起就业")
    if not row.living_together:
        notes.append("不长期共同居住")
    if row.obligors:
        notes.append(f"法定义务人：{OBLIGORS[row.obligors]}")
    if row.absence:
        notes.append(("服刑", "强制戒毒", "失踪", "宗教教职")[row.absence - 1])
    return notes


def refilled(case: int) -> dict[str, str]:
    """What was declared, as the fields of its form (`reads.typed`), for adding what is missing; {} for none.

    In clear, so for the form of a deed alone: pages mask numbers.
    """
    row = Application.objects.filter(case_id=case).first()
    if row is None:
        return {}
    members = list(Member.objects.filter(application=row, removed=False).order_by("position"))
    values = {
        "members": f"{len(members)}", "urban": "" if row.urban is None else f"{int(row.urban)}",
        "address": opened(ADDRESS, row.pk, row.address_cipher),
        "phone": opened(PHONE, row.pk, row.phone_cipher), "bank": row.bank,
        "account": opened(ACCOUNT, row.pk, row.account_cipher), "reason": row.reason,
        "kin": row.kin, "kin-is": "1" if row.kin else "", "agent": row.agent,
        "single": "1" if row.single else "",
    }  # fmt: skip
    for each in DeclaredAsset.objects.filter(application=row, removed=False):
        values[f"a{each.kind}"] = _typed(each.amount, each.kind == MONEY)
    for at, member in enumerate(members):
        values |= {f"m{at}-{name}": text for name, text in _refilled(member, row.area).items()}
    return values


def _refilled(member: Member, area: int) -> dict[str, str]:
    hukou = "" if member.hukou is None else "here" if member.hukou == area else "county"
    told = {
        "name": member.name, "number": opened(NUMBER, member.pk, member.number_cipher),
        "born": f"{member.born}" if member.born else "", "sex": f"{member.sex}",
        "relation": f"{member.relation}", "hukou": hukou or "away",
        "apart": "" if member.living_together else "1", "kind": f"{member.disability_kind or ''}",
        "grade": f"{member.disability_grade or ''}", "ill": "1" if member.severe_illness else "",
        "study": f"{member.study_level or ''}",
        "work": "" if member.can_work is None else f"{int(member.can_work)}",
        "since": f"{member.employed_since or ''}", "obligors": member.obligors,
    }  # fmt: skip
    for each in DeclaredIncome.objects.filter(member=member):
        told[f"i{each.kind}"] = _typed(each.yearly, True)
    return told


def _typed(value: int | None, money: bool) -> str:
    return "不清楚" if value is None else yuan(value) if money else f"{value}"
