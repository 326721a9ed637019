"""Lists: order, columns, pages, kept views; exports: what was seen, marked, logged, only for their asker."""

import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from minzheng.core.access import actions as access
from minzheng.core.access.models import User
from minzheng.core.jobs import working
from minzheng.core.jobs.models import Job

pytestmark = pytest.mark.django_db
COUNTY, OTHER = 530102000000, 530302000000
LIST = f"/areas/{COUNTY}/households/"


@pytest.fixture
def county_clerk(signed_in):
    return signed_in()


@pytest.fixture
def other_county(county):
    user = access.ensure_user("other", "试用·邻县", "试用:邻县", "!")
    access.appoint(user, "county_clerk", OTHER, date(2019, 1, 1))
    client = Client()
    client.force_login(User.objects.get(pk=user))
    return client


def said(answer):
    return answer.content.decode()


def heads(text):
    return re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', text)


def export(client, queue, form="xlsx", query=""):
    address = f"{reverse('export-list', args=['households'])}?area={COUNTY}&{query}"
    answer = client.post(address, {"purpose": "月度核对", "form": form})
    assert answer.status_code == 302, said(answer)
    working.Worker(queue, lambda error: (_ for _ in ()).throw(error)).work()
    return Job.unscoped.latest("id")


def test_order_columns_size_and_density_stand_in_the_address(county_clerk):
    text = said(county_clerk.get(f"{LIST}?sort=-amount&col=name&col=amount&size=50&dense=1"))
    assert [head.strip(" ↑↓") for head in heads(text)] == ["户编号", "领取人", "月保障金（元）", "办理"]
    assert 'aria-sort="descending"' in text
    assert "tight" in text
    sums = [float(each.replace(",", "")) for each in re.findall(r'data-l="月保障金（元）">([\d,.]+)<', text)]
    assert sums[:-1] == sorted(sums[:-1], reverse=True)
    assert sums[-1] == pytest.approx(sum(sums[:-1]))


def test_an_order_that_there_is_not_is_the_usual_one(county_clerk):
    rows = re.findall(r"/households/(\d+)/", said(county_clerk.get(LIST)))
    assert re.findall(r"/households/(\d+)/", said(county_clerk.get(f"{LIST}?sort=1;drop"))) == rows


def test_a_view_is_kept_shown_and_removed(county_clerk, other_county):
    keep = f"{reverse('list-views', args=['households'])}?area={COUNTY}&sort=-amount&page=3"
    assert county_clerk.post(keep, {"name": " "}).status_code == 422
    assert county_clerk.post(keep, {"name": "金额高的", "office": "1"}).status_code == 302
    assert county_clerk.post(keep, {"name": "金额高的"}).status_code == 422
    text = said(county_clerk.get(LIST))
    assert f'href="{LIST}?sort=-amount">金额高的' in text
    assert "金额高的" not in said(other_county.get(f"/areas/{OTHER}/households/"))
    key = re.search(r"/views/(\d+)/remove/", said(county_clerk.get(keep)))[1]
    assert other_county.post(f"/views/{key}/remove/").status_code == 404
    assert county_clerk.post(f"/views/{key}/remove/").status_code == 302
    assert "金额高的" not in said(county_clerk.get(LIST))


def test_an_export_holds_what_was_seen(county_clerk, queue):
    query = "sort=-amount&col=name&col=number&col=amount"
    page = said(county_clerk.get(f"{LIST}?{query}&size=200"))
    job = export(county_clerk, queue, query=query)
    assert (job.state, job.told[:3]) == ("done", "已导出"), job.told
    answer = county_clerk.get(f"/jobs/{job.pk}/file/")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert "月度核对" in rows[0][0]
    assert rows[1] == ["户编号", "领取人", "身份证号", "月保障金（元）"]
    assert [row[0] for row in rows[2:]] == re.findall(r'scope="row"><a href="/households/(\d+)/', page)
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, purpose FROM audit_accesslog WHERE subject = %s ORDER BY id",
                       [f"jobs_job/{job.pk}"])  # fmt: skip
        logged = cursor.fetchall()
    assert [what for what, _ in logged] == ["sheets.export", "sheets.download"]
    assert f"{len(rows) - 2} 户次" in logged[0][1]


def test_an_export_without_a_purpose_is_asked_again(county_clerk):
    address = f"{reverse('export-list', args=['households'])}?area={COUNTY}"
    answer = county_clerk.post(address, {"purpose": "看", "form": "xlsx"})
    assert answer.status_code == 422
    assert "请写明导出的用途" in said(answer)
    assert county_clerk.post(address, {"purpose": "月度核对", "form": "exe"}).status_code == 422


def test_another_s_export_and_another_s_area_do_not_exist(county_clerk, other_county, queue):
    job = export(county_clerk, queue, "csv")
    for address in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/file/"):
        assert other_county.get(address).status_code == 404
    assert other_county.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    address = f"{reverse('export-list', args=['households'])}?area={COUNTY}"
    assert other_county.get(address).status_code == 404
    assert county_clerk.get(f"{reverse('export-list', args=['nothing'])}").status_code == 404


def test_an_expired_export_is_gone(county_clerk, queue):
    job = export(county_clerk, queue, "csv")
    Job.unscoped.filter(pk=job.pk).update(kept_until="2020-01-01T00:00Z")
    working.Worker(queue, print).forget()
    assert county_clerk.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert "结果已过期" in said(county_clerk.get("/jobs/"))


@pytest.mark.parametrize("name", ["households", "lines", "changes", "failed"])
def test_every_list_exports(county_clerk, queue, name):
    address = f"{reverse('export-list', args=[name])}?area={COUNTY}"
    assert county_clerk.get(address).status_code == 200
    assert county_clerk.post(address, {"purpose": "月度核对", "form": "csv"}).status_code == 302
    working.Worker(queue, lambda error: (_ for _ in ()).throw(error)).work()
    assert Job.unscoped.latest("id").state == "done"
