"""Whole or part, the size of the text, and the sheets that are sent compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from minzheng.core.page import wants_part
from minzheng.portal.frame import other_sizes

HERE = Path(__file__).parents[1]
HOUSE = Path(__file__).parents[2]
STATIC = HERE / "static" / "portal"
PARTED = sorted(t for t in HOUSE.rglob("templates/**/*.html") if "{% block part %}" in t.read_text("utf-8"))


def asked(**headers):
    request = RequestFactory().get(
        "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    HtmxMiddleware(lambda request: HttpResponse())(request)
    return request


def test_only_a_swap_gets_a_part():
    assert not wants_part(asked())
    assert wants_part(asked(HX_Request="true"))
    assert not wants_part(asked(HX_Request="true", HX_History_Restore_Request="true"))


@pytest.mark.parametrize("template", [t for t in PARTED if t.name != "part.html"], ids=lambda t: t.name)
def test_a_parted_template_has_a_part_and_says_what_changed(template):
    text = template.read_text("utf-8")
    assert '<div id="part">{% block part %}' in text
    assert "{% block said %}" in text


def test_an_ended_session_opens_the_sign_in_page(client, db):
    answer = client.get("/accounts/login/?next=/changes/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")


def test_the_next_size_is_offered_first():
    assert [key for key, _ in other_sizes("")] == ["large", "huge"]
    assert [key for key, _ in other_sizes("large")] == ["huge", ""]


def test_a_choice_of_text_returns_only_to_this_site(client, db):
    for to, expected in (
        ("/plans/", "/plans/"),
        ("//elsewhere.example/", "/"),
        ("https://elsewhere.example", "/"),
    ):
        answer = client.post("/me/text/", {"size": "huge", "next": to})
        assert answer.headers["Location"] == expected
    assert answer.cookies["text"].value == "huge"


def test_compressed_copies_are_of_the_sheets():
    """Make them with: gzip -9nkf *.css *.js *.svg (in static/portal)."""
    copies = sorted(STATIC.glob("*.gz"))
    sheets = [path for kind in ("css", "js", "svg") for path in STATIC.glob(f"*.{kind}")]
    assert {copy.with_suffix("") for copy in copies} == set(sheets)
    for copy in copies:
        assert gzip.decompress(copy.read_bytes()) == copy.with_suffix("").read_bytes(), copy.name


def test_the_sheet_stays_small_and_within_what_old_browsers_read():
    sheet = re.sub(r"/\*.*?\*/", "", (STATIC / "sheet.css").read_text("utf-8"))
    assert len(gzip.compress(sheet.encode())) < 4_500
    for young in (":has(", "@container", "oklch", "@layer", "popover", " & "):
        assert young not in sheet
