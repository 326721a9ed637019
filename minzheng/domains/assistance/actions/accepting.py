"""Acceptance: what was declared goes into the register as dated facts, and the case is tied to them.

A fact is entered once: from here on the register is what everybody reads and corrects; the application stays
as what was declared. Source of every row: 申报 and the number of the case.
"""

from datetime import date

from django.db import connection, transaction

from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import actions as cases
from minzheng.core.cases import reads
from minzheng.core.cases.actions import CaseRefusal, Taken
from minzheng.core.cases.reads import Matter
from minzheng.core.people import masks, recording
from minzheng.core.people import reads as people
from minzheng.core.people.actions import RegisterRefusal
from minzheng.core.people.recording import Who
from minzheng.core.people.terms import ConditionKind, EnrolmentLevel
from minzheng.domains.assistance.models import Application, DeclaredAsset, DeclaredIncome, Member
from minzheng.domains.assistance.reads.declared import ACCOUNT, NUMBER, declaration, opened
from minzheng.kernel.identity import IdentityRefusal

BASIC_LIVING = ("dibao", "tekun")
#: GB/T 4761, coarse: the application does not ask how an obligor is related.
OTHER_KIN = 8
COVERED = """
    SELECT p.person, e.household, e.programme FROM benefits_entitlementperson p
      JOIN benefits_entitlement e ON e.id = p.entitlement_id
     WHERE p.person = ANY(%(persons)s) AND upper_inf(e.valid) AND e.programme = ANY(%(programmes)s)
"""


def accept(case: int, scope: Scope, version: int, *, words: str = "", moved: bool = False) -> Taken:
    """Take an application up. `moved`: the officer has verified that members left the households in which the
    register still has them. Raises ActRefusal, CaseRefusal (422).
    """
    with transaction.atomic():
        cases.locked(case, scope)
        row = reads.case(case, scope)
        assert row is not None
        declared = declaration(case)
        if declared is None:
            raise CaseRefusal("这个案件还没有填写申请内容，不能受理。请先补录申请表。")
        if declared.lacking:
            raise CaseRefusal(f"申请不齐，不能受理：{'；'.join(declared.lacking)}。请一次性告知补正。")
        application = Application.objects.get(pk=declared.id)
        taken = cases.take(case, "dibao.accept", scope, version, words=words)
        try:
            household, persons = _recorded(row, application, moved)
        except (RegisterRefusal, IdentityRefusal) as refusal:
            raise CaseRefusal(f"{refusal}") from refusal
        applicant = next(iter(persons))
        cases.bind(case, scope, household, applicant, persons)
        if application.kin and not row.kin:
            taken = cases.register_kin(case, scope, taken.version, application.kin)
    return taken


def _recorded(row: Matter, application: Application, moved: bool) -> tuple[int, dict[int, str]]:
    day, source = today(), f"申报 {row.number}"
    declared = list(Member.objects.filter(application=application, removed=False).order_by("position"))
    keys: dict[int, int] = {}
    for member in declared:
        keys[member.pk] = recording.person(_who(member), row.area, source)
        if member.person != keys[member.pk]:
            Member.objects.filter(pk=member.pk).update(person=keys[member.pk])
    if len(set(keys.values())) != len(keys):
        raise CaseRefusal("申报的成员中有两位是同一个人，请核对身份证号。")
    persons = [keys[member.pk] for member in declared]
    _not_covered(persons, {keys[m.pk]: masks.name(m.name) for m in declared})
    homes = recording.homes(persons, day)
    household = _home(row, application, declared, persons, moved, homes, source)
    for member, person in zip(declared, persons, strict=True):
        if not application.single or person not in homes:
            recording.join(person, household, member.relation, row.area, day, source)
        _facts(member, person, row.area, bool(application.urban), day, source)
    _assets(application, household, row.area, day, source)
    if application.single:
        values = {"kind": int(ConditionKind.single_applicant), "value": 1}
        recording.state("condition", persons[0], row.area, day, source, values)
    _account(application, persons[0], day, source)
    roles = {person: "applicant" if at == 0 else "member" for at, person in enumerate(persons)}
    return household, roles


def _who(member: Member) -> Who:
    number = opened(NUMBER, member.pk, member.number_cipher)
    assert member.born is not None
    return Who(member.name, number, member.sex, member.born, member.ethnicity, member.name_note)


def _not_covered(persons: list[int], names: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COVERED, {"persons": persons, "programmes": list(BASIC_LIVING)})
        held = cursor.fetchall()
    if held:
        told = "；".join(f"{names[person]}（户 {household}）" for person, household, _ in held)
        raise CaseRefusal(f"以下成员已享受低保或特困供养：{told}。请在那一户办理复核变更，不另行受理。")


def _home(
    row: Matter, application: Application, declared: list[Member], persons: list[int], moved: bool,
    homes: dict[int, int], source: str,
) -> int:  # fmt: skip
    """The household of the application: the one that the register has, if it is the same family; else new."""
    own = row.household or homes.get(persons[0])
    if own is not None:
        rest = set(recording.members(own, today())) - set(persons)
        if application.single or not rest:
            _from_elsewhere(homes, own, declared, persons, moved)
            return own
        if not moved:
            cards = [card for card in map(people.person_card, sorted(rest)) if card]
            names = "、".join(masks.name(card.name) for card in cards)
            raise CaseRefusal(
                f"登记库中户 {own} 还有没有申报的成员：{names}。共同生活的请退回补报；"
                "已经分户的，核实后勾选“已核实分户”再受理。"
            )
    _from_elsewhere(homes, own, declared, persons, moved)
    return recording.household(row.area, bool(application.urban), source)


def _from_elsewhere(
    homes: dict[int, int], own: int | None, declared: list[Member], persons: list[int], moved: bool
) -> None:
    others = [
        f"{masks.name(member.name)}（户 {homes[person]}）"
        for member, person in zip(declared, persons, strict=True)
        if homes.get(person, own) != own
    ]
    if others and not moved:
        raise CaseRefusal(
            f"以下成员现登记在别的户：{'；'.join(others)}。核实已经分户、共同生活的，勾选“已核实分户”再受理；"
            "仍属原户的，请退回更正申报的成员。"
        )


def _facts(member: Member, person: int, area: int, urban: bool, day: date, source: str) -> None:
    recording.state("residence", person, area, day, source, {})
    if member.hukou:
        recording.state("hukou", person, area, day, source, {"place": member.hukou, "urban": urban})
    for income in DeclaredIncome.objects.filter(member=member):
        values = {"kind": income.kind, "yearly": income.yearly}
        recording.state("income", person, area, day, source, values)
    if member.disability_kind and member.disability_grade:
        values = {"kind": member.disability_kind, "grade": member.disability_grade}
        recording.state("disability", person, area, day, source, values)
    illness = {"kind": int(ConditionKind.severe_illness), "value": int(member.severe_illness)}
    together = {"kind": int(ConditionKind.living_together), "value": int(member.living_together)}
    for values in (illness, together):
        recording.state("condition", person, area, day, source, values)
    if member.study_level:
        level = {"level": int(EnrolmentLevel(member.study_level)), "full_time": member.full_time}
        recording.state("enrolment", person, area, day, source, level)
    if member.absence:
        recording.state("absence", person, area, day, source, {"kind": member.absence})
    if member.can_work is not None or member.employed_since:
        job = {"can_work": member.can_work, "employed_since": member.employed_since}
        recording.state("employment", person, area, day, source, job)
    if member.obligors:
        _obligors(member, person, area, day, source)


def _obligors(member: Member, person: int, area: int, day: date, source: str) -> None:
    """Whom the law binds to support a member: asked and told, so that the law can decide on 特困."""
    asked = {"kind": int(ConditionKind.obligor_survey), "value": 1}
    recording.state("condition", person, area, day, source, asked)
    recording.end("obligor", person, day)
    if member.obligors != "none":
        values = {"relation": OTHER_KIN, "able": member.obligors == "able"}
        recording.state("obligor", person, area, day, source, values)


def _assets(application: Application, household: int, area: int, day: date, source: str) -> None:
    for asset in DeclaredAsset.objects.filter(application=application, removed=False):
        values = {"kind": asset.kind, "amount": asset.amount}
        recording.state("asset", household, area, day, source, values)


def _account(application: Application, applicant: int, day: date, source: str) -> None:
    number = opened(ACCOUNT, application.pk, application.account_cipher)
    if number and application.bank:
        recording.first_account(applicant, application.bank, number, day, source)
