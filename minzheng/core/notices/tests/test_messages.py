"""Who sees a message: whom it is for, and nobody else; by the manager and, without it, by the database."""

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.core.access.scope import NoScopeRefusal
from minzheng.core.notices import actions, reads
from minzheng.core.notices.actions import NoticeRefusal, Post, User
from minzheng.core.notices.models import Message, Seen
from minzheng.core.notices.tests.conftest import COUNTY, OTHER, PREFECTURE, TOWN, officer

CLERK = Post("county_clerk", COUNTY)


def titles(unread_only=False):
    return [each.title for each in reads.messages(unread_only, 50, 0)]


@pytest.mark.parametrize("wall", [True, False], ids=["both walls", "first wall"])
def test_a_message_is_seen_by_whom_it_is_for(acting, wall):
    with acting(officer(9, "township_clerk", TOWN), wall):
        actions.tell(User(1), "给甲", "请看。", "/inbox/")
        actions.tell(CLERK, "给岗位", "请办。", "/inbox/")
    seen = {
        "甲": officer(1), "乙": officer(2), "甲在别处": officer(1, area=OTHER),
        "顶岗": officer(3, instead=2), "别县": officer(4, area=OTHER), "上级": officer(5, area=PREFECTURE),
        "下级": officer(6, "county_clerk", TOWN), "别岗": officer(7, "county_approver"), "发信人": officer(
            9, "township_clerk", TOWN),
    }  # fmt: skip
    found = {}
    for name, scope in seen.items():
        with acting(scope, wall):
            found[name] = titles()
            assert reads.unread() == reads.count(True) == len(found[name])
    assert found == {
        "甲": ["给岗位", "给甲"], "乙": ["给岗位"], "甲在别处": ["给甲"], "顶岗": ["给岗位"], "别县": [],
        "上级": [], "下级": [], "别岗": [], "发信人": [],
    }  # fmt: skip


def test_the_second_wall_stands_alone(acting):
    with acting(officer(9)):
        actions.tell(User(1), "给甲", "", "")
        actions.tell(CLERK, "给岗位", "", "")
    for scope, expected in ((officer(1), 2), (officer(2), 1), (officer(4, area=OTHER), 0), (None, 0)):
        with acting(scope) as cursor:
            cursor.execute("SELECT count(*) FROM notices_message")
            assert cursor.fetchone() == (expected,)


def test_nobody_has_no_messages(db):
    assert reads.unread() == 0
    with pytest.raises(NoScopeRefusal):
        titles()


def test_the_web_tells_in_its_own_name_and_takes_nothing_back(acting):
    with acting(officer(1)):
        actions.tell(User(1), "给自己", "", "")
    for statement in (
        "UPDATE notices_message SET title = 'x'",
        "DELETE FROM notices_message",
        "INSERT INTO notices_message (to_user, to_post, title, text, link, about, about_key, kind, by_key)"
        " VALUES (1, '', 'x', '', '', '', 0, '', 2)",
        "INSERT INTO notices_seen (message_id, user_key) SELECT id, 2 FROM notices_message",
    ):
        with pytest.raises(DatabaseError), acting(officer(1)) as cursor:
            cursor.execute(statement)


def test_a_message_about_a_thing_is_told_once_to_each(acting):
    with acting(officer(9)):
        for _ in range(2):
            for to in (User(1), CLERK, Post("county_clerk", OTHER)):
                actions.tell(to, "补正", "", "/x/1/", about="case", key=5, kind="returned")
        actions.tell(User(1), "又一次", "", "/x/1/", about="case", key=5, kind="returned:2")
        actions.tell(User(1), "另一件", "", "/x/2/", about="case", key=6, kind="returned")
        for _ in range(2):
            actions.tell(User(1), "不问是哪件", "", "")
    assert Message.unscoped.count() == 7


def test_reading_is_each_ones_own(acting):
    with acting(officer(9)):
        actions.tell(CLERK, "给岗位", "", "/inbox/")
    key = Message.unscoped.get().pk
    with acting(officer(1)):
        assert actions.mark(key) == actions.mark(key) == "/inbox/"
        assert reads.unread() == 0
        assert titles(unread_only=True) == []
        assert [each.unread for each in reads.messages(False, 50, 0)] == [False]
    with acting(officer(2)):
        assert reads.unread() == 1
        assert actions.mark_all() == 1
        assert actions.mark_all() == 0
    with acting(officer(4, area=OTHER)):
        assert actions.mark(key) is None
    assert Seen.objects.count() == 2


def test_old_messages_are_no_news_but_are_kept(acting):
    with acting(officer(9)):
        actions.tell(CLERK, "旧的", "", "")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notices_message SET at = now() - interval '91 days'")
    with acting(officer(1)):
        assert reads.unread() == 0
        assert titles() == ["旧的"]


def test_unread_is_one_statement_and_counts_to_a_hundred(acting, django_assert_num_queries):
    with acting(officer(9)):
        for _ in range(103):
            actions.tell(User(1), "多", "", "")
    with acting(officer(1)), django_assert_num_queries(1):
        assert reads.unread() == reads.MANY + 1


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)",
     "inbox/", "/a\nb", "/" + "x" * 200, "/people/?q=530602198001010011"],
)  # fmt: skip
def test_a_link_stays_within_the_site(acting, link):
    with acting(officer(1)), pytest.raises(NoticeRefusal, match="链接"):
        actions.tell(User(1), "看", "", link)
    assert not Message.unscoped.exists()


def test_the_database_refuses_a_link_elsewhere_too(db):
    for link in ("https://elsewhere.example/", "//elsewhere.example"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Message.unscoped.create(to_user=1, title="看", link=link)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", ""),
        ("长" * 121, ""),
        ("看", "长" * 1001),
        ("看", "身份证530602198001010011"),
        ("6222021234567890123", ""),
    ],
)
def test_what_does_not_fit_or_does_not_belong_is_refused_without_repeating_it(acting, title, text):
    with acting(officer(1)), pytest.raises(NoticeRefusal) as refused:
        actions.tell(User(1), title, text, "")
    assert "530602" not in f"{refused.value}"
    assert "622202" not in f"{refused.value}"
