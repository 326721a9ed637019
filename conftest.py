"""Tests run as the owner on the embedded server of MINZHENG_HOME, started when needed and left running.

The owner may create the test database and become engine or runtime by SET ROLE; it is no superuser.
"""

import hashlib
import os
from importlib import import_module
from pathlib import Path

import pytest

CLONE = hashlib.sha256(os.fsencode(Path(__file__).resolve())).hexdigest()[:8]
os.environ.setdefault("MINZHENG_HOME", f"/tmp/minzheng-tests-{os.geteuid()}-{CLONE}")
os.environ["MINZHENG_ROLE"] = "owner"

# Imported only now, since the settings read the two variables above.
import_module("minzheng.config.database.keys").make()
import_module("minzheng.config.database.startup").begin("owner", make=True)


@pytest.fixture(scope="module")
def listed_areas(django_db_setup, django_db_blocker):
    """The real list of areas, committed to the test database and taken out again."""
    from minzheng.core.areas.actions import load_reference
    from minzheng.core.areas.models import Area, Succession

    with django_db_blocker.unblock():
        load_reference()
    yield
    with django_db_blocker.unblock():
        Area.objects.all().delete()
        Succession.objects.all().delete()


@pytest.fixture(autouse=True)
def second_factor_of_a_forced_sign_in():
    """`Client.force_login` stands for a whole sign-in, second factor included; a real one has an address."""
    from django.contrib.auth.signals import user_logged_in

    from minzheng.core.access import sessions

    def passed(sender, request, **_):
        if not request.path:
            sessions.proved(request, second=True)

    user_logged_in.connect(passed)
    yield
    user_logged_in.disconnect(passed)
