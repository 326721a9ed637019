"""What a step of a case rests on: the last opinion, the verification report, a county visit that is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.core.areas.day import today
from minzheng.core.cases import posting
from minzheng.core.cases.reads import Entry, Matter
from minzheng.domains.assistance.models import Rating
from minzheng.domains.assistance.terms import REPORT_MONTHS
from minzheng.kernel.periods import add_months

AGREED = ("dibao.agree", "dibao.agree_again")
OPINIONS = (*AGREED, "dibao.disagree", "dibao_review.propose")


@dataclass(frozen=True)
class Opinion:
    """The township's last opinion: `agrees`, and the finding that it kept (`reads.determined.Found.body`)."""

    agrees: bool
    entry: Entry
    body: dict[str, Any]

    @property
    def amount(self) -> int:
        """Fen a month, 0 where it is against."""
        return int(self.body.get("amount", 0)) if self.agrees else 0


@dataclass(frozen=True)
class Report:
    """The verification report: since when and until when it serves."""

    made_on: date
    until: date
    words: str

    @property
    def expired(self) -> bool:
        """Whether it serves no longer."""
        return today() > self.until


def opinion(entries: Sequence[Entry]) -> Opinion | None:
    """The last opinion that was not sent back."""
    for entry in reversed(entries):
        if entry.step in ("dibao.send_back", "dibao_review.return"):
            return None
        if entry.step in OPINIONS:
            return Opinion(entry.step in AGREED, entry, entry.body)
    return None


def report(entries: Sequence[Entry]) -> Report | None:
    """The last verification report of a case."""
    for entry in reversed(entries):
        if entry.step == "dibao.finish_check":
            return Report(entry.on, add_months(entry.on, REPORT_MONTHS), entry.words)
    return None


def rated(case: int) -> bool:
    """Whether the service in a case in scope has been rated."""
    return Rating.objects.filter(case_id=case).exists()


def must_visit(matter: Matter) -> str:
    """Why the county must visit the household itself (民发〔2021〕57号 §20); "" where it need not."""
    if matter.kin:
        return "申请人已作近亲属备案"
    if posting.objections(matter.id):
        return "公示期间有异议或投诉举报"
    return ""


def county_visit(entries: Sequence[Entry]) -> dict[str, Any] | None:
    """The visit that the county's reviewer recorded, since the case last came to the county."""
    for entry in reversed(entries):
        if entry.step == "dibao.review":
            found = entry.body.get("visit")
            return dict(found) if found else None
    return None
