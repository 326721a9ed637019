"""What is posted in a village: lawful fields alone, for everybody, and what one has against it."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from minzheng.core.access.scope import acting
from minzheng.core.cases import posting
from minzheng.portal.tests.test_inbox import VILLAGE, cases, officers

__all__ = ["cases", "officers"]


@pytest.fixture
def posted(cases, officers):
    """A notice that runs, one that is over, and a line of the lasting list."""
    cache.clear()
    day = date(2024, 10, 8)
    with acting(officers["village_worker"]):
        posting.post(cases[0], posting.NOTICE, "dibao", 3, 123_456, day, date(2024, 10, 15))
        posting.post(cases[1], posting.NOTICE, "dibao", 1, 77_700, date(2024, 9, 20), date(2024, 9, 27))
        posting.post(cases[2], posting.LIST, "dibao", 2, 88_800, date(2024, 9, 20), None)
    return cases


def against(client, case, area=VILLAGE, **sent):
    return client.post(reverse("object", args=[area, case]), sent)


def objections():
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, words, phone_cipher, area FROM cases_objection")
        return cursor.fetchall()


def test_everybody_reads_what_runs_and_what_lasts(posted, client):
    page = client.get(reverse("public", args=[VILLAGE]))
    text = page.content.decode()
    assert page.status_code == 200
    for shown in ("演**", "1,234.56", "888.00", "2024-10-15"):
        assert shown in text
    for hidden in ("777.00", "演示27", "DIBAO-", "53010200"):
        assert hidden not in text.replace(f"/public/{VILLAGE}/", "")


@pytest.mark.parametrize("code", [530102001000, 530102000000, 530199999999, 999])
def test_only_a_village_has_a_page(posted, client, code):
    assert client.get(reverse("public", args=[code])).status_code == 404


def test_an_objection_is_kept_with_its_phone_encrypted(posted, client):
    sent = {"words": "他家在县城有门面房出租", "name": "路人", "phone": "13800000000"}
    assert against(client, posted[0], **sent).status_code == 302
    ((case, words, cipher, area),) = objections()
    assert (case, words, area) == (posted[0], sent["words"], VILLAGE)
    assert b"13800000000" not in bytes(cipher)
    assert "他家在县城" not in client.get(reverse("public", args=[VILLAGE])).content.decode()


def test_an_objection_without_words_keeps_what_was_typed(posted, client):
    page = against(client, posted[0], words="不", name="路人")
    assert page.status_code == 422
    text = page.content.decode()
    assert "请写明异议的内容" in text
    assert 'value="路人"' in text
    assert objections() == []


@pytest.mark.parametrize("which", [1, 2])
def test_what_does_not_run_takes_no_objection(posted, client, which):
    assert against(client, posted[which], words="他家在县城有门面房出租").status_code == 422
    assert objections() == []


def test_one_place_objects_five_times_an_hour(posted, client):
    said = {"words": "他家在县城有门面房出租"}
    assert [against(client, posted[0], **said).status_code for _ in range(6)] == [302] * 5 + [403]
    assert len(objections()) == 5
