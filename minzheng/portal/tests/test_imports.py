"""An import from file to account, through its pages: every row accounted for, nothing twice or foreign."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from python_calamine import CalamineWorkbook

from minzheng.core.jobs import working
from minzheng.core.jobs.kinds import Stopped
from minzheng.core.jobs.models import Job
from minzheng.core.people.crypto import provider
from minzheng.core.people.models import Account, Person
from minzheng.core.sheets import accounts, importing, reading, staging
from minzheng.core.sheets.models import Import, ImportRow
from minzheng.core.sheets.template import again
from minzheng.kernel.identity import check_digit

pytestmark = pytest.mark.django_db
DAY = date(2024, 10, 8)
COUNTIES = (530102000000, 530103000000, 530302000000)


def number(key):
    plain = f"53010219{50 + key // 500:02}0101{key % 500:03}"
    return plain + check_digit(plain)


@pytest.fixture
def people(county):
    """The payees of the county's entitlements, with numbers; every third has an account already."""
    own = provider()
    for key in range(1, 91):
        area = COUNTIES[key % 3] + 1001
        Person.unscoped.create(
            pk=key * 10, name=name(key), pinyin="", bigrams=[], sex=1, born="1950-01-01",
            ethnicity=1,
            number_cipher=own.encrypt("people_person.number", [key * 10], [number(key)])[0],
            number_index=own.index([number(key)])[0], area=area, source="test",
        )  # fmt: skip


def name(key):
    return f"演示{'甲乙丙丁戊'[key % 5]}"


def row(key, **other):
    cells = {
        "number": number(key),
        "name": name(key),
        "bank": "演示农信",
        "account": f"62000000{key:06}",
        "remark": "",
    }
    return [*(cells | other).values()]


def content(rows):
    return again(accounts.ACCOUNTS, [[*each, "", ""] for each in rows], "演示")


def file(rows, title="账户.xlsx"):
    return SimpleUploadedFile(title, content(rows) if isinstance(rows, list) else rows)


def work(queue):
    def fail(error):
        raise error

    return working.Worker(queue, fail).work()


def send(client, queue, rows):
    answer = client.post("/imports/send/accounts/", {"file": file(rows)})
    assert answer.status_code == 302, answer.content.decode()
    work(queue)
    return Import.unscoped.latest("id")


def act(client, queue, batch, deed):
    answer = client.post(f"/imports/{batch.pk}/act/", {"act": deed})
    assert answer.status_code == 302, answer.content.decode()
    work(queue)
    batch.refresh_from_db()
    return batch


def decide(*persons):
    """Somebody else approves in the meantime."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_hold SET state = 'released', approved_by = '演示:别人' WHERE person = ANY(%s)",
            [list(persons)],
        )


def page(client, batch, query=""):
    return client.get(f"/imports/{batch.pk}/{query}").content.decode()


def current(key):
    found = Account.unscoped.filter(person_id=key * 10, superseded_at__isnull=True, valid__contains=DAY)
    return [provider().decrypt("people_account.number", each.pk, bytes(each.number_cipher)) for each in found]


def holds():
    with connection.cursor() as cursor:
        cursor.execute("SELECT person / 10, state, by FROM ledger_hold ORDER BY 1")
        return cursor.fetchall()


# Of the county served: keys that are a multiple of three.
HERE, THERE = [3, 6, 9, 12, 15], 4
WRONG = [
    row(18, name="演示己"), row(THERE), row(21, bank="别的银行"), row(24, account="12"),
    row(27, number=number(27)[:17] + "Y"), row(3), row(30, name=""),
]  # fmt: skip


def test_every_row_ends_in_one_way_and_only_good_ones_are_written(signed_in, people, queue):
    client = signed_in()
    batch = send(client, queue, [row(key) for key in HERE] + WRONG)
    assert batch.state == "checked"
    assert staging.counts(batch.pk) == {"ok": 5, "bad": 7}
    assert current(3) == []
    text = page(client, batch)
    for said in (
        "姓名与登记库中",
        "您的管辖范围内没有",
        "请从下拉列表中选",
        "10 到 25 位",
        "与第 2 行重复",
        "没有填写",
    ):
        assert said in text
    assert not re.search(r"\d{17}[\dX]", text)
    batch = act(client, queue, batch, "write")
    assert (batch.state, staging.counts(batch.pk)) == ("written", {"written": 5, "bad": 7})
    assert [current(key) for key in HERE] == [[f"62000000{key:06}"] for key in HERE]
    assert holds() == [(key, "waiting", "试用:county_clerk:530102000000") for key in HERE]
    assert current(THERE) == []


def test_the_same_file_again_changes_nothing(signed_in, people, queue):
    client, rows = signed_in(), [row(key) for key in HERE]
    act(client, queue, send(client, queue, rows), "write")
    before = list(Account.unscoped.values_list("pk", "superseded_at"))
    batch = send(client, queue, rows)
    assert staging.counts(batch.pk) == {"linked": 5}
    assert list(Account.unscoped.values_list("pk", "superseded_at")) == before
    assert client.post(f"/imports/{batch.pk}/act/", {"act": "undo"}).status_code == 409


def test_two_imports_of_one_file_at_once_write_it_once(signed_in, people, queue):
    client, rows = signed_in(), [row(key) for key in HERE]
    first, second = send(client, queue, rows), send(client, queue, rows)
    assert staging.counts(second.pk) == {"ok": 5}
    act(client, queue, first, "write")
    act(client, queue, second, "write")
    assert staging.counts(second.pk) == {"linked": 5}
    assert Account.unscoped.count() == 5


def test_wrong_rows_come_back_alone_and_are_mended(signed_in, people, queue):
    client = signed_in()
    batch = send(client, queue, [row(key) for key in HERE] + WRONG)
    act(client, queue, batch, "wrong")
    answer = client.get(f"/jobs/{Job.unscoped.latest('id').pk}/file/")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("填报").to_python()
    assert len(rows) == 1 + len(WRONG)
    assert rows[0][-3:] == ["备注", "问题", "怎么改"]
    assert rows[1][:4] == WRONG[0][:4]
    assert "姓名" in rows[1][5]
    mended = send(client, queue, answer.content)
    assert staging.counts(mended.pk)["bad"] == 6  # row(3) repeats nothing in this file


def test_an_import_is_taken_back_until_it_is_used(signed_in, people, queue):
    client = signed_in()
    act(client, queue, send(client, queue, [row(key) for key in HERE]), "write")
    decide(30, 60, 90)
    changed = [row(9, account="6299999999999"), row(12, account="6288888888888")]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_hold WHERE person = 120")
    batch = act(client, queue, send(client, queue, changed), "write")
    assert [current(9), current(12)] == [["6299999999999"], ["6288888888888"]]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_hold SET state = 'released', approved_by = '演示:别人' WHERE person = 120"
        )
    batch = act(client, queue, batch, "undo")
    assert staging.counts(batch.pk) == {"undone": 1, "written": 1}
    assert [current(9), current(12)] == [["62000000000009"], ["6288888888888"]]
    assert "不能撤销" in batch.told
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM ledger_hold WHERE person = 90 ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == ("waiting",)  # the way back waits for another person too


def test_a_job_that_ends_in_the_middle_goes_on_where_it_was(signed_in, people, queue, monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 2)
    client, real, left = signed_in(), staging.move, [1]

    def dying(batch, rows):
        real(batch, rows)
        if left and left.pop():
            raise Stopped

    batch = send(client, queue, [row(key) for key in HERE])
    monkeypatch.setattr(staging, "move", dying)
    client.post(f"/imports/{batch.pk}/act/", {"act": "write"})
    worker = working.Worker(queue, print)
    worker.step()
    assert staging.counts(batch.pk) == {"ok": 5}  # the portion at work was undone
    worker.work()
    assert staging.counts(batch.pk) == {"written": 5}
    assert Account.unscoped.count() == 5


def test_a_check_that_ended_in_the_middle_stages_no_row_twice(signed_in, people, queue, monkeypatch):
    monkeypatch.setattr(importing, "PORTION", 2)
    client, real, calls = signed_in(), staging.put, []

    def dying(*args):
        calls.append(1)
        if len(calls) == 2:
            raise Stopped
        real(*args)

    monkeypatch.setattr(staging, "put", dying)
    client.post("/imports/send/accounts/", {"file": file([row(key) for key in HERE])})
    worker = working.Worker(queue, print)
    worker.step()
    assert ImportRow.unscoped.count() == 2
    worker.work()
    assert ImportRow.unscoped.count() == 5


def test_what_cannot_be_read_is_said_and_nothing_is_kept(signed_in, people, queue):
    client = signed_in()
    batch = send(client, queue, b"PK\x03\x04 nothing")
    assert batch.state == "refused"
    assert "打不开" in page(client, batch)
    for sent in ({}, {"file": SimpleUploadedFile("x.xlsx", b"")}):
        answer = client.post("/imports/send/accounts/", sent)
        assert answer.status_code == 422
        assert "aria-invalid" in answer.content.decode()


def test_nothing_typed_lies_readable_in_the_database(signed_in, people, queue):
    send(signed_in(), queue, [row(3)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT string_agg(r::text, '') FROM sheets_importrow r)"
                       " || (SELECT string_agg(h::text, '') FROM audit_history h)")  # fmt: skip
        assert number(3) not in cursor.fetchone()[0]


def test_another_s_import_does_not_exist(signed_in, people, queue):
    batch = send(signed_in(), queue, [row(3)])
    other = signed_in("township_clerk", 530102001000)
    assert other.get("/imports/").status_code == 200
    for address in (f"/imports/{batch.pk}/", "/imports/template/accounts/", "/imports/template/none/"):
        assert other.get(address).status_code == 404
    assert other.post(f"/imports/{batch.pk}/act/", {"act": "write"}).status_code == 404
    assert other.post("/imports/send/accounts/", {"file": file([row(3)])}).status_code == 404


def test_the_template_is_read_back_as_what_it_is(signed_in, people, queue):
    answer = signed_in().get("/imports/template/accounts/")
    with pytest.raises(reading.SheetRefusal, match="没有内容"):
        reading.read(answer.content, accounts.ACCOUNTS.fields, accounts.ACCOUNTS.mark)
    assert b"dataValidation" in reading._looked(answer.content)["xl/worksheets/sheet1.xml"]
