"""What a household declares, put down whole: the one way for pages, imports and the demonstration.

Declaring again replaces what was declared before, which is marked as removed and stays on record. Only
while the case is a draft or something is to be supplied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from minzheng.core.access.actor import StaleRefusal, allowed
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import actions as cases
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.people import names
from minzheng.core.people.crypto import provider
from minzheng.core.people.terms import BANKS
from minzheng.domains.assistance.models import Application, DeclaredAsset, DeclaredIncome, Member
from minzheng.domains.assistance.reads.declared import ACCOUNT, ADDRESS, NUMBER, PHONE
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import ResidentNumber

EDIT = "dibao.edit"
EDITABLE = ("草稿", "待补正")
#: GB/T 4761 to the applicant: 0 the applicant, who stands first.
APPLICANT = 0


@dataclass(frozen=True)
class Declared:
    """A member as declared. `incomes` and their kinds: fen over the twelve months before, null not known."""

    name: str
    relation: int
    number: str = ""
    born: date | None = None
    sex: int = 0
    ethnicity: int = 1
    hukou: int | None = None
    living_together: bool = True
    disability_kind: int | None = None
    disability_grade: int | None = None
    severe_illness: bool = False
    study_level: int | None = None
    full_time: bool = True
    can_work: bool | None = None
    employed_since: date | None = None
    absence: int | None = None
    obligors: str = ""
    incomes: Mapping[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The whole application; the applicant is the first member. Assets: fen of deposits, else a count."""

    urban: bool
    members: Sequence[Declared]
    assets: Mapping[int, int | None] = field(default_factory=dict)
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""
    reason: str = ""
    kin: str = ""
    agent: str = ""
    single: bool = False
    promised: bool = False
    authorised: bool = False


def declare(case: int, scope: Scope, form: Form) -> int:
    """Put a declaration down; returns the application's key. Raises ActRefusal and CaseRefusal (422)."""
    allowed(scope, EDIT)
    _whole(form)
    with transaction.atomic():
        row = cases.locked(case, scope)
        if row.state not in EDITABLE:
            raise StaleRefusal(f"案件现在是“{row.state}”，申请内容不能再改；需要改的请联系乡镇经办。")
        day = today()
        application, _ = Application.objects.update_or_create(
            case_id=case,
            defaults={
                "area": row.area, "urban": form.urban, "bank": form.bank,
                "reason": form.reason.strip()[:2000],
                "kin": form.kin.strip()[:200], "agent": form.agent.strip()[:100], "single": form.single,
                "account_last4": form.account[-4:], "promised_on": day if form.promised else None,
                "authorised_on": day if form.authorised else None, "saved_at": Now(),
            },
        )  # fmt: skip
        _sealed(application, form)
        _members(application, form.members)
        _assets(application, form.assets)
        first = names.clean(form.members[0].name)
        type(row).objects.filter(pk=case).exclude(title=first).update(title=first[:60])
    return int(application.pk)


def _whole(form: Form) -> None:
    """Refuse what cannot be put down at all; what is only missing is said at acceptance."""
    if not form.members:
        raise CaseRefusal("请至少填写申请人本人。")
    if form.members[0].relation != APPLICANT:
        raise CaseRefusal("第一位成员应是申请人本人。")
    if form.account and (
        form.bank not in BANKS or not form.account.isdigit() or not 10 <= len(form.account) <= 25
    ):
        raise CaseRefusal("银行或账号不对：账号应为10到25位数字。请按存折或银行卡核对。")
    numbers = [_number(each) for each in form.members]
    told = [number for number in numbers if number]
    if len(told) != len(set(told)):
        raise CaseRefusal("有两位成员填了同一个身份证号，请核对。")


def _number(member: Declared) -> str:
    if not member.number.strip():
        return ""
    try:
        return ResidentNumber.parse(member.number).number
    except Refusal as refusal:
        raise CaseRefusal(f"{member.name}：{refusal}") from refusal


def _sealed(application: Application, form: Form) -> None:
    columns = ((ADDRESS, "address_cipher", form.address), (PHONE, "phone_cipher", form.phone),
               (ACCOUNT, "account_cipher", form.account))  # fmt: skip
    values = {
        field: provider().encrypt(column, [application.pk], [text.strip()])[0] if text.strip() else b""
        for column, field, text in columns
    }
    Application.objects.filter(pk=application.pk).update(**values)


def _assets(application: Application, assets: Mapping[int, int | None]) -> None:
    DeclaredAsset.objects.filter(application=application).update(removed=True)
    DeclaredAsset.objects.bulk_create(
        DeclaredAsset(application=application, kind=kind, amount=amount, area=application.area)
        for kind, amount in assets.items()
    )


def _members(application: Application, members: Sequence[Declared]) -> None:
    """Rows of their own for every declaration, so that nobody inherits what was said of another."""
    Member.objects.filter(application=application).update(removed=True)
    for position, each in enumerate(members):
        number = _number(each)
        known = ResidentNumber.parse(number) if number else None
        try:
            name = names.clean(each.name)
        except Refusal as refusal:
            raise CaseRefusal(f"第 {position + 1} 位成员：{refusal}") from refusal
        row = Member.objects.create(
            application=application, position=position, area=application.area, name=name,
            relation=each.relation, number_index=provider().index([number])[0] if number else None,
            sex=each.sex or (known.sex if known else 0), born=each.born or (known.born if known else None),
            ethnicity=each.ethnicity, hukou=each.hukou, living_together=each.living_together,
            disability_kind=each.disability_kind, disability_grade=each.disability_grade,
            severe_illness=each.severe_illness, study_level=each.study_level, full_time=each.full_time,
            can_work=each.can_work, employed_since=each.employed_since, absence=each.absence,
            obligors=each.obligors,
        )  # fmt: skip
        if number:
            row.number_cipher = provider().encrypt(NUMBER, [row.pk], [number])[0]
            row.save(update_fields=["number_cipher"])
        DeclaredIncome.objects.bulk_create(
            DeclaredIncome(member=row, kind=kind, yearly=yearly, area=application.area)
            for kind, yearly in each.incomes.items()
        )
