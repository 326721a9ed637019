"""How long each stage of a month's run took, beside its floor."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

FLOORS = {"测算": 3 / 1_200_000, "支付指令": 8 / 1_000_000}
"""Seconds a row that the bare work costs on two cores: a household's facts out, rules and results in; an
instruction by set. Measured floors (docs/explanation/month.md), not aims.
"""


@dataclass
class Stage:
    """One stage: seconds, the rows it worked on, its share of all, and its floor where one is known."""

    name: str
    seconds: float = 0.0
    rows: int = 0
    share: float = 0.0
    floor: float | None = None


@dataclass
class Course:
    """The stages of a run in their order. `peak_mb`: the most memory that the run's own process held."""

    stages: list[Stage] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: int = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Time a stage; the body sets its `rows`."""
        this = Stage(name)
        self.stages.append(this)
        began = time.perf_counter()
        try:
            yield this
        finally:
            this.seconds = round(time.perf_counter() - began, 3)
            self._sum_up()

    def _sum_up(self) -> None:
        self.seconds = round(sum(stage.seconds for stage in self.stages), 3)
        self.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        for stage in self.stages:
            stage.share = round(stage.seconds / self.seconds, 4) if self.seconds else 0.0
            if stage.name in FLOORS:
                stage.floor = round(stage.rows * FLOORS[stage.name], 3)

    def table(self) -> list[str]:
        """Lines for a person."""
        lines = ["  阶段        用时(秒)      行数    占比   下限(秒)"]
        for stage in self.stages:
            wide = 10 - 2 * len(stage.name)
            floor = "" if stage.floor is None else f"{stage.floor:9.2f}"
            lines.append(
                f"  {stage.name}{' ' * wide}{stage.seconds:10.2f}{stage.rows:10d}{stage.share:8.1%}{floor}"
            )
        return [*lines, f"  合计 {self.seconds:.2f} 秒，内存峰值 {self.peak_mb} MB。"]
