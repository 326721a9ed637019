"""What the survey of scope asks of each address: one declaration an address, looked up by its name.

Every address is taken from the URL table. One without a key or a code needs no line here; it is asked as it
is. One with a key needs a line in ACTS (it changes something: what is sent) or in SHOWN (it only shows).
Things of a village bear the village's key (`neighbours`), so `{key}` in a query or in what is sent is the
thing asked for; `{code}` is an area asked for by the side door.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver

from tests.stories import neighbours as world

CODES = (*world.PLACES, world.ABSENT_AREA)
KEYS = (*world.VILLAGES.values(), world.ABSENT_KEY)
#: Where lists are asked with a query: a township, the next county.
NEAR = (530102001000, 530103000000)
#: Asked for by nobody here: signing out ends the session; these show one's own secret, or one's own clock;
#: what is posted in a village is for everybody, and what a stranger says against it is limited by place.
LEFT_OUT = {"account_logout", "second-factor", "me", "public", "object", "visit-shell", "visit-worker"}
#: Steps that are no rights: for whoever comes, for whoever has signed in.
OPEN = frozenset({"everyone", "oneself"})
#: Name → what stands for a word in the address.
WORDS = {
    "help": "inbox",
    "apply-part": "family",
    "export-list": "failed",
    "list-views": "failed",
    "step": "submit",
}
#: Name → what stands behind "?": filters, pages, searches, another area, a thing of another.
ASKED = {
    "households": ("programme=dibao", "programme=marginal", "page=2"),
    "lines": ("month=2024-10&state=failed", "plan=1001", "plan=4001&state=failed"),
    "changes": ("area={code}", "state=confirmed", "kind=up"),
    "failed": ("area={code}", "all=1", "month=2024-10"),
    "search": (*(f"q={name}演示" for name in world.SURNAMES.values()), "q=演示",
               *(f"q={world.number_of(key)}" for key in world.VILLAGES.values())),
    "standards": ("year=2023",),
    "holds": ("area={code}", "state=released"),
    "findings": ("area={code}", "kind=shared_account", "state=settled"),
    "papers": tuple(f"about=household&of={key}" for key in KEYS),
    "export-list": ("area={code}", "all=1"),
    "list-views": ("area={code}",),
    "rights": ("area={code}", "post=village_worker", "q=试用", "ended=1"),
    "rights-matrix": ("post=county_clerk",),
    "inbox": ("whose=all", "area={code}&whose=all", "words=演示"),
    "monthly": ("table=roster", "table=new&area={code}", "table=received&format=xlsx"),
    "reveal": ("person={key}&what=number", "person={key}&what=account",
               "person=2001&what=number", "person=5001&what=number"),
}  # fmt: skip
#: Name → what is sent.
ACTS: dict[str, dict[str, str]] = {
    "approve-plan": {"version": "1"},
    "freeze-plan": {"version": "1"},
    "settle-change": {"version": "1", "act": "confirm"},
    "reissue": {},
    "correct-account": {"bank": "YN01", "number": "6200000000000001", "again": "6200000000000001"},
    "approve-account": {"version": "1", "act": "accept"},
    "exclude-line": {"version": "1", "reason": "核查未通过"},
    "settle-finding": {"reason": "已核对"},
    "add-paper": {"about": "household", "of": str(world.ABSENT_KEY), "kind": "other"},
    "turn-paper": {"to": "left"},
    "withdraw-paper": {"reason": "拍得不清楚"},
    "reveal": {"person": "{key}", "what": "number", "purpose": "核对申请材料"},
    "object": {"words": ""},
    "apply-part": {"m0-name": "演示改名"},
    "mine-act": {"act": "withdraw", "words": "不办了", "version": "1"},
    "batch": {"case": "{key}", "step": "cases.take_over", "sure": "1"},
    "step": {"version": "1"},
    "take-case": {"version": "1"},
    "visit": {"key": "5d1f0a52-6c26-4a6b-9d5e-000000000001", "visited_on": "2024-10-08"},
    "confirm-visit": {},
    "change-fact": {"version": "1", "what": "illness", "person": "{key}", "words": "入户看到"},
    "prolong": {"version": "1", "words": "情况复杂"},
    "answer-inquiry": {"act": "agrees"},
    "settle-difference": {"act": "keep", "words": "以申报为准"},
    "cancel-job": {},
    "act-import": {"act": "undo"},
    "read-message": {},
    "remove-view": {},
    "unlock-officer": {},
    "reset-factor": {},
    "end-post": {"until": "2024-10-09"},
    "confirm-post": {"act": "accept"},
    "substitute": {"username": "stand-in", "since": "2024-10-08", "until": "2024-11-08"},
    "end-substitution": {},
    "confirm-substitution": {"act": "accept"},
}
#: Addresses with a key that only show.
SHOWN = {
    "household",
    "plan",
    "paper",
    "paper-content",
    "paper-preview",
    "job",
    "fetch-result",
    "officer",
    "case",
    "import",
    "apply-list",
    "mine-case",
    "letter",
    "mine-letter",
}

#: Those of one account alone: nobody opens another's, whatever the area.
PERSONAL = {"job", "fetch-result", "import", "apply-list", "apply-part", "mine-case", "letter", "mine-letter"}


def addresses(resolver: Any = None, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every (address, pattern) that the site answers, those of included modules too."""
    for each in (resolver or get_resolver()).url_patterns:
        address = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield worded(address, each.name), each
        else:
            yield from addresses(each, address)


def worded(address: str, name: str | None) -> str:
    """The address with a word where it has one."""
    return re.sub(r"<slug:[a-z]+>", WORDS.get(name or "", "x"), address)


def filled(address: str, code: int, key: int) -> str:
    """The address of one area and one thing."""
    return (
        address.replace("<int:code>", str(code)).replace("<int:key>", str(key)).replace("<int:number>", "1")
    )


def paths_of(address: str) -> list[str]:
    """The address filled with every code and key there is, and with one that is absent."""
    codes, keys = (CODES if "<int:code>" in address else (0,)), (KEYS if "<int:key>" in address else (0,))
    return [filled(address, code, key) for code in codes for key in keys]


def asked(granted: frozenset[str]) -> Iterator[list[str]]:
    """For each address the paths to ask for with GET by one whose post has these steps.

    Where the step is not granted the guard answers before anything is looked up, so that two paths stand for
    all: the first that exists, and one that does not.
    """
    for address, each in addresses():
        if each.name in LEFT_OUT:
            continue
        paths, step = paths_of(address), getattr(each.callback, "step", "")
        if step not in granted | OPEN:
            yield [*dict.fromkeys((paths[0], paths[-1]))]
            continue
        for query in ASKED.get(each.name or "", ()):
            codes = NEAR if "<int:code>" in address or "{code}" in query else (0,)
            keys = KEYS if "<int:key>" in address else (0,)
            paths += [
                f"{filled(address, code, key)}?{query.format(code=code, key=key)}"
                for code in codes
                for key in keys
            ]
        yield paths


def sent(name: str, key: int) -> dict[str, str]:
    """What is sent to the act of this name about the thing of this key."""
    return {field: value.format(key=key) for field, value in ACTS[name].items()}


def outside(address: str, name: str, low: int, high: int) -> list[tuple[str, int]]:
    """The (path, key) of the address to what exists and lies outside [low, high]."""
    if name in LEFT_OUT:
        return []
    if "<int:code>" in address:
        return [(filled(address, code, 0), 0) for code in world.PLACES if not low <= code <= high]
    if "<int:key>" not in address:
        return []
    keys = world.plan_keys() if "plan" in name else world.VILLAGES.values()
    return [(filled(address, 0, key), key) for key in keys if not low <= world.owner_of(name, key) <= high]


def aimed(address: str, name: str, low: int, high: int) -> list[tuple[str, int]]:
    """The same for an act; one that names its thing in what is sent is aimed at every thing outside."""
    if "<int:" in address or not any("{key}" in value for value in ACTS[name].values()):
        return outside(address, name, low, high)
    return [(address, key) for key in world.VILLAGES.values() if not low <= world.owner_of(name, key) <= high]
