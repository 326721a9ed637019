"""The letters of a dibao case: each rests on one step that was taken, and says the same on every print.

Nothing is kept but the step and the list of printings: a letter is drawn from the event anew, so that it can
neither be lost nor differ, and its code to verify is the same on every print; a later one says 再次打印.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from minzheng.core.areas import reads as areas
from minzheng.core.cases import clocks
from minzheng.core.cases.reads import Entry, Matter
from minzheng.core.notices.letters import values as of
from minzheng.core.people.masks import account as masked_account
from minzheng.domains.assistance.models import Application, Member, Printing
from minzheng.domains.assistance.reads.declared import ADDRESS, opened
from minzheng.domains.assistance.terms import NOTICE_DAYS, RELATIONS, SUPPLY_DAYS
from minzheng.domains.assistance.workflow import APPLY
from minzheng.kernel.areas import ancestors, level
from minzheng.kernel.periods import Month

COUNTY, TOWN = 3, 4
PROGRAMME = "最低生活保障"
#: 待配置: offices have no telephone in the reference data.
PHONE = "（演示）见办事指南"


@dataclass(frozen=True)
class Kept:
    """A letter of a case: the event it rests on, its template, what it is called, its printings so far."""

    sequence: int
    template: str
    title: str
    on: date
    printings: int


def letters_of(matter: Matter, entries: Sequence[Entry]) -> tuple[Kept, ...]:
    """The letters that a case has so far, first to last."""
    printed: dict[int, int] = {}
    for sequence in Printing.objects.filter(case_id=matter.id).values_list("sequence", flat=True):
        printed[sequence] = printed.get(sequence, 0) + 1
    return tuple(
        Kept(entry.sequence, *LETTERS[entry.step][:2], entry.on, printed.get(entry.sequence, 0))
        for entry in entries
        if entry.step in LETTERS
    )


def letter(matter: Matter, entry: Entry, printed: of.Printed) -> tuple[str, of.Letter]:
    """(template, values) of the letter of one step; LookupError where that step has none."""
    template, _, build = LETTERS[entry.step]
    return template, build(_Sheet(matter, entry, printed))


class _Sheet:
    """What every letter of a case asks: the office, the applicant, the family."""

    def __init__(self, matter: Matter, entry: Entry, printed: of.Printed) -> None:
        self.matter, self.entry, self.printed = matter, entry, printed
        self.application = Application.objects.filter(case_id=matter.id).first()
        self.members = (
            list(Member.objects.filter(application=self.application, removed=False).order_by("position"))
            if self.application
            else []
        )

    def office(self, at: int) -> dict[str, Any]:
        """Who signs: the township, or the county's department."""
        place = self.place(at)
        town = f"{place}{'办事处' if place.endswith('街道') else '人民政府'}"
        name = f"{place}民政局" if at == COUNTY else town
        return {
            "office": name, "number": f"{self.matter.number}-{self.entry.sequence:02d}", "day": self.entry.on,
            "law": self.entry.law, "printed": self.printed, "programme": PROGRAMME,
            "place": f"{self.place(TOWN)}便民服务中心民政窗口", "phone": PHONE,
        }  # fmt: skip

    def to(self, at: int) -> dict[str, Any]:
        """The same with whom it is for."""
        return self.office(at) | {"applicant": self.matter.title}

    def place(self, at: int) -> str:
        """The name of the area of this level that the case lies in."""
        code = next(each for each in ancestors(self.matter.area) if level(each) == at)
        return areas.area(code, self.entry.on).name

    def appeal(self) -> of.Appeal:
        """Where one goes who does not agree with the county."""
        return of.Appeal(f"{self.place(COUNTY)}人民政府", f"{self.place(COUNTY)}人民法院")

    def grounds(self) -> tuple[of.Ground, ...]:
        """Every reason that was given, the law of the step beside the first."""
        said = [*self.entry.reasons, *([self.entry.words] if self.entry.words else [])]
        return tuple(of.Ground(text, self.entry.law if at == 0 else "") for at, text in enumerate(said)) or (
            of.Ground("不符合规定的条件。", self.entry.law),
        )


def _missing(sheet: _Sheet) -> of.Letter:
    due = clocks.calendar().working_days_after(sheet.entry.on, SUPPLY_DAYS, sheet.matter.area)
    why, how = "申请时没有提交或看不清", "在手机上补充，或带到窗口"
    items = tuple(of.Missing(each, why, how) for each in sheet.entry.reasons)
    return of.MissingLetter(
        **sheet.to(TOWN), received=sheet.matter.opened_on, items=items, due=due, paused=True
    )


def _accepted(sheet: _Sheet) -> of.Letter:
    assert APPLY.whole is not None
    days = APPLY.whole.limit
    due = clocks.calendar().working_days_after(sheet.entry.on, days, sheet.matter.area)
    return of.AcceptedLetter(
        **sheet.to(TOWN), received=sheet.matter.opened_on, accepted=sheet.entry.on,
        case=sheet.matter.number, members=tuple(each.name for each in sheet.members),
        limit=f"{days}个工作日", due=due,
    )  # fmt: skip


def _declined(sheet: _Sheet) -> of.Letter:
    return of.RefusedLetter(
        **sheet.to(TOWN), kind="受理", applied=sheet.matter.opened_on, reasons=sheet.grounds(),
        appeal=sheet.appeal(),
    )  # fmt: skip


def _refused(sheet: _Sheet) -> of.Letter:
    return of.RefusedLetter(
        **sheet.to(COUNTY), kind="确认", applied=sheet.matter.opened_on, reasons=sheet.grounds(),
        appeal=sheet.appeal(),
    )  # fmt: skip


def _confirmed(sheet: _Sheet) -> of.Letter:
    body, row = sheet.entry.body, sheet.application
    covered = set(body["persons"])
    family = [each for each in sheet.members if each.person in covered] or sheet.members
    last4 = row.account_last4 if row else ""
    return of.ConfirmedLetter(
        **sheet.to(COUNTY), address=opened(ADDRESS, row.pk, row.address_cipher) if row else "",
        members=tuple(of.Member(each.name, dict(RELATIONS).get(each.relation, "")) for each in family),
        amount_fen=int(body["amount"]), parts=(of.Part("月低保金", int(body["amount"])),),
        since=Month.of(sheet.entry.on).next().first,
        account=f"账户 {masked_account(last4)}" if last4 else "尚未登记账户，请到乡镇（街道）登记",
        review="按规定每年或每半年复核一次", appeal=sheet.appeal(),
    )  # fmt: skip


def _poster(sheet: _Sheet) -> of.Letter:
    body, ends = sheet.entry.body, sheet.entry.on + timedelta(days=NOTICE_DAYS)
    row = of.Poster(sheet.matter.title, len(body["persons"]), int(body["amount"]))
    village = areas.area(sheet.matter.area, sheet.entry.on).name
    return of.PublicityLetter(
        **sheet.office(TOWN), village=village, rows=(row,), days=NOTICE_DAYS, starts=sheet.entry.on,
        ends=ends, paper="a4",
    )  # fmt: skip


def _changed(sheet: _Sheet) -> of.Letter:
    body = sheet.entry.body
    before = int(body.get("before", 0))
    after = 0 if sheet.entry.step.endswith(".stop") else int(body.get("amount", 0))
    kind: of.Changed = "停发" if after == 0 else "增发" if after >= before else "减发"
    return of.ChangedLetter(
        **sheet.to(COUNTY), kind=kind, before_fen=before, after_fen=after,
        since=Month.of(sheet.entry.on).next().first, reasons=sheet.grounds(), appeal=sheet.appeal(),
    )  # fmt: skip


#: Step → the template of its letter, what it is called, and how it is filled.
LETTERS: dict[str, tuple[str, str, Callable[[_Sheet], of.Letter]]] = {
    "dibao.ask_more": ("missing", "一次性告知书", _missing),
    "dibao.accept": ("accepted", "受理通知书", _accepted),
    "dibao.decline": ("refused", "不予受理通知书", _declined),
    "dibao.agree": ("publicity", "公示", _poster),
    "dibao.confirm": ("confirmed", "确认通知书", _confirmed),
    "dibao.refuse": ("refused", "不予确认通知书", _refused),
    "dibao_review.change": ("changed", "增发、减发告知书", _changed),
    "dibao_review.phase_out": ("changed", "渐退告知书", _changed),
    "dibao_review.stop": ("changed", "停发告知书", _changed),
}
