"""One masked number of one record, shown for a purpose, for a minute; no entry in the log, no reveal."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from minzheng.core.access import guarded
from minzheng.core.access.guards import stepped_up
from minzheng.core.access.scope import current
from minzheng.core.areas.day import today
from minzheng.core.page import GONE, answer
from minzheng.core.people import actions as people
from minzheng.portal.reads import masked as reads

PURPOSES = ("核对申请材料", "核对银行账户", "联系本人或家属", "入户调查", "投诉信访", "监督检查", "其他")
OTHER, LEAST_WORDS, MOST_WORDS, SECONDS = "其他", 4, 100, 60


@guarded("people.reveal")
@stepped_up()
def reveal(request: HttpRequest, key: int) -> HttpResponseBase:
    """Ask for the purpose; with one, show the whole number and go back to the masked page after a minute."""
    scope = current()
    asked = request.POST if request.method == "POST" else request.GET
    person = asked.get("person", "")
    found = None
    if person.isascii() and person.isdigit() and len(person) < 16:
        found = reads.masked_number(key, int(person), asked.get("what", ""), today(), scope.lo, scope.hi)
    if found is None:
        raise Http404(GONE)
    context = {
        "household": key, "person": person, "masked": found, "purposes": PURPOSES,
        "purpose": asked.get("purpose", ""), "words": asked.get("words", "").strip()[:MOST_WORDS],
        "seconds": SECONDS, "here": "families",
    }  # fmt: skip
    if request.method != "POST":
        return answer(request, "portal/reveal.html", context)
    wrong = _wrong(context["purpose"], context["words"])
    if wrong:
        return answer(request, "portal/reveal.html", context | {"wrong": wrong}, status=422)
    purpose = "：".join(each for each in (context["purpose"], context["words"]) if each)
    shown = (people.reveal_account if found.kind == "account" else people.reveal_number)(found.key, purpose)
    response = answer(request, "portal/reveal.html", context | {"shown": shown, "why": purpose})
    response["Refresh"] = f"{SECONDS}; url={reverse('household', args=[key])}"
    return response


def _wrong(purpose: str, words: str) -> dict[str, str]:
    """Field → what is wrong with it."""
    if purpose not in PURPOSES:
        return {"purpose": "请选一个事由。"}
    if purpose == OTHER and len(words) < LEAST_WORDS:
        return {"words": f"选“其他”时请写明事由，至少 {LEAST_WORDS} 个字。"}
    return {}
