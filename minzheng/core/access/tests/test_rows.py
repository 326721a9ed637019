"""The second wall alone: what PostgreSQL answers the web's role, whatever the program asks."""

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.core.access import rows, scope
from minzheng.core.access.scope import Scope
from minzheng.core.areas.succession import expand
from minzheng.kernel.areas import subtree

CITY, COUNTY, SIBLING, FOREIGN = 530600000000, 530602000000, 530621000000, 530102000000
TOWN, VILLAGE = 530602001000, 530602001001
NEW, OLD, BETWEEN = 530681000000, 530630000000, 530640000000


def scope_of(code, pairs=()):
    ranges = expand(code, pairs)
    return Scope(ranges[0][0], ranges[-1][1], user=1, post="county_clerk", ranges=ranges, area=code)


def seen(cursor):
    cursor.execute("SELECT area FROM access_probe ORDER BY area")
    return [row[0] for row in cursor.fetchall()]


def test_nothing_is_seen_and_nothing_taken_without_a_scope(probe, as_runtime):
    probe(COUNTY, VILLAGE)
    with as_runtime() as cursor:
        assert seen(cursor) == []
        cursor.execute("UPDATE access_probe SET note = 'x'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM access_probe")
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("INSERT INTO access_probe (area) VALUES (%s)", [COUNTY])


@pytest.mark.parametrize("empty", ["lo", "hi"])
def test_half_a_scope_is_none(probe, as_runtime, empty):
    probe(COUNTY)
    with as_runtime() as cursor:
        cursor.execute("SELECT set_config('app.lo', '0', true), set_config('app.hi', '999999999999', true)")
        assert seen(cursor) == [COUNTY]
        cursor.execute(f"SELECT set_config('app.{empty}', '', true)")
        assert seen(cursor) == []


def test_only_the_area_and_what_lies_below(probe, as_runtime):
    probe(530000000000, CITY, COUNTY, TOWN, VILLAGE, SIBLING, FOREIGN)
    with as_runtime() as cursor, scope.entered(scope_of(COUNTY)):
        assert seen(cursor) == [COUNTY, TOWN, VILLAGE]
        cursor.execute("UPDATE access_probe SET note = 'x'")
        assert cursor.rowcount == 3
        for area in (CITY, SIBLING, FOREIGN, 530000000000):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                cursor.execute("INSERT INTO access_probe (area) VALUES (%s)", [area])
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                cursor.execute("UPDATE access_probe SET area = %s WHERE area = %s", [area, VILLAGE])


def test_a_nested_scope_gives_way_to_the_one_before(probe, as_runtime):
    probe(COUNTY, SIBLING)
    with as_runtime() as cursor, scope.entered(scope_of(CITY)):
        with scope.entered(scope_of(SIBLING)):
            assert seen(cursor) == [SIBLING]
        assert seen(cursor) == [COUNTY, SIBLING]
        with scope.entered(None):
            assert seen(cursor) == []
    with as_runtime() as cursor:
        assert seen(cursor) == []


def test_old_codes_are_within_and_what_lies_between_is_not(probe, as_runtime):
    probe(OLD, OLD + 1001, BETWEEN, NEW, NEW + 1001)
    with as_runtime() as cursor, scope.entered(scope_of(NEW, [(OLD, NEW)])):
        assert seen(cursor) == [OLD, OLD + 1001, NEW, NEW + 1001]
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("INSERT INTO access_probe (area) VALUES (%s)", [BETWEEN])


codes = st.builds(
    lambda a, b, c, d, depth: [
        530000000000 + a * 10**8,
        530000000000 + a * 10**8 + b * 10**6,
        530000000000 + a * 10**8 + b * 10**6 + c * 1000,
        530000000000 + a * 10**8 + b * 10**6 + c * 1000 + d,
    ][depth],
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 3),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(codes, st.lists(codes, max_size=12), st.lists(st.tuples(codes, codes), max_size=3))
def test_both_walls_agree_with_the_ranges(probe, as_runtime, own, areas, changes):
    pairs = [(old, new) for old, new in changes if old != new]
    mine = scope_of(own, pairs)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE access_probe")
    probe(*areas)
    with as_runtime() as cursor, scope.entered(mine):
        assert seen(cursor) == sorted(area for area in areas if mine.holds(area))
    if not pairs:
        low, high = subtree(own)
        assert all(mine.holds(area) == (low <= area <= high) for area in areas)


def test_the_range_reaches_the_index(probe, as_runtime):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_probe (area) SELECT 530000000000 + g * 1000 FROM generate_series(1, 50000) g"
        )
        cursor.execute("ANALYZE access_probe")
    with as_runtime() as cursor, scope.entered(scope_of(530001000000)):
        cursor.execute("EXPLAIN SELECT * FROM access_probe")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Index" in plan
        assert "access_probe_area_idx" in plan


def test_the_web_is_neither_owner_nor_superuser_and_bypasses_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = ANY(%s)",
            [[rows.RUNTIME, rows.ENGINE]],
        )
        assert {row[0]: row[1:] for row in cursor.fetchall()} == {
            rows.RUNTIME: (False, False, False, False),
            rows.ENGINE: (False, True, False, False),
        }
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [rows.RUNTIME])
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname <> %s AND pg_has_role(%s, rolname, 'MEMBER')",
            [rows.RUNTIME, rows.RUNTIME],
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE access_probe DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON access_probe",
        "TRUNCATE access_probe",
        "INSERT INTO access_post (user_id, key, area, valid) VALUES (1, 'k', 530000000000, '(,)')",
        "UPDATE access_post SET area = 530000000000",
        "UPDATE access_user SET natural_person = 'other'",
        "UPDATE access_user SET is_active = true",
        "INSERT INTO areas_businessday VALUES (1, '2024-01-01')",
        "UPDATE areas_area SET name = 'x'",
    ],
)
def test_the_web_cannot_raise_its_own_rights(probe, as_runtime, statement):
    refusal = pytest.raises(ProgrammingError, match=r"permission denied|must be owner|row-level security")
    with as_runtime() as cursor, refusal, transaction.atomic():
        cursor.execute(statement)


@pytest.mark.parametrize("name", ["a b", "a;drop", "A", "", '"x"'])
def test_only_plain_names_reach_a_migration(name):
    for operation in (rows.protect, rows.open):
        with pytest.raises(ValueError, match="plain SQL name"):
            operation(name)
