"""What the law finds for one household today, with what a decision keeps of it: who, how much, which law.

A decision keeps the hash of the law and the digest of the facts, so that it replays to the same bytes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.domains.assistance.reads.register import with_persons
from minzheng.domains.assistance.rules.reasoning import Verdict, explain_case
from minzheng.kernel.rules import Case

DIBAO = "dibao"


@dataclass(frozen=True)
class Found:
    """The finding for one programme of a household: `persons` are who is covered, by key of the register.

    `verdict` has the reasoning and citations; `verdicts` those of every programme; `statuses` each member's
    primary status, in the order of `members`.
    """

    day: date
    version: str
    facts: str
    eligible: bool | None
    amount: int
    persons: tuple[int, ...]
    phase_out: bool
    verdict: Verdict
    verdicts: tuple[Verdict, ...]
    members: tuple[int, ...]
    statuses: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """What an event and a decision keep: outcome, sum, persons, law, facts, the steps with citations."""
        return {
            "eligible": self.eligible,
            "amount": self.amount,
            "persons": list(self.persons),
            "law": self.version,
            "facts": self.facts,
            "day": f"{self.day}",
            "reasons": list(self.verdict.reasons),
            "missing": list(self.verdict.missing),
            "lines": [[line.label, line.text, line.law] for line in self.verdict.lines if line.indent < 2],
        }


def found(household: int, day: date, names: Sequence[str] = (), programme: str = DIBAO) -> Found | None:
    """Decide a household in scope as registered for `day`; None where nobody belongs to it."""
    both = with_persons(household, day)
    if both is None:
        return None
    case, persons = both
    told = [names[at] if at < len(names) else f"成员{at + 1}" for at in range(len(persons))]
    explained = explain_case(case, told)
    verdict = next(each for each in explained.verdicts if each.programme == programme)
    covered = explained.outcome[f"{programme}.covered"]
    return Found(
        day, explained.version, digest(case), verdict.eligible, verdict.amount or 0,
        tuple(key for key, value in zip(persons, covered, strict=True) if value),
        bool(explained.outcome[f"{programme}.phase_out"]), verdict, explained.verdicts, persons,
        tuple(word for _, word in explained.statuses),
    )  # fmt: skip


def digest(case: Case) -> str:
    """SHA-256 of the facts that were read, in one written form."""
    text = json.dumps(
        [f"{case.day}", case.area, dict(case.household), [dict(m) for m in case.members]],
        sort_keys=True, ensure_ascii=False, default=str,
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()
