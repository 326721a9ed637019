"""Five villages in three counties of two prefectures, each with one of everything that a page shows.

What belongs to a village bears one key, the village's own (1001, 2001, …), whatever table it is in; so an
address with a key can be asked for every thing of every village. Rows are written as the owner, past both
walls.
"""

from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.core.areas.models import Area, BusinessDay
from minzheng.core.documents import files
from minzheng.core.documents.tests import made
from minzheng.core.people import names
from minzheng.core.people.crypto import provider
from minzheng.kernel.areas import level
from minzheng.kernel.identity import check_digit

SINCE = date(2019, 1, 1)
#: Village → its key. The first has a sibling village, a sibling township, a sibling county, a foreign one.
VILLAGES = {
    530102001001: 1001, 530102001002: 2001, 530102002001: 3001, 530103001001: 4001, 530302001001: 5001,
}  # fmt: skip
ABSENT_KEY, ABSENT_AREA = 987654, 530199999999
SURNAMES = dict(zip(VILLAGES.values(), "赵钱孙李周", strict=True))
PLACES = sorted(
    {village // width * width for village in VILLAGES for width in (1, 10**3, 10**6, 10**8, 10**10)}
)
#: Tables whose rows differ from village to village, with the column of their area.
TABLES = {
    "people_person": "area", "people_household": "area", "people_membership": "area",
    "people_account": "area",
    "benefits_determination": "area", "benefits_change": "area", "benefits_decision": "area",
    "benefits_entitlement": "area", "benefits_entitlementperson": "area", "benefits_plan": "area",
    "benefits_planapproval": "area", "benefits_planedit": "area", "benefits_dueline": "area",
    "benefits_finding": "area",
    "ledger_bankfile": "county", "ledger_instruction": "area", "ledger_attempt": "area",
    "ledger_hold": "area", "documents_document": "area",
    "assistance_visit": "area", "access_post": "area", "access_substitution": "area",
}  # fmt: skip
VILLAGE_ROWS = """
INSERT INTO people_person (id, name, name_note, pinyin, bigrams, sex, born, ethnicity, number_cipher,
                           number_index, area, source)
 VALUES (%(key)s, %(name)s, '', 'a', %(grams)s, 1, '1980-01-01', 1, %(cipher)s, %(index)s, %(area)s, 't');
INSERT INTO access_user (id, password, username, name, natural_person, email, is_active, is_demo, date_joined)
 VALUES (%(key)s, '!', 'u%(key)s', %(name)s || '岗', 'p%(key)s', '', true, false, '2024-01-01'),
        (%(key)s + 500, '!', 'v%(key)s', %(name)s || '代', 'q%(key)s', '', true, false, '2024-01-01');
INSERT INTO access_post (id, user_id, key, area, valid)
 VALUES (%(key)s, %(key)s, 'village_worker', %(area)s, '[2019-01-01,)'),
        (%(key)s + 500, %(key)s, 'child_director', %(area)s, '[2019-01-01,)');
UPDATE access_post SET waiting = true WHERE id = %(key)s + 500;
INSERT INTO access_substitution (id, post_id, stand_in_id, area, valid, waiting)
 VALUES (%(key)s, %(key)s, %(key)s + 500, %(area)s, '[2024-01-01,2025-01-01)', true);
INSERT INTO people_household (id, area, urban, kind, source) VALUES (%(key)s, %(area)s, true, 0, 't');
INSERT INTO people_membership (person_id, household_id, relation, area, valid, source)
 VALUES (%(key)s, %(key)s, 0, %(area)s, '[2019-01-01,)', 't');
INSERT INTO people_account (id, person_id, bank, number_cipher, number_index, last4, area, valid, source)
 VALUES (%(key)s, %(key)s, 'YN01', '', %(index)s, %(key)s::text, %(area)s, '[2019-01-01,)', 't');
INSERT INTO benefits_determination (household, person, programme, payee, eligible, amount, persons, reasons,
                                    facts, law, day, known, run_id, area, current)
 VALUES (%(key)s, 0, 'marginal', %(key)s, true, 0, ARRAY[%(key)s], '{}', 1, 'x', '2024-10-01', now(), %(run)s,
         %(area)s, true);
INSERT INTO benefits_decision (id, household, person, programme, kind, amount, starts, by, law, basis, area)
 VALUES (%(key)s, %(key)s, 0, 'dibao', 'import', %(fen)s, '2019-01-01', 'x', '', '{}', %(area)s);
INSERT INTO benefits_entitlement (id, household, person, programme, payee, amount, valid, decision_id, area)
 VALUES (%(key)s, %(key)s, 0, 'dibao', %(key)s, %(fen)s, '[2019-01-01,)', %(key)s, %(area)s);
INSERT INTO benefits_entitlementperson (entitlement_id, person, area) VALUES (%(key)s, %(key)s, %(area)s);
INSERT INTO benefits_change (id, run_id, household, person, programme, payee, kind, old, new, persons, reason,
                             needs_person, law, state, version, decided_by, area)
 VALUES (%(key)s, %(run)s, %(key)s, 0, 'dibao', %(key)s, 'up', %(fen)s, %(fen)s + 100, '{}', '收入变化', true,
         '', 'waiting', 1, '', %(area)s);
INSERT INTO benefits_dueline (id, entitlement_id, month, plan_id, household, payee, programme, amount, state,
                              reason, revision, area)
 VALUES (%(key)s, %(key)s, '2024-10-01', %(plan)s, %(key)s, %(key)s, 'dibao', %(fen)s, 'due', '', 0,
         %(area)s);
INSERT INTO ledger_instruction (id, payee, run_id, kind, sequence, due_line_id, month, programme, household,
                                amount, account, bank, state, area)
 VALUES (%(key)s, %(key)s, %(run)s, 'regular', 1, %(key)s, '2024-10-01', 'dibao', %(key)s, %(fen)s, %(key)s,
         'YN01', 'failed', %(area)s);
INSERT INTO ledger_attempt (file_id, line, instruction_id, amount, code, area)
 VALUES (%(plan)s, %(key)s, %(key)s, %(fen)s, '02', %(area)s);
INSERT INTO benefits_finding (id, kind, identity, text, evidence, area, state)
 VALUES (%(key)s, 'shared_account', 'shared_account:%(key)s', '请核对。',
         '{"households": [1001, 2001, 3001, 4001, 5001]}', %(area)s, 'open');
INSERT INTO ledger_hold (id, person, account, state, by, approved_by, version, area)
 VALUES (%(key)s, %(key)s, %(key)s, 'waiting', 'another', '', 1, %(area)s);
INSERT INTO cases_case (id, area, procedure, number, title, household, applicant, channel, state, version,
    waits_for, post, since, due_on, provisional, paused, special, special_reason, urged_stage, kin, opened_by,
    opened_on)
 VALUES (%(key)s, %(area)s, 'dibao', 'DIBAO-' || %(key)s, %(name)s, %(key)s, %(key)s, 'window',
         '待受理', 1, 'dibao.accept', 'township_clerk', '2024-09-30', '2024-10-08', false, false, false, '',
         0, '', 0, '2024-09-30');
INSERT INTO assistance_visit (id, case_id, client_key, visited_on, answers, words, post, user_key,
    natural_person, name, confirmed_by, confirmed_name, area)
 VALUES (%(key)s, %(key)s, gen_random_uuid(), '2024-10-01', '{}', '演示', 'village_worker', 1, 'another',
         %(name)s, '', '', %(area)s);
INSERT INTO documents_document (id, about, about_key, kind, name, media, size, pages, digest, rotation,
                                user_key, natural_person, by, withdrawn_by, withdrawn_reason, area)
 VALUES (%(key)s, 'household', %(key)s, 'identity', %(name)s || '.jpg', 'image/jpeg', 1000, 1, %(digest)s, 0,
         1, 'another', 'another', '', '', %(area)s);
"""
COUNTY_ROWS = """
INSERT INTO benefits_plan (id, month, area, sequence, run_id, state, lines, total, digest, version, frozen_at)
 VALUES (%(plan)s, '2024-10-01', %(county)s, 1, %(run)s, 'frozen', 7, %(plan)s, 'd%(plan)s', 1, now());
INSERT INTO ledger_bankfile (id, identity, run_id, month, county, bank, sequence, programmes, count, total,
                             cut_at, digest, state)
 VALUES (%(plan)s, 'f%(plan)s', %(run)s, '2024-10-01', %(county)s, 'YN01', 1, '{}', 7, %(plan)s, now(), 'd',
         'answered');
"""


def settle() -> int:
    """What belongs to nobody: the areas, the business date, the month's run (its key is returned)."""
    for code in PLACES:
        Area.objects.create(
            code=code, level=level(code), name=f"地{code}", pinyin=f"{code}", kind="district", bigrams=[],
            valid=DateRange(SINCE, None), source="test",
        )  # fmt: skip
    BusinessDay.objects.create(only=1, day=date(2024, 10, 8))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO benefits_run (month, sequence, day, known, state)"
            " VALUES ('2024-10-01', 1, '2024-10-01', now(), 'open') RETURNING id"
        )
        return int(cursor.fetchone()[0])


def number_of(key: int) -> str:
    """The identity number of the one person of a village."""
    return (short := f"5301021980010{key // 1000}2{key % 10}1") + check_digit(short)


def fill(run: int, low: int, high: int, *, inside: bool) -> None:
    """Everything of the villages and counties inside [low, high], or of those outside."""
    with connection.cursor() as cursor:
        counties: dict[int, int] = {}
        for village, key in VILLAGES.items():
            plan = counties.setdefault(village // 10**6 * 10**6, key)
            if (low <= village <= high) is inside:
                cursor.execute(VILLAGE_ROWS, values_of(village, key) | {"plan": plan, "run": run})
        for county, plan in counties.items():
            if (low <= county <= high) is inside:
                cursor.execute(COUNTY_ROWS, {"plan": plan, "county": county, "run": run})


def values_of(village: int, key: int) -> dict[str, Any]:
    number, name = number_of(key), SURNAMES[key] + "演示"
    return {
        "key": key, "area": village, "fen": key * 11, "name": name, "grams": names.grams(name),
        "cipher": provider().encrypt("people_person.number", [key], [number])[0],
        "index": provider().index([number])[0],
        "digest": files.write(made.photo((200 + key // 100, 100))),
    }  # fmt: skip


def owner_of(name: str, key: int) -> int:
    """The area of the thing with this key at the address of this name: a plan's is its county."""
    village = next(code for code, held in VILLAGES.items() if held == key)
    return village // 10**6 * 10**6 if "plan" in name else village


def plan_keys() -> set[int]:
    """The keys that a plan has: a county's first village's."""
    return {
        next(k for v, k in VILLAGES.items() if v // 10**6 == county)
        for county in {v // 10**6 for v in VILLAGES}
    }


def states(low: int, high: int) -> dict[str, tuple[Any, ...]]:
    """Table → (rows, digest of them) outside [low, high]."""
    found = {}
    with connection.cursor() as cursor:
        for table, column in TABLES.items():
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), ''))"
                f" FROM {table} t WHERE NOT {column} BETWEEN %s AND %s",
                [low, high],
            )
            found[table] = cursor.fetchone()
    return found
