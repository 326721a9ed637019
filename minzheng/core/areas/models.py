"""Areas of five levels with validity, their succession, and the business date.

Codes are the 12-digit codes of the National Bureau of Statistics as integers; a level's significant digits
are 2, 4, 6, 9 and 12, so a subtree is a range of codes. Rows that were written under an old code keep it.
"""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


def code_range(column: str) -> models.Func:
    """`int8range(column, column, '[]')`: one id in a GiST exclusion without the extension btree_gist."""
    edges: list[Any] = [models.F(column), models.F(column), models.Value("[]")]
    return models.Func(*edges, function="int8range", output_field=BigIntegerRangeField())


class Area(models.Model):
    """One area under one code and one name, for as long as both held."""

    code = models.BigIntegerField()
    level = models.SmallIntegerField()
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=300)
    kind = models.CharField(max_length=24)
    is_admin = models.BooleanField(default=True)
    valid = DateRangeField()
    bigrams = ArrayField(models.CharField(max_length=2))
    source = models.TextField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="area_code_once_a_day",
                expressions=[(code_range("code"), "&&"), ("valid", "&&")],
            ),
            models.CheckConstraint(name="area_level_1_to_5", condition=models.Q(level__range=(1, 5))),
            models.CheckConstraint(
                name="area_code_12_digits", condition=models.Q(code__range=(10**11, 10**12 - 1))
            ),
        ]
        indexes = [
            models.Index(name="area_code", fields=["code"]),
            GinIndex(name="area_bigrams", fields=["bigrams"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Succession(models.Model):
    """One code gave way to another on a day; the law (or notice) that did it, or 待考."""

    predecessor = models.BigIntegerField()
    successor = models.BigIntegerField()
    on_date = models.DateField()
    law = models.TextField()
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="succession_once", fields=["predecessor", "successor"]),
            models.CheckConstraint(
                name="succession_of_another", condition=~models.Q(predecessor=models.F("successor"))
            ),
        ]
        indexes = [models.Index(name="succession_successor", fields=["successor"])]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class BusinessDay(models.Model):
    """At most one row: the day the demonstration stands still at. A real installation has none."""

    only = models.SmallIntegerField(primary_key=True, default=1)
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(name="business_day_single", condition=models.Q(only=1))]

    def __str__(self) -> str:
        return self.day.isoformat()
