"""What every page's frame asks: whether the data are a demonstration's, and names of areas."""

from dataclasses import dataclass
from datetime import date

from minzheng.core.areas import reads as areas
from minzheng.core.areas.day import today
from minzheng.core.indicators import reads as indicators
from minzheng.kernel.areas import ancestors


@dataclass(frozen=True)
class Crumb:
    """A step of the way to a page; without `code` it is no link."""

    name: str
    code: int | None


def demonstration() -> bool:
    """Whether the register was made up (演示)."""
    return indicators.made_up()


def way(code: int, lo: int, hi: int, day: date | None = None) -> tuple[Crumb, ...]:
    """The areas from the province down to `code`; those within [lo, hi] can be opened."""
    line = ancestors(code)[::-1]
    known = areas.names(line, day or today())
    return tuple(Crumb(known[each], each if lo <= each <= hi else None) for each in line if each in known)


def places(codes: set[int], day: date | None = None) -> dict[int, str]:
    """Code → the names of its county, township and village, for the rows of a list."""
    wanted = {code: ancestors(code)[:-2][:3][::-1] or (code,) for code in codes}
    known = areas.names({each for line in wanted.values() for each in line}, day or today())
    return {code: " ".join(known.get(each, "") for each in line).strip() for code, line in wanted.items()}
