"""Applying on the pages: by the village for a person without a phone, by a resident, at the window."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from minzheng.core.access import actions as access
from minzheng.core.access.models import User
from minzheng.core.access.scope import acting
from minzheng.core.cases import reads
from minzheng.core.people import recording
from minzheng.domains.assistance.reads import declared
from minzheng.kernel.identity import check_digit
from minzheng.portal.tests.test_inbox import SINCE, TOWN, VILLAGE, officers

__all__ = ["officers"]


def number(born="19700101", order="001"):
    plain = f"530102{born}{order}"
    return plain + check_digit(plain)


FAMILY = {"m0-name": "木演示", "m0-hukou": "here", "m0-work": "1"}
INCOME = {"m0-i1": "2,400", "a1": "1000", "a2": "1"}
HOME = {
    "urban": "0", "address": "演示路1号", "bank": "YN01", "account": "6200000000000001",
    "reason": "主要劳动力生病", "agent": "协理员，受委托", "phone": "0871-1234567",
}  # fmt: skip


@pytest.fixture
def enter(officers, county):
    """Post → a signed-in client of somebody who holds it."""

    def come(post, area=VILLAGE):
        user = access.ensure_user(f"{post}-x", f"演示·{post}", f"演示:{post}-x", "!")
        access.appoint(user, post, area, SINCE)
        client = Client()
        client.force_login(User.objects.get(pk=user))
        return client

    return come


def begin(client, **more):
    answer = client.post(reverse("apply"), {"name": "木演示", "number": number(), **more})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].split("/")[-2])


def fill(client, case, part, said):
    return client.post(reverse("apply-part", args=[case, part]), said)


def whole(client, **more):
    case = begin(client, **more)
    for part, said in (("family", FAMILY), ("income", INCOME), ("home", HOME), ("papers", {})):
        assert fill(client, case, part, said).status_code == 302, part
    return case


def hand_in(client, case, version="1", **more):
    return fill(client, case, "confirm", {"promised": "1", "authorised": "1", "version": version, **more})


@pytest.mark.parametrize(
    ("post", "area", "channel"),
    [
        ("village_worker", VILLAGE, "village"),
        ("resident", VILLAGE, "resident"),
        ("relative", VILLAGE, "relative"),
        ("township_clerk", TOWN, "window"),
    ],
)
def test_an_application_is_filled_in_and_handed_in(enter, officers, post, area, channel):
    client = enter(post, area)
    case = whole(client, village=f"{VILLAGE}")
    sent = hand_in(client, case)
    assert sent.status_code == 302
    assert sent["Location"] == reverse("mine-case", args=[case])
    with acting(officers["township_clerk"]) as _:
        found = reads.case(case, officers["township_clerk"])
        told = declared.declaration(case)
    assert (found.state, found.area) == ("待受理", VILLAGE)
    assert found.channel == reads.CHANNELS[channel]
    (member,) = told.members
    assert (member.name, member.born, told.urban, told.lacking) == ("木**", date(1970, 1, 1), False, ())
    assert [(each.label, each.value) for each in member.incomes] == [("工资性收入", 240_000)]
    page = client.get(reverse("mine-case", args=[case])).content.decode()
    assert "第 2 步，共 5 步" in page
    assert "乡镇经办" in page


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(enter):
    client = enter("village_worker")
    case = begin(client)
    page = fill(client, case, "income", {"m0-i1": "两千多", "a1": ""})
    text = page.content.decode()
    assert page.status_code == 422
    assert "金额" in text
    assert 'value="两千多"' in text
    assert "请填写全家的存款和证券" in text
    again = client.get(reverse("apply-part", args=[case, "income"])).content.decode()
    assert 'value="两千多"' in again


def test_a_number_is_never_shown_again(enter):
    client = enter("resident")
    case = whole(client)
    for part in ("family", "income", "home", "papers", "confirm"):
        text = client.get(reverse("apply-part", args=[case, part])).content.decode()
        assert number() not in text
        assert HOME["account"] not in text
    with connection.cursor() as cursor:
        cursor.execute("SELECT cipher FROM cases_draft")
        assert all(number().encode() not in bytes(cipher) for (cipher,) in cursor.fetchall())


def test_a_family_grows_and_shrinks_with_its_incomes(enter, officers):
    client = enter("village_worker")
    case = begin(client)
    assert fill(client, case, "family", {**FAMILY, "add": "1"}).status_code == 302
    second = {"m1-name": "和演示", "m1-number": number("19720101", "002"), "m1-relation": "1",
              "m1-hukou": "here", "m1-work": "1"}  # fmt: skip
    assert fill(client, case, "family", {**FAMILY, **second, "add": "1"}).status_code == 302
    third = {"m2-name": "李演示", "m2-number": number("20150101", "004"), "m2-relation": "3",
             "m2-hukou": "here", "m2-obligors": "able"}  # fmt: skip
    assert fill(client, case, "family", {**FAMILY, **second, **third}).status_code == 302
    assert fill(client, case, "income", {**INCOME, "m2-i7": "5"}).status_code == 302
    assert fill(client, case, "family", {**FAMILY, **second, **third, "m1-strike": "1"}).status_code == 302
    assert fill(client, case, "home", HOME).status_code == 302
    assert hand_in(client, case).status_code == 302
    with acting(officers["township_clerk"]):
        told = declared.declaration(case)
    assert [(each.name, each.relation) for each in told.members] == [("木**", "本人或户主"), ("李**", "女")]
    assert [each.value for each in told.members[1].incomes] == [500]
    assert "法定义务人：有，有能力" in told.members[1].notes


def test_the_old_are_asked_who_must_support_them(enter):
    client = enter("village_worker")
    case = begin(client, number=number("19400101", "003"))
    page = fill(client, case, "family", FAMILY)
    assert page.status_code == 422
    assert "赡养、抚养、扶养" in page.content.decode()
    assert fill(client, case, "family", {**FAMILY, "m0-obligors": "none"}).status_code == 302


@pytest.mark.parametrize("left", ["promised", "authorised"])
def test_nothing_is_handed_in_without_promise_and_authorisation(enter, left):
    client = enter("village_worker")
    case = whole(client)
    page = hand_in(client, case, **{left: ""})
    assert page.status_code == 422
    assert "两项都勾选" in page.content.decode()


def test_nothing_is_handed_in_half_done(enter, officers):
    client = enter("village_worker")
    case = begin(client)
    page = hand_in(client, case)
    assert page.status_code == 422
    assert "还有没填好的地方" in page.content.decode()
    with acting(officers["village_worker"]):
        assert reads.case(case, officers["village_worker"]).state == "草稿"


@pytest.mark.parametrize(
    ("said", "told"),
    [({"number": "530102197001010011"}, "校验码"), ({"name": ""}, "姓名"), ({"number": "123"}, "身份证")],
)
def test_who_applies_must_be_somebody(enter, said, told):
    page = enter("resident").post(reverse("apply"), {"name": "木演示", "number": number(), **said})
    assert page.status_code == 422
    assert told in page.content.decode()


def test_another_account_sees_neither_the_draft_nor_the_progress(enter, officers):
    case = begin(enter("resident"))
    other = enter("relative")
    for name in ("apply-list", "mine-case"):
        assert other.get(reverse(name, args=[case])).status_code == 404
    assert other.get(reverse("apply-part", args=[case, "family"])).status_code == 404
    assert enter("village_worker").get(reverse("apply-list", args=[case])).status_code == 404


def test_what_is_missing_is_supplied_on_the_same_pages(enter, officers):
    client, clerk = enter("resident"), enter("township_clerk", TOWN)
    case = whole(client)
    hand_in(client, case)
    assert fill(client, case, "family", FAMILY)["Location"] == reverse("mine-case", args=[case])
    asked = {"version": "2", "reason": ["收入证明"], "more": ""}
    assert clerk.post(reverse("step", args=[case, "ask_more"]), asked).status_code == 302
    assert "收入证明" in client.get(reverse("mine-case", args=[case])).content.decode()
    assert fill(client, case, "income", {**INCOME, "m0-i1": "3600"}).status_code == 302
    assert hand_in(client, case, version="3").status_code == 302
    with acting(officers["township_clerk"]):
        found = declared.declaration(case)
    assert [each.value for each in found.members[0].incomes] == [360_000]


def test_one_withdraws_with_a_reason_and_then_rates_the_service_once(enter):
    client = enter("resident")
    case = whole(client)
    hand_in(client, case)
    act = reverse("mine-act", args=[case])
    assert client.post(act, {"act": "rate"}).status_code == 422
    assert client.post(act, {"act": "withdraw", "version": "2", "words": ""}).status_code == 422
    assert client.post(act, {"act": "withdraw", "version": "2", "words": "找到工作了"}).status_code == 302
    page = client.get(reverse("mine-case", args=[case])).content.decode()
    assert "已经撤回" in page
    marks = dict.fromkeys(("sincere", "devoted", "careful", "considerate", "at_ease"), "5")
    assert client.post(act, {"act": "rate", **marks, "at_ease": "6"}).status_code == 422
    assert client.post(act, {"act": "rate", **marks}).status_code == 302
    assert client.post(act, {"act": "rate", **marks}).status_code == 409


def test_a_resident_begins_at_their_own_applications(enter):
    answer = enter("resident").get("/")
    assert answer.status_code == 302
    assert answer["Location"] in (reverse("apply"), reverse("mine"))


@pytest.fixture
def known(officers):
    """A couple whom the register has, with a household, in the village."""
    clerk, day = officers["township_clerk"], date(2024, 1, 1)
    with acting(clerk):
        home = recording.household(VILLAGE, False, "t")
        for at, (name, key) in enumerate((("木演示", number()), ("和演示", number("19720101", "002")))):
            who = recording.Who(name, key, 1, date(1970, 1, 1))
            person = recording.person(who, VILLAGE, "t")
            recording.join(person, home, at, VILLAGE, day, "t")
    return home


def test_a_family_that_the_register_knows_is_filled_in_for_the_clerk_masked(enter, officers, known):
    client = enter("township_clerk", TOWN)
    case = begin(client, village=f"{VILLAGE}")
    page = client.get(reverse("apply-part", args=[case, "family"])).content.decode()
    assert page.count("登记库已有") == 2
    assert "和**" in page
    for hidden in ("和演示", number(), number("19720101", "002")):
        assert hidden not in page
    said = {"m0-hukou": "here", "m0-work": "1", "m1-relation": "1", "m1-work": "1"}
    assert fill(client, case, "family", said).status_code == 302
    assert fill(client, case, "income", INCOME).status_code == 302
    assert fill(client, case, "home", HOME).status_code == 302
    assert hand_in(client, case).status_code == 302
    with acting(officers["township_clerk"]):
        told = declared.declaration(case)
    assert [(each.name, each.relation, each.born) for each in told.members] == [
        ("木**", "本人或户主", date(1970, 1, 1)),
        ("和**", "配偶", date(1972, 1, 1)),
    ]


@pytest.mark.parametrize("post", ["resident", "relative", "village_worker"])
def test_nobody_learns_a_family_by_typing_a_number(enter, known, post):
    client = enter(post)
    case = begin(client)
    page = client.get(reverse("apply-part", args=[case, "family"])).content.decode()
    assert "登记库已有" not in page
    assert "和*" not in page
    assert "第 2 位成员" not in page


def test_a_number_of_another_name_is_refused_to_the_clerk(enter, known):
    client = enter("township_clerk", TOWN)
    sent = {"name": "段演示", "number": number(), "village": f"{VILLAGE}"}
    page = client.post(reverse("apply"), sent)
    assert page.status_code == 422
    assert "另一个姓名" in page.content.decode()
