"""The one deed of this app: saying what part of the province the register holds."""

from datetime import date
from fractions import Fraction

from django.db.models.functions import Now

from minzheng.core.indicators.models import Sample


def record_sample(scale: Fraction, seed: int, as_of: date) -> None:
    """Record (or replace) the register's share of the province; `scale` in (0, 1], kept to a millionth."""
    Sample.objects.update_or_create(
        only=1,
        defaults={
            "per_million": round(scale * 1_000_000),
            "seed": seed,
            "as_of": as_of,
            "made_at": Now(),
        },
    )
