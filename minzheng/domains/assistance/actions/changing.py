"""What turned out otherwise in a visit or a review: stated anew in the register, with the case as its source.

One statement about one member (or the household) at a time, with what it rests on in words; the finding
beside the case follows at once. Nothing is overwritten: what was true before stays as a closed row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from minzheng.core.access.actor import ActRefusal, StaleRefusal, allowed
from minzheng.core.access.grants import may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.audit.actions import log_access
from minzheng.core.cases.actions import CaseRefusal, locked
from minzheng.core.people import recording
from minzheng.core.people.actions import RegisterRefusal
from minzheng.core.people.terms import AssetKind, ConditionKind
from minzheng.domains.assistance.reads.declared import ASSETS, INCOMES, MONEY
from minzheng.domains.assistance.reads.typed import ASKED, KINDS
from minzheng.kernel.errors import Refusal
from minzheng.kernel.money import parse_yuan

STEP = "dibao.record"
STATES = ("待入户调查", "待初审", "异议复查", "复核调查")
INCOME, GRADE, ASSET = "income:", "grade:", "asset:"
SHORTEST = 4


@dataclass(frozen=True)
class Statement:
    """What is stated: of whom (0: the household), for which case, since when, by which source."""

    person: int
    household: int
    area: int
    day: date
    source: str
    kind: int
    value: str


def whats() -> tuple[tuple[str, str], ...]:
    """(key, words) of everything that can be stated, in the order of the form."""
    return (
        *((f"{INCOME}{kind}", f"{INCOMES[kind]}改为（元/年）") for kind in ASKED),
        ("death", "死亡（日期）"), ("work", "找到工作（日期）"),
        ("refusal", "无正当理由拒绝工作一次（不用填数值）"), ("illness", "患重特大疾病（不用填数值）"),
        *((f"{GRADE}{kind}", f"{word}残疾，等级（1到4）") for kind, word in KINDS.items()),
        ("leave", "离开这个家庭（日期）"),
        *((f"{ASSET}{int(kind)}", f"全家{ASSETS[int(kind)]}改为") for kind in AssetKind),
    )  # fmt: skip


def state(case: int, scope: Scope, version: int, what: str, person: int, value: str, words: str) -> None:
    """State one thing anew. Raises ActRefusal (403, 404, 409) and CaseRefusal (422)."""
    allowed(scope, STEP)
    known = dict(whats())
    if what not in known:
        raise CaseRefusal("请选变化的是什么。")
    if len(words.strip()) < SHORTEST:
        raise CaseRefusal("请写明依据，例如哪一天入户看到、哪份证明。")
    with transaction.atomic():
        row = locked(case, scope)
        if not may(scope, STEP, row.area):
            raise ActRefusal("这个案件不在您的办理范围内。")
        if row.state not in STATES or row.household is None:
            raise StaleRefusal(f"案件现在是“{row.state}”，不能登记变化。")
        if row.version != version:
            raise StaleRefusal("案件已被更新，请刷新后按最新内容再办。")
        day = today()
        if not what.startswith(ASSET) and person not in recording.members(row.household, day):
            raise CaseRefusal("请选是哪一位家庭成员。")
        key, _, kind = what.partition(":")
        said = Statement(
            person, row.household, row.area, day, f"核实 {row.number}", int(kind or 0), value.strip()
        )
        try:
            DEEDS[key](said)
        except RegisterRefusal as refusal:
            raise CaseRefusal(f"{refusal}") from refusal
        log_access("cases.state", f"cases_case/{case}", f"{known[what]}；{words.strip()[:200]}")


def _income(said: Statement) -> None:
    values = {"kind": said.kind, "yearly": _fen(said)}
    recording.state("income", said.person, said.area, said.day, said.source, values)


def _asset(said: Statement) -> None:
    if said.kind == MONEY:
        amount = _fen(said)
    elif said.value.isascii() and said.value.isdigit() and len(said.value) < 4:
        amount = int(said.value)
    else:
        raise CaseRefusal("请填整数，没有的填 0。")
    values = {"kind": said.kind, "amount": amount}
    recording.state("asset", said.household, said.area, said.day, said.source, values)


def _death(said: Statement) -> None:
    recording.record_death(said.person, said.area, _day(said), said.source)


def _work(said: Statement) -> None:
    values = {"can_work": True, "employed_since": _day(said), "job_refusals": 0}
    recording.state("employment", said.person, said.area, said.day, said.source, values)


def _refusal(said: Statement) -> None:
    recording.refused_work(said.person, said.area, said.day, said.source)


def _illness(said: Statement) -> None:
    values = {"kind": int(ConditionKind.severe_illness), "value": 1}
    recording.state("condition", said.person, said.area, said.day, said.source, values)


def _grade(said: Statement) -> None:
    if said.value not in ("1", "2", "3", "4"):
        raise CaseRefusal("残疾等级请填 1 到 4，按残疾人证。")
    values = {"kind": said.kind, "grade": int(said.value)}
    recording.state("disability", said.person, said.area, said.day, said.source, values)


def _leave(said: Statement) -> None:
    recording.leave(said.person, said.household, _day(said))


def _fen(said: Statement) -> int:
    try:
        fen = parse_yuan(said.value)
    except Refusal as refusal:
        raise CaseRefusal(f"{refusal}") from refusal
    if fen < 0:
        raise CaseRefusal("金额不能是负数。")
    return fen


def _day(said: Statement) -> date:
    try:
        day = date.fromisoformat(said.value)
    except ValueError as error:
        raise CaseRefusal("请填日期，写成 2024-10-09 的样子。") from error
    if day > said.day:
        raise CaseRefusal("日期不能晚于今天。")
    return day


DEEDS: dict[str, Callable[[Statement], None]] = {
    "income": _income, "asset": _asset, "death": _death, "work": _work, "refusal": _refusal,
    "illness": _illness, "grade": _grade, "leave": _leave,
}  # fmt: skip
