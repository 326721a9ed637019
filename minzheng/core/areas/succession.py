"""What an area answers for when codes have changed: its ranges under the codes of every day. Plain Python."""

from collections.abc import Iterable

from minzheng.kernel.areas import subtree

Range = tuple[int, int]


def expand(code: int, pairs: Iterable[tuple[int, int]]) -> tuple[Range, ...]:
    """The closed code ranges of an area and everything below it, with what they were called before and since.

    `pairs` are (predecessor, successor). An area takes over the rows of every predecessor. The holder of an
    area that has ended goes on to its successor only where no other area was merged into that successor.
    The result is sorted, and ranges neither touch nor overlap.
    """
    known = list(pairs)
    merged = {successor: sum(1 for _, s in known if s == successor) for _, successor in known}
    found, queue = {code}, [code]
    while queue:
        low, high = subtree(queue.pop())
        before = [old for old, new in known if low <= new <= high]
        since = [new for old, new in known if low <= old <= high and merged[new] == 1]
        for other in (*before, *since):
            if other not in found:
                found.add(other)
                queue.append(other)
    return union(subtree(other) for other in found)


def union(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Closed integer ranges, sorted, with touching and overlapping ones made one."""
    result: list[Range] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)
