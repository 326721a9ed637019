"""Temporary aid: register, decide at once or after a check, release from the reserve, complete afterwards.

Money moves here only: a payment and the reserve's movement are written together, by a person who did not
decide it. What the township may not give alone is refused with the way on (报县、一事一议).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from minzheng.core.access.actor import Actor, MissingRefusal, allowed
from minzheng.core.access.grants import may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import actions as cases
from minzheng.core.cases.actions import CaseRefusal, Taken
from minzheng.core.cases.reads import Matter
from minzheng.core.people import names
from minzheng.core.people.crypto import provider
from minzheng.domains.assistance.models import Aid, AidPayment, Reserve
from minzheng.domains.assistance.reads import aid as reads
from minzheng.domains.assistance.reads.aid import Found
from minzheng.domains.assistance.terms import CAUSES
from minzheng.domains.assistance.workflow import AID_EMERGENCY, AID_EXPENDITURE
from minzheng.kernel.areas import TOWNSHIP, VILLAGE, level
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import ResidentNumber
from minzheng.kernel.money import yuan

MOST_PERSONS = 30
_MONEY = re.compile(r"\d{1,8}(\.\d{1,2})?")


@dataclass(frozen=True)
class _Deed:
    """A step with its aid, locked."""

    matter: Matter
    key: str
    scope: Scope
    version: int
    words: str
    extra: Mapping[str, str]
    aid: Aid

    def take(self, **body: object) -> Taken:
        return cases.take(
            self.matter.id, self.key, self.scope, self.version, words=self.words, body=body
        )  # fmt: skip


def register(scope: Scope, sent: Mapping[str, str]) -> int:
    """Open a case of temporary aid from one form and hand it in; returns the case. Raises CaseRefusal."""
    allowed(scope, "aid.register")
    emergency = sent.get("kind") != "expenditure"
    area = _village(scope, sent.get("village", ""))
    number = _number(sent.get("number", ""))
    if not emergency and not number:
        raise CaseRefusal("支出型须登记申请人的身份证号。急难型一时没有的可以事后补记。")
    income = sent.get("income", "").strip()
    table = AID_EMERGENCY if emergency else AID_EXPENDITURE
    try:
        name = names.clean(sent.get("name", ""))
    except Refusal as refusal:
        raise CaseRefusal(f"姓名：{refusal}") from refusal
    values = {
        "emergency": emergency, "cause": _cause(sent.get("cause", "")), "happened_on": _day(sent),
        "words": _words(sent), "persons": _persons(sent.get("persons", "1")),
        "urban": sent.get("urban") == "1", "need": fen(sent.get("need", ""), "损失或必需支出"),
        "income": fen(income, "家庭年收入") if income else None,
        "assets_fit": sent.get("assets_fit") == "1", "area": area,
        "number_index": provider().index([number])[0] if number else None,
    }  # fmt: skip
    channel = "village" if scope.post == "village_worker" else "window"
    with transaction.atomic():
        made = cases.open_case(table.key, scope, area, name, channel)
        row = Aid.objects.create(case_id=made.case, **values)
        if number:
            _seal(row, number)
        cases.take(made.case, table.steps[0].key, scope, made.version)
    return made.case


def fund(scope: Scope, township: int, amount: str, words: str) -> int:
    """Allot money of the county to a township's reserve; returns what it holds then."""
    who = allowed(scope, "aid.fund")
    if not who.lo <= township <= who.hi or level(township) != TOWNSHIP:
        raise MissingRefusal("找不到这个乡镇（街道）。")
    sum_ = fen(amount, "拨付金额")
    if not sum_ or not words.strip():
        raise CaseRefusal("请填写拨付金额和文号或说明。")
    with transaction.atomic():
        Reserve.objects.create(
            area=township, amount=sum_, booked_on=today(), words=words.strip()[:200], user=who.user,
            natural_person=who.natural_person,
        )  # fmt: skip
        return reads.reserve(township)


def perform(
    matter: Matter, key: str, scope: Scope, version: int, words: str, extra: Mapping[str, str]
) -> Taken:
    """Take a step of a temporary aid with what belongs to it; the case's row is held from here on."""
    with transaction.atomic():
        cases.locked(matter.id, scope)
        row = Aid.objects.select_for_update().filter(case_id=matter.id).first()
        if row is None:
            raise MissingRefusal("找不到这件临时救助。")
        return DEEDS[key](_Deed(matter, key, scope, version, words, extra, row))


def _township(deed: _Deed) -> Taken:
    """The township decides: within what the law finds and within its own limit."""
    found = _entitled(deed.aid)
    sum_ = _asked(deed)
    if sum_ > found.sum:
        raise CaseRefusal(
            f"按规则最多救助 {yuan(found.sum)} 元（封顶线余额 {yuan(found.left)} 元）。"
            "确需更多的，请报县一事一议。"
        )
    if sum_ > found.limit:
        raise CaseRefusal(f"超过乡镇审批额度 {yuan(found.limit)} 元，请报县审批。")
    return _decided(deed, sum_, found)


def _county(deed: _Deed) -> Taken:
    """The county decides up to what the law finds."""
    found = _entitled(deed.aid)
    sum_ = _asked(deed)
    if sum_ > found.sum:
        raise CaseRefusal(
            f"按规则最多救助 {yuan(found.sum)} 元，封顶线余额 {yuan(found.left)} 元。"
            "要超过封顶线的，请一事一议。"
        )
    return _decided(deed, sum_, found)


def _case_by_case(deed: _Deed) -> Taken:
    """一事一议: above the cap or against the ordinary measure, but never more than is needed."""
    sum_ = _asked(deed)
    if sum_ > deed.aid.need:
        raise CaseRefusal(f"救助金额不能超过登记的损失或必需支出 {yuan(deed.aid.need)} 元。")
    return _decided(deed, sum_, reads.found(deed.aid))


def _assess(deed: _Deed) -> Taken:
    found = reads.found(deed.aid)
    return deed.take(entitled=found.entitled, sum=found.sum, reasons=list(found.reasons))


def _raise(deed: _Deed) -> Taken:
    found = reads.found(deed.aid)
    return deed.take(sum=found.sum, over_cap=found.over_cap)


def _release(deed: _Deed) -> Taken:
    """Pay what is left of the sum; of goods and referrals alone nothing is paid."""
    taken = deed.take(amount=deed.aid.amount - deed.aid.paid)
    if deed.aid.amount > deed.aid.paid:
        _pay(deed, deed.aid.amount - deed.aid.paid)
    return taken


def _stage(deed: _Deed) -> Taken:
    sum_, left = fen(deed.extra.get("amount", ""), "本期金额"), deed.aid.amount - deed.aid.paid
    if not 0 < sum_ < left:
        raise CaseRefusal(f"本期金额应大于零、小于还没有放的 {yuan(left)} 元；要一次放清的，请办理放款。")
    taken = deed.take(amount=sum_)
    _pay(deed, sum_)
    return taken


def _complete(deed: _Deed) -> Taken:
    """缓解后补登: who it was and why, with signatures and seals."""
    number = _number(deed.extra.get("number", ""))
    if not number and not deed.aid.number_cipher and not deed.words.strip():
        raise CaseRefusal("请补登救助对象的身份证号；查不到的，在说明里写明查找经过。")
    if deed.extra.get("signed") != "1":
        raise CaseRefusal("补签字、盖章齐了才能提交县级核查。请核对后勾选。")
    if number:
        deed.aid.number_index = provider().index([number])[0]
        _seal(deed.aid, number)
    deed.aid.signed = True
    deed.aid.save(update_fields=["signed", "number_index"])
    return deed.take(number=bool(number or deed.aid.number_cipher))


def _entitled(row: Aid) -> Found:
    found = reads.found(row)
    if not found.entitled:
        raise CaseRefusal(f"按登记的情况不符合临时救助：{'；'.join(found.reasons)}。")
    return found


def _asked(deed: _Deed) -> int:
    """What is to be given: a sum, goods or a referral, at least one of them."""
    text = deed.extra.get("amount", "").strip()
    sum_ = fen(text, "金额") if text else 0
    if not sum_ and not deed.extra.get("goods", "").strip() and not deed.extra.get("referral", "").strip():
        raise CaseRefusal("请填写救助金额、实物或转介去向，至少一项。")
    return sum_


def _decided(deed: _Deed, sum_: int, found: Found) -> Taken:
    goods, referral = deed.extra.get("goods", "").strip()[:100], deed.extra.get("referral", "").strip()[:100]
    taken = deed.take(amount=sum_, goods=goods, referral=referral, sum=found.sum, already=found.already)
    Aid.objects.filter(pk=deed.aid.pk).update(amount=sum_, goods=goods, referral=referral, decided_on=today())
    return taken


def _pay(deed: _Deed, sum_: int) -> None:
    """The payment and the movement of the reserve, together; the township's turn is taken first."""
    township = deed.aid.area // reads.TOWN * reads.TOWN
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7007, %s)", [township // reads.TOWN])
    held = reads.reserve(township)
    if held < sum_:
        raise CaseRefusal(
            f"乡镇备用金只有 {yuan(held)} 元，不够放 {yuan(sum_)} 元。请县级先拨付备用金，或先放一期。"
        )
    who = _who(deed.scope, deed.key)
    count = AidPayment.objects.filter(aid=deed.aid).count()
    payment = AidPayment.objects.create(
        aid=deed.aid, sequence=count + 1, amount=sum_, released_on=today(), user=who.user,
        natural_person=who.natural_person, name=deed.scope.name, area=deed.aid.area,
    )  # fmt: skip
    Reserve.objects.create(
        area=township, amount=-sum_, payment=payment, booked_on=today(), words=deed.matter.number,
        user=who.user, natural_person=who.natural_person,
    )  # fmt: skip
    Aid.objects.filter(pk=deed.aid.pk).update(paid=deed.aid.paid + sum_)


def _who(scope: Scope, key: str) -> Actor:
    return allowed(scope, key)


def _seal(row: Aid, number: str) -> None:
    row.number_cipher = provider().encrypt(reads.NUMBER, [row.pk], [number])[0]
    row.save(update_fields=["number_cipher"])


def fen(text: str, what: str) -> int:
    """Yuan as typed, in fen; CaseRefusal names the field."""
    plain = text.replace(",", "").replace("，", "").replace("元", "").strip()
    if not _MONEY.fullmatch(plain):
        raise CaseRefusal(f"{what}请写成元，如 3000 或 3000.50。")
    whole, _, part = plain.partition(".")
    return int(whole) * 100 + int(f"{part:0<2}")


def _village(scope: Scope, text: str) -> int:
    area = scope.area if level(scope.area) == VILLAGE else int(text) if re.fullmatch(r"\d{12}", text) else 0
    if not area or level(area) != VILLAGE or not may(scope, "aid.register", area):
        raise CaseRefusal("请选急难发生（或居住）的村（社区），须在本乡镇范围内。")
    return area


def _number(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return ResidentNumber.parse(text).number
    except Refusal as refusal:
        raise CaseRefusal(f"身份证号：{refusal}") from refusal


def _cause(text: str) -> str:
    if text not in dict(CAUSES):
        raise CaseRefusal("请选困难的原因。")
    return text


def _words(sent: Mapping[str, str]) -> str:
    words = sent.get("words", "").strip()
    if not words:
        raise CaseRefusal("请用一两句话写明发生了什么、现在最缺什么。")
    return words[:1000]


def _persons(text: str) -> int:
    if not re.fullmatch(r"\d{1,2}", text.strip()) or not 0 < int(text) <= MOST_PERSONS:
        raise CaseRefusal(f"救助人数应为 1 到 {MOST_PERSONS}。")
    return int(text)


def _day(sent: Mapping[str, str]) -> date:
    try:
        day = date.fromisoformat(sent.get("happened_on", "").strip())
    except ValueError as error:
        raise CaseRefusal("发生日期请写成 2024-10-09 的样子。") from error
    if day > today():
        raise CaseRefusal("发生日期不能晚于今天。")
    return day


DEEDS: dict[str, Callable[[_Deed], Taken]] = {
    "aid_emergency.rescue": _township,
    "aid_emergency.raise": _raise,
    "aid_emergency.county_rescue": _case_by_case,
    "aid_emergency.release": _release,
    "aid_emergency.stage": _stage,
    "aid_emergency.complete": _complete,
    "aid_expenditure.assess": _assess,
    "aid_expenditure.grant": _township,
    "aid_expenditure.raise": _raise,
    "aid_expenditure.county_grant": _county,
    "aid_expenditure.case_by_case": _case_by_case,
    "aid_expenditure.release": _release,
    "aid_expenditure.stage": _stage,
}
