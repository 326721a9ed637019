"""A plan's page says that payments are locked, to whoever may see the plan, under row security."""

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from minzheng.core.access import actions
from minzheng.core.access.models import User
from minzheng.kernel.areas import subtree
from tests.stories import neighbours as world

COUNTY = 530102000000
LOCK = (
    "INSERT INTO ledger_life (kind, system, timeline, reason, by, evidence)"
    " SELECT 'locked', system, timeline, '数据库是旧的副本', '', '{}' FROM ledger_life_now()"
)


@pytest.mark.django_db
def test_the_plans_page_says_that_payments_are_locked():
    world.fill(world.settle(), *subtree(COUNTY), inside=True)
    user = actions.ensure_user("clerk", "试用", "试用:clerk", make_password(None))
    actions.appoint(user, "county_clerk", COUNTY, world.SINCE)
    client = Client()
    client.force_login(User.objects.get(pk=user))
    key = next(key for key in world.plan_keys() if world.owner_of("plan", key) == COUNTY)
    for locked in (False, True):
        with connection.cursor() as cursor:
            if locked:
                cursor.execute(LOCK)
            cursor.execute("SET LOCAL ROLE minzheng_runtime")
            answer = client.get(f"/plans/{key}/")
            cursor.execute("RESET ROLE")
        assert answer.status_code == 200
        assert ("支付已锁定：数据库是旧的副本" in answer.content.decode()) == locked
