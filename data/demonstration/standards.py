"""County dibao standards of the demonstration, solved so that their recipient-weighted averages are the
published ones.

The published averages are 610 -> 728 yuan a month (urban) and 4,200 -> 6,038 yuan a year (rural), end of
2019 -> end of 2023; the counties' own standards were not found, so each county's is the average times a
modest factor of its prefecture (higher in Kunming, lower in the remote north-west), then moved by single
yuan until the weighted average is within a hundredth of a yuan of its target. Years between, and 2024, are
invented steps. Everything here is 演示.

Run from the root: `python data/demonstration/standards.py` writes rules/parameters/standards.csv again,
byte for byte.
"""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECIPIENTS = Path(__file__).with_name("recipients.csv")
TABLE = ROOT / "minzheng/domains/assistance/rules/parameters/standards.csv"

SINCE = ("2019-01-01", "2020-07-01", "2021-07-01", "2022-07-01", "2023-07-01", "2024-07-01")
TARGETS = {"urban": (610, 640, 665, 700, 728, 745), "rural": (4200, 4500, 4800, 5350, 6038, 6240)}
SOURCES = {
    "2019-01-01": "演示：全省加权平均按2019年底公布数求解；各县标准待配置",
    "2023-07-01": "演示：全省加权平均按2023年底公布数（728元/月、6038元/年）求解；各县标准待配置",
}
INVENTED = "演示：中间年份，待配置"
FACTORS = {  # per mille of the average, by prefecture; main districts of Kunming stand apart
    "5301": 1030, "5303": 1010, "5304": 1012, "5305": 998, "5306": 995, "5307": 1000, "5308": 998,
    "5309": 996, "5323": 1004, "5325": 1000, "5326": 994, "5328": 1008, "5329": 1003, "5331": 998,
    "5333": 992, "5334": 1002,
}  # fmt: skip
MAIN_DISTRICTS = {"530102", "530103", "530111", "530112", "530114"}
MAIN_FACTOR = 1045
PROVINCE = 530000000000  # the average itself: what a worked case without a county is decided by


def recipients() -> dict[str, dict[str, int]]:
    """Recipients at scale 1: county (6 digits) -> {"urban": n, "rural": n}."""
    with RECIPIENTS.open(encoding="utf-8") as file:
        return {row["county"]: {kind: int(row[kind]) for kind in TARGETS} for row in csv.DictReader(file)}


def solve(target: int, weights: dict[str, int]) -> dict[str, int]:
    """Whole-yuan standards by county whose weighted average is within a hundredth of a yuan of `target`."""
    total = sum(weights.values())
    factors = {county: MAIN_FACTOR if county in MAIN_DISTRICTS else FACTORS[county[:4]] for county in weights}
    scale = sum(weights[county] * factors[county] for county in weights)
    values = {county: round(target * factors[county] * total / scale) for county in weights}
    excess = sum(weights[county] * values[county] for county in weights) - target * total
    for county in sorted(weights, key=lambda code: (-weights[code], code)):
        step = -1 if excess > 0 else 1
        if abs(excess + step * weights[county]) < abs(excess):
            values[county] += step
            excess += step * weights[county]
    if abs(excess) * 100 > total:
        raise ValueError(f"the average misses {target} by {excess / total} yuan")
    return values


def rows() -> list[tuple[str, int, str, str, int, str]]:
    """Rows kind, area (12 digits), since, until, value (fen), source, ordered by county, kind and date."""
    weights = recipients()
    table: list[tuple[str, int, str, str, int, str]] = []
    for kind, targets in TARGETS.items():
        for step, target in enumerate(targets):
            since = SINCE[step]
            until = SINCE[step + 1] if step + 1 < len(SINCE) else ""
            source = SOURCES.get(since, INVENTED)
            solved = solve(target, {county: people[kind] for county, people in weights.items()})
            table.append((kind, PROVINCE, since, until, target * 100, source))
            table += [
                (kind, int(county) * 10**6, since, until, yuan * 100, source)
                for county, yuan in solved.items()
            ]
    return sorted(table, key=lambda row: (row[1], row[0], row[2]))


if __name__ == "__main__":
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("kind", "area", "since", "until", "value", "source"))
        writer.writerows(rows())
