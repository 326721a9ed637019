"""The page of messages: one's own, read and followed; the count in the bar; another's is not there."""

import re

import pytest
from django.contrib.auth import get_user_model

from minzheng.core.access.scope import acting, oneself
from minzheng.core.notices import actions
from minzheng.core.notices.actions import Post, User
from minzheng.core.notices.models import Message

COUNTY, OTHER = 530102000000, 530103000000


@pytest.fixture
def clerk(signed_in):
    """A county clerk to whom two messages were told and one was not."""
    client = signed_in()
    me = get_user_model().objects.get(username=f"county_clerk-{COUNTY}")
    with acting(oneself(me.pk)):
        actions.tell(User(me.pk), "材料已补齐", "申请人补交了<授权书>。", "/changes/", about="case", key=1)
        actions.tell(Post("county_clerk", COUNTY), "新案件待审核", "", "", about="case", key=2)
        actions.tell(Post("county_clerk", OTHER), "别县的事", "", "/changes/", about="case", key=3)
    return client


def said(answer):
    return answer.content.decode()


def test_one_sees_ones_own_and_ones_posts_and_the_bar_counts_them(clerk):
    page = said(clerk.get("/messages/"))
    assert "申请人补交了&lt;授权书&gt;。" in page
    assert page.count("去办理") == page.count("标为已读<span") == 1
    assert "别县的事" not in page
    assert re.search(r'href="/messages/">消息 <b>2</b>', page)
    assert re.search(r'href="/messages/">消息 <b>2</b>', said(clerk.get("/changes/")))


def test_reading_one_goes_where_it_leads(clerk):
    by = {message.title: message.pk for message in Message.unscoped.all()}
    assert clerk.post(f"/messages/{by['材料已补齐']}/read/").headers["Location"] == "/changes/"
    assert clerk.post(f"/messages/{by['新案件待审核']}/read/").headers["Location"] == "/messages/"
    page = said(clerk.get("/messages/"))
    assert "没有未读的消息" in page
    assert "消息 <b>" not in page
    every = said(clerk.get("/messages/?show=all"))
    assert every.count(">已读</span>") == 2
    assert 'href="/changes/">打开' in every


def test_anothers_message_is_not_found_and_is_not_marked(clerk):
    theirs = Message.unscoped.get(title="别县的事")
    nowhere = clerk.post("/messages/99999999/read/")
    answer = clerk.post(f"/messages/{theirs.pk}/read/")
    assert answer.status_code == nowhere.status_code == 404
    assert said(answer) == said(nowhere)
    assert not theirs.seen.exists()


def test_all_are_read_at_once_and_only_by_a_form(clerk):
    assert clerk.get("/messages/read/").status_code == 405
    assert clerk.get(f"/messages/{Message.unscoped.first().pk}/read/").status_code == 405
    assert "已把 2 条消息标为已读" in said(clerk.post("/messages/read/", follow=True))
    assert "没有未读的消息" in said(clerk.get("/messages/"))


def test_a_part_is_the_part_of_the_whole(clerk):
    whole, part = clerk.get("/messages/"), clerk.get("/messages/", headers={"HX-Request": "true"})
    table = re.compile(r"<tbody>.*?</tbody>", re.S)
    token = re.compile(r'(csrfmiddlewaretoken" value=")[^"]+')
    rows = [token.sub("", table.search(said(answer))[0]) for answer in (whole, part)]
    assert rows[0] == rows[1]
    assert "<html" not in said(part)


def test_more_rows_cost_no_more_statements(clerk, django_assert_max_num_queries):
    with acting(oneself(1)):
        for key in range(60):
            actions.tell(Post("county_clerk", COUNTY), f"第{key}条", "", "/changes/")
    with django_assert_max_num_queries(17):
        page = said(clerk.get("/messages/?page=2"))
    assert "共 62 条，现为第 21–40" in page
    with django_assert_max_num_queries(17):
        assert clerk.get("/messages/?show=all&page=9").status_code == 200
