"""How plain values and links look in a list's cells."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from minzheng.core.areas.reads import UnknownAreaRefusal, area, subtree
from minzheng.kernel import money
from minzheng.kernel.areas import AreaRefusal


def draw(kind: str, value: Any) -> str:
    """A plain value of a column in words."""
    if value is None or value == "":
        return "—"
    if kind == "money":
        return money.yuan(value)
    return f"{value:,}" if kind == "number" else f"{value}"


def household(row: Any, names: Any) -> SafeString:
    """A household's key as the way to its page."""
    return format_html('<a href="{}">{}</a>', reverse("household", args=[row.household]), row.household)


def tag(word: tuple[str, str] | None) -> SafeString | str:
    """A status as its tag: shape, word and colour."""
    return format_html('<span class="tag {}">{}</span>', word[1], word[0]) if word else "—"


def narrow(code: int) -> tuple[int, int]:
    """The codes of an area and of everything below."""
    return subtree(code)


def named(code: int) -> str:
    """An area's name, "" where there is none of this code."""
    try:
        return area(code).name
    except (AreaRefusal, UnknownAreaRefusal):
        return ""


def beside(address: str, query: str) -> str:
    """An address with a query string."""
    return f"{address}?{query}" if query else address
