"""Giving rights: never to oneself, within one's area, by two where money follows; as the web's own role."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from minzheng.core.access import actions, appointing, duties, factors, reads, rows
from minzheng.core.access import scope as scopes
from minzheng.core.access.actor import ActRefusal, MissingRefusal, SegregationRefusal, StaleRefusal
from minzheng.core.access.grants import POSTS
from minzheng.core.access.models import Post, Substitution, User
from minzheng.core.areas.models import BusinessDay

CITY, COUNTY, SIBLING, TOWN = 530600000000, 530602000000, 530621000000, 530602001000
OTHER_CITY = 530100000000
SINCE, DAY, LATER = date(2020, 1, 1), date(2024, 10, 8), date(2024, 11, 8)

pytestmark = pytest.mark.usefixtures("listed_areas")


@pytest.fixture
def people(db):
    """A function: name → the account's key, made with the posts given."""
    BusinessDay.objects.create(only=1, day=DAY)

    def make(name, *posts, person=None):
        user = actions.ensure_user(name, name, person or name, "!")
        for key, area in posts:
            actions.appoint(user, key, area, SINCE)
        return user

    make("admin", ("administrator", CITY))
    make("second", ("administrator", CITY))
    return make


@contextmanager
def acting(name):
    """As somebody, under their first post, in the web's role."""
    scope = reads.scope_named(name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {rows.RUNTIME}")
        with scopes.entered(scope):
            yield scope
        cursor.execute("RESET ROLE")


def appoint(by, username, key, area=COUNTY, since=DAY, until=None):
    with acting(by) as scope:
        return appointing.appoint(scope, username, key, area, since, until)


def held(name):
    return {post.key for post in reads.held_posts(User.objects.get(username=name).pk)}


def test_a_post_is_given_and_ended_with_history(people):
    user = people("a")
    post, waits = appoint("admin", "a", "county_clerk")
    assert not waits
    assert held("a") == {"county_clerk"}
    with acting("admin") as scope:
        appointing.end(scope, post, LATER)
    assert held("a") == {"county_clerk"}
    assert reads.held_posts(user, LATER) == ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, user_key, post, purpose FROM audit_history WHERE table_name = 'access_post'"
            " AND row = %s ORDER BY id",
            [post],
        )
        admin = User.objects.get(username="admin").pk
        assert cursor.fetchall() == [
            ("i", admin, "administrator", "任命县级经办"), ("u", admin, "administrator", "结束县级经办"),
        ]  # fmt: skip


def test_a_post_that_decides_on_money_waits_for_another_person(people):
    people("a")
    people("admin-again", ("administrator", CITY), person="admin")
    post, waits = appoint("admin", "a", "county_approver")
    assert waits
    assert held("a") == set()
    for name in ("admin", "admin-again"):
        with acting(name) as scope, pytest.raises(SegregationRefusal, match="不能自己确认"):
            appointing.confirm(scope, post, True)
    with acting("second") as scope:
        appointing.confirm(scope, post, True)
    assert held("a") == {"county_approver"}
    with acting("second") as scope, pytest.raises(StaleRefusal, match="已经办理过"):
        appointing.confirm(scope, post, True)


def test_what_was_refused_gives_nothing(people):
    people("a")
    post, _ = appoint("admin", "a", "county_finance")
    with acting("second") as scope:
        appointing.confirm(scope, post, False)
    assert held("a") == set()
    with acting("second") as scope, pytest.raises(StaleRefusal):
        appointing.confirm(scope, post, True)


def test_nobody_gives_themselves_rights_by_any_account(people):
    people("admin-again", person="admin")
    for name in ("admin", "admin-again"):
        with pytest.raises(ActRefusal, match="不能办理自己的岗位"):
            appoint("admin", name, "county_clerk")
    own = Post.objects.get(user__username="admin").pk
    with acting("admin") as scope:
        with pytest.raises(ActRefusal, match="不能办理自己的岗位"):
            appointing.end(scope, own, LATER)
        with pytest.raises(ActRefusal, match="不能办理自己的岗位"):
            appointing.reset_factor(scope, scope.user)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_post (user_id, key, area, valid, waiting, appointed_by_id)"
        " VALUES ({own}, 'county_clerk', 530602000000, '[2020-01-01,)', false, {own})",
        "INSERT INTO access_post (user_id, key, area, valid, waiting, appointed_by_id)"
        " VALUES ({a}, 'county_approver', 530602000000, '[2020-01-01,)', false, {own})",
        "INSERT INTO access_post (user_id, key, area, valid, waiting, appointed_by_id)"
        " VALUES ({a}, 'county_clerk', 530102000000, '[2020-01-01,)', false, {own})",
        "INSERT INTO access_post (user_id, key, area, valid, waiting, appointed_by_id)"
        " VALUES ({a}, 'county_clerk', 530602000000, '[2020-01-01,)', false, {second})",
        "INSERT INTO access_substitution (post_id, stand_in_id, area, valid, waiting, appointed_by_id)"
        " VALUES ({post}, {own}, 530602000000, '[2020-01-01,)', true, {own})",
        "UPDATE access_post SET waiting = false WHERE user_id = {a}",
        "UPDATE access_post SET waiting = false, confirmed_by_id = {own} WHERE user_id = {a}",
    ],
)
def test_the_second_wall_holds_when_the_program_forgets(people, statement):
    people("a")
    post, _ = appoint("admin", "a", "county_approver")
    keys = {name: User.objects.get(username=name).pk for name in ("a", "second")}
    own = User.objects.get(username="admin").pk
    text = statement.format(own=own, post=post, **keys)
    refusal = pytest.raises(DatabaseError, match=r"row-level security|post_confirmed_by_another")
    with refusal, acting("admin"), connection.cursor() as cursor:
        cursor.execute(text)


def test_the_area_and_the_level_are_held(people):
    people("a")
    for key, area, words in (
        ("county_clerk", 530102000000, "不在您的管辖范围"), ("county_clerk", TOWN, "应设在县一级"),
        ("township_clerk", COUNTY, "应设在乡镇一级"), ("county_clerk", 530699000000, "没有这个区划"),
        ("resident", COUNTY, "请选一个岗位"),
    ):  # fmt: skip
        with pytest.raises(appointing.AppointRefusal, match=words):
            appoint("admin", "a", key, area)
    people("stranger", ("county_clerk", 530102000000))
    foreign = Post.objects.get(user__username="stranger").pk
    with acting("admin") as scope, pytest.raises(MissingRefusal):
        appointing.end(scope, foreign, LATER)


def test_only_an_administrator_appoints(people):
    people("clerk", ("county_clerk", COUNTY))
    people("a")
    with acting("clerk") as scope, pytest.raises(ActRefusal, match="不能办理这一步"):
        appointing.appoint(scope, "a", "county_clerk", COUNTY, DAY)


def test_posts_that_are_kept_apart_are_not_given_to_one_person(people):
    people("clerk", ("county_clerk", COUNTY))
    people("clerk-again", person="clerk")
    for name in ("clerk", "clerk-again"):
        with pytest.raises(ActRefusal, match="不相容"):
            appoint("admin", name, "county_approver")
    post, _ = appoint("admin", "clerk", "county_approver", SIBLING)
    assert Post.objects.get(pk=post).waiting
    with pytest.raises(ActRefusal, match="不审计"):
        appoint("admin", "second", "auditor", COUNTY)


def test_a_substitute_acts_under_the_post_and_both_are_recorded(people):
    absent = people("clerk", ("county_clerk", COUNTY))
    user = people("helper", ("county_clerk", SIBLING))
    post = Post.objects.get(user=absent).pk
    with acting("admin") as scope:
        made, waits = appointing.substitute(scope, post, "helper", DAY, LATER)
    assert not waits
    assert [(held.area, held.absent) for held in reads.held_posts(user)] == [(SIBLING, ""), (COUNTY, "clerk")]
    scope = reads.scope_of(user, -made)
    assert (scope.area, scope.natural_person, scope.instead) == (COUNTY, "helper", absent)
    assert (scope.duty, scope.name) == (f"county_clerk for {absent}", "helper（代clerk）")
    assert reads.held_posts(user, LATER)[1:] == ()
    with acting("admin") as scope:
        appointing.end_substitution(scope, made)
    assert len(reads.held_posts(user)) == 1


def test_nobody_stands_in_where_two_persons_are_needed(people):
    people("clerk", ("county_clerk", COUNTY))
    approver = people("approver", ("county_approver", COUNTY))
    post = Post.objects.get(user=approver).pk
    with acting("admin") as scope:
        for name, words in (("clerk", "不相容"), ("admin", "自己的岗位")):
            with pytest.raises(ActRefusal, match=words):
                appointing.substitute(scope, post, name, DAY, LATER)
        with pytest.raises(appointing.AppointRefusal, match="最长六个月"):
            appointing.substitute(scope, post, "clerk", DAY, date(2025, 10, 8))
    people("helper")
    with acting("admin") as scope:
        made, waits = appointing.substitute(scope, post, "helper", DAY, LATER)
    assert waits
    assert held("helper") == set()
    with acting("second") as scope:
        appointing.confirm_substitution(scope, made, True)
    assert held("helper") == {"county_approver"}
    assert not Substitution.objects.get(pk=made).waiting


def test_unlock_and_reset_factor(people):
    user = people("a", ("county_approver", COUNTY))
    for _ in range(actions.FAILURES):
        actions.count_failure("a")
    actions.count_failure("nobody")
    assert actions.is_locked("a")
    factors.enrol(user, factors.new_secret())
    with acting("admin") as scope:
        appointing.unlock(scope, user)
        appointing.reset_factor(scope, user)
        with pytest.raises(StaleRefusal, match="没有启用"):
            appointing.reset_factor(scope, user)
    assert not actions.is_locked("a")
    assert not factors.enrolled(user)
    User.objects.filter(pk=user).update(locked_until=timezone.now())
    assert not actions.is_locked("a")


def test_duties_are_kept_apart_by_natural_person():
    duties.keep_apart("ledger.approve_account", "甲", [("ledger.correct_account", "乙")])
    with pytest.raises(SegregationRefusal, match="变更账户的人不能自己批准"):
        duties.keep_apart("ledger.approve_account", "甲", [("ledger.correct_account", "甲")])
    with pytest.raises(SegregationRefusal, match="已经批准过"):
        duties.keep_apart("benefits.approve_plan", "甲", [("benefits.approve_plan", "甲")])


def test_what_is_kept_apart_is_shown():
    pairs = {(one, other) for one, other, _ in duties.incompatible_posts()}
    assert (POSTS["county_clerk"], POSTS["county_approver"]) in pairs
    assert (POSTS["auditor"], POSTS["administrator"]) in pairs
    assert not [pair for pair in pairs if POSTS["county_approver"] == pair[0] == pair[1]]
