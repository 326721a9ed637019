"""Temporary aid as the web takes it: paid the same day and completed later; who may decide how much."""

from datetime import date

import pytest
from django.db import Error, IntegrityError, connection, transaction

from minzheng.core.access.actor import ActRefusal, MissingRefusal, SegregationRefusal
from minzheng.core.cases import reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.domains.assistance.actions import aiding, steps
from minzheng.domains.assistance.models import Aid, AidPayment, Reserve
from minzheng.domains.assistance.reads import aid
from minzheng.domains.assistance.tests.test_workflow import COUNTY, TOWN, VILLAGE, web
from minzheng.domains.assistance.workflow import AIDED
from minzheng.kernel.identity import check_digit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("listed_areas")]
FORM = {
    "name": "远演示", "village": f"{VILLAGE}", "cause": "traffic", "happened_on": "2024-10-09",
    "need": "3000", "persons": "1", "words": "客车翻车，外省人，身上没有钱看病",
}  # fmt: skip
EXPENDITURE = FORM | {
    "kind": "expenditure", "cause": "medical", "need": "8000", "persons": "3", "income": "20000",
    "assets_fit": "1", "words": "孩子住院",
}  # fmt: skip


@pytest.fixture(autouse=True)
def business_date(monkeypatch):
    monkeypatch.setenv("MINZHENG_TODAY", "2024-10-09")


@pytest.fixture
def funded():
    with web("county_finance") as scope:
        aiding.fund(scope, TOWN, "10000", "演示拨付")


def number(order="001"):
    plain = f"11010119800101{order}"
    return plain + check_digit(plain)


def registered(form=FORM, post="township_clerk", **more):
    with web(post) as scope:
        return aiding.register(scope, form | more)


def step(case, key, post="township_clerk", person="", words="", **extra):
    with web(post, person=person) as scope:
        found = reads.case(case, scope)
        deed = steps.Deed(found, f"{found.procedure}.{key}", scope, found.version, words, extra=extra)
        return steps.perform(deed)


def asked(case, key, person="", *reasons):
    with web("township_clerk", person=person) as scope:
        found = reads.case(case, scope)
        return steps.perform(steps.Deed(found, f"{found.procedure}.{key}", scope, found.version, "", reasons))


def state(case):
    with web("county_clerk") as scope:
        return reads.case(case, scope)


def row(case):
    with web("county_clerk"):
        return Aid.objects.get(case_id=case)


def test_an_accident_far_from_home_is_paid_the_same_day_and_completed_later(funded, monkeypatch):
    case = registered()
    assert state(case).due_on == date(2024, 10, 10)
    step(case, "rescue", amount="2500", goods="棉被一床")
    with pytest.raises(SegregationRefusal, match="另一名自然人"):
        step(case, "release")
    step(case, "release", person="乙")
    paid = row(case)
    assert (paid.amount, paid.paid, paid.number_index, paid.signed) == (250000, 250000, None, False)
    with web("township_clerk"):
        assert aid.reserve(TOWN) == 750000
        assert [each.released_on for each in AidPayment.objects.all()] == [date(2024, 10, 9)]
    monkeypatch.setenv("MINZHENG_TODAY", "2024-11-01")
    assert state(case).lamp == "overdue"
    with pytest.raises(CaseRefusal, match="身份证号"):
        step(case, "complete", signed="1")
    with pytest.raises(CaseRefusal, match="签字"):
        step(case, "complete", number=number())
    step(case, "complete", number=number(), signed="1")
    step(case, "give_back", "county_reviewer", words="缺出院记录")
    step(case, "complete", signed="1")
    step(case, "check", "county_reviewer")
    assert state(case).state == "已核查"
    with web("county_reviewer") as scope:
        assert aid.times(scope.lo, scope.hi) == 1
        assert aid.card(reads.case(case, scope)).number.endswith(number()[-2:])


def test_what_the_check_finds_untrue_is_said(funded):
    case = registered(number=number())
    step(case, "rescue", amount="100")
    step(case, "release", person="乙")
    step(case, "complete", signed="1")
    step(case, "dispute", "county_reviewer", words="没有这起事故")
    assert state(case).state == "核查不实"


@pytest.mark.parametrize(
    ("asked_sum", "need", "told"),
    [("", "3000", "至少一项"), ("三千", "3000", "请写成元"), ("3000.01", "3000", "最多救助"),
     ("3019.01", "9000", "最多救助"), ("0", "3000", "至少一项")],
)  # fmt: skip
def test_what_the_township_may_not_give(asked_sum, need, told):
    """One rural person: six months of 6 038 yuan a year are 3 019 yuan on the demonstration's average."""
    case = registered(need=need)
    limit = row(case)
    assert limit.need == int(need) * 100
    if asked_sum == "3019.01":
        with web("township_clerk"):
            asked_sum = f"{aid.found(limit).sum / 100 + 0.01:.2f}"
    with pytest.raises(CaseRefusal, match=told):
        step(case, "rescue", amount=asked_sum)


def test_the_township_s_limit_and_the_county_s_way(funded):
    case = registered(persons="9", need="6000")
    with pytest.raises(CaseRefusal, match=r"乡镇审批额度 5,?000"):
        step(case, "rescue", amount="5000.01")
    step(case, "raise", words="伤者须手术")
    with pytest.raises(CaseRefusal, match="不能超过"):
        step(case, "county_rescue", "county_approver", words="同意", amount="6000.01")
    step(case, "county_rescue", "county_approver", words="同意", amount="6000")
    with pytest.raises(CaseRefusal, match="本期金额"):
        step(case, "stage", amount="6000")
    step(case, "stage", amount="4000")
    assert state(case).state == "待放款"
    step(case, "release")
    with web("township_clerk"):
        assert [each.amount for each in AidPayment.objects.order_by("sequence")] == [400000, 200000]
        assert aid.times(TOWN, TOWN + 999) == 1


def test_the_other_ends_of_an_emergency(funded):
    left, county = registered(), registered()
    step(left, "leave", words="家属已到场")
    step(county, "raise", words="金额大")
    step(county, "county_leave", "county_approver", words="保险已赔")
    goods = registered()
    step(goods, "rescue", goods="大米二十五公斤")
    step(goods, "release", person="乙")
    assert [state(each).state for each in (left, county, goods)] == ["不予先行救助"] * 2 + ["待补记"]
    assert row(goods).paid == 0


def test_an_expenditure_is_checked_granted_and_paid(funded):
    case = registered(EXPENDITURE, number=number())
    asked(case, "ask_more", "", "住院费票据")
    step(case, "supply")
    step(case, "accept")
    step(case, "assess", words="情况属实")
    with pytest.raises(SegregationRefusal):
        step(case, "grant", amount="4000")
    with pytest.raises(CaseRefusal, match=r"最多救助 4,?000"):
        step(case, "grant", person="乙", amount="4000.01")
    step(case, "grant", person="乙", amount="4000")
    step(case, "release")
    assert state(case).state == "已放款"
    again = registered(EXPENDITURE, number=number())
    step(again, "accept")
    step(again, "assess")
    with pytest.raises(CaseRefusal, match="同一事由"):
        step(again, "grant", person="乙", amount="100")
    step(again, "refuse", person="乙", words="一年内已救助")
    step(again, "deliver")
    assert state(again).state == "已送达"


def test_the_county_grants_more_only_case_by_case(funded):
    case = registered(EXPENDITURE, number=number("002"), need="40000")
    step(case, "accept")
    step(case, "assess")
    step(case, "raise", person="乙", words="超过额度")
    with pytest.raises(CaseRefusal, match="一事一议"):
        step(case, "county_grant", "county_approver", amount="20000")
    step(case, "case_by_case", "county_approver", words="县级会议议定", amount="20000")
    with pytest.raises(CaseRefusal, match="备用金只有"):
        step(case, "release")
    assert (state(case).state, row(case).paid) == ("待放款", 0)
    within = registered(EXPENDITURE, number=number("003"))
    step(within, "accept")
    step(within, "assess")
    step(within, "raise", words="经办人近亲属")
    step(within, "county_grant", "county_approver", amount="4000")
    step(within, "stage", amount="1000")
    assert row(within).paid == 100000


def test_ends_before_a_decision_on_an_expenditure():
    declined, withdrawn = (
        registered(EXPENDITURE, number=number()),
        registered(EXPENDITURE, number=number("004")),
    )
    step(declined, "decline", words="不在本乡镇居住")
    step(withdrawn, "withdraw", words="亲属已帮助")
    assert [state(each).state for each in (declined, withdrawn)] == ["不予受理", "已撤回"]
    with web("village_worker") as scope:
        drafts = [steps.cases.open_case(table.key, scope, VILLAGE, "演示", "village").case for table in AIDED]
    for case in drafts:
        step(case, "discard", "village_worker")
        assert state(case).state == "已放弃"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("name", "", "姓名"), ("number", "110101198001010011", "身份证号"), ("village", "530602002001", "村"),
     ("cause", "", "原因"), ("happened_on", "2024-10-10", "晚于今天"), ("happened_on", "昨天", "写成"),
     ("need", "很多", "写成元"), ("persons", "0", "人数"), ("words", " ", "写明")],
)  # fmt: skip
def test_a_form_that_does_not_do(field, value, told):
    with pytest.raises(CaseRefusal, match=told):
        registered(**{field: value})


def test_who_may_register_fund_and_where():
    with web("county_clerk") as scope, pytest.raises(ActRefusal):
        aiding.register(scope, FORM)
    with web("township_clerk") as scope, pytest.raises(ActRefusal):
        aiding.fund(scope, TOWN, "1", "演示")
    with web("county_finance") as scope:
        with pytest.raises(MissingRefusal):
            aiding.fund(scope, 530603001000, "1", "演示")
        with pytest.raises(MissingRefusal):
            aiding.fund(scope, COUNTY, "1", "演示")
        with pytest.raises(CaseRefusal):
            aiding.fund(scope, TOWN, "0", "演示")
    with pytest.raises(CaseRefusal, match="身份证号"):
        registered(EXPENDITURE)


def test_the_database_refuses_a_reserve_below_nothing_and_rewriting(funded):
    with connection.cursor() as cursor:
        cursor.execute("SELECT area, user_key, natural_person FROM assistance_reserve")
        assert cursor.fetchone()[0] == TOWN
    case = registered()
    step(case, "rescue", amount="100")
    step(case, "release", person="乙")
    with web("township_clerk"):
        payment = AidPayment.objects.get()
        second = AidPayment(
            aid_id=payment.aid_id, sequence=2, amount=99999999, released_on=payment.released_on, user=1,
            natural_person="x", name="x", area=VILLAGE,
        )  # fmt: skip
        second.save()
        with pytest.raises(IntegrityError, match="备用金"), transaction.atomic():
            Reserve.objects.create(
                area=TOWN, amount=-99999999, payment=second, booked_on=payment.released_on, words="x", user=1,
                natural_person="x",
            )  # fmt: skip
    statements = (
        "UPDATE assistance_reserve SET amount = amount + 1",
        "DELETE FROM assistance_aidpayment",
        "UPDATE assistance_aidpayment SET amount = 1",
    )
    for statement in statements:
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
