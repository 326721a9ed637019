"""A request from sign-in to answer: scope, transaction, revocation, refusals. As the web's own role."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from minzheng.core.access import actions, guarded, reads, rows, scope
from minzheng.core.access.middleware import refused
from minzheng.core.access.models import User

COUNTY, OTHER = 530602000000, 530621000000


def seen(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT area FROM access_probe ORDER BY area")
        return HttpResponse(",".join(str(row[0]) for row in cursor.fetchall()))


def broken(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO access_probe (area) VALUES (%s)", [COUNTY + 5])
    raise {"404": Http404, "403": PermissionDenied, "500": ValueError}[request.GET["how"]]("x")


urlpatterns = [
    path("seen", guarded("people.view")(seen)),
    path("bare", seen),
    path("broken", guarded("people.view")(broken)),
    path("approve", guarded("benefits.approve_plan")(seen)),
    path("sign-in", seen, name="account_login"),
    path("stream", guarded("people.view")(lambda request: StreamingHttpResponse(["x"]))),
]

pytestmark = [pytest.mark.urls(__name__), pytest.mark.usefixtures("listed_areas")]


@pytest.fixture
def user(probe):
    """A clerk of two counties, signed in; the connection is the web's."""
    probe(COUNTY, COUNTY + 1001, OTHER, 530000000000)
    made = User.objects.get(pk=actions.ensure_user("a", "甲", "甲", "!"))
    actions.appoint(made.pk, "county_clerk", COUNTY, date(2020, 1, 1))
    actions.appoint(made.pk, "county_clerk", OTHER, date(2020, 1, 1))
    return made


@pytest.fixture
def client(user, settings):
    settings.ACCESS_PAGES = {}  # this site has no portal that could answer
    client = Client(raise_request_exception=False)
    client.force_login(user)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO {rows.RUNTIME}")
        cursor.execute(f"SET LOCAL ROLE {rows.RUNTIME}")
    yield client
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def text(client, address):
    return client.get(address).content.decode()


def test_a_page_shows_the_first_post_and_another_after_switching(client, user):
    assert text(client, "/seen") == f"{COUNTY},{COUNTY + 1001}"
    first, second = reads.held_posts(user.pk)
    assert (first.place, first.label) == ("昭通市/昭阳区", "县级经办")
    session = client.session
    actions.switch_post(session, user.pk, second.id)
    session.save()
    assert text(client, "/seen") == f"{OTHER}"


def test_a_view_without_a_guard_is_scoped_all_the_same(client):
    assert text(client, "/bare") == f"{COUNTY},{COUNTY + 1001}"
    assert text(Client(), "/bare") == ""


def test_nobody_is_sent_to_sign_in(client):
    answer = Client().get("/seen")
    assert answer.status_code == 302
    assert "next=/seen" in answer["Location"]


def test_another_s_post_cannot_be_chosen(client, user):
    foreign = max(post.id for post in reads.held_posts(user.pk)) + 1
    with pytest.raises(actions.PostRefusal, match="找不到这个岗位"):
        actions.switch_post(client.session, user.pk, foreign)
    session = client.session
    session["post"] = foreign
    session.save()
    assert text(client, "/seen") == f"{COUNTY},{COUNTY + 1001}"


def as_owner(change):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        change()
        cursor.execute(f"SET LOCAL ROLE {rows.RUNTIME}")


def test_what_is_taken_away_is_gone_with_the_next_request(client, user):
    first, second = reads.held_posts(user.pk)
    as_owner(lambda: actions.end_post(first.id, date(2021, 1, 1)))
    assert text(client, "/seen") == f"{OTHER}"
    as_owner(lambda: actions.end_post(second.id, date(2021, 1, 1)))
    answer = client.get("/seen")
    assert answer.status_code == 403
    assert scope.find() is None


def test_a_closed_account_sees_nothing(client, user):
    as_owner(lambda: User.objects.filter(pk=user.pk).update(is_active=False))
    assert client.get("/seen").status_code == 302
    assert reads.scope_of(user.pk) is None


def test_a_step_not_granted_is_refused_and_told(client, user):
    told = []

    def receive(step, path, **_):
        told.append((step, path, scope.current().user, scope.current().area))

    refused.connect(receive)
    assert client.get("/approve").status_code == 403
    refused.disconnect(receive)
    assert told == [("benefits.approve_plan", "/approve", user.pk, COUNTY)]


@pytest.mark.parametrize("how", ["403", "404", "500"])
def test_a_view_that_raises_leaves_nothing_behind(client, how):
    assert client.get("/broken", {"how": how}).status_code == int(how)
    assert text(client, "/seen") == f"{COUNTY},{COUNTY + 1001}"


def test_a_streaming_answer_is_refused(client):
    assert client.get("/stream").status_code == 500


def test_every_guarded_view_carries_its_step():
    assert [getattr(pattern.callback, "step", None) for pattern in urlpatterns] == [
        "people.view", None, "people.view", "benefits.approve_plan", None, "people.view",
    ]  # fmt: skip


def test_a_scope_needs_a_transaction(transactional_db):
    with pytest.raises(RuntimeError, match="open transaction"), scope.entered(None):
        pass
    with transaction.atomic(), pytest.raises(scope.NoScopeRefusal, match="没有有效的岗位"):
        scope.current()
