"""The first wall alone: the default manager, as the owner, whom row security does not bind."""

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from minzheng.core.access import scope
from minzheng.core.access.scope import Scope
from minzheng.core.access.scoped import ScopedModel

COUNTY, SIBLING = 530602000000, 530621000000


@pytest.fixture
def model(probe):
    """A model on the probe table, with a row in each of two counties."""
    probe(COUNTY, SIBLING)
    with isolate_apps("minzheng.core.access"):

        class Probe(ScopedModel):
            note = models.TextField(null=True)

            class Meta(ScopedModel.Meta):
                app_label = "access"
                db_table = "access_probe"

    return Probe


def test_without_a_scope_nothing_is_asked(model):
    for ask in (model.objects.all, model.objects.count, model._default_manager.first):
        with pytest.raises(scope.NoScopeRefusal):
            ask()
    assert model.unscoped.count() == 2


def test_only_the_scope_is_found_by_any_way_of_asking(model):
    with scope.acting(Scope(COUNTY, COUNTY + 999999, user=1, post="county_clerk")):
        assert [row.area for row in model.objects.all()] == [COUNTY]
        assert model.objects.filter(area=SIBLING).count() == 0
        assert model.objects.aggregate(n=models.Count("id")) == {"n": 1}
        assert model.objects.update(note="x") == 1
        assert model.objects.all().delete()[0] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT area, note FROM access_probe")
        assert cursor.fetchall() == [(SIBLING, None)]


def test_holes_between_two_codes_are_not_in_scope(model):
    both = Scope(COUNTY, SIBLING, ranges=((COUNTY, COUNTY), (SIBLING, SIBLING)))
    model.unscoped.create(area=COUNTY + 5)
    with scope.acting(both):
        assert sorted(model.objects.values_list("area", flat=True)) == [COUNTY, SIBLING]
