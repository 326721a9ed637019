"""A registered household decided again, by the facts and rule versions that were known at an instant."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from minzheng.core.benefits import reads
from minzheng.core.benefits.reads import Found
from minzheng.domains.assistance.reads import household_case
from minzheng.domains.assistance.rules.reasoning import Explanation, explain_case
from minzheng.kernel.errors import Refusal

ZONE = ZoneInfo("Asia/Shanghai")


class ReplayRefusal(Refusal):
    """Nobody to decide, or an instant that cannot be read."""


@dataclass(frozen=True)
class Replay:
    """The explanation, and the determinations that were stored by then for that day."""

    explanation: Explanation
    stored: tuple[Found, ...]

    def agrees(self, stored: Found) -> bool | None:
        """Whether the replay gives what was stored; None for one person's part, or another day's finding."""
        if stored.person or stored.day != self.explanation.day:
            return None
        verdict = next(v for v in self.explanation.verdicts if v.programme == stored.programme)
        amount = (verdict.amount or 0) if verdict.eligible else 0
        return (verdict.eligible, amount) == (stored.eligible, stored.amount)


def instant(text: str) -> datetime:
    """A date (its end in Shanghai) or an instant in ISO form; raises ReplayRefusal."""
    try:
        if len(text) == len("2024-10-01"):
            return datetime.combine(date.fromisoformat(text), time.max, ZONE).astimezone(UTC)
        given = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ReplayRefusal(
            f"“{text}”不是日期或时刻，请写成 2024-10-01 或 2024-10-01T09:30+08:00。"
        ) from problem
    return (given if given.tzinfo else given.replace(tzinfo=ZONE)).astimezone(UTC)


def replay(household: int, day: date, known: datetime | None) -> Replay:
    """Decide a household for a day, as known at an instant (None: now); raises ReplayRefusal."""
    case = household_case(household, day, known)
    if case is None:
        raise ReplayRefusal(
            f"按所给的日期和获知时间，登记册里没有第 {household} 户的成员。请核对户编号和日期。"
        )
    explanation = explain_case(case, (), known.date() if known else None)
    return Replay(explanation, reads.found(household, day, known))
