"""The procedures of dibao walked from end to end, as the web takes them: role, scope, working days."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import Error, connection, transaction

from minzheng.core.access.actions import ensure_user
from minzheng.core.access.actor import ActRefusal, MissingRefusal, SegregationRefusal, StaleRefusal
from minzheng.core.access.scope import Scope, acting
from minzheng.core.cases import actions, reads
from minzheng.domains.assistance.workflow import APPLY, REVIEW
from minzheng.kernel.clock import LAMPS

pytestmark = pytest.mark.django_db(transaction=True)
COUNTY, TOWN, VILLAGE = 530602000000, 530602001000, 530602001001
AREAS = {"village_worker": VILLAGE, "resident": VILLAGE, "relative": VILLAGE, "township_clerk": TOWN}
#: The whole way of an application that is confirmed, and who goes it.
CONFIRMED = (
    ("submit", "village_worker"), ("ask_more", "township_clerk"), ("supply", "village_worker"),
    ("accept", "township_clerk"), ("start_survey", "township_clerk"), ("start_check", "county_clerk"),
    ("finish_check", "county_clerk"), ("visited", "township_clerk"), ("agree", "township_clerk"),
    ("close_notice", "township_clerk"), ("review", "county_reviewer"), ("confirm", "county_approver"),
    ("publish", "township_clerk"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def business_date(monkeypatch):
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-09")


@contextmanager
def web(post, area=0, person=""):
    """A request under a post of its own natural person, as the runtime role."""
    area = area or AREAS.get(post, COUNTY)
    natural, name = person or f"{post}{area}", f"演示{post}"
    user = ensure_user(f"{post}{area}{person}", name, natural, "!")
    scope = Scope(area, area + _width(area), user, post, area=area, natural_person=natural, name=name)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE minzheng_runtime")
        with acting(scope):
            yield scope


def _width(area):
    return 999_999 if area % 10**6 == 0 else 999 if area % 1000 == 0 else 0


def opened(channel="village", post="village_worker", household=None):
    with web(post) as scope:
        return actions.open_case("dibao", scope, VILLAGE, "演示申请人", channel, household=household)


def step(case, key, post, **more):
    """Take a step with the version that is current."""
    procedure = more.pop("procedure", "dibao")
    with web(post, more.pop("area", 0), more.pop("person", "")) as scope:
        found = reads.case(case, scope)
        assert found is not None
        return actions.take(case, f"{procedure}.{key}", scope, found.version, **more)


def walk(case, *keys):
    for key, post in keys:
        said = {"reasons": ["户口簿", "收入证明"]} if key == "ask_more" else {"words": "经调查核实"}
        step(case, key, post, **said)


def until(case, last):
    """Walk the confirmed way up to and including a step."""
    names = [key for key, _ in CONFIRMED]
    walk(case, *CONFIRMED[: names.index(last) + 1])


def look(case, post="county_clerk"):
    with web(post) as scope:
        return reads.case(case, scope)


def test_an_application_is_confirmed_step_by_step():
    case = opened().case
    until(case, "publish")
    with web("county_approver") as scope:
        found, told = reads.case(case, scope), reads.timeline(case, scope)
    assert (found.state, found.closed_on) == ("已公布", date(2024, 10, 9))
    assert [each.step for each in told] == [f"dibao.{key}" for key, _ in CONFIRMED]
    assert all(each.law for each in told)


def test_the_other_ends():
    declined, given_up, withdrawn = (opened().case for _ in range(3))
    step(declined, "submit", "village_worker")
    step(declined, "decline", "township_clerk", words="不在本乡镇居住，请向居住地申请")
    step(given_up, "discard", "village_worker")
    step(withdrawn, "submit", "village_worker")
    step(withdrawn, "withdraw", "village_worker", words="家里有人找到工作了")
    states = [look(case).state for case in (declined, given_up, withdrawn)]
    assert states == ["不予受理", "已放弃", "已撤回"]


def test_a_refusal_by_the_county_is_delivered():
    case = opened().case
    until(case, "visited")
    step(case, "disagree", "township_clerk", words="人均收入高于标准")
    step(case, "review", "county_reviewer")
    step(case, "refuse", "county_approver", words="人均收入高于标准")
    step(case, "deliver", "township_clerk")
    assert look(case).state == "已告知"


def test_an_objection_is_looked_into_and_needs_no_second_notice():
    case = opened().case
    until(case, "agree")
    step(case, "object", "township_clerk", words="有人反映其长期在外务工")
    step(case, "agree_again", "township_clerk", words="已复查，情况属实，仍符合")
    assert look(case).state == "待县级审核"
    step(case, "send_back", "county_reviewer", words="缺邻里访问记录")
    assert look(case).state == "待入户调查"


@pytest.mark.parametrize(
    ("way", "end"),
    [(("keep",), "维持"), (("change", "deliver"), "已送达"), (("phase_out", "deliver"), "已送达"),
     (("return", "propose", "stop", "deliver"), "已送达")],
)  # fmt: skip
def test_a_review_ends(way, end):
    with web("township_clerk") as scope:
        case = actions.open_case("dibao_review", scope, VILLAGE, "演示", "review").case
    posts = {step.key: step.post for step in REVIEW.steps}
    for key in ("begin", "propose", *way):
        step(case, key, posts[f"dibao_review.{key}"], words="依调查结果", procedure="dibao_review")
    assert look(case).state == end


def test_time_runs_in_working_days_and_stands_while_something_is_missing(monkeypatch):
    case = opened().case
    walk(case, ("submit", "village_worker"), ("accept", "township_clerk"))
    found = look(case)
    # Saturday 12 October 2024 was a make-up working day.
    assert (found.due_on, found.whole_due_on) == (date(2024, 10, 12), date(2024, 11, 19))
    step(case, "ask_more", "township_clerk", reasons=["残疾人证"])
    paused = look(case)
    assert (paused.lamp, paused.due_on, paused.missing) == ("paused", None, ("残疾人证",))
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-16")
    step(case, "supply", "village_worker")
    step(case, "accept", "township_clerk")
    assert look(case).state == "待启动调查"
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-25")
    assert look(case).lamp == "overdue"
    with web("township_clerk") as scope:
        counted = reads.counts(scope, scope.lo, scope.hi)
        found = reads.lines(reads.inbox(scope, scope.lo, scope.hi, lamp="overdue"))
    assert counted["overdue"] == counted["all"] == len(found) == 1
    assert found[0].lamp == "overdue"
    assert found[0].left < 0
    assert set(LAMPS) >= {found[0].lamp}


def test_a_notice_ends_after_seven_natural_days():
    case = opened().case
    until(case, "agree")
    assert look(case).due_on == date(2024, 10, 16)


def test_who_comes_second_is_told_who_was_first():
    case = opened().case
    with web("village_worker") as scope:
        version = reads.case(case, scope).version
    step(case, "submit", "village_worker")
    with web("village_worker") as scope, pytest.raises(StaleRefusal, match="先办理的是"):
        actions.take(case, "dibao.submit", scope, version)
    with web("township_clerk") as scope, pytest.raises(StaleRefusal, match="不能“公布”"):
        actions.take(case, "dibao.publish", scope, version + 1)


def test_no_step_without_its_post_and_none_outside_its_area():
    case = opened().case
    step(case, "submit", "village_worker")
    for post in ("county_approver", "county_clerk", "child_director"):
        with web(post) as scope, pytest.raises(ActRefusal):
            actions.take(case, "dibao.accept", scope, 2)
    with web("township_clerk", area=530602002000) as scope:
        assert reads.case(case, scope) is None
        with pytest.raises(MissingRefusal):
            actions.take(case, "dibao.accept", scope, 2)


def test_one_natural_person_does_not_review_and_confirm():
    case = opened().case
    until(case, "close_notice")
    step(case, "review", "county_reviewer", person="同一人")
    with web("county_approver", person="同一人") as scope:
        act = next(each for each in reads.acts(reads.case(case, scope), scope) if each.key == "dibao.confirm")
        assert "另一名自然人" in act.refused
    with pytest.raises(SegregationRefusal, match="县级审核"):
        step(case, "confirm", "county_approver", person="同一人")


def test_reasons_are_asked_where_the_law_asks_them():
    case = opened().case
    step(case, "submit", "village_worker")
    with pytest.raises(actions.CaseRefusal, match="一次性列明"):
        step(case, "ask_more", "township_clerk", reasons=["  "])
    with pytest.raises(actions.CaseRefusal, match="理由"):
        step(case, "decline", "township_clerk")


def test_a_resident_sees_only_what_they_opened():
    theirs, other = opened("resident", "resident").case, opened().case
    with web("resident") as scope:
        assert reads.case(theirs, scope) is not None
        assert reads.case(other, scope) is None
        assert reads.timeline(other, scope) == ()
        with pytest.raises(MissingRefusal):
            actions.take(other, "dibao.submit", scope, 1)


def test_a_household_has_one_open_application():
    first = opened(household=77)
    with pytest.raises(actions.CaseRefusal, match="DIBAO-530602-2024-"):
        opened(household=77)
    step(first.case, "discard", "village_worker")
    assert opened(household=77).case != first.case


def test_take_in_hand_and_register_kin():
    case = opened().case
    step(case, "submit", "village_worker")
    with web("township_clerk", person="甲") as scope:
        actions.take_in_hand(case, scope, 2)
    with web("township_clerk", area=0, person="乙") as scope:
        with pytest.raises(StaleRefusal, match="接办"):
            actions.take(case, "dibao.accept", scope, 3)
        assert reads.counts(scope, scope.lo, scope.hi)["all"] == 0
        actions.take_in_hand(case, scope, 3)
        actions.register_kin(case, scope, 4, "申请人是经办人的表弟")
        assert actions.take(case, "dibao.accept", scope, 5).state == "待启动调查"
        assert reads.case(case, scope).kin


def test_a_draft_is_kept_encrypted_and_forgotten_when_sent():
    with web("village_worker") as scope:
        actions.save_draft(scope, "dibao/1/members", {"name": "张三", "number": "5306"}, VILLAGE)
        actions.save_draft(scope, "dibao/1/members", {"name": "张三丰"}, VILLAGE)
        assert reads.draft(scope, "dibao/1/members")[0] == {"name": "张三丰"}
        assert [key for key, _ in reads.drafts(scope)] == ["dibao/1/members"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cipher FROM cases_draft")
        assert "张三".encode() not in bytes(cursor.fetchone()[0])
    with web("village_worker", area=VILLAGE, person="别人") as scope:
        assert reads.draft(scope, "dibao/1/members") is None
    with web("village_worker") as scope:
        actions.drop_draft(scope, "dibao/1/members")
        assert reads.drafts(scope) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_event SET words = ''",
        "DELETE FROM cases_event",
        "UPDATE cases_case SET area = area + 1",
        "UPDATE cases_pause SET missing = '{}'",
    ],
)
def test_what_was_done_stays_done(statement):
    case = opened().case
    walk(case, ("submit", "village_worker"), ("ask_more", "township_clerk"))
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_step_of_the_table_is_walked_here():
    """The names above, so that a new step is not forgotten."""
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    missing = [each.key for table in (APPLY, REVIEW) for each in table.steps
               if f'"{each.key.partition(".")[2]}"' not in text]  # fmt: skip
    assert not missing
