"""The county boundaries, simplified together and projected, as path data in whole units of a drawing.

Source: data/reference/yunnan_county_boundaries.geojson.gz (天地图, 审图号 GS(2024)0650号). Neighbours are
simplified as one coverage, so no border is moved against its neighbour's. Nothing here knows a figure.
"""

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

REFERENCE = Path(__file__).parents[3] / "data" / "reference"
WIDTH = 1000
LATITUDE = cos(radians(25))  # the middle of the province; a degree east is this share of a degree north
FINE, COARSE = 0.004, 0.012  # tolerance in degrees: of a prefecture's picture, of the province's
Point = tuple[int, int]


@dataclass(frozen=True)
class County:
    """One county of a drawing: its code (12 digits), path data and the place of its label."""

    code: int
    name: str
    path: str
    label: Point


@dataclass(frozen=True)
class Drawing:
    """The counties of an area in a box of WIDTH × height units, with the borders of prefectures as"
    " one path."""

    height: int
    counties: tuple[County, ...]
    borders: str
    prefectures: tuple[tuple[int, Point], ...]


@cache
def drawing(prefix: str) -> Drawing:
    """The counties whose six-digit code begins with `prefix` ("53", "5301"); ValueError where none does."""
    codes, names, shapes = _counties(COARSE if len(prefix) == 2 else FINE)
    chosen = [at for at, code in enumerate(codes) if code.startswith(prefix)]
    if not chosen:
        raise ValueError(f"no county's code begins with {prefix}")
    west, south, east, north = shapely.total_bounds([shapes[at] for at in chosen])
    unit = (WIDTH - 20) / ((east - west) * LATITUDE)

    def project(x: float, y: float) -> Point:
        return 10 + round((x - west) * LATITUDE * unit), 10 + round((north - y) * unit)

    points = _labels()
    counties = tuple(
        County(int(codes[at]) * 10**6, names[at], _path(_rings(shapes[at]), project, close=True),
               project(*points[codes[at]]))
        for at in chosen
    )  # fmt: skip
    groups = {
        code: [shapes[at] for at in chosen if codes[at][:4] == code]
        for code in {codes[at][:4] for at in chosen}
    }
    wholes = {code: shapely.coverage_union_all(parts) for code, parts in sorted(groups.items())}
    lines = shapely.line_merge(shapely.union_all([whole.boundary for whole in wholes.values()]))
    centres = tuple((int(code) * 10**8, project(*_centre(whole))) for code, whole in wholes.items())
    return Drawing(
        20 + round((north - south) * unit), counties, _path(_lines(lines), project, close=False), centres
    )


@cache
def _counties(tolerance: float) -> tuple[list[str], list[str], list[BaseGeometry]]:
    with gzip.open(REFERENCE / "yunnan_county_boundaries.geojson.gz", "rt", encoding="utf-8") as file:
        features = json.load(file)["features"]
    shapes = shapely.coverage_simplify([shape(f["geometry"]) for f in features], tolerance)
    properties = [f["properties"] for f in features]
    return [p["code"] for p in properties], [p["name"] for p in properties], list(shapes)


@cache
def _labels() -> dict[str, tuple[float, float]]:
    with (REFERENCE / "yunnan_county_label_points.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}


def _centre(whole: BaseGeometry) -> tuple[float, float]:
    point = whole.representative_point() if not whole.contains(whole.centroid) else whole.centroid
    return point.x, point.y


def _rings(geometry: BaseGeometry) -> Iterable[Sequence[Sequence[float]]]:
    for part in getattr(geometry, "geoms", [geometry]):
        yield part.exterior.coords
        for hole in part.interiors:
            yield hole.coords


def _lines(geometry: BaseGeometry) -> Iterable[Sequence[Sequence[float]]]:
    for part in getattr(geometry, "geoms", [geometry]):
        yield part.coords


def _path(strokes: Iterable[Sequence[Sequence[float]]], project: object, *, close: bool) -> str:
    """Relative path data without repeated points; a stroke that shrank to a dot is left out."""
    assert callable(project)
    written = []
    for stroke in strokes:
        points: list[Point] = []
        for x, y, *_ in stroke:
            point = project(x, y)
            if not points or points[-1] != point:
                points.append(point)
        if close and points[0] == points[-1]:
            points.pop()
        if len(points) < (3 if close else 2):
            continue
        steps = " ".join(f"{b[0] - a[0]},{b[1] - a[1]}" for a, b in pairwise(points))
        tight = steps.replace(" -", "-").replace(",-", "-")
        written.append(f"M{points[0][0]},{points[0][1]}l{tight}{'z' if close else ''}")
    return "".join(written)
