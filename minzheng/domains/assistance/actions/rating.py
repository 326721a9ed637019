"""Rating the service by the five hearts (S10): once an application, by who applied, when it has ended."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from minzheng.core.access.actor import StaleRefusal, allowed
from minzheng.core.access.scope import Scope
from minzheng.core.areas.day import today
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.cases.reads import Matter
from minzheng.domains.assistance.models import Rating
from minzheng.domains.assistance.terms import HEARTS

LONGEST = 500


def rate(matter: Matter, scope: Scope, marks: Mapping[str, str], words: str) -> None:
    """Keep one to five for each heart. Raises CaseRefusal (422), StaleRefusal where it was rated already."""
    allowed(scope, "cases.own")
    if matter.closed_on is None:
        raise CaseRefusal("办结以后才能评价。")
    given = {key: marks.get(key, "") for key, _, _ in HEARTS}
    lacking = [label for key, label, _ in HEARTS if given[key] not in ("1", "2", "3", "4", "5")]
    if lacking:
        raise CaseRefusal(f"请给每一项选 1 到 5 分，还差：{'、'.join(lacking)}。")
    if len(words) > LONGEST:
        raise CaseRefusal(f"意见最多 {LONGEST} 字，请精简。")
    try:
        with transaction.atomic():
            Rating.objects.create(
                case_id=matter.id, area=matter.area, on=today(), words=words.strip(),
                **{key: int(mark) for key, mark in given.items()},
            )  # fmt: skip
    except IntegrityError as error:
        raise StaleRefusal("这件申请已经评价过了，谢谢您。") from error
