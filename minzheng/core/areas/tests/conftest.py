"""One loaded list of areas for all tests of this folder."""

import pytest

from minzheng.core.areas.actions import load_reference


@pytest.fixture(scope="session")
def listed_areas(django_db_setup, django_db_blocker):
    """The real list, committed to the test database and taken out again."""
    from minzheng.core.areas.models import Area, Succession

    with django_db_blocker.unblock():
        load_reference()
    yield
    with django_db_blocker.unblock():
        Area.objects.all().delete()
        Succession.objects.all().delete()
