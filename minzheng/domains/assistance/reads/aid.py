"""Temporary aid as it is shown and decided: what the law finds, what was paid, what a reserve holds."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from minzheng.core.areas.day import today
from minzheng.core.cases.reads import Matter
from minzheng.core.people import masks
from minzheng.domains.assistance.models import Aid, AidPayment, Reserve
from minzheng.domains.assistance.reads.declared import opened
from minzheng.domains.assistance.rules import law
from minzheng.domains.assistance.terms import CAUSES
from minzheng.kernel.rules import Case

NUMBER = "assistance_aid.number"
TOWN = 10**3
RULES = ("aid_entitled", "aid_sum", "aid_cap", "aid_left", "aid_within_township", "aid_over_cap",
         "aid_repeated", "aid_income_fits")  # fmt: skip
WORDS = {
    "aid_repeated": "一年内已因同一事由救助过",
    "aid_income_fits": "收入不低于当地上年人均可支配收入，或没有登记收入",
    "aid_assets": "财产没有核实为符合",
    "aid_need": "没有登记损失或必需支出",
}


@dataclass(frozen=True)
class Found:
    """What the law finds on a request: `sum` is what may be given, `limit` what the township may decide."""

    entitled: bool
    sum: int
    cap: int
    left: int
    within_township: bool
    over_cap: bool
    limit: int
    already: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """An aid as its page shows it."""

    row: Aid
    cause: str
    number: str
    found: Found
    payments: tuple[AidPayment, ...]
    reserve: int
    left_to_pay: int


def card(matter: Matter) -> Card | None:
    """The aid of a case in sight; None of a case of another procedure."""
    row = Aid.objects.filter(case_id=matter.id).first()
    if row is None:
        return None
    number = opened(NUMBER, row.pk, row.number_cipher)
    paid = tuple(AidPayment.objects.filter(aid=row).order_by("sequence"))
    return Card(
        row, dict(CAUSES)[row.cause], masks.number(number) if number else "", found(row), paid,
        reserve(row.area // TOWN * TOWN), row.amount - row.paid,
    )  # fmt: skip


def found(row: Aid) -> Found:
    """What the law finds today, with the aid of the year before as far as it is in sight."""
    day = today()
    already, same = _before(row, day)
    facts = {
        "urban": row.urban, "aid_emergency": row.emergency, "aid_persons": row.persons,
        "aid_need": row.need, "aid_income": row.income, "aid_assets_fit": row.assets_fit,
        "aid_already": already, "aid_same_cause": same,
    }  # fmt: skip
    out = law().on(day).decide(Case(day, row.area, facts, [{}]), [f"aid.{each}" for each in RULES])
    limit = law().parameters.at("aid_township_limit", row.area, day).value
    assert isinstance(limit, int)
    entitled = bool(out["aid.aid_entitled"])
    reasons = [WORDS["aid_repeated"]] if out["aid.aid_repeated"] else []
    if not row.need:
        reasons.append(WORDS["aid_need"])
    if not row.emergency:
        reasons += [] if out["aid.aid_income_fits"] else [WORDS["aid_income_fits"]]
        reasons += [] if row.assets_fit else [WORDS["aid_assets"]]
    return Found(
        entitled, out["aid.aid_sum"], out["aid.aid_cap"], out["aid.aid_left"],
        bool(out["aid.aid_within_township"]), bool(out["aid.aid_over_cap"]), limit, already,
        tuple(reasons),
    )  # fmt: skip


def reserve(township: int) -> int:
    """What a township's reserve holds, in fen."""
    return int(Reserve.objects.filter(area=township).aggregate(held=Sum("amount"))["held"] or 0)


def reserves(lo: int, hi: int) -> dict[int, int]:
    """Township → what its reserve holds, of those that ever had one."""
    rows = Reserve.objects.filter(area__range=(lo, hi)).values("area").annotate(held=Sum("amount"))
    return {row["area"]: row["held"] for row in rows.order_by("area")}


def times(lo: int, hi: int) -> int:
    """Person-times of aid given: an approval paid in stages counts once (R4)."""
    given = Q(paid__gt=0) | (Q(decided_on__isnull=False) & (~Q(goods="") | ~Q(referral="")))
    counted = Aid.objects.filter(given, area__range=(lo, hi)).aggregate(many=Count("id"))
    return int(counted["many"])


def year_before(day: date) -> date:
    """The corresponding day a year before; the month's last where there is none (《民法典》第202条)."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _before(row: Aid, day: date) -> tuple[int, int]:
    """(fen paid, times for the same cause) to this person within a year, of other cases in sight."""
    if row.number_index is None:
        return 0, 0
    others = Aid.objects.filter(
        number_index=bytes(row.number_index), decided_on__gt=year_before(day)
    ).exclude(pk=row.pk)
    paid = others.aggregate(sum=Sum("paid"))["sum"] or 0
    return int(paid), others.filter(cause=row.cause).count()
