"""What part of a province the register holds: one row where it is a sample, none where it is the whole."""

from django.db import models


class Sample(models.Model):
    """At most one row: the register is a sample (演示), `per_million` millionths of the province."""

    only = models.SmallIntegerField(primary_key=True, default=1)
    per_million = models.IntegerField()
    seed = models.IntegerField()
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="sample_single", condition=models.Q(only=1)),
            models.CheckConstraint(
                name="sample_share", condition=models.Q(per_million__range=(1, 1_000_000))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.per_million}/1000000"
