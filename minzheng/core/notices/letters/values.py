"""What each letter says: one frozen dataclass a letter, so that a caller cannot forget a value.

Dates are `date`, sums are whole fen in fields that end in `_fen`, everything else is text that prints as it
stands. Names on posters and identity numbers are given whole and masked here: no caller can forget it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo

from minzheng.core.people import masks
from minzheng.kernel import money

FEN = "_fen"
_ZONE = ZoneInfo("Asia/Shanghai")
Paper = Literal["a4", "a3"]
Refused = Literal["受理", "确认"]
Changed = Literal["增发", "减发", "停发"]


@dataclass(frozen=True)
class Printed:
    """Who prints, when (with its zone), whether before; none of it enters the code to verify."""

    by: str
    at: datetime
    again: bool = False


@dataclass(frozen=True)
class Appeal:
    """Where one goes who does not agree: the office for 行政复议 and the court."""

    review: str
    court: str


@dataclass(frozen=True)
class Ground:
    """A reason in words, and the article that it rests on ("" where it rests on the one before)."""

    text: str
    law: str


@dataclass(frozen=True)
class Missing:
    """A paper that is missing or unfit: what, why, and how to mend it."""

    name: str
    why: str
    how: str


@dataclass(frozen=True)
class Member:
    """One of the household, by name and relation to the applicant."""

    name: str
    relation: str


@dataclass(frozen=True)
class Part:
    """A part of the monthly sum, such as what 分类施保 adds."""

    label: str
    amount_fen: int


@dataclass(frozen=True)
class Poster:
    """A row of 公示: the whole name, of which the surname alone is printed."""

    name: str
    members: int
    amount_fen: int

    def masked(self) -> dict[str, str]:
        return {"name": masks.name(self.name)}


@dataclass(frozen=True)
class Listed:
    """A row of 公布: the three things that the law lets be published, and nothing else."""

    name: str
    members: int
    amount_fen: int


@dataclass(frozen=True)
class Signer:
    """A member who authorises: the number is given whole and printed masked."""

    name: str
    relation: str
    number: str

    def masked(self) -> dict[str, str]:
        return {"number": masks.number(self.number)}


@dataclass(frozen=True)
class Surveyed:
    """A member as known before the visit; `health` and `work` are "" where to be asked."""

    name: str
    relation: str
    age: int
    health: str
    work: str


@dataclass(frozen=True)
class Question:
    """What is asked or looked at during a visit; an answer of "" leaves room to write."""

    group: str
    text: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter has: the office that signs, its number ("" for none), its date, its law."""

    office: str
    number: str
    day: date
    law: str
    printed: Printed


@dataclass(frozen=True, kw_only=True)
class ToApplicant(Letter):
    """A letter to somebody who applied for a programme, who may come or telephone."""

    applicant: str
    programme: str
    place: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class MissingLetter(ToApplicant):
    """一次性告知书: everything that is missing, at once; `paused` says that the clock stands."""

    received: date
    items: tuple[Missing, ...]
    due: date
    paused: bool


@dataclass(frozen=True, kw_only=True)
class AcceptedLetter(ToApplicant):
    """受理通知书; `limit` is the time limit in words ("30个工作日")."""

    received: date
    accepted: date
    case: str
    members: tuple[str, ...]
    limit: str
    due: date


@dataclass(frozen=True, kw_only=True)
class RefusedLetter(ToApplicant):
    """不予受理 or 不予确认, with every reason and where to appeal."""

    kind: Refused
    applied: date
    reasons: tuple[Ground, ...]
    appeal: Appeal


@dataclass(frozen=True, kw_only=True)
class ConfirmedLetter(ToApplicant):
    """确认通知书: whom it covers, how much a month, from which month (`since`, its first day)."""

    address: str
    members: tuple[Member, ...]
    amount_fen: int
    parts: tuple[Part, ...]
    since: date
    account: str
    review: str
    appeal: Appeal


@dataclass(frozen=True, kw_only=True)
class ChangedLetter(ToApplicant):
    """增发, 减发 or 停发 from a month on, with the reasons."""

    kind: Changed
    before_fen: int
    after_fen: int
    since: date
    reasons: tuple[Ground, ...]
    appeal: Appeal


@dataclass(frozen=True, kw_only=True)
class PublicityLetter(Letter):
    """公示: `days` natural days from `starts` to `ends`, both included."""

    programme: str
    village: str
    rows: tuple[Poster, ...]
    days: int
    starts: date
    ends: date
    place: str
    phone: str
    paper: Paper


@dataclass(frozen=True, kw_only=True)
class PublishedLetter(Letter):
    """公布, the lasting list of a village for a month."""

    programme: str
    village: str
    month: date
    rows: tuple[Listed, ...]
    place: str
    phone: str
    paper: Paper


@dataclass(frozen=True, kw_only=True)
class AuthorisationLetter(Letter):
    """授权核对委托书: who lets which sources be asked, until when (in words)."""

    applicant: str
    programme: str
    address: str
    members: tuple[Signer, ...]
    sources: tuple[str, ...]
    until: str


@dataclass(frozen=True, kw_only=True)
class SurveyLetter(Letter):
    """入户调查表, as far as known; `visited` None and texts "" are left to be written by hand."""

    applicant: str
    programme: str
    case: str
    address: str
    members: tuple[Surveyed, ...]
    visited: date | None
    questions: tuple[Question, ...]
    investigators: tuple[str, ...]
    conclusion: str


#: Name (and template, NAME.typ) → its values and what it is called.
LETTERS: dict[str, tuple[type[Letter], str]] = {
    "missing": (MissingLetter, "一次性告知书"),
    "accepted": (AcceptedLetter, "受理通知书"),
    "refused": (RefusedLetter, "不予受理、不予确认通知书"),
    "confirmed": (ConfirmedLetter, "确认通知书"),
    "changed": (ChangedLetter, "增发、减发、停发告知书"),
    "publicity": (PublicityLetter, "公示"),
    "published": (PublishedLetter, "公布"),
    "authorisation": (AuthorisationLetter, "授权核对委托书"),
    "survey": (SurveyLetter, "入户调查表"),
}


def plain(value: Any) -> Any:
    """Values as a template reads them: ISO dates, fen as "1,234.00" (without the ending _fen), masked."""
    if is_dataclass(value) and not isinstance(value, type):
        own = {each.name: getattr(value, each.name) for each in fields(value)}
        own |= value.masked() if isinstance(value, Poster | Signer) else {}
        return {
            name.removesuffix(FEN): money.yuan(each) if name.endswith(FEN) else plain(each)
            for name, each in own.items()
        }
    if isinstance(value, datetime):
        return f"{value.astimezone(_ZONE):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def wrong_words(value: Letter) -> tuple[str, ...]:
    """The fields whose value is none of the words that the letter knows ("kind", "paper")."""
    hints: Mapping[str, Any] = get_type_hints(type(value))
    return tuple(
        name
        for name in ("kind", "paper")
        if name in hints and getattr(value, name) not in get_args(hints[name])
    )
