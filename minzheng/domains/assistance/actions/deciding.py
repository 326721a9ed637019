"""The county's decision: what is decided must be what the law finds, and the money follows from it alone.

A decision keeps in its event and in its basis the hash of the law, the digest of the facts, the outcome and
the sum. A finding of 不符合 or 无法认定 cannot be confirmed (民发〔2021〕57号 §20、28: 未经程序不得直接纳入).
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.benefits import by_case
from minzheng.core.benefits.by_case import Matter as Basis
from minzheng.core.cases import actions as cases
from minzheng.core.cases import posting, reads
from minzheng.core.cases.actions import CaseRefusal, Taken
from minzheng.core.cases.reads import Matter
from minzheng.core.people import reads as people
from minzheng.domains.assistance.reads import casework, determined
from minzheng.domains.assistance.reads.determined import Found
from minzheng.kernel.money import yuan

PROGRAMME, EXCLUSIVE = "dibao", ("tekun",)
LAW = "民发〔2021〕57号 §20、21"
LAW_OF_REVIEW = "民发〔2021〕57号 §31、32"
OUTCOMES = {"keep": "维持", "change": "增发或减发", "phase_out": "渐退", "stop": "停发"}


def confirm(matter: Matter, scope: Scope, version: int, words: str) -> Taken:
    """确认: the decision, the right from next month on, and the event that both rest on."""
    with transaction.atomic():
        entries = reads.timeline(matter.id, scope)
        opinion = casework.opinion(entries)
        if opinion is None or not opinion.agrees:
            raise CaseRefusal("初审意见不是同意，没有公示，不能确认。要改变意见的，请退回重新调查。")
        if posting.notice(matter.id) is None:
            raise CaseRefusal("这个案件没有公示，不能确认。请退回重新调查。")
        why = casework.must_visit(matter)
        if why and casework.county_visit(entries) is None:
            raise CaseRefusal(f"{why}，县级必须入户。审核时没有登记入户，请退回重新调查。")
        report = casework.report(entries)
        if report is not None and report.expired:
            raise CaseRefusal(f"核对报告已于 {report.until} 过期，请退回重新核对。")
        found = _finding(matter)
        if not found.eligible or found.amount <= 0:
            told = "；".join(found.verdict.reasons) or "、".join(found.verdict.missing)
            raise CaseRefusal(f"按登记的事实认定为{found.verdict.word}（{told}），依法不能确认。")
        if found.amount != opinion.amount:
            raise CaseRefusal(
                f"初审并公示的金额是 {yuan(opinion.amount)} 元，现在认定为 {yuan(found.amount)} 元，"
                "两者不一致，不能确认。请退回重新调查。"
            )
        taken = cases.take(matter.id, "dibao.confirm", scope, version, words=words, body=found.body())
        decided = by_case.grant(_basis(matter, taken, found, "dibao.confirm", LAW), scope, EXCLUSIVE)
    return _told(taken, decided)


def propose(matter: Matter, scope: Scope, version: int, words: str, extra: Mapping[str, str]) -> Taken:
    """The township's opinion on a review: keep, change, phase out or stop, with what the law finds."""
    outcome = extra.get("outcome", "")
    if outcome not in OUTCOMES:
        raise CaseRefusal("请选复核意见：维持、增发或减发、渐退、停发。")
    if not words.strip():
        raise CaseRefusal("请写明复核了解到的情况。")
    found = _finding(matter)
    body = {**found.body(), "outcome": outcome}
    return cases.take(matter.id, "dibao_review.propose", scope, version, words=words, body=body)


def keep(matter: Matter, scope: Scope, version: int, words: str) -> Taken:
    """维持: nothing changes, and the law must find the same."""
    found, now = _finding(matter), _amount_now(matter)
    if not found.eligible or found.amount != now:
        raise CaseRefusal(
            f"现在发放 {yuan(now)} 元，认定为{found.verdict.word} {yuan(found.amount)} 元，不能维持。"
            "请选增发或减发、渐退或停发。"
        )
    return cases.take(matter.id, "dibao_review.keep", scope, version, words=words, body=found.body())


def change(matter: Matter, scope: Scope, version: int, words: str, *, phase_out: bool = False) -> Taken:
    """增发、减发 or 渐退: the amount that the law finds, from next month on."""
    step = "dibao_review.phase_out" if phase_out else "dibao_review.change"
    with transaction.atomic():
        found = _finding(matter)
        if not found.eligible or found.amount <= 0:
            raise CaseRefusal(f"认定为{found.verdict.word}，不能调整金额。不再符合的，请办理停发。")
        if phase_out != found.phase_out:
            told = "渐退" if found.phase_out else "不在渐退期"
            raise CaseRefusal(f"按登记的事实认定为{told}，请按认定办理。")
        body = {**found.body(), "before": _amount_now(matter)}
        taken = cases.take(matter.id, step, scope, version, words=words, body=body)
        basis = _basis(matter, taken, found, step, LAW_OF_REVIEW, kind="phase_out" if phase_out else "change")
        decided = by_case.change(basis, scope, EXCLUSIVE)
    return _told(taken, decided)


def stop(matter: Matter, scope: Scope, version: int, words: str, reasons: tuple[str, ...]) -> Taken:
    """停发 from next month on; of a household that still fits only with a ground of the law."""
    with transaction.atomic():
        found = _finding(matter, missing=True)
        if found is not None and found.eligible and not reasons:
            raise CaseRefusal("这户按登记的事实仍然符合。停发须选明法定事由，例如拒绝配合核查。")
        body: dict[str, Any] = {**(found.body() if found else {}), "before": _amount_now(matter)}
        taken = cases.take(
            matter.id, "dibao_review.stop", scope, version, words=words, reasons=reasons, body=body
        )
        assert matter.household is not None
        basis = Basis(
            matter.id, taken.version - 1, "dibao_review.stop", matter.household, matter.area, PROGRAMME,
            LAW_OF_REVIEW, more={"law": body.get("law", ""), "facts": body.get("facts", "")},
        )  # fmt: skip
        decided = by_case.end(basis, scope)
        posting.take_down(matter.id, posting.LIST)
    return _told(taken, decided)


def _finding(matter: Matter, *, missing: bool = False) -> Any:
    found = determined.found(matter.household, today()) if matter.household is not None else None
    if found is None and not missing:
        raise CaseRefusal("登记库里没有这户，不能办理。请先受理。")
    return found


def _basis(matter: Matter, taken: Taken, found: Found, step: str, law: str, kind: str = "grant") -> Basis:
    """The event is the one that was just written: its number is the version that it was taken at."""
    assert matter.household is not None
    return Basis(
        matter.id, taken.version - 1, step, matter.household, matter.area, PROGRAMME, law,
        payee=_payee(matter, found), amount=found.amount, persons=found.persons,
        more={"law": found.version, "facts": found.facts, "kind": kind, "number": matter.number},
    )  # fmt: skip


def _payee(matter: Matter, found: Found) -> int:
    """Who is paid: the applicant, or else the first who is covered and has an account; where nobody has one,
    the applicant: the right stands, and the month's run reports the missing account.
    """
    day = today()
    those = [person for person in (matter.applicant, *found.persons) if person is not None]
    return next((person for person in those if people.accounts_of(person, day)), those[0])


def _amount_now(matter: Matter) -> int:
    assert matter.household is not None
    return by_case.amount_now(matter.household, PROGRAMME)


def _told(taken: Taken, decided: by_case.Decided) -> Taken:
    assert decided.decision
    return taken
