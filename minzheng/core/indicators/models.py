"""What part of a province the register holds: one row where it is a sample, none where it is the whole."""

from django.db import models
from django.db.models.functions import Now


class Sample(models.Model):
    """At most one row: the register is a sample (演示), `per_million` millionths of the province.

    `made_at` tells it from another made of the same scale and seed; the bank's folder is marked with it.
    """

    only = models.SmallIntegerField(primary_key=True, default=1)
    per_million = models.IntegerField()
    seed = models.IntegerField()
    as_of = models.DateField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(name="sample_single", condition=models.Q(only=1)),
            models.CheckConstraint(
                name="sample_share", condition=models.Q(per_million__range=(1, 1_000_000))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.per_million}/1000000"
