"""A procedure as a table of steps, refused at import when a state cannot be reached or cannot be left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from minzheng.kernel.errors import Refusal

LimitUnit = Literal["working_day", "day", "month", "year"]
LIMIT_UNITS: tuple[LimitUnit, ...] = get_args(LimitUnit)
LIMIT_LABELS: dict[LimitUnit, str] = {"working_day": "个工作日", "day": "日", "month": "个月", "year": "年"}


class StateRefusal(Refusal):
    """A procedure that does not hold together, or a step that may not be taken now."""


@dataclass(frozen=True)
class Step:
    """One deed that moves a case: from a state (or any of several) to a state, by a post, within a limit, by
    a law.

    `limit` and `unit` are both given or both None (no time limit). `apart` names steps of the same case that
    another natural person must have taken. `clock`: the step stops the clock (补正) or lets it run again.
    `reason`: it must be said why. `also` are further posts that may take it.
    `batch`: nothing is written or attached with it, so that many cases may take it together.
    """

    key: str
    label: str
    source: str | tuple[str, ...]
    target: str
    post: str
    limit: int | None = None
    unit: LimitUnit | None = None
    law: str = ""
    apart: tuple[str, ...] = ()
    clock: Literal["", "pause", "resume"] = ""
    reason: bool = False
    also: tuple[str, ...] = ()
    batch: bool = False

    def __post_init__(self) -> None:
        where = f"步骤“{self.label or self.key}”"
        for name, value in (
            ("编号", self.key),
            ("名称", self.label),
            ("去向状态", self.target),
            ("岗位", self.post),
        ):
            if not value:
                raise StateRefusal(f"{where}缺少{name}，请补全。")
        if not self.law:
            raise StateRefusal(f"{where}缺少法律依据，请补全。")
        if not self.sources or not all(self.sources):
            raise StateRefusal(f"{where}缺少起始状态，请补全。")
        if (self.limit is None) != (self.unit is None):
            raise StateRefusal(f"{where}的时限和时限单位应同时填写或同时留空。")
        if self.limit is not None and self.limit < 0:
            raise StateRefusal(f"{where}的时限不能为负。")
        if self.unit is not None and self.unit not in LIMIT_UNITS:
            raise StateRefusal(f"{where}的时限单位“{self.unit}”不认识，只能是 {'、'.join(LIMIT_UNITS)}。")

    @property
    def sources(self) -> tuple[str, ...]:
        """The states from which the step may be taken."""
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)

    @property
    def posts(self) -> tuple[str, ...]:
        """Every post that may take the step, the one whose duty it is first."""
        return (self.post, *self.also)

    @property
    def limit_text(self) -> str:
        """The limit in Chinese, such as `10个工作日`; empty where there is none."""
        return "" if self.limit is None or self.unit is None else f"{self.limit}{LIMIT_LABELS[self.unit]}"


@dataclass(frozen=True)
class Whole:
    """The limit of the whole procedure, from the step `since` on; `special` where the case is hard."""

    since: str
    limit: int
    special: int
    unit: LimitUnit
    law: str


class Procedure:
    """Steps that make one whole. `key` and `label` name it, `whole` limits it.

    The case begins in `start` (by default the first step's source). It is over in `ends` (by default every
    state without a step out of it). Refused: no steps, two steps of one key, a state that cannot be reached
    from the start, a state from which no end can be reached, and, where `ends` is given, a dead end that is
    not among them or an end that does not exist.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        start: str | None = None,
        ends: Iterable[str] | None = None,
        *,
        key: str = "",
        label: str = "",
        whole: Whole | None = None,
    ) -> None:
        self.key, self.label, self.whole = key, label, whole
        self.steps: tuple[Step, ...] = tuple(steps)
        if not self.steps:
            raise StateRefusal("流程一个步骤也没有，请至少写一个。")
        self._by_key: dict[str, Step] = {}
        for step in self.steps:
            if step.key in self._by_key:
                raise StateRefusal(f"流程里有两个编号为“{step.key}”的步骤，请改其中一个。")
            self._by_key[step.key] = step
        self.start = self.steps[0].sources[0] if start is None else start
        self.states: tuple[str, ...] = tuple(
            dict.fromkeys([self.start, *(s for step in self.steps for s in (*step.sources, step.target))])
        )
        dead = {state for state in self.states if not self.steps_from(state)}
        self.ends: frozenset[str] = frozenset(dead if ends is None else ends)
        self._refuse_gaps(dead)
        self._refuse_unknown()

    def _refuse_unknown(self) -> None:
        named = {name for step in self.steps for name in step.apart} | {
            self.whole.since if self.whole else ""
        }
        for name in sorted(named - self._by_key.keys() - {""}):
            raise StateRefusal(f"流程里没有编号为“{name}”的步骤，却有步骤或总时限提到它，请核对。")

    def _refuse_gaps(self, dead: set[str]) -> None:
        for state in sorted(self.ends - set(self.states)):
            raise StateRefusal(f"流程的终点“{state}”不在任何步骤里，请核对。")
        for state in sorted(dead - self.ends):
            raise StateRefusal(f"状态“{state}”没有下一步，也不是终点：进得去，出不来。")
        ahead: dict[str, set[str]] = {state: set() for state in self.states}
        behind: dict[str, set[str]] = {state: set() for state in self.states}
        for step in self.steps:
            for source in step.sources:
                ahead[source].add(step.target)
                behind[step.target].add(source)
        reached = _closure({self.start}, ahead)
        for state in self.states:
            if state not in reached:
                raise StateRefusal(f"状态“{state}”从起点“{self.start}”走不到，请补上通向它的步骤或删去它。")
        leaving = _closure(set(self.ends), behind)
        for state in self.states:
            if state not in leaving:
                raise StateRefusal(f"状态“{state}”走不到任何终点：进得去，出不来。")

    def step(self, key: str) -> Step:
        """The step of that key; raises StateRefusal."""
        if key not in self._by_key:
            raise StateRefusal(f"流程里没有编号为“{key}”的步骤。")
        return self._by_key[key]

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that may be taken in this state, in the order of the table."""
        return tuple(step for step in self.steps if state in step.sources)

    def due_from(self, state: str) -> Step | None:
        """The step that this state waits for: the first with a limit, else the first; None at an end."""
        steps = self.steps_from(state)
        return next((step for step in steps if step.limit is not None), steps[0] if steps else None)

    def may(self, state: str, key: str) -> bool:
        """Whether the step may be taken in this state: the same predicate draws the button and guards the
        endpoint.
        """
        return state in self.step(key).sources

    def after(self, state: str, key: str) -> str:
        """The state after the step; raises StateRefusal when it may not be taken now."""
        step = self.step(key)
        if state not in step.sources:
            raise StateRefusal(
                f"现在的状态是“{state}”，不能“{step.label}”；它只能在“{'、'.join(step.sources)}”时办理。"
            )
        return step.target


def _closure(found: set[str], edges: dict[str, set[str]]) -> set[str]:
    queue = list(found)
    while queue:
        for state in edges[queue.pop()] - found:
            found.add(state)
            queue.append(state)
    return found
