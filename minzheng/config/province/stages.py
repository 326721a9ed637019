"""What each stage of the making took (seconds, rows, the most memory), and how far the whole has come, for a
bar.
"""

import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

#: Parts of the whole that a kind of stage takes, as measured at scale 1.
WEIGHTS = {
    "抽取": 110, "认定": 30, "成表": 30, "载入": 400, "导入决定": 50, "索引": 330, "提交": 10, "统计": 40,
}  # fmt: skip
WHOLE = sum(WEIGHTS.values())
CELLS = 258
ROWS = 48_000_000
KIBI = 1024


@dataclass
class Stage:
    """One stage; `rows` is 0 where it writes none."""

    name: str
    seconds: float = 0.0
    rows: int = 0


class Stages:
    """Hears what is being done, keeps the times, and tells a bar (stage, parts of WHOLE since the last)."""

    def __init__(self, tell: Callable[[str, int], None], scale: float = 1.0) -> None:
        self._tell, self._all, self._told = tell, ROWS * scale, 0
        self._since = time.monotonic()
        self.found: list[Stage] = []

    def at(self, name: str, share: float = 0.0) -> Stage:
        """The stage of this name runs from now on, and so much of its kind (0–1) is done."""
        kind = name.split()[0]
        if not self.found or self.found[-1].name != name:
            self.end()
            self.found.append(Stage(name))
        before = sum(WEIGHTS[one] for one in list(WEIGHTS)[: list(WEIGHTS).index(kind)])
        parts = max(self._told, int(before + min(share, 1.0) * WEIGHTS[kind]))
        self._tell(name, parts - self._told)
        self._told = parts
        return self.found[-1]

    def end(self) -> None:
        """The stage that ran is over."""
        now = time.monotonic()
        if self.found:
            self.found[-1].seconds += now - self._since
        self._since = now

    def drawn(self, name: str, steps: int) -> None:
        """Cells were drawn, or the law begins to judge."""
        if name != "抽取":
            self.at(name)
            return
        stage = self.at(name)
        stage.rows += steps
        self.at(name, stage.rows / CELLS)

    def loaded(self, table: str, rows: int) -> None:
        """Rows of a table were written (none: it begins)."""
        self.at(f"载入 {table}").rows += rows
        written = sum(stage.rows for stage in self.found if stage.name.startswith("载入"))
        self.at(f"载入 {table}", written / self._all)

    def building(self, table: str, number: int, of: int) -> None:
        """A key or index of a table is about to be put back."""
        self.at(f"索引 {table}", (number - 1) / of).rows += 1

    def report(self) -> dict[str, Any]:
        """What `--json` prints: the stages in their order, the sum, and the most memory."""
        joined: dict[str, Stage] = {}
        for stage in self.found:
            one = joined.setdefault(stage.name, Stage(stage.name))
            one.seconds, one.rows = one.seconds + stage.seconds, one.rows + stage.rows
        whole = round(sum(stage.seconds for stage in self.found), 1)
        stages = [asdict(stage) | {"seconds": round(stage.seconds, 1)} for stage in joined.values()]
        return {"stages": stages, "seconds": whole, "peak_bytes": peak()}


def peak() -> int:
    """Bytes that this process held at most, and the largest of those that it started and that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_maxrss for who in whose) * KIBI
