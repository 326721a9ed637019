"""What looks wrong, as data: kind, subject, gravity, evidence, and a sentence for the officer."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from minzheng.kernel.errors import Refusal

Severity = Literal["notice", "warning", "serious"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SEVERITY_LABELS: dict[Severity, str] = {"notice": "提示", "warning": "预警", "serious": "严重"}
Value = str | int | bool | date | None
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
# A run that could be an identity number or a bank account: a finding is shown in lists and must carry none.
_NUMBER = re.compile(r"\d{14,}")


class FindingRefusal(Refusal):
    """A finding that an officer could not act on, or that would show a personal number."""


@dataclass(frozen=True)
class Finding:
    """One thing that looks wrong.

    `subject` is (table, id), such as ("household", 42). `evidence` is the values that led here, by name; it
    is part of the identity, so that the same finding made twice is one and a changed ground is a new one.
    `text` is one Chinese sentence.
    """

    kind: str
    subject: tuple[str, int]
    severity: Severity
    evidence: Mapping[str, Value] = field(hash=False)
    text: str = field(compare=False)

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise FindingRefusal(f"发现的种类“{self.kind}”应为小写英文字母、数字、下划线和点。")
        if self.severity not in SEVERITIES:
            raise FindingRefusal(
                f"发现“{self.kind}”的程度“{self.severity}”不认识，只能是 {'、'.join(SEVERITIES)}。"
            )
        if not self.text.strip():
            raise FindingRefusal(f"发现“{self.kind}”缺少说明，请用一句中文写明问题。")
        if not self.evidence:
            raise FindingRefusal(f"发现“{self.kind}”没有依据，请写明是哪些数据引起的。")
        for shown in (self.text, *(value for value in self.evidence.values() if isinstance(value, str))):
            if _NUMBER.search(shown):
                raise FindingRefusal(f"发现“{self.kind}”的文字或依据里有证件号或账号，请改用编号或掩码。")

    @property
    def digest(self) -> str:
        """32 hex digits that are the same for the same kind, subject and evidence, whatever the text says."""
        evidence = {name: _plain(value) for name, value in self.evidence.items()}
        body = json.dumps([self.kind, list(self.subject), evidence], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()[:32]


def _plain(value: Value) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once (by digest, the first kept), the gravest first, otherwise as they came."""
    once: dict[str, Finding] = {}
    for finding in findings:
        once.setdefault(finding.digest, finding)
    return sorted(once.values(), key=lambda finding: -SEVERITIES.index(finding.severity))
