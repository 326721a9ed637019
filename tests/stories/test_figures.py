"""Figures are computed from records: each moves with its own, and only `figures` knows the stated ones."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.stories.conftest import ROOT, SCALE, Place, copied_tree

COMPUTED = {
    "low_income_persons", "dibao_persons", "counties", "prefectures",
    "dibao_standard_urban", "dibao_standard_rural", "dibao_growth_urban", "dibao_growth_rural",
}  # fmt: skip
MOVED_BY = {
    "withdrawn": {"dibao_persons"},
    "enriched": {"low_income_persons"},
    "dissolved": {"counties", "prefectures"},
}
STANDARDS = COMPUTED - set().union(*MOVED_BY.values())
SHAPE = {
    "key", "system", "label", "unit", "stated", "match", "computed", "agrees", "scale", "tolerance",
    "counted", "day", "read", "records", "note", "verdict",
}  # fmt: skip
Row = dict[str, object]


@pytest.fixture(scope="module")
def paid(made: Place) -> Iterator[Place]:
    """The province after a month that was run by a program without figures.csv."""
    place = made.copy(made.home.with_name(made.home.name + "-figures"))
    try:
        place.did("month", "2024-10", "--unattended")
        yield place
    finally:
        place.remove()


def figures(place: Place) -> dict[str, Row]:
    rows = json.loads(place.did("figures", "--json"))
    assert all(set(row) >= SHAPE for row in rows)
    return {row["key"]: row for row in rows}


@pytest.fixture(scope="module")
def rows(paid: Place) -> dict[str, Row]:
    """What `figures` of the whole program says."""
    return figures(replace(paid, tree=ROOT))


def test_what_is_not_computed_is_listed_as_such(rows: dict[str, Row]) -> None:
    assert COMPUTED.issubset(key for key, row in rows.items() if row["computed"] is not None)
    with (ROOT / "data" / "reference" / "figures.csv").open(encoding="utf-8") as file:
        assert list(rows) == [row["key"] for row in csv.DictReader(file)]
    for row in rows.values():
        assert bool(row["read"]) == (row["computed"] is not None)
        assert (row["verdict"] == "尚未") == (row["computed"] is None)
        assert row["agrees"] in ((None,) if row["computed"] is None else (True, False, None))


def test_the_computed_ones_say_how_and_agree(rows: dict[str, Row]) -> None:
    for key in COMPUTED:
        row = rows[key]
        assert str(row["read"]).startswith("minzheng.")
        assert Fraction(str(row["scale"])) == Fraction(SCALE)
        assert isinstance(row["computed"], int | float)
        assert 0 <= Fraction(str(row["tolerance"])) <= Fraction("0.05")
        assert row["agrees"], row


def test_the_month_knows_no_stated_figure(paid: Place) -> None:
    """Province and month were made without the file; `figures` alone needs it, and says so."""
    refused = paid.run("figures")
    assert refused.returncode == 1
    assert "figures.csv" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_each_figure_moves_with_one_in_a_hundred_of_its_records(paid: Place) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.stories.alterations"],
        cwd=ROOT, env=replace(paid, tree=ROOT).surroundings,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for alteration, seen in json.loads(done.stdout).items():
        assert seen.pop("altered") > 0
        moved = {key for key, (before, after) in seen.items() if before != after}
        assert moved >= MOVED_BY[alteration], alteration


def test_standards_and_their_growth_move_with_one_county_in_a_hundred(
    paid: Place, rows: dict[str, Row], tmp_path: Path
) -> None:
    tree = copied_tree(tmp_path / "tree")
    table = tree / "minzheng" / "domains" / "assistance" / "rules" / "parameters" / "standards.csv"
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, listed = list(reader.fieldnames or ()), list(reader)
    day = "2023-12-31"
    in_force = [
        row for row in listed if row["since"] <= day < (row["until"] or "9") and row["area"][4:6] != "00"
    ]
    for kind in ("urban", "rural"):
        for row in [row for row in in_force if row["kind"] == kind][::100]:
            row["value"] = str(int(row["value"]) * 3)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(listed)
    altered = figures(replace(paid, tree=tree))
    assert {key for key in COMPUTED if altered[key]["computed"] != rows[key]["computed"]} == STANDARDS


def test_before_any_month_the_register_brings_what_was_found(made: Place) -> None:
    """What the law found on the as-of day comes with the register: no figure waits for a month."""
    found = figures(replace(made, tree=ROOT))
    assert all(found[key]["agrees"] for key in COMPUTED), found["low_income_persons"]
