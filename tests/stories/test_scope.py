"""Every address × every post × own, sibling, parent, descendant and foreign area: nothing of another shows.

The measure is non-interference. Everything is asked while only one's own rows exist, and again after the
neighbours' were added: every byte must be the same, so that no name, key, sum or count can have come from
next door. The walls stand alone in turn: the explicit ranges (as owner, whom row security does not bind), and
row security (every range of the program widened to the province). As the site runs, with both, whatever is
out of scope is 404 and the same as what is absent.
"""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from minzheng.core.access import actions, reads
from minzheng.core.access import scope as scopes
from minzheng.core.access.grants import LEVELS, POSTS, matrix
from minzheng.core.access.models import User
from minzheng.kernel.areas import subtree
from tests.stories import neighbours as world

#: Level → the area at the middle of everything; it has siblings, a parent, descendants and strangers.
AREAS = {1: 530000000000, 2: 530100000000, 3: 530102000000, 4: 530102001000, 5: 530102001001}
#: Post → where it is held: at its lowest level. Whoever is held to less than the province has neighbours.
HELD = {post: AREAS[max(LEVELS[post])] for post in POSTS}
BOUND = sorted(post for post, area in HELD.items() if area != AREAS[1])
WALLS = ("ranges alone", "row security alone")
PROVINCE = subtree(AREAS[1])
TOKEN = re.compile(r'(csrfmiddlewaretoken" value=")[^"]+')
OPEN = {"everyone", "oneself"}
CODES = (*world.PLACES, world.ABSENT_AREA)
KEYS = (*world.VILLAGES.values(), world.ABSENT_KEY)
#: Where lists are asked with a query: a township, the next county.
NEAR = (530102001000, 530103000000)
#: Address → what stands behind "?": filters, pages, searches, and another area asked for by the side door.
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
}  # fmt: skip
ACTS = {
    "approve-plan": {"version": "1"},
    "settle-change": {"version": "1", "act": "confirm"},
    "reissue": {},
    "correct-account": {"bank": "YN01", "number": "6200000000000001", "again": "6200000000000001"},
    "approve-account": {"version": "1", "act": "accept"},
    "exclude-line": {"version": "1", "reason": "核查未通过"},
    "settle-finding": {"reason": "已核对"},
    "add-paper": {"about": "household", "of": str(world.ABSENT_KEY), "kind": "other"},
    "turn-paper": {"to": "left"},
    "withdraw-paper": {"reason": "拍得不清楚"},
}
#: Addresses with a key that only show.
SHOWN = {"household", "plan", "paper", "paper-content", "paper-preview"}

#: Acts whose address also shows a form.
FORMS = {"correct-account", "exclude-line", "settle-finding"}


def addresses(resolver=None, before="/"):
    """Every (address, pattern) that the site answers, those of included modules too."""
    for each in (resolver or get_resolver()).url_patterns:
        address = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield address, each
        else:
            yield from addresses(each, address)


def paths_of(address):
    """The address filled with every code and key there is, and with one that is absent."""
    codes, keys = (CODES if "<int:code>" in address else (0,)), (KEYS if "<int:key>" in address else (0,))
    return [filled(address, code, key) for code in codes for key in keys]


def filled(address, code, key):
    return address.replace("<int:code>", str(code)).replace("<int:key>", str(key))


def asked():
    """Every path to ask for with GET, but for signing out, which ends the session, and pure acts."""
    for address, each in addresses():
        if each.name == "account_logout" or (each.name in ACTS and each.name not in FORMS):
            continue
        yield from paths_of(address)
        for query in ASKED.get(each.name, ()):
            paths = [filled(address, code, 0) for code in NEAR] if "<int:code>" in address else [address]
            many = NEAR if "{code}" in query else (0,)
            yield from (f"{path}?{query.format(code=one)}" for path in paths for one in many)


def plain(answer):
    """An answer without what differs from one asking to the next: the token of its forms."""
    said = answer.content.decode("utf-8", "replace")
    return answer.status_code, TOKEN.sub(r"\1", said), answer.headers.get("Location", "")


def survey(client):
    """Path → answer, whole and, of lists, the part that htmx swaps."""
    found = {path: plain(client.get(path)) for path in asked()}
    parts = [
        "/changes/",
        "/failed/",
        *(f"/areas/{code}/{rows}/" for code in NEAR for rows in ("households", "lines")),
    ]
    return found | {f"{path} part": plain(client.get(path, headers={"HX-Request": "true"})) for path in parts}


@pytest.fixture
def run(db):
    """The areas and the month's run that everybody shares."""
    return world.settle()


@pytest.fixture
def enter(run):
    """A function: somebody signed in under a post where it is held."""

    def come(post):
        user = actions.ensure_user(post, "试用", f"试用:{post}", make_password(None))
        actions.appoint(user, post, HELD[post], world.SINCE)
        client = Client()
        client.force_login(User.objects.get(pk=user))
        return client

    return come


@pytest.fixture
def behind(monkeypatch):
    """A context: the web's role, or one wall taken away, for somebody held to a range."""

    @contextmanager
    def stand(wall, low, high):
        with monkeypatch.context() as patch, transaction.atomic(), connection.cursor() as cursor:
            if wall != "ranges alone" and wall != "none":
                cursor.execute("SET LOCAL ROLE minzheng_runtime")
            if wall in ("row security alone", "none"):
                widen(patch, low, high)
            yield
            cursor.execute("RESET ROLE")

    return stand


def widen(patch, low, high):
    """Let the program think that it may see the province, and tell the database the truth."""
    found, tell = reads.scope_of, scopes._tell

    def wide(*args):
        scope = found(*args)
        return scope and replace(scope, lo=PROVINCE[0], hi=PROVINCE[1], ranges=(PROVINCE,))

    def truth(scope, *rest):
        tell(scope and replace(scope, lo=low, hi=high, ranges=((low, high),)), *rest)

    patch.setattr(reads, "scope_of", wide)
    patch.setattr(scopes, "_tell", truth)


def test_no_address_without_a_declared_grant():
    declared = {address: getattr(each.callback, "step", "") for address, each in addresses()}
    assert all(declared.values()), declared
    assert not [step for step in set(declared.values()) - OPEN if not matrix().posts(step)]


def test_every_address_with_a_key_is_surveyed():
    keyed = {each.name for address, each in addresses() if "<int:key>" in address}
    assert keyed - SHOWN <= set(ACTS)
    kinds = {kind for address, _ in addresses() for kind in re.findall(r"<([^>]+)>", address)}
    assert kinds == {"int:code", "int:key"}


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("post", BOUND)
def test_no_byte_depends_on_a_neighbour(enter, behind, run, post, wall):
    client, (low, high) = enter(post), subtree(HELD[post])
    world.fill(run, low, high, inside=True)
    with behind(wall, low, high):
        alone = survey(client)
    world.fill(run, low, high, inside=False)
    with behind(wall, low, high):
        among = survey(client)
    assert not [path for path in alone if alone[path] != among[path]]
    if "people.view" in matrix().steps(post):
        assert "/households/1001/" in alone[f"/areas/{HELD[post]}/households/"][1]


def test_the_measure_sees_a_leak_when_no_wall_stands(enter, behind, run):
    post = "county_clerk"
    client, (low, high) = enter(post), subtree(HELD[post])
    world.fill(run, low, high, inside=True)
    with behind("none", low, high):
        alone = survey(client)
    world.fill(run, low, high, inside=False)
    with behind("none", low, high):
        among = survey(client)
    leaking = {path for path in alone if alone[path] != among[path]}
    assert {"/", "/plans/", "/plans/4001/", "/households/5001/", "/areas/530302000000/households/"} <= leaking
    assert {"/papers/5001/", "/papers/5001/content/", "/papers/5001/preview/"} <= leaking


@pytest.mark.parametrize("post", BOUND)
def test_out_of_scope_is_404_and_the_same_as_absent(enter, behind, run, post):
    client, (low, high) = enter(post), subtree(HELD[post])
    for inside in (True, False):
        world.fill(run, low, high, inside=inside)
    with behind("both", low, high):
        for address, each in addresses():
            absent = plain(client.get(filled(address, world.ABSENT_AREA, world.ABSENT_KEY)))
            for path in outside(address, each.name, low, high):
                assert plain(client.get(path)) == absent, path
                assert absent[0] in (403, 404, 405), path


def outside(address, name, low, high):
    """The paths of the address to what exists and lies outside [low, high]."""
    if "<int:code>" in address:
        return [filled(address, code, 0) for code in world.PLACES if not low <= code <= high]
    if "<int:key>" not in address:
        return []
    keys = world.plan_keys() if "plan" in name else world.VILLAGES.values()
    return [filled(address, 0, key) for key in keys if not low <= world.owner_of(name, key) <= high]


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("post", BOUND)
def test_no_act_reaches_a_neighbour(enter, behind, run, post, wall):
    client, (low, high) = enter(post), subtree(HELD[post])
    for inside in (True, False):
        world.fill(run, low, high, inside=inside)
    before = world.states(low, high)
    with behind(wall, low, high):
        for address, each in addresses():
            if each.name not in ACTS:
                continue
            refused = plain(client.post(filled(address, 0, world.ABSENT_KEY), ACTS[each.name]))
            assert refused[0] in (403, 404), address
            for path in outside(address, each.name, low, high):
                assert plain(client.post(path, ACTS[each.name])) == refused, path
    assert world.states(low, high) == before


@pytest.mark.parametrize("post", sorted(set(HELD) - set(BOUND)))
def test_the_province_opens_every_address_that_its_post_may(enter, behind, run, post):
    client = enter(post)
    world.fill(run, *PROVINCE, inside=True)
    with behind("both", *PROVINCE):
        for path, (status, *_) in survey(client).items():
            absent = any(str(each) in path for each in (world.ABSENT_KEY, world.ABSENT_AREA))
            twin = path in ("/plans/2001/", "/plans/3001/")
            expected = (403, 404) if absent or twin else (200, 302, 403, 405)
            assert status in expected, path
