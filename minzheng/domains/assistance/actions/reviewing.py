"""Opening the reviews that the law makes due (`reads.reviews`) as work."""

from minzheng.core.cases.opening import open_many
from minzheng.domains.assistance.reads import reviews

PROCEDURE = "dibao_review"


def plan(lo: int, hi: int, by: int) -> int:
    """Open what is due in [lo, hi]; returns how many. `by`: the account that asked, 0 for the platform."""
    return open_many(PROCEDURE, reviews.due(lo, hi), by)
