"""Rights by post, the scope of a post through changes of codes, the demonstration's users."""

from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from minzheng.core.access import actions, may, reads, rows
from minzheng.core.access.grants import GRANTS, LEVELS, POSTS, PRIVATE, STEPS, STRONG, matrix
from minzheng.core.access.models import Post, User
from minzheng.core.access.scope import Scope
from minzheng.core.areas.reads import UnknownAreaRefusal, subtree
from minzheng.core.areas.succession import expand

NEW, OLD = 530681000000, 530630000000


def clerk(area, pairs=()):
    ranges = expand(area, pairs)
    return Scope(ranges[0][0], ranges[-1][1], 1, "county_clerk", ranges, area)


def test_every_grant_names_a_post_and_a_step_that_have_words():
    assert {grant.post for grant in GRANTS} == set(POSTS) - PRIVATE
    assert set(LEVELS) == set(POSTS) > STRONG
    assert {grant.step for grant in GRANTS} == set(STEPS)


def test_may_asks_post_and_place():
    mine = clerk(NEW, [(OLD, NEW)])
    assert may(mine, "benefits.confirm_change")
    assert not may(mine, "benefits.approve_plan")
    assert not may(None, "people.view")
    assert may(mine, "people.view", NEW + 1001)
    assert may(mine, "people.view", OLD + 1001)
    assert not may(mine, "people.view", 530602000000)
    assert not may(mine, "people.view", 530600000000)


def test_a_step_that_no_grant_names_is_a_mistake():
    with pytest.raises(LookupError, match=r"people\.veiw"):
        may(clerk(NEW), "people.veiw")


def test_nobody_both_prepares_and_approves():
    for post in POSTS:
        steps = set(matrix().steps(post))
        assert not {"benefits.confirm_change", "benefits.approve_plan"} <= steps
        assert not {"ledger.correct_account", "ledger.approve_account"} <= steps


def test_the_web_has_no_answer_outside_a_scope(db):
    assert reads.scope_of(0) is None
    with pytest.raises(reads.UnknownUserRefusal, match="没有名为“x”"):
        reads.scope_named("x")


@pytest.fixture
def demo(db, listed_areas):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {rows.ENGINE}")
        actions.ensure_demo_users()
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("demo")
def test_the_demonstration_s_users_are_made_once_and_are_different_people():
    users = reads.demo_users()
    actions.ensure_user("unattended", "演示", "演示:0", "!", is_demo=True)
    actions.ensure_demo_users()
    assert reads.demo_users() == users
    assert len({user.username for user in users}) == len(users) == User.objects.count() - 1
    first, second = (reads.scope_named(name) for name in ("shenpi1", "shenpi2"))
    assert first.natural_person != second.natural_person
    assert all(may(approver, "benefits.approve_plan") for approver in (first, second))
    assert "昭通市/昭阳区 县级审批" in {user.posts for user in users}
    ruled = {user.username: user for user in users if user.group}
    assert len({user.group for user in ruled.values()}) == 11
    assert len(ruled) == 110
    assert ruled["ludian-shenpi2"].posts == "昭通市/鲁甸县 县级审批"
    assert (ruled["shuifu-cun1"].group, ruled["shuifu-cun1"].posts[-4:]) == ("水富市", "村级协理")
    assert {reads.scope_named(name).strong for name in ("ludian-shenpi2", "zhaotong-shenji")} == {True}
    found = authenticate(username="jingban", password=users[0].password)
    assert found is not None
    assert found.is_demo


@pytest.mark.usefixtures("demo")
def test_the_clerk_of_a_county_that_changed_its_code_answers_for_both():
    mine = reads.scope_named("shuifu")
    assert mine.ranges == (subtree(OLD), subtree(NEW))
    assert (mine.lo, mine.hi) == (OLD, subtree(NEW)[1])
    assert not mine.holds(530640000000)


@pytest.mark.usefixtures("listed_areas")
def test_a_post_needs_a_known_key_and_a_real_area(db):
    user = actions.ensure_user("a", "甲", "甲", "!")
    with pytest.raises(actions.PostRefusal, match="没有编号为“king”的岗位"):
        actions.appoint(user, "king", NEW, date(2020, 1, 1))
    with pytest.raises(UnknownAreaRefusal):
        actions.appoint(user, "county_clerk", OLD, date(2020, 1, 1))
    actions.appoint(user, "county_clerk", NEW, date(2020, 1, 1))
    actions.appoint(user, "county_clerk", NEW, date(2020, 1, 1))
    assert Post.objects.count() == 1
