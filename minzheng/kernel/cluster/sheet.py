"""One wide table of members and their households that grows column by column, layer by layer."""

from dataclasses import replace

from pyspark.sql import DataFrame

from minzheng.kernel.cluster.expressions import Part


class Sheet:
    """Columns are named in order of their making; those that wait are added layer by layer by `flush`."""

    def __init__(self, rows: DataFrame) -> None:
        self.rows = rows
        self._waiting: dict[int, list[tuple[str, str]]] = {}
        self._floor = 0
        self._made = 0

    def bind(self, part: Part) -> Part:
        """The part as a column of its own."""
        level = max(part.level, self._floor) + 1
        name = f"c{self._made}"
        self._made += 1
        self._waiting.setdefault(level, []).append((name, part.sql))
        return replace(part, sql=name, level=level)

    def flush(self) -> None:
        """Add the columns that wait. What a layer reads stands in the layers before it."""
        for level in sorted(self._waiting):
            added = [f"{text} AS {name}" for name, text in self._waiting[level]]
            self.rows = self.rows.selectExpr("*", *added)
            self._floor = level
        self._waiting = {}
