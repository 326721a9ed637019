"""Filling in an application: begun with who applies, kept at every step, sent when it is whole.

What is typed stays in a draft of whoever types it, encrypted, until it is sent; then it is declared
(`applying`) and the step of the procedure is taken in the same transaction. A family that the register
knows is filled in for officers who may look it up and for the person themselves, by key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from minzheng.core.access.actor import MissingRefusal, StaleRefusal, allowed
from minzheng.core.access.grants import PRIVATE, may
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import actions as cases
from minzheng.core.cases import reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.cases.reads import Matter
from minzheng.core.people import masks, names
from minzheng.core.people import reads as people
from minzheng.domains.assistance.actions import applying, steps
from minzheng.domains.assistance.reads import typed
from minzheng.domains.assistance.reads.declared import refilled
from minzheng.kernel.areas import VILLAGE, level
from minzheng.kernel.errors import Refusal
from minzheng.kernel.identity import ResidentNumber

CHANNELS = {
    "resident": "resident", "relative": "relative", "village_worker": "village", "township_clerk": "window",
}  # fmt: skip


@dataclass(frozen=True)
class Filling:
    """An application that is being filled in: its case, every word typed so far, and what they make."""

    matter: Matter
    values: dict[str, str]
    typed: typed.Typed


def begin(scope: Scope, area: int, name: str, number: str) -> int:
    """Open an application for who applies, with what the register knows of them; returns the case's key."""
    allowed(scope, applying.EDIT)
    if level(area) != VILLAGE or not scope.holds(area):
        raise CaseRefusal("请选申请人居住的村（社区）。")
    clean = names.clean(name)
    try:
        found = ResidentNumber.parse(number).number
    except Refusal as refusal:
        raise CaseRefusal(f"{refusal}") from refusal
    with transaction.atomic():
        opened = cases.open_case("dibao", scope, area, clean, CHANNELS.get(scope.post or "", "window"))
        values = {"members": "1", "m0-name": clean, "m0-number": found, **_known(scope, clean, found)}
        cases.save_draft(scope, _key(opened.case), values, area)
    return opened.case


def filling(case: int, scope: Scope) -> Filling:
    """The application of a case that this account may fill in now.

    MissingRefusal where it is not in sight or a draft of somebody else; StaleRefusal where it was sent.
    """
    matter = reads.case(case, scope)
    if matter is None or matter.procedure != "dibao" or (
        matter.state == "草稿" and matter.opened_by != scope.user
    ):  # fmt: skip
        raise MissingRefusal("找不到这份申请。")
    if matter.state not in applying.EDITABLE:
        raise StaleRefusal(f"申请已经提交，现在是“{matter.state}”，内容不能再改。")
    kept = reads.draft(scope, _key(case))
    values = {name: str(value) for name, value in kept[0].items()} if kept else refilled(case)
    return Filling(matter, values, typed.read(values, matter.area, today(), people.identity))


def save(case: int, scope: Scope, part: str, sent: Mapping[str, str]) -> Filling:
    """Keep what was typed into one part, right or wrong; returns the application as it is now."""
    allowed(scope, applying.EDIT)
    with transaction.atomic():
        before = filling(case, scope)
        values = PARTS[part](dict(before.values), sent)
        cases.save_draft(scope, _key(case), values, before.matter.area)
    return replace(
        before, values=values, typed=typed.read(values, before.matter.area, today(), people.identity)
    )


def send(case: int, scope: Scope, version: int, promised: bool, authorised: bool) -> str:
    """Declare and hand in; returns the state after. Raises CaseRefusal (422) while anything is wrong."""
    with transaction.atomic():
        found = filling(case, scope)
        if found.typed.wrong:
            raise CaseRefusal("还有没填好的地方，请按上面的清单补齐再提交。")
        if not (promised and authorised):
            raise CaseRefusal("请勾选承诺书和核对授权书，两项都勾选才能提交。")
        agent = found.values.get("agent", "").strip()
        if scope.post != "resident" and not agent:
            raise CaseRefusal("请在“住址、联系和收款”里写明代办人姓名及与申请人的关系。")
        applying.declare(case, scope, _form(found))
        step = "dibao.submit" if found.matter.state == "草稿" else "dibao.supply"
        taken = steps.perform(steps.Deed(found.matter, step, scope, version))
        cases.drop_draft(scope, _key(case))
    return taken.state


def _key(case: int) -> str:
    return f"apply/{case}"


def _known(scope: Scope, name: str, number: str) -> dict[str, str]:
    """The family as the register has it: for officers who may look people up, and for oneself."""
    if not (may(scope, "people.view") or scope.person is not None):
        return {}
    card = people.by_number(number)
    if card is None or (scope.post in PRIVATE and scope.person != card.id):
        return {}
    own = people.identity(card.id)
    if own is None or own[0] != name:
        raise CaseRefusal("登记库中这个身份证号是另一个姓名，请核对证件。")
    values = {"m0-person": f"{card.id}", "m0-shown": f"{masks.name(name)} {card.number}"}
    home = people.household_of(card.id, today())
    household = people.household_card(home, today()) if home is not None else None
    others = [each for each in household.members if each.person.id != card.id] if household else []
    for at, each in enumerate(others[: typed.MOST - 1], start=1):
        shown = f"{masks.name(each.person.name)} {each.person.number}"
        values |= {f"m{at}-person": f"{each.person.id}", f"m{at}-shown": shown}
    return values | {"members": f"{len(others[: typed.MOST - 1]) + 1}"}


def _form(found: Filling) -> applying.Form:
    said = found.values
    kin = said.get("kin", "") if said.get("kin-is") == "1" else ""
    members = [
        applying.Declared(
            each.name, each.relation, each.number, each.born, each.sex, hukou=each.hukou,
            living_together=each.living_together, disability_kind=each.disability_kind,
            disability_grade=each.disability_grade, severe_illness=each.severe_illness,
            study_level=each.study_level, can_work=each.can_work, employed_since=each.employed_since,
            obligors=each.obligors, incomes=each.incomes,
        )
        for each in found.typed.members
    ]  # fmt: skip
    return applying.Form(
        said.get("urban") == "1", members, found.typed.assets, said.get("address", ""),
        said.get("phone", ""), said.get("bank", "").strip(), said.get("account", "").replace(" ", ""),
        said.get("reason", ""), kin, said.get("agent", ""), said.get("single") == "1",
        promised=True, authorised=True,
    )  # fmt: skip


MEMBER = (
    "name", "number", "born", "sex", "relation", "hukou", "apart", "kind", "grade", "ill", "study", "work",
    "since", "obligors",
)  # fmt: skip
HOME = ("urban", "address", "phone", "bank", "account", "reason", "kin-is", "kin", "agent", "single")


def _family(values: dict[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    """Members as sent; one that is struck out leaves, the others move up with their incomes."""
    size = typed.count(values)
    for at in range(size):
        for name in MEMBER:
            field = f"m{at}-{name}"
            if name == "number" and not sent.get(field, "").strip():
                continue
            values[field] = sent.get(field, "")[:100]
    staying = [at for at in range(size) if at == 0 or sent.get(f"m{at}-strike") != "1"]
    rest = {name: value for name, value in values.items() if not _of_member(name)}
    for to, at in enumerate(staying):
        mine = f"m{at}-"
        rest |= {
            f"m{to}-{n[len(mine):]}": value for n, value in values.items() if n.startswith(mine)
        }  # fmt: skip
    more = 1 if sent.get("add") == "1" else 0
    return rest | {"members": f"{min(typed.MOST, len(staying) + more)}"}


def _of_member(name: str) -> bool:
    head = name.partition("-")[0]
    return head[:1] == "m" and head[1:].isdigit()


def _income(values: dict[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    fields = [f"m{at}-i{kind}" for at in range(typed.count(values)) for kind in typed.ASKED]
    fields += [f"a{kind}" for kind in typed.OWNED]
    return values | {name: sent.get(name, "")[:40] for name in fields}


def _home(values: dict[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    """The account's number is typed only once: left empty, what was typed before stays."""
    said = {name: sent.get(name, "")[:2000] for name in HOME}
    if not said["account"].strip() and said["bank"].strip():
        said["account"] = values.get("account", "")
    return values | said


PARTS = {"family": _family, "income": _income, "home": _home}
