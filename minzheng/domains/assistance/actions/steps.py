"""Every step of a dibao case as its page takes it: what must hold before, what follows in the same deed.

`perform` is the one way; a step without a deed of its own is simply taken. What the law forbids is refused
here with a sentence that says what to do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from minzheng.core.access.actor import MissingRefusal
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases import actions as cases
from minzheng.core.cases import posting, reads
from minzheng.core.cases.actions import CaseRefusal, Taken
from minzheng.core.cases.reads import Matter
from minzheng.domains.assistance.actions import accepting, deciding, telling, verifying, visiting
from minzheng.domains.assistance.reads import casework, determined
from minzheng.domains.assistance.terms import APPEALS, NOTICE_DAYS


@dataclass(frozen=True)
class Deed:
    """A step as it was sent: `extra` holds the fields that only this step has."""

    matter: Matter
    key: str
    scope: Scope
    version: int
    words: str = ""
    reasons: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def take(self, **body: object) -> Taken:
        """Take the step itself."""
        return cases.take(
            self.matter.id, self.key, self.scope, self.version, words=self.words, reasons=self.reasons,
            body=body,
        )  # fmt: skip


def perform(deed: Deed) -> Taken:
    """Take a step with everything that belongs to it, in one transaction.

    Raises ActRefusal (403, 404, 409) and CaseRefusal (422).
    """
    with transaction.atomic():
        taken = DEEDS.get(deed.key, _plain)(deed)
        telling.tell(taken.case, deed.key, deed.scope)
    return taken


def take(case: int, key: str, scope: Scope, version: int) -> Taken:
    """Take a step that asks for nothing but itself (the manifest's `deed`, for many cases at once)."""
    matter = reads.case(case, scope)
    if matter is None:
        raise MissingRefusal("找不到这个案件。")
    return perform(Deed(matter, key, scope, version))


def _plain(deed: Deed) -> Taken:
    return deed.take()


def _accept(deed: Deed) -> Taken:
    moved = deed.extra.get("moved") == "1"
    return accepting.accept(deed.matter.id, deed.scope, deed.version, words=deed.words, moved=moved)


def _start_check(deed: Deed) -> Taken:
    taken = deed.take()
    verifying.ask_sources(deed.matter)
    return taken


def _finish_check(deed: Deed) -> Taken:
    verifying.settled(deed.matter.id)
    return deed.take()


def _visited(deed: Deed) -> Taken:
    visit = visiting.rest_on(deed.matter, visiting.TOWN, two=True)
    if visit is None:
        raise CaseRefusal(
            "还没有两人签认的入户调查。请一人在“入户调查”里登记，另一人用自己的账号确认后再办理。"
        )
    return deed.take(visit=visit)


def _agree(deed: Deed) -> Taken:
    found = _eligible(deed)
    taken = deed.take(**found.body())
    if deed.key == "dibao.agree":
        since, until = today(), today() + timedelta(days=NOTICE_DAYS)
        members = len(found.persons)
        posting.post(deed.matter.id, posting.NOTICE, "dibao", members, found.amount, since, until)
    else:
        posting.answer_all(deed.matter.id, deed.extra.get("upheld") == "1", deed.words)
    return taken


def _disagree(deed: Deed) -> Taken:
    found = _found(deed)
    taken = deed.take(**(found.body() if found else {}))
    if deed.matter.state == "异议复查":
        posting.answer_all(deed.matter.id, True, deed.words or "；".join(deed.reasons))
    return taken


def _object(deed: Deed) -> Taken:
    if not any(each.state == "open" for each in posting.objections(deed.matter.id)):
        name, phone = deed.extra.get("name", ""), deed.extra.get("phone", "")
        posting.add_objection(deed.matter.id, deed.matter.area, name, phone, deed.words)
    return deed.take()


def _close_notice(deed: Deed) -> Taken:
    posted = posting.notice(deed.matter.id)
    if posted is None or posted.until is None:
        raise CaseRefusal("这个案件没有公示记录，不能办理期满。请退回重新提出初审意见。")
    if today() < posted.until:
        raise CaseRefusal(f"公示到 {posted.until} 才期满，现在不能办理。")
    waiting = [each for each in posting.objections(deed.matter.id) if each.state == "open"]
    if waiting:
        raise CaseRefusal(f"公示期间收到 {len(waiting)} 件异议，请先办理“登记异议”并复查。")
    return deed.take(since=f"{posted.since}", until=f"{posted.until}")


def _review(deed: Deed) -> Taken:
    why = casework.must_visit(deed.matter)
    visit = visiting.rest_on(deed.matter, visiting.COUNTY, two=False)
    if why and visit is None:
        raise CaseRefusal(f"{why}，县级必须入户。请先在“入户调查”里登记这次入户。")
    return deed.take(**({"visit": visit} if visit else {}))


def _send_back(deed: Deed) -> Taken:
    posting.take_down(deed.matter.id, posting.NOTICE)
    return deed.take()


def _publish(deed: Deed) -> Taken:
    entries = reads.timeline(deed.matter.id, deed.scope)
    decided = next(each for each in reversed(entries) if each.step == "dibao.confirm").body
    posting.post(
        deed.matter.id, posting.LIST, "dibao", len(decided["persons"]), decided["amount"], today(), None
    )
    return deed.take()


def _refuse(deed: Deed) -> Taken:
    found = _found(deed)
    return deed.take(**(found.body() if found else {}), appeals=APPEALS)


def _deliver(deed: Deed) -> Taken:
    return deed.take(delivered_on=f"{day_of(deed, 'on')}", how=deed.extra.get("how", ""))


def _found(deed: Deed) -> determined.Found | None:
    if deed.matter.household is None:
        return None
    return determined.found(deed.matter.household, today())


def _eligible(deed: Deed) -> determined.Found:
    found = _found(deed)
    if found is None:
        raise CaseRefusal("登记库里没有这户，不能提出意见。请先受理。")
    if found.eligible is None:
        told = "、".join(found.verdict.missing)
        raise CaseRefusal(f"现有事实不够，无法认定，还缺：{told}。请先核对补全。")
    if not found.eligible or found.amount <= 0:
        told = "；".join(found.verdict.reasons) or "不符合条件"
        raise CaseRefusal(f"按登记的事实认定为不符合（{told}），不能提出同意的意见。事实有误的，请先更正。")
    return found


def day_of(deed: Deed, name: str) -> date:
    """A day of the form, not after today."""
    try:
        day = date.fromisoformat(deed.extra.get(name, "").strip())
    except ValueError as error:
        raise CaseRefusal("日期请写成 2024-10-09 的样子。") from error
    if day > today():
        raise CaseRefusal("日期不能晚于今天。")
    return day


DEEDS: dict[str, Callable[[Deed], Taken]] = {
    "dibao.accept": _accept,
    "dibao.start_check": _start_check,
    "dibao.finish_check": _finish_check,
    "dibao.visited": _visited,
    "dibao.agree": _agree,
    "dibao.agree_again": _agree,
    "dibao.disagree": _disagree,
    "dibao.object": _object,
    "dibao.close_notice": _close_notice,
    "dibao.review": _review,
    "dibao.send_back": _send_back,
    "dibao.confirm": lambda deed: deciding.confirm(deed.matter, deed.scope, deed.version, deed.words),
    "dibao.refuse": _refuse,
    "dibao.publish": _publish,
    "dibao.deliver": _deliver,
    "dibao_review.propose": lambda deed: deciding.propose(
        deed.matter, deed.scope, deed.version, deed.words, deed.extra
    ),
    "dibao_review.change": lambda deed: deciding.change(deed.matter, deed.scope, deed.version, deed.words),
    "dibao_review.phase_out": lambda deed: deciding.change(
        deed.matter, deed.scope, deed.version, deed.words, phase_out=True
    ),
    "dibao_review.stop": lambda deed: deciding.stop(
        deed.matter, deed.scope, deed.version, deed.words, deed.reasons
    ),
    "dibao_review.keep": lambda deed: deciding.keep(deed.matter, deed.scope, deed.version, deed.words),
    "dibao_review.deliver": _deliver,
}
