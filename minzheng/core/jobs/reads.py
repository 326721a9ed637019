"""Questions about one's own jobs: another's do not exist, even within one's areas."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minzheng.core.access.scope import current
from minzheng.core.jobs.models import OPEN, STATES, Job

SHOWN = 50


@dataclass(frozen=True)
class Card:
    """One job as a page shows it."""

    id: int
    kind: str
    words: str
    state: str
    done: int
    total: int
    told: str
    result: str
    name: str
    link: str
    purpose: str
    arguments: dict[str, Any]
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime | None
    cancelling: bool

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def word(self) -> str:
        """Its state in Chinese."""
        return "正在取消" if self.cancelling and self.open else STATES[self.state][0]

    @property
    def colour(self) -> str:
        """The colour class of its state."""
        return STATES[self.state][1]

    @property
    def percent(self) -> int:
        """How far, of 100."""
        if self.state == "done":
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


def mine() -> tuple[Card, ...]:
    """One's last jobs under the areas of the present post, newest first."""
    found = Job.objects.filter(user=current().user).order_by("-id")[:SHOWN]
    return tuple(_card(row) for row in found)


def job(key: int) -> Card | None:
    """One of one's own jobs, or None."""
    found = Job.objects.filter(user=current().user, pk=key).first()
    return _card(found) if found else None


def _card(row: Job) -> Card:
    return Card(
        row.pk, row.kind, row.words, row.state, row.done, row.total, row.told, row.result, row.result_name,
        row.link, row.purpose, row.arguments, row.asked_at, row.started_at, row.ended_at, row.kept_until,
        row.cancelled_by is not None,
    )  # fmt: skip
