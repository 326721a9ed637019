"""Facts out of the register into files, county by county: what the law reads, and no name, number or account.

Beside the facts stand what the determinations need of the register: whether a person has an account, the
digest of what was read, and what stands already. Keys are this register's own numbers.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

import polars as pl

from minzheng.config.cluster import layout
from minzheng.config.month import finding, register
from minzheng.config.month.register import PeopleRegister
from minzheng.core.areas.day import today
from minzheng.kernel.module import registry
from minzheng.kernel.periods import Month

SPAN = layout.COUNTY - 1
Tell = Callable[[str, int, int], None]
Counts = dict[str, dict[str, int]]


def export(month: Month, known: datetime, folder: Path, tell: Tell) -> dict[int, Counts]:
    """Write the facts of a month as known at an instant; a province's are replaced whole. Persons and
    households of each province and subject. As engine.
    """
    counties = [county for county, _ in register.counties()]
    subjects = {module.key: finding.Subject(module) for module in registry.modules() if module.programmes}
    people = PeopleRegister(max(month.first, today()))
    done, counts = 0, {}
    for province, group in groupby(counties, key=lambda county: county // layout.PROVINCE):
        listed = list(group)
        layout.label_of(folder, month, province).unlink(missing_ok=True)
        written: Counts = {}
        for key, subject in subjects.items():
            written[key] = _subject(subject, key, month, known, folder, province, listed, people)
        done += len(listed)
        label = {
            "format": layout.FORMAT,
            "month": str(month),
            "day": str(month.first),
            "known": known.isoformat(),
        }
        layout.write_json(layout.label_of(folder, month, province), label | {"rows": written})
        counts[province] = written
        tell("导出事实", done, len(counties))
    return counts


def _subject(
    subject: finding.Subject,
    key: str,
    month: Month,
    known: datetime,
    folder: Path,
    province: int,
    counties: Sequence[int],
    people: PeopleRegister,
) -> dict[str, int]:
    targets = [layout.facts_of(folder, month, key, table, province) for table in layout.TABLES]
    rows = dict.fromkeys(layout.TABLES, 0)
    with layout.replacing(targets[0]) as first, layout.replacing(targets[1]) as second:
        for county in counties:
            bounds = (county, county + SPAN)
            persons, households = subject.frames(month.first, known, *bounds)
            holders = people.accounts(persons["person"].to_list())["person"]
            digests = finding.digests(persons, households)
            persons = persons.with_columns(has_account=pl.col("person").is_in(holders.implode()))
            households = households.join(digests, on="household", how="left", maintain_order="left").join(
                _standing(bounds), on="household", how="left", maintain_order="left"
            )
            for part, frame, table in ((first, persons, "persons"), (second, households, "households")):
                place = part / f"county={county // layout.COUNTY}"
                place.mkdir()
                frame.write_parquet(place / "part-0.parquet", compression="zstd", statistics=True)
                rows[table] += frame.height
    return rows


def _standing(bounds: tuple[int, int]) -> pl.DataFrame:
    """`household`, `standing`: what somebody of it has or had found, as programme/person."""
    known = finding.standing(bounds)
    word = pl.concat_str("programme", pl.lit("/"), pl.col("person").cast(pl.String))
    return known.group_by("household").agg(standing=word.sort())
