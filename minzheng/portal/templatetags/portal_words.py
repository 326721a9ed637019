"""Filters of the pages' templates: figures, money and statuses in words."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from minzheng.core.cases.reads import Line, Matter
from minzheng.core.ledger.bankfile import CODES
from minzheng.core.people.terms import BANKS
from minzheng.kernel import money
from minzheng.kernel.clock import LAMPS
from minzheng.portal import words
from minzheng.portal.reads.guide import entries

register = template.Library()
STATUSES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "plan": words.PLANS,
    "sent": words.SENT,
    "change": words.CHANGES,
    "hold": words.HOLDS,
    "file": words.FILES,
    "finding": words.FINDING_STATES,
}


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as 1,234.00."""
    return "—" if fen is None else money.yuan(fen)


@register.filter
def wan(fen: int) -> str:
    """Fen in units of ten thousand yuan with two decimals; only for sums that nobody is paid."""
    return money.yuan(money.divide(fen, 10_000, "half_up"))


@register.filter
def counted(number: int | None) -> str:
    """A whole number with its thousands separated."""
    return "—" if number is None else f"{number:,}"


@register.filter
def rate(value: float | None) -> str:
    """A rate with one decimal."""
    return "—" if value is None else f"{value:.1f}"


@register.filter
def programme(key: str) -> str:
    """A programme's name."""
    return words.programmes().get(key, key)


@register.filter
def kind(key: str) -> str:
    """A kind of change, or of decision, in a word."""
    return words.KINDS.get(key) or words.DECISIONS.get(key, key)


@register.filter
def found_kind(key: str) -> str:
    """A kind of finding in a word."""
    return words.FINDINGS.get(key, key)


@register.filter
def sex(code: int) -> str:
    """GB/T 2261.1 in a word."""
    return words.SEXES.get(code, "未知")


@register.filter
def bank_answer(code: str | None) -> str:
    """A bank's answer in words."""
    return CODES.get(code or "", "没有答复")


@register.filter
def bank(code: str) -> str:
    """A bank's name."""
    return BANKS.get(code, code)


@register.filter
def place(code: int, names: Mapping[int, str]) -> str:
    """The name of an area among those that the page looked up."""
    return names.get(code, str(code))


@register.filter
def status(state: str | None, of: str) -> SafeString | str:
    """A status as its tag: shape, word and colour."""
    if not state:
        return "—"
    word, colour = STATUSES[of].get(state, (state, "off"))
    return format_html('<span class="tag {}">{}</span>', colour, word)


@register.filter
def lamp(line: Line | Matter) -> SafeString:
    """The lamp of a case as a tag: shape, word and colour."""
    word, colour = words.LAMPS[line.lamp]
    left = getattr(line, "left", None)
    said = LAMPS[line.lamp] if left is None and "{}" in word else word.format(abs(left or 0))
    return format_html('<span class="tag {}">{}</span>', colour, said)


@register.filter
def at(items: Sequence[object], place: int) -> object:
    """The item at a place of a sequence."""
    return items[place]


@register.filter
def helped(key: str) -> bool:
    """Whether there is help for the page of this key."""
    return key in entries()
