"""The floor: the twelve rules written by hand for these arrays in NumPy, with nothing general about them."""

import numpy as np

from tests.scale.rules import population as p
from tests.scale.rules.population import Arrays


def floor(people: Arrays, homes: Arrays, standards: np.ndarray) -> Arrays:
    """All twelve results."""
    home = people["household"]
    starts = np.flatnonzero(np.concatenate(([True], home[1:] != home[:-1])))
    sizes = np.diff(np.append(starts, len(home)))
    relation = people["relation"]
    counted = ((relation <= 3) | people["living_together"]) & ~people["imprisoned"]
    last = starts + sizes - 1
    members = _sums(counted.view(np.uint8), last)
    wages_net = np.maximum(people["wages"] - np.minimum(people["work_costs"], p.WORK_COST_CAP), 0)
    pension_counted = np.maximum(people["pension"] - 12 * p.PENSION_EXEMPT, 0)
    own = (wages_net + people["business_net"] + people["transfers"] + pension_counted) * counted
    income = _sums(own, last)
    assets_fit = (homes["deposits"] <= p.DEPOSIT_LIMIT * members) & (homes["vehicles"] == 0)
    limit = standards[homes["county"]] * members
    eligible = (income < limit) & assets_fit
    marginal = ~eligible & (income * 10_000 < limit * p.RATIO_TENTHS)
    old = people["born"] <= np.datetime64("1964-10-01")
    grade = people["disability_grade"]
    special = old | (grade == 1) | (grade == 2)
    top_up = (np.repeat(eligible, sizes) & counted & special) * p.TOP_UP
    shortfall = np.maximum(limit - income, 0)
    amount = np.where(eligible, (shortfall + 6) // 12 + _sums(top_up, last), 0)
    status = np.where(eligible & (amount > 0), p.FULL, np.where(marginal, p.PART, p.NONE))
    return {
        "counted": counted,
        "members": members,
        "wages_net": wages_net,
        "pension_counted": pension_counted,
        "own": own,
        "income_yearly": income,
        "assets_fit": assets_fit,
        "eligible": eligible,
        "marginal": marginal,
        "top_up": top_up,
        "amount": amount,
        "status": status,
    }


def _sums(values: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Sums over runs, given where each ends."""
    return np.diff(np.cumsum(values, dtype=np.int64)[last], prepend=0)
