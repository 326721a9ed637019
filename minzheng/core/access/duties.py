"""Which steps on one matter must be taken by different natural persons, and the one function that asks.

What holds inside a subject's procedure stands in its table (`kernel.states.Step.apart`); the rest here.
The rule behind all: 不相容岗位相互分离 (《行政事业单位内部控制规范（试行）》财会〔2012〕21号 §12).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from minzheng.core.access.actor import SegregationRefusal
from minzheng.core.access.grants import POSTS, STRONG, matrix
from minzheng.kernel.module import registry

#: System administration, audit and security apart (三员分立).
ADMINISTRATION = "GB/T 22239-2019 §8.1.5"
LAW = "财会〔2012〕21号 §12"


@dataclass(frozen=True)
class Separation:
    """Who has taken `other` on a matter may not take `step` on it; `refusal` is what they are told."""

    step: str
    other: str
    matter: str
    refusal: str
    law: str = LAW


MONEY = (
    Separation(
        "benefits.approve_plan", "benefits.approve_plan", "发放计划",
        "您已经批准过这个计划，另一次批准须由另一名自然人办理（换账号也不行）。",
    ),
    Separation(
        "benefits.approve_plan", "benefits.exclude_line", "发放计划",
        "您改动过这个计划的明细或确认过其中的变动，不能批准它，请由其他人批准。",
    ),
    Separation(
        "benefits.approve_plan", "benefits.confirm_change", "发放计划",
        "您改动过这个计划的明细或确认过其中的变动，不能批准它，请由其他人批准。",
    ),
    Separation(
        "ledger.approve_account", "ledger.correct_account", "账户变更",
        "变更账户的人不能自己批准，请由另一名自然人批准（换账号也不行）。",
    ),
    Separation(
        "rights.confirm", "rights.appoint", "岗位任命",
        "提出任命的人不能自己确认，请由另一名系统管理员确认（换账号也不行）。",
    ),
)  # fmt: skip


def separations() -> tuple[Separation, ...]:
    """Every pair in force: core's, and those of the registered procedures."""
    inside = [
        Separation(
            step.key, other, procedure.label,
            f"您在这个案件里办理过“{procedure.step(other).label}”，“{step.label}”须由另一名自然人办理。",
            step.law,
        )
        for procedure in registry.procedures().values()
        for step in procedure.steps
        for other in step.apart
    ]  # fmt: skip
    return (*MONEY, *inside)


def keep_apart(step: str, natural_person: str, done: Iterable[tuple[str, str]]) -> None:
    """Refuse `step` to one who has done another part: `done` are the (step, natural person) of the matter."""
    theirs = {other for other, by in done if by == natural_person}
    for each in separations():
        if each.step == step and each.other in theirs:
            raise SegregationRefusal(each.refusal)


def clashes(one: str, other: str) -> tuple[Separation, ...]:
    """The pairs that one person who held both posts in one area could break.

    A pair of a step with itself (two approvals) is no clash: two holders of one post are what it asks for.
    """
    left, right = set(matrix().steps(one)), set(matrix().steps(other))
    return tuple(
        each
        for each in separations()
        if each.step != each.other
        and (
            (each.step in left - right and each.other in right - left)
            or (each.step in right - left and each.other in left - right)
        )
    )


def incompatible(one: str, other: str) -> str:
    """Why one natural person must not hold both posts in one area; "" where they may."""
    if one != other and "administrator" in (one, other) and {one, other} <= STRONG:
        return f"管理权限的人不审计，也不批准或发放资金（{ADMINISTRATION}）"
    found = clashes(one, other)
    return f"同一{found[0].matter}须由不同自然人办理（{found[0].law}）" if found else ""


def incompatible_posts() -> tuple[tuple[str, str, str], ...]:
    """Every pair of posts that are kept apart, with the reason."""
    keys = [*POSTS]
    pairs = [(one, other) for at, one in enumerate(keys) for other in keys[at + 1 :]]
    found = [(one, other, incompatible(one, other)) for one, other in pairs]
    return tuple((POSTS[one], POSTS[other], why) for one, other, why in found if why)
