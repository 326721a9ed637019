"""The province in the database: what is read is what was drawn; killed, it leaves the old or nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from datetime import time as clock

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.config.database import connection as addresses
from minzheng.config.province import making
from minzheng.config.province.making import Made
from minzheng.config.province.stages import Stages
from minzheng.core.people import aside, loading, sealing
from minzheng.domains.assistance import reads
from minzheng.domains.assistance.rules import law

DAY = date(2024, 9, 30)
SCALE, SEED = 0.002, 5
EVERYWHERE = (530000000000, 539999999999)
KNOWN = datetime.combine(DAY, clock(16), UTC)
FACTS = ("dibao.eligible", "dibao.amount_monthly", "tekun.eligible", "marginal.covered", "dibao.covered")


def silent(stage: str, done: int) -> None:
    """No progress shown."""


@pytest.fixture
def made(transactional_db: None) -> Iterator[Made]:
    """A small province in the test's database, written as the engine would."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE minzheng_engine")
    yield making.make(SCALE, SEED, DAY, False, silent)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    loading.empty(making.MADE)


def test_the_province_in_the_database(made: Made) -> None:
    assert made.dibao == round(2_691_800 * SCALE)
    _what_is_read_is_what_was_drawn()
    _the_case_reading_agrees()
    _the_standing_recipients_are_the_found(made)
    _october_knows_more()
    _a_part_of_what_was_paid_is_no_part_of_a_part()
    with pytest.raises(making.ProvinceRefusal, match="--replace"):
        making.make(SCALE, SEED, DAY, False, silent)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(source, 2) FROM people_person UNION SELECT left(source, 2) FROM people_asset"
        )
        assert cursor.fetchall() == [("演示",)]
    again = making.make(SCALE, SEED, DAY, True, silent)
    assert again == made


def test_parts_and_processes_change_nothing(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    before, keys = _digests(), _keys()
    monkeypatch.setattr(loading, "SLICE", 777)
    monkeypatch.setattr(sealing, "PART", 1234)
    monkeypatch.setattr(sealing.os, "sched_getaffinity", lambda process: range(4))
    stages = Stages(silent, SCALE)
    assert making.make(SCALE, SEED, DAY, True, stages) == made
    assert _digests() == before
    assert _keys() == keys
    report = stages.report()
    assert report["peak_bytes"] > 0
    assert sum(stage["rows"] for stage in report["stages"] if stage["name"].startswith("载入")) == made.rows


def test_what_was_laid_aside_must_be_put_back(made: Made) -> None:
    with pytest.raises(DatabaseError, match="不是空表"), transaction.atomic(), aside.aside(["people_death"]):
        pytest.fail("a table with rows keeps its indexes")
    loading.empty(making.MADE)
    with (
        pytest.raises(IntegrityError, match="还没有恢复"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT people_lay_aside('{people_death}')")
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_aside")


def _digests() -> dict[str, str]:
    """Each table of the register without what is chance: nonces, and keys that a sequence gave."""
    found = {}
    with connection.cursor() as cursor:
        for table in loading.ORDER:
            left_out = ["number_cipher"] if table in ("person", "account") else ["id"]
            cursor.execute(
                "SELECT md5(string_agg((to_jsonb(t) - %s::text[])::text, '|' ORDER BY id))"
                f" FROM people_{table} t",
                [left_out],
            )
            found[table] = cursor.fetchone()[0]
    return found


def _keys() -> list[tuple[str, str]]:
    """Every index and constraint of the register and of what is decided, by definition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename ~ '^(people|benefits)_' UNION ALL"
            " SELECT conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint"
            " WHERE conrelid::regclass::text ~ '^(people|benefits)_' ORDER BY 1, 2"
        )
        return cursor.fetchall()


def _what_is_read_is_what_was_drawn() -> None:
    drawn = making.judge(SCALE, SEED, DAY, silent)
    persons, homes = reads.frames(DAY, KNOWN, *EVERYWHERE)
    persons = persons.sort("person")
    for name in set(persons.columns) - {"on_tekun"}:
        assert drawn.persons[name].ne_missing(persons[name].cast(drawn.persons[name].dtype)).sum() == 0, name
    for name in homes.columns:
        assert drawn.homes[name].ne_missing(homes[name].cast(drawn.homes[name].dtype)).sum() == 0, name


def _the_case_reading_agrees() -> None:
    statute = law().on(DAY)
    persons, homes = reads.frames(DAY, None, *EVERYWHERE)
    _, by_home = statute.columns(persons, homes, list(FACTS))
    for row in by_home.sample(25, seed=1).iter_rows(named=True):
        case = reads.household_case(row["household"], DAY)
        assert case is not None
        values = statute.decide(case, ["dibao.eligible", "dibao.amount_monthly"]).values
        assert values["dibao.eligible"] == row["dibao.eligible"]
        assert values["dibao.amount_monthly"] == row["dibao.amount_monthly"]
    assert reads.household_case(10**9, DAY) is None


def _the_standing_recipients_are_the_found(made: Made) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.programme, count(DISTINCT p.person) FROM benefits_entitlement e"
            " JOIN benefits_entitlementperson p ON p.entitlement_id = e.id WHERE e.valid @> %s"
            " GROUP BY 1 ORDER BY 1",
            [DAY],
        )
        assert dict(cursor.fetchall()) == {"dibao": made.dibao, "tekun": made.tekun}


def _october_knows_more() -> None:
    statute = law().on(DAY)
    before, after = (
        statute.columns(*reads.frames(DAY, known, *EVERYWHERE), [*FACTS, "dibao.phase_out"])[1]
        for known in (KNOWN, None)
    )
    both = before.join(after, on="household", suffix="_now")
    eligible, now = pl.col("dibao.eligible"), pl.col("dibao.eligible_now")
    amount, amount_now = pl.col("dibao.amount_monthly"), pl.col("dibao.amount_monthly_now")
    assert both.filter(eligible & ~now).height > 0
    assert both.filter(~eligible & now).height > 0
    assert both.filter(eligible & now & (amount_now > amount)).height > 0
    assert both.filter(eligible & now & (amount_now < amount)).height > 0
    assert both.filter(pl.col("dibao.phase_out_now")).height > 0


def _a_part_of_what_was_paid_is_no_part_of_a_part() -> None:
    """Half is paid during a phase-out, and other work is taken: what counts is still the whole."""
    _, homes = reads.frames(DAY, None, *EVERYWHERE)
    household, whole = homes.filter(pl.col("prior_amount") > 1).select("household", "prior_amount").row(0)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH ended AS (UPDATE benefits_entitlement SET valid = daterange(lower(valid), '2024-10-01')"
            " WHERE household = %s AND programme = 'dibao' AND upper_inf(valid) RETURNING *),"
            " decided AS (INSERT INTO benefits_decision (household, person, programme, kind, amount,"
            " starts, by, law, basis, area) SELECT household, person, programme, 'change', amount / 2,"
            " '2024-10-01', '甲', '',"
            ' \'{"kind": "phase_out"}\', area FROM ended RETURNING *)'
            " INSERT INTO benefits_entitlement (household, person, programme, payee, amount, valid,"
            " decision_id, area) SELECT d.household, 0, 'dibao', e.payee, d.amount,"
            " '[2024-10-01,)', d.id, d.area"
            " FROM decided d, ended e",
            [household],
        )
        cursor.execute(
            "UPDATE people_employment SET employed_since = '2024-11-05' WHERE employed_since IS NOT NULL AND"
            " person_id IN (SELECT person_id FROM people_membership WHERE household_id = %s)",
            [household],
        )
    _, homes = reads.frames(date(2024, 12, 1), None, *EVERYWHERE)
    assert homes.filter(pl.col("household") == household)["prior_amount"].to_list() == [whole]


SCRIPT = """
import sys, time
from datetime import date
from minzheng.config.database import startup
startup.begin("engine")
from django.conf import settings
from django.db import connection, connections
connections["default"].settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = sys.argv[1]
from minzheng.config.database.exclusive import exclusive
from minzheng.config.province import making
def tell(stage, done):
    print(stage, flush=True)
with exclusive("province"):
    making.make(0.001, int(sys.argv[2]), date(2024, 9, 30), sys.argv[3] == "replace", tell)
"""


def _process(name: str, seed: int, mode: str) -> "subprocess.Popen[str]":
    surroundings = os.environ | {"MINZHENG_ROLE": "engine"}
    words = [sys.executable, "-c", SCRIPT, name, str(seed), mode]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings
    )


def _state(name: str) -> tuple[int, ...]:
    with addresses.connect("engine", name) as session:
        found = []
        for table in ("people_person", "people_incomeitem", "benefits_entitlement"):
            row = session.execute(f"SELECT count(*), coalesce(sum(id), 0) FROM {table}").fetchone()
            found += [int(value) for value in row or ()]
        return tuple(found)


@pytest.mark.storm
def test_killed_it_leaves_the_old_or_nothing(transactional_db: None) -> None:
    name = str(connection.settings_dict["NAME"])
    connection.close()
    try:
        for mode, seeds in (("new", (1, 2)), ("replace", (3, 4))):
            before = _state(name)
            for seed in seeds:
                running = _process(name, seed, mode)
                assert running.stdout is not None
                # Killed at the first table, in the middle of the load, or while indexes are put back.
                until = "索引" if seed in (2, 3) else "载入"
                for line in running.stdout:
                    if line.startswith(until):
                        time.sleep(0.25 if seed == 1 else 0)  # a fast server ends soon after its indexes
                        break
                running.send_signal(signal.SIGKILL)
                running.communicate()
                _settled(name)
                assert _state(name) == before
            whole = _process(name, 9, mode)
            other = _process(name, 9, mode)
            ended = sorted(
                [whole.communicate(timeout=120)[1][-400:], other.communicate(timeout=120)[1][-400:]], key=len
            )
            assert {whole.returncode, other.returncode} == {0, 1}, ended
            assert "正在由" in ended[1] or "--replace" in ended[1] or "刚才" in ended[1]
            assert _state(name) != before
    finally:
        loading.empty(making.MADE)


def _settled(name: str) -> None:
    """Wait until the server has rolled the killed session back."""
    for _ in range(100):
        with addresses.connect("owner", name) as session:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'minzheng_engine'"
            row = session.execute(query, [name]).fetchone()
        if row and row[0] == 0:
            return
        time.sleep(0.1)
