"""A coverage map: each county in one of six fixed classes, so that years and places compare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from minzheng.portal.map.shapes import WIDTH, Point, drawing

LIMITS = (20, 40, 60, 80, 100)  # per thousand residents; fixed across periods
SOURCE = "底图：天地图　审图号：GS(2024)0650号。边界经简化，仅作示意，不作为划界依据。"
PEOPLES = "彝|白|哈尼|壮|傣|苗|傈僳|回|拉祜|佤|纳西|瑶|藏|景颇|布朗|普米|怒|阿昌|德昂|独龙"
AUTONOMOUS = re.compile(f"(?:(?:{PEOPLES})族)+自治[州县]$")
LETTER, LINE = 26, 30  # size of a label's character and its height, in units of the drawing


@dataclass(frozen=True)
class Patch:
    """A county as drawn: `shade` is k0–k5, or k- where nothing is known; `title` says its name and value."""

    code: int
    path: str
    shade: str
    title: str


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    width: int
    height: int
    patches: tuple[Patch, ...]
    borders: str
    labels: tuple[tuple[str, Point], ...]
    legend: tuple[tuple[str, str], ...]
    source: str = SOURCE


def shade(value: float | None) -> str:
    """The class of a value per thousand; the class above a limit begins at it."""
    return "k-" if value is None else f"k{sum(value >= limit for limit in LIMITS)}"


def legend() -> tuple[tuple[str, str], ...]:
    """(class, words) of the six classes."""
    middle = [(f"k{at}", f"{low}–{high}") for at, (low, high) in enumerate(pairwise(LIMITS), 1)]
    return (("k0", f"＜{LIMITS[0]}"), *middle, ("k5", f"≥{LIMITS[-1]}"))


def coverage(area: int, values: Mapping[int, float | None], names: Mapping[int, str]) -> Picture:
    """The map of a province, prefecture or county. `values`: per thousand by county; `names`:"
    " labels by code."""
    whole = area % 10**10 == 0
    plan = drawing(str(area)[:2] if whole else str(area)[:4])
    patches = tuple(
        Patch(c.code, c.path, shade(values.get(c.code)), _title(c.name, values.get(c.code)))
        for c in plan.counties
    )
    spots = plan.prefectures if whole else tuple((c.code, c.label) for c in plan.counties)
    own = {c.code: c.name for c in plan.counties}
    labels = _apart([(short(names.get(code) or own.get(code, "")), spot) for code, spot in spots])
    return Picture(WIDTH, plan.height, patches, plan.borders, labels, legend())


def short(name: str) -> str:
    """A label's name: without the words that every name of its level has (楚雄彝族自治州 → 楚雄)."""
    bare = AUTONOMOUS.sub("", name)
    return bare[:-1] if len(bare) > 2 and bare == name and bare[-1] in "市县区" else bare


def _title(name: str, value: float | None) -> str:
    return f"{name}：{'没有数据' if value is None else f'{value:.1f}‰'}"


def _apart(labels: list[tuple[str, Point]]) -> tuple[tuple[str, Point], ...]:
    """The labels that do not run into one another, the first of two kept."""
    kept: list[tuple[str, Point]] = []
    for text, (x, y) in labels:
        half = len(text) * LETTER / 2
        if all(abs(x - u) > half + len(t) * LETTER / 2 + 4 or abs(y - v) > LINE for t, (u, v) in kept):
            kept.append((text, (min(max(x, round(half)), WIDTH - round(half)), y)))
    return tuple(kept)
