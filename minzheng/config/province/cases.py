"""The demonstration's cases (演示): at every step of both procedures, overdue ones among them.

They walk through the very actions that pages use, as the demonstration's officers of one prefecture, on past
business days. The households are the register's own; what they declare is made up so that the law finds what
the case is to show.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import uuid4

from django.db import connection, transaction

from minzheng.core.access import demonstration
from minzheng.core.access import reads as access
from minzheng.core.access.scope import Scope, acting
from minzheng.core.areas import day as business
from minzheng.core.areas import reads as areas
from minzheng.core.cases import actions as cases
from minzheng.core.cases import clocks, reads
from minzheng.core.cases.actions import CaseRefusal
from minzheng.core.people.crypto import provider
from minzheng.core.people.terms import AssetKind, IncomeKind
from minzheng.domains.assistance.actions import applying, steps, verifying, visiting
from minzheng.domains.assistance.models import Inquiry
from minzheng.domains.assistance.terms import CHECKLIST
from minzheng.kernel.identity import check_digit

COUNTY = 530602000000
POOR, RICH = 240_000, 9_000_000
#: The way of an application, each step with the days since the one before; a notice takes more than
#: seven, and a week of holidays may lie in it.
WAY = (
    ("submit", "township_clerk", 0), ("accept", "township_clerk", 1), ("start_survey", "township_clerk", 1),
    ("start_check", "county_clerk", 1), ("finish_check", "county_clerk", 3), ("visited", "township_clerk", 2),
    ("agree", "township_clerk", 1), ("close_notice", "township_clerk", 17), ("review", "county_reviewer", 2),
    ("confirm", "county_approver", 2), ("publish", "township_clerk", 1),
)  # fmt: skip
REFUSED = (
    *WAY[:6], ("disagree", "township_clerk", 1), ("review", "county_reviewer", 2),
    ("refuse", "county_approver", 2), ("deliver", "township_clerk", 1),
)  # fmt: skip
REVIEWED = (("begin", "township_clerk", 2), ("propose", "township_clerk", 4))


@dataclass(frozen=True)
class Scene:
    """Where a case stands: its way, the last step taken (none: a draft), how many days ago that was."""

    last: str
    age: int
    way: Sequence[tuple[str, str, int]] = WAY
    income: int = POOR
    then: tuple[tuple[str, str], ...] = ()
    kin: str = ""
    procedure: str = "dibao"
    fields: dict[str, str] = field(default_factory=dict)


CLERK = "township_clerk"
SCENES = (
    Scene("", 1), Scene("submit", 0), Scene("submit", 6), Scene("submit", 3, then=(("ask_more", CLERK),)),
    Scene("accept", 1), Scene("accept", 9), Scene("start_survey", 2), Scene("start_check", 3),
    Scene("finish_check", 1), Scene("visited", 1), Scene("visited", 12), Scene("agree", 3),
    Scene("agree", 5, then=(("object", CLERK),)), Scene("close_notice", 1),
    Scene("review", 1), Scene("confirm", 3), Scene("publish", 2),
    Scene("disagree", 1, REFUSED, RICH), Scene("refuse", 1, REFUSED, RICH),
    Scene("deliver", 2, REFUSED, RICH),
    Scene("submit", 4, then=(("decline", CLERK),)),
    Scene("accept", 4, then=(("withdraw", CLERK),)),
    Scene("", 8, procedure="dibao_review", way=REVIEWED),
    Scene("begin", 2, procedure="dibao_review", way=REVIEWED),
    Scene("propose", 1, procedure="dibao_review", way=REVIEWED),
)  # fmt: skip
#: What the other counties of the prefecture have.
ELSEWHERE = (SCENES[2], SCENES[9], SCENES[13])
WORDS = {
    "object": "有人反映其长期在外务工，有工资收入", "decline": "不在本乡镇居住，请向居住地申请",
    "withdraw": "家里有人找到工作", "disagree": "按核实的收入，人均高于当地标准", "ask_more": "",
    "refuse": "人均收入高于当地标准", "propose": "情况没有明显变化，建议维持",
}  # fmt: skip
MISSING = ("户口簿全部页", "近十二个月收入证明")

# Households without a right and without an open case, that live in the clerk's township and whose members all
# have a number; or, for a review, with a right.
HOMES = """
    SELECT h.id, h.area, h.urban FROM people_household h
     WHERE h.area BETWEEN %(lo)s AND %(hi)s
       AND EXISTS (SELECT FROM benefits_entitlement e WHERE e.household = h.id AND upper_inf(e.valid)
                   AND e.programme IN ('dibao', 'tekun')) = %(paid)s
       AND NOT EXISTS (SELECT FROM cases_case c WHERE c.household = h.id)
       AND EXISTS (SELECT FROM people_membership m WHERE m.household_id = h.id AND m.superseded_at IS NULL
                   AND m.valid @> %(day)s::date)
       AND NOT EXISTS (SELECT FROM people_membership m JOIN people_person p ON p.id = m.person_id
                        WHERE m.household_id = h.id AND m.superseded_at IS NULL
                          AND (p.number_cipher IS NULL OR p.canonical_id IS NOT NULL
                               OR NOT m.valid @> %(day)s::date))
     ORDER BY h.id LIMIT %(most)s
"""
MEMBERS = """
    SELECT p.id, p.name, p.number_cipher, m.relation, p.sex, p.born, p.ethnicity,
           (SELECT array_agg(DISTINCT i.kind) FROM people_incomeitem i WHERE i.person_id = p.id
               AND i.superseded_at IS NULL AND i.valid @> %(day)s::date)
      FROM people_membership m JOIN people_person p ON p.id = m.person_id
     WHERE m.household_id = %(home)s AND m.superseded_at IS NULL AND m.valid @> %(day)s::date
     ORDER BY m.relation <> 0, m.relation, p.id
"""
ASSETS = """
    SELECT DISTINCT kind FROM people_asset WHERE household_id = %(home)s AND superseded_at IS NULL
       AND valid @> %(day)s::date
"""


#: Person (0: not yet registered), name, number in clear, relation, sex, born, ethnicity, kinds of income.
Row = tuple[int, str, str, int, int, date, int, list[int] | None]
INVENTED = ("木演示", "和演示", "余演示", "普演示", "刀演示", "段演示", "岩演示", "白演示")


@dataclass(frozen=True)
class Home:
    """A household that a case is about; `id` 0: not in the register yet, `number` tells it apart."""

    id: int
    area: int
    urban: bool
    number: int = 0


def make() -> int:
    """Open the demonstration's cases, all or none, once; returns how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        (known,) = cursor.fetchone()
        return int(known) or sum(
            _made(county) for county in areas.of_level(3, within=demonstration.PREFECTURE)
        )


def _made(county: areas.Place) -> int:
    """The cases of a county: how many of its scenes found a household."""
    crew, today = _crew(county), business.today()
    scenes = list(SCENES if county.code == COUNTY else ELSEWHERE)
    free = _free(crew, today)
    return sum(_cast(scene, free, crew, today) for scene in scenes)


def _cast(scene: Scene, free: list[tuple[Home, Scope, bool]], crew: dict[str, Scope], today: date) -> bool:
    """Let the first household play a scene that can: of one the law may find otherwise than is wanted."""
    wanted = scene.procedure == "dibao_review"
    for each in [each for each in free if each[2] == wanted]:
        free.remove(each)
        try:
            with transaction.atomic():
                _play(scene, each[0], crew | {"township_clerk": each[1]}, today)
            return True
        except CaseRefusal:
            continue
    return not wanted and _invent(scene, crew, today)


def _invent(scene: Scene, crew: dict[str, Scope], today: date) -> bool:
    """Let somebody apply whom the register does not know: the township has nobody left who could."""
    town = _towns(crew["county_clerk"].area)[0]
    village = areas.of_level(5, within=town.area)[0]
    home = Home(0, village.code, False, SCENES.index(scene) + 1)
    try:
        with transaction.atomic():
            _play(scene, home, crew | {"township_clerk": town}, today)
        return True
    except CaseRefusal:
        return False


def _crew(county: areas.Place) -> dict[str, Scope]:
    """Post → the scope of who holds it in a county; of its township clerks the first."""
    crew: dict[str, Scope] = {}
    for each in demonstration.officers(county):
        for post, _ in each.posts:
            crew.setdefault(post, access.scope_named(each.username))
    return crew


def _towns(county: int) -> list[Scope]:
    place = areas.area(county)
    return [
        access.scope_named(each.username)
        for each in demonstration.officers(place)
        if each.posts[0][0] == "township_clerk"
    ]


def _free(crew: dict[str, Scope], day: date) -> list[tuple[Home, Scope, bool]]:
    """Households of the clerks' townships: first those without a right, then those with one."""
    towns = _towns(crew["county_clerk"].area)
    return [
        (home, town, paid) for paid in (False, True) for town in towns for home in _homes(town, paid, day)
    ]


def _homes(town: Scope, paid: bool, day: date) -> list[Home]:
    with connection.cursor() as cursor:
        cursor.execute(
            HOMES, {"lo": town.lo, "hi": town.hi, "paid": paid, "day": day, "most": 2 * len(SCENES)}
        )
        return [Home(*row) for row in cursor.fetchall()]


def _play(scene: Scene, home: Home, crew: dict[str, Scope], today: date) -> None:
    """Open a case and walk it, backwards in days from when its last step is to have been."""
    names = [key for key, _, _ in scene.way]
    path = scene.way[: names.index(scene.last) + 1] if scene.last else ()
    days = sum(gap for _, _, gap in path[1:])
    at = today - timedelta(days=scene.age + days + 1)
    clerk = crew["township_clerk"]
    with _on(at), acting(clerk):
        case = _opened(scene, home, clerk, at)
    for key, post, gap in path:
        at += timedelta(days=gap)
        _step(case, f"{scene.procedure}.{key}", crew[post], at)
    for key, post in scene.then:
        at += timedelta(days=1)
        _step(case, f"{scene.procedure}.{key}", crew[post], at)


def _opened(scene: Scene, home: Home, clerk: Scope, day: date) -> int:
    people = _people(home, day)
    channel = "review" if scene.procedure == "dibao_review" else "window"
    case = cases.open_case(
        scene.procedure, clerk, home.area, people[0][1], channel, household=home.id or None,
        applicant=people[0][0] or None,
        people={row[0]: "member" if at else "applicant" for at, row in enumerate(people) if row[0]},
    ).case  # fmt: skip
    if scene.procedure == "dibao":
        applying.declare(case, clerk, _form(scene, home, people, day))
    return case


def _people(home: Home, day: date) -> list[Row]:
    if not home.id:
        born = date(1971, 1, 1) + timedelta(days=97 * home.number)
        plain = f"{home.area // 10**6}{born:%Y%m%d}{900 + home.number}"
        name = INVENTED[home.number % len(INVENTED)]
        return [(0, name, plain + check_digit(plain), 0, 1 + home.number % 2, born, 1, None)]
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"home": home.id, "day": day})
        return [
            (person, name, provider().decrypt("people_person.number", person, cipher), *rest)
            for person, name, cipher, *rest in cursor.fetchall()
        ]


def _form(
    scene: Scene, home: Home, people: list[Row], day: date
) -> applying.Form:  # fmt: skip
    """Wages as the scene wants them, everything else that the register knows of declared as nothing."""
    members = []
    for at, (_, name, number, relation, sex, born, ethnicity, kinds) in enumerate(people):
        incomes: dict[int, int | None] = dict.fromkeys(kinds or (), 0)
        if at == 0:
            incomes[int(IncomeKind.wages)] = scene.income
        members.append(
            applying.Declared(name, relation if at else 0, number, born, sex, ethnicity, incomes=incomes)
        )
    with connection.cursor() as cursor:
        cursor.execute(ASSETS, {"home": home.id, "day": day})
        owned: dict[int, int | None] = {row[0]: 0 for row in cursor.fetchall()}
    owned[int(AssetKind.deposits)] = 100_000
    return applying.Form(
        home.urban, members, owned, address="演示地址", reason="演示：家中主要劳动力患病", kin=scene.kin,
        promised=True, authorised=True,
    )  # fmt: skip


def _step(case: int, key: str, scope: Scope, day: date) -> None:
    """Take a step on a working day, as its page would; sources of a verification answer that they agree."""
    with _on(day), acting(scope):
        if key == "dibao.finish_check":
            for inquiry in Inquiry.objects.filter(case_id=case, state="open").values_list("pk", flat=True):
                verifying.answer(inquiry, scope, (), "演示：与申报相符")
        found = reads.case(case, scope)
        assert found is not None
        word = key.partition(".")[2]
        if word == "visited":
            _visited(case, scope)
        reasons = MISSING if word == "ask_more" else ()
        fields = {"on": f"{business.today()}", "outcome": "keep"}
        words = WORDS.get(word, "经调查核实")
        steps.perform(steps.Deed(found, key, scope, found.version, words, tuple(reasons), fields))


def _visited(case: int, clerk: Scope) -> None:
    """A visit by the clerk, confirmed by a colleague who came along."""
    found = reads.case(case, clerk)
    assert found is not None
    answers = {name: "演示：与申报一致" for name, _, _ in CHECKLIST}
    visit = visiting.record(case, clerk, f"{uuid4()}", f"{business.today()}", answers, "演示")
    fellow = next(town for town in _towns(clerk.area // 10**6 * 10**6) if town.user != clerk.user)
    second = replace(fellow, lo=clerk.lo, hi=clerk.hi, ranges=clerk.ranges, area=clerk.area)
    with acting(second):
        visiting.confirm(visit, second)


@contextmanager
def _on(day: date) -> Iterator[None]:
    """The business date stands at the last working day up to `day` meanwhile."""
    while not clocks.calendar().is_working(day):
        day -= timedelta(days=1)
    before = os.environ.get(business.VARIABLE)
    os.environ[business.VARIABLE] = day.isoformat()
    try:
        yield
    finally:
        if before is None:
            del os.environ[business.VARIABLE]
        else:
            os.environ[business.VARIABLE] = before
