"""Every address × every post × own, sibling, parent, descendant and foreign area: nothing of another shows.

The measure is non-interference. Everything is asked while only one's own rows exist, and again after the
neighbours' were added: every byte must be the same, so that no name, key, sum or count can have come from
next door. The walls stand alone in turn: the explicit ranges (as owner, whom row security does not bind), and
row security (every range of the program widened to the province). As the site runs, with both, whatever is
out of scope is 404 and the same as what is absent.
"""

import io
import re
import zipfile
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client

from minzheng.core.access import actions, reads
from minzheng.core.access import scope as scopes
from minzheng.core.access.grants import LEVELS, POSTS, matrix
from minzheng.core.access.models import User
from minzheng.kernel.areas import subtree
from tests.stories import neighbours as world
from tests.stories.addresses import (
    ACTS,
    KEYS,
    LEFT_OUT,
    OPEN,
    PERSONAL,
    SHOWN,
    addresses,
    aimed,
    asked,
    filled,
    outside,
    sent,
)

#: Level → the area at the middle of everything; it has siblings, a parent, descendants and strangers.
AREAS = {1: 530000000000, 2: 530100000000, 3: 530102000000, 4: 530102001000, 5: 530102001001}
#: Post → where it is held: at its lowest level. Whoever is held to less than the province has neighbours.
HELD = {post: AREAS[max(LEVELS[post])] for post in POSTS}
BOUND = sorted(post for post, area in HELD.items() if area != AREAS[1])
WALLS = ("ranges alone", "row security alone")
PROVINCE = subtree(AREAS[1])
TOKEN = re.compile(r'(csrfmiddlewaretoken" value=")[^"]+')


def plain(answer):
    """An answer without what differs from one asking to the next, or from one address to the next: the token
    of its forms, its own address.
    """
    said = TOKEN.sub(r"\1", text_of(answer))
    own, query = answer.request["PATH_INFO"], answer.request["QUERY_STRING"]
    return (
        answer.status_code,
        said.replace(f"{own}?{query}", "").replace(own, ""),
        answer.headers.get("Location", ""),
    )


def text_of(answer):
    """What an answer says; of a workbook its sheets, without the instant at which it was made."""
    if not answer.content.startswith(b"PK"):
        return answer.content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        kept = [name for name in sorted(book.namelist()) if not name.startswith("docProps/")]
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in kept)


def survey(client, post):
    """Path → answer, whole and, where the page has one, the part that htmx swaps.

    An address that only acts says so to the first that looks, and is asked no more.
    """
    found = {}
    for paths in asked(frozenset(matrix().steps(post))):
        for path in paths:
            found[path] = plain(client.get(path))
            if found[path][0] == 405:
                break
    parted = [path for path, (_, said, _) in found.items() if 'id="part"' in said]
    parts = {f"{path} part": plain(client.get(path, headers={"HX-Request": "true"})) for path in parted}
    return found | parts


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
    # Messages ask whom they are for, not where: every area of the province would be one number each.
    patch.setattr("minzheng.core.notices.models.addressed", lambda scope: Q())
    patch.setattr(scopes, "_tell", truth)


def test_no_address_without_a_declared_grant():
    declared = {address: getattr(each.callback, "step", "") for address, each in addresses()}
    assert all(declared.values()), declared
    assert not [step for step in set(declared.values()) - OPEN if not matrix().posts(step)]


def test_every_address_with_a_key_is_surveyed():
    """An address says in tests/stories/addresses.py whether it shows or changes; its parts are known."""
    keyed = {each.name for address, each in addresses() if "<int:key>" in address}
    assert keyed - SHOWN <= set(ACTS)
    assert not SHOWN & set(ACTS)
    kinds = {kind for address, _ in addresses() for kind in re.findall(r"<([^>]+)>", address)}
    assert kinds == {"int:code", "int:key", "int:number"}


def test_what_is_left_out_shows_only_oneself():
    steps = {each.callback.step for _, each in addresses() if each.name in LEFT_OUT}
    assert steps <= OPEN


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("post", BOUND)
def test_no_byte_depends_on_a_neighbour(enter, behind, run, post, wall):
    client, (low, high) = enter(post), subtree(HELD[post])
    world.fill(run, low, high, inside=True)
    with behind(wall, low, high):
        alone = survey(client, post)
    world.fill(run, low, high, inside=False)
    with behind(wall, low, high):
        among = survey(client, post)
    assert not [path for path in alone if alone[path] != among[path]]
    if "people.view" in matrix().steps(post):
        assert "/households/1001/" in alone[f"/areas/{HELD[post]}/households/"][1]


def test_the_measure_sees_a_leak_when_no_wall_stands(enter, behind, run):
    post = "county_clerk"
    client, (low, high) = enter(post), subtree(HELD[post])
    world.fill(run, low, high, inside=True)
    with behind("none", low, high):
        alone = survey(client, post)
    world.fill(run, low, high, inside=False)
    with behind("none", low, high):
        among = survey(client, post)
    leaking = {path for path in alone if alone[path] != among[path]}
    assert {"/", "/plans/", "/plans/4001/", "/households/5001/", "/areas/530302000000/households/"} <= leaking
    assert {"/papers/5001/", "/papers/5001/content/", "/papers/5001/preview/"} <= leaking
    assert {"/households/5001/reveal/?person=5001&what=number"} <= leaking


@pytest.mark.parametrize("post", BOUND)
def test_out_of_scope_is_404_and_the_same_as_absent(enter, behind, run, post):
    client, (low, high) = enter(post), subtree(HELD[post])
    for inside in (True, False):
        world.fill(run, low, high, inside=inside)
    with behind("both", low, high):
        for address, each in addresses():
            absent = plain(client.get(filled(address, world.ABSENT_AREA, world.ABSENT_KEY)))
            for path, _ in outside(address, each.name, low, high):
                assert plain(client.get(path)) == absent, path
                assert absent[0] in (403, 404, 405), path


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
            absent = filled(address, 0, world.ABSENT_KEY)
            status, said, to = plain(client.post(absent, sent(each.name, world.ABSENT_KEY)))
            named = "<int:" not in address
            assert status in ((200, 403, 404, 422) if named else (403, 404)), address
            for path, key in aimed(address, each.name, low, high):
                found = plain(client.post(path, sent(each.name, key)))
                # An act that names its thing in the form says the name again, and nothing else of it.
                twin = said.replace(f"{world.ABSENT_KEY}", f"{key}") if named else said
                assert found == (status, twin, to), path
    assert world.states(low, high) == before


@pytest.mark.parametrize("post", sorted(set(HELD) - set(BOUND)))
def test_the_province_opens_every_address_that_its_post_may(enter, behind, run, post):
    client = enter(post)
    world.fill(run, *PROVINCE, inside=True)
    personal = {
        filled(address, 0, key) for address, each in addresses() if each.name in PERSONAL for key in KEYS
    }
    with behind("both", *PROVINCE):
        for path, (status, *_) in survey(client, post).items():
            absent = any(str(each) in path for each in (world.ABSENT_KEY, world.ABSENT_AREA))
            hidden = absent or path in ("/plans/2001/", "/plans/3001/") or path in personal
            expected = (403, 404, 405) if hidden else (200, 302, 403, 405)
            assert status in expected, path
