"""Whoever touches the log is found, and so is what was touched: each way of touching it, one test.

The tamperer here is the owner of the tables with their triggers off: more than the web or the engine can do.
"""

import json

import pytest
from django.db import ProgrammingError, connection, transaction

from minzheng.core.access import rows
from minzheng.core.audit import heads, sealing
from minzheng.core.audit.actions import log_access
from minzheng.core.audit.heads import HeadsRefusal
from minzheng.core.audit.models import AccessLog, History, Seal
from minzheng.core.audit.verifying import verify

pytestmark = pytest.mark.django_db(transaction=True)
AREA = 530602000000


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    """Heads of this test's own, and a log of five entries in three transactions, sealed twice."""
    monkeypatch.setenv("MINZHENG_HEADS", str(tmp_path / "heads"))
    run("TRUNCATE audit_history, audit_accesslog, audit_seal")
    for batch in ("ab", "c"):
        with transaction.atomic():
            for letter in batch:
                log_access("people.reveal", f"people_person/{letter}", "核对")
        sealing.seal()
    add_succession()
    sealing.seal()
    yield
    run("DELETE FROM areas_succession")
    run("TRUNCATE audit_history, audit_accesslog, audit_seal")


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def add_succession():
    run(
        "INSERT INTO areas_succession (predecessor, successor, on_date, law, source) VALUES (530602, 530603,"
        " '2020-01-01', '待考', 'probe')"
    )


def kinds():
    return {(fault.kind, fault.where) for fault in verify().faults}


def keys():
    return list(AccessLog.objects.order_by("id").values_list("id", flat=True))


def test_an_untouched_log_is_in_order_and_a_second_sealing_seals_nothing():
    verdict = verify()
    assert (verdict.faults, verdict.entries, verdict.unsealed) == ((), 4, 0)
    before = Seal.objects.count()
    assert sealing.seal() == 0
    assert Seal.objects.count() == before


def test_an_altered_entry_is_named():
    run("UPDATE audit_accesslog SET subject = 'people_person/z' WHERE id = %s", keys()[1])
    assert kinds() == {("altered", f"audit_accesslog {keys()[1]}")}


def test_a_deleted_entry_is_named():
    gone = keys()[0]
    run("DELETE FROM audit_accesslog WHERE id = %s", gone)
    assert kinds() == {("deleted", f"audit_accesslog {gone}")}


def test_an_entry_inserted_under_a_seal_is_named():
    run(
        "INSERT INTO audit_accesslog (at, what, subject, purpose, outcome, transaction)"
        " SELECT at, what, 'x', purpose, outcome, transaction FROM audit_accesslog WHERE id = %s",
        keys()[0],
    )
    assert kinds() == {("inserted", f"audit_accesslog {keys()[-1]}")}


def test_entries_that_changed_places_are_named():
    first, second = keys()[:2]
    for key, other in ((first, 0), (second, first), (0, second)):
        run("UPDATE audit_accesslog SET id = %s WHERE id = %s", other, key)
    assert kinds() == {("reordered", f"audit_accesslog {key}") for key in (first, second)}


def test_a_row_s_history_is_sealed_too():
    entry = History.objects.get(table="areas_succession")
    run("UPDATE audit_history SET user_key = 9 WHERE id = %s", entry.id)
    assert kinds() == {("altered", f"audit_history {entry.id}")}


def test_a_seal_made_anew_over_a_changed_log_is_betrayed_by_its_head():
    run("DELETE FROM audit_accesslog WHERE id = %s", keys()[-1])
    numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
    run("DELETE FROM audit_seal")
    with pytest.raises(HeadsRefusal):
        sealing.seal()
    assert {kind for kind, _ in kinds()} == {"head"}
    assert ("head", f"封存 {numbers[-1]}") in kinds()


def test_a_seal_cut_out_of_the_chain_is_found():
    run("DELETE FROM audit_seal WHERE number = 2")
    found = kinds()
    assert ("seal", "封存 2") in found
    assert ("head", "封存 2") in found


def test_a_changed_mark_is_found():
    run("UPDATE audit_seal SET marks = set_byte(marks, 12, 255 - get_byte(marks, 12)) WHERE number = 1")
    assert kinds() == {("seal", "封存 1")}


def test_a_changed_head_is_found_and_nothing_more_is_published():
    path = heads.folder() / heads.FILE
    lines = path.read_text().splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | {"entries": 1})
    path.write_text("\n".join(lines) + "\n")
    assert ("head", heads.FILE) in kinds()
    log_access("people.reveal", "people_person/d", "核对")
    with pytest.raises(HeadsRefusal, match="第 1 行"):
        sealing.seal()


def test_a_half_written_head_is_written_again():
    path = heads.folder() / heads.FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert sealing.seal() == 0
    assert path.read_bytes() == whole
    assert verify().faults == ()


def test_an_entry_of_an_unfinished_transaction_is_sealed_later_in_its_place():
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO audit_accesslog (what, subject, purpose, outcome) VALUES ('w', 's', '', 'done')"
            )
            log_access("people.reveal", "people_person/later", "核对")
            assert sealing.seal() == 0, "what began after an unfinished transaction waits for it"
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert sealing.seal() == 2
    assert verify().faults == ()


@pytest.mark.parametrize("state", ["DISABLE TRIGGER", "ENABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
def test_a_silenced_trigger_is_named(state):
    run(f"ALTER TABLE areas_succession {state} history_update")
    try:
        assert kinds() == {("trigger", "areas_succession")}
    finally:
        run("ALTER TABLE areas_succession ENABLE ALWAYS TRIGGER history_update")
    assert kinds() == set()


def test_a_trigger_that_was_silent_for_a_while_is_found_afterwards():
    run("ALTER TABLE areas_succession DISABLE TRIGGER history_update")
    run("UPDATE areas_succession SET source = 'changed'")
    sealing.seal()
    run("ALTER TABLE areas_succession ENABLE ALWAYS TRIGGER history_update")
    sealing.seal()
    newest = Seal.objects.order_by("-number")[1].number
    assert kinds() == {("silenced", f"areas_succession 封存 {newest}")}


def test_a_restored_database_is_sealed_on_only_after_somebody_said_so():
    log_access("people.reveal", "people_person/lost", "核对")
    sealing.seal()
    run("DELETE FROM audit_accesslog WHERE subject = 'people_person/lost'")
    run("DELETE FROM audit_seal WHERE number = (SELECT max(number) FROM audit_seal)")
    assert {kind for kind, _ in kinds()} == {"head"}
    sealing.restored("2024-10-08 由备份恢复，张某批准")
    assert verify().faults == ()
    log_access("people.reveal", "people_person/new", "核对")
    assert sealing.seal() == 1
    assert verify().faults == ()


@pytest.mark.parametrize("role", [rows.RUNTIME, rows.ENGINE])
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_seal SET entries = 0", "DELETE FROM audit_seal", "TRUNCATE audit_seal"]
)
def test_neither_the_web_nor_the_engine_can_change_a_seal(role, statement):
    with pytest.raises(ProgrammingError):
        run(f"SET ROLE {role}; {statement}")
    run("RESET ROLE")
