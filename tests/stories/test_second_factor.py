"""Signing in with a second factor, proving it again, sessions that end; as the web's role where it writes."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection
from django.test import Client

from minzheng.core.access import actions, factors, sessions
from minzheng.core.access.models import Seat, User
from tests.stories import neighbours as world

WORD, COUNTY = "liushu-qingshan-42", 530102000000
SIGN_IN, SECOND, MINE = "/accounts/login/", "/accounts/second/", "/me/second-factor/"


@pytest.fixture
def run(db):
    return world.settle()


@pytest.fixture
def approver(run):
    """An approver of a county with a password and no second factor yet; the connection becomes the web's."""
    cache.clear()
    key = actions.ensure_user("shenpi", "试用审批", "试用审批", make_password(WORD))
    actions.appoint(key, "county_approver", COUNTY, world.SINCE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
        yield key
        cursor.execute("RESET ROLE")


def sign_in(client=None):
    client = client or Client()
    return client, client.post(SIGN_IN, {"login": "shenpi", "password": WORD})


def enrol(client):
    """Enrol as the page asks: the secret of the page, its code; the recovery codes come back."""
    page = client.get(MINE).content.decode()
    secret = re.search(r"密钥：<b>([A-Z2-7 ]+)</b>", page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    done = client.post(MINE, {"sealed": sealed, "code": factors.present_code(secret)})
    assert done.status_code == 200
    return secret, [
        code.replace(" ", "") for code in re.findall(r"<b>(\d{4} \d{4})</b>", done.content.decode())
    ]


def later(monkeypatch, seconds):
    """So many seconds from now, for everything that asks the clock of access."""
    now = time.time
    monkeypatch.setattr("minzheng.core.access.sessions.time.time", lambda: now() + seconds)


def logged():
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT what, outcome FROM audit_accesslog ORDER BY id")
        found = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
    return found


def test_who_decides_on_money_can_do_nothing_before_a_second_factor_is_enrolled(approver):
    client, answer = sign_in()
    assert answer.headers["Location"] == "/"
    for path in ("/", "/plans/", "/households/", f"/areas/{COUNTY}/"):
        assert client.get(path).headers["Location"] == MINE, path
    assert client.post("/plans/1/approve/", {"version": "1"}).headers["Location"] == MINE
    assert client.get("/plans/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == MINE
    assert "先启用第二因素，才能办理" in client.get(MINE).content.decode()
    enrol(client)
    assert client.get("/plans/").status_code == 200
    assert ("me.second_factor", "done") in logged()


def test_a_wrong_code_enrols_nothing(approver):
    client, _ = sign_in()
    page = client.get(MINE).content.decode()
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    answer = client.post(MINE, {"sealed": sealed, "code": "000000"})
    assert answer.status_code == 422
    assert "验证码不对" in answer.content.decode()
    assert client.post(MINE, {"sealed": "made-up", "code": "000000"}).status_code == 422
    assert not factors.enrolled(approver)


def test_the_next_sign_in_asks_for_the_code_which_opens_once(approver, monkeypatch):
    secret, codes = enrol(sign_in()[0])
    client, answer = sign_in()
    assert answer.headers["Location"] == SECOND
    assert client.get("/").headers["Location"].startswith(SIGN_IN)
    wrong = client.post(SECOND, {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    used = client.post(SECOND, {"code": factors.present_code(secret)})
    assert "已经用过" in used.content.decode()
    assert client.post(SECOND, {}).status_code == 200
    done = client.post(SECOND, {"code": codes[0]})
    assert done.headers["Location"] == "/"
    assert client.get("/plans/").status_code == 200
    again, _ = sign_in()
    assert again.post(SECOND, {"code": codes[0]}).status_code == 200
    now = time.time
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: now() + 60)
    monkeypatch.setattr("minzheng.core.access.factors.time.time", lambda: now() + 60)
    assert again.post(SECOND, {"code": factors.present_code(secret)}).headers["Location"] == "/"


def test_the_secret_is_encrypted_at_rest(approver):
    secret, codes = enrol(sign_in()[0])
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [code for code in codes if code in kept]


def test_a_password_alone_does_not_take_over_an_enrolled_account(approver):
    early, _ = sign_in()
    owner, _ = sign_in()
    enrol(owner)
    assert early.get("/plans/").headers["Location"].startswith(SIGN_IN)
    assert Seat.objects.count() == 1


def test_guessing_is_counted_and_locks_the_account(approver, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    client = Client()
    for _ in range(actions.FAILURES):
        answer = client.post(SIGN_IN, {"login": "shenpi", "password": "guess"})
        assert "登录名或密码不对" in answer.content.decode()
    locked = client.post(SIGN_IN, {"login": "shenpi", "password": WORD})
    assert "登录名或密码不对" in locked.content.decode()
    unknown = client.post(SIGN_IN, {"login": "nobody", "password": WORD}).content.decode()
    assert re.sub(r'value="[^"]*"', "", unknown) == re.sub(r'value="[^"]*"', "", locked.content.decode())
    User.objects.filter(pk=approver).update(failures=0, locked_until=None)
    assert sign_in()[1].headers["Location"] == "/"


def test_half_an_hour_of_nothing_ends_the_session_and_says_so(approver, monkeypatch):
    client, _ = sign_in()
    enrol(client)
    assert client.get("/plans/").status_code == 200
    later(monkeypatch, 29 * 60)
    assert client.get("/plans/").status_code == 200
    later(monkeypatch, 31 * 60)
    assert client.get("/plans/").headers["Location"].startswith(SIGN_IN)
    assert "30 分钟没有办理" in client.get(SIGN_IN).content.decode()


def test_only_three_places_at_once_and_one_ends_the_others(approver):
    clients = [sign_in()[0] for _ in range(4)]
    assert clients[0].get("/me/").headers["Location"].startswith(SIGN_IN)
    page = clients[3].get("/me/").content.decode()
    assert "正在登录的地方（3 处）" in page
    seat = re.search(r'name="seat" value="(\d+)"', page)[1]
    clients[3].post("/me/sessions/end/", {"seat": seat})
    assert "正在登录的地方（2 处）" in clients[3].get("/me/").content.decode()
    clients[3].post("/me/sessions/end/", {"seat": "others"})
    assert clients[1].get("/me/").status_code == clients[2].get("/me/").status_code == 302
    assert clients[3].get("/me/").status_code == 200


def test_another_s_session_is_not_ended(approver):
    client, _ = sign_in()
    other = Client()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        key = actions.ensure_user("other", "别人", "别人", "!")
        cursor.execute("SET LOCAL ROLE minzheng_runtime")
    other.force_login(User.objects.get(pk=key))
    foreign = Seat.objects.get(user_id=key)
    client.post("/me/sessions/end/", {"seat": str(foreign.pk)})
    assert Seat.objects.filter(pk=foreign.pk).exists()
    assert other.get("/me/").status_code == 200


@pytest.fixture
def clerk(run):
    """A clerk who has been signed in for a while, and a failed payment in the county."""
    world.fill(run, 530102000000, 530102999999, inside=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_hold SET state = 'released', approved_by = 'a third'")
    cache.clear()
    key = actions.ensure_user("caiwu", "试用发放", "试用发放", make_password(WORD))
    actions.appoint(key, "county_finance", COUNTY, world.SINCE)
    client = Client()
    client.force_login(User.objects.get(pk=key))
    session = client.session
    session[sessions.PROVED] = time.time() - 11 * 60
    session.save()
    return client


def test_an_act_that_weighs_asks_again_and_then_goes_on(clerk):
    assert clerk.get("/failed/").status_code == 200
    asked = clerk.post("/failed/1001/reissue/", {"back": "all=1"})
    text = asked.content.decode()
    assert asked.status_code == 403
    assert "请再次确认是您本人" in text
    kept = re.search(r'name="kept" value="([^"]+)"', text)[1]
    wrong = clerk.post("/me/confirm/", {"kept": kept, "proof": "guess"})
    assert wrong.status_code == 422
    assert f'value="{kept}"' in wrong.content.decode()
    done = clerk.post("/me/confirm/", {"kept": kept, "proof": WORD})
    assert done.status_code == 302
    assert done.headers["Location"] == "/failed/?all=1"
    assert "已安排重新发放" in clerk.get("/failed/").content.decode()
    assert clerk.post("/failed/1001/reissue/", {}).status_code == 409  # for ten minutes it is not asked again


def test_what_is_kept_is_one_s_own_and_unaltered(clerk):
    text = clerk.post("/failed/1001/reissue/", {}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', text)[1]
    altered = clerk.post("/me/confirm/", {"kept": kept[:-3] + "abc", "proof": WORD})
    assert altered.headers["Location"] == "/me/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_instruction WHERE kind = 'reissue'")
        assert cursor.fetchone() == (0,)


def test_personal_numbers_are_not_kept_in_the_page(rf, clerk):
    from minzheng.core.access.guards import stepped_up

    text = clerk.post("/failed/1001/reissue/", {"number": "x"}).content.decode()
    assert "请重新输入" not in text
    view = stepped_up(anew=("number",))(lambda request: None)
    request = rf.post("/failed/1001/reissue/", {"number": "6200123456789012", "bank": "YN01"})
    request.session, request.user = clerk.session, User.objects.get(username="caiwu")
    request.htmx = False
    text = view(request).content.decode()
    from django.core import signing

    kept = signing.loads(re.search(r'name="kept" value="([^"]+)"', text)[1], salt="access.interrupted")
    assert kept["fields"] == [["bank", "YN01"]]
    assert "请重新输入" in text


def test_reveal_is_for_a_purpose_and_logged(run):
    world.fill(run, 530102000000, 530102999999, inside=True)
    key = actions.ensure_user("xiangzhen", "试用乡镇", "试用乡镇", "!")
    actions.appoint(key, "township_clerk", 530102001000, world.SINCE)
    client = Client()
    client.force_login(User.objects.get(pk=key))
    page = client.get("/households/1001/").content.decode()
    number = world.number_of(1001)
    assert number not in page
    assert "/households/1001/reveal/?person=1001&amp;what=number" in page
    form = {"person": "1001", "what": "number", "purpose": "核对申请材料", "words": ""}
    for change in ({"purpose": ""}, {"purpose": "其他"}):
        refused = client.post("/households/1001/reveal/", form | change)
        assert refused.status_code == 422
        assert number not in refused.content.decode()
    shown = client.post("/households/1001/reveal/", form)
    assert number in shown.content.decode()
    assert shown.headers["Refresh"] == "60; url=/households/1001/"
    assert shown.headers["Cache-Control"] == "no-store"
    assert number not in client.get("/households/1001/").content.decode()
    for person in ("2001", "4001", "987654", "x", ""):  # of another household, county, nobody
        answer = client.post("/households/1001/reveal/", form | {"person": person})
        assert answer.status_code == 404, person
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, purpose FROM audit_accesslog WHERE what = 'people.reveal_number'")
        assert cursor.fetchall() == [("people_person/1001", "核对申请材料")]
