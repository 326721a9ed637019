"""Every page of the menu has its help, and the help names a law."""

import pytest
from django.urls import reverse

from minzheng.kernel.module import registry
from minzheng.portal.frame import LINKS
from minzheng.portal.reads.guide import entries


@pytest.mark.parametrize(
    "key", [link.key for link in (*LINKS, *(link for m in registry.modules() for link in m.links))]
)
def test_every_line_of_the_menu_has_its_help(key):
    help_ = entries()[key]
    assert help_.what.endswith("。")
    assert help_.law
    assert help_.how


def test_help_is_one_link_away_and_an_unknown_page_is_not_found(signed_in):
    client = signed_in()
    assert reverse("help", args=["changes"]) in client.get(reverse("changes")).content.decode()
    page = client.get(reverse("help", args=["changes"])).content.decode()
    assert "民发〔2021〕57号" in page
    assert client.get(reverse("help", args=["nothing"])).status_code == 404
