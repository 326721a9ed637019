"""The month's run on a made-up register: what is paid, to whom, once; and what stops it."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from minzheng.config.month import standin
from minzheng.config.month.running import FolderRefusal, Report, run
from minzheng.config.month.tests import synthetic
from minzheng.core.access import actor
from minzheng.core.access.actor import MissingRefusal, SegregationRefusal, StaleRefusal
from minzheng.core.benefits import actions, runs
from minzheng.core.ledger import actions as payments
from minzheng.core.ledger import bankfile
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = Month(2024, 10)
HOUSEHOLDS = range(1, 31)


@pytest.fixture(autouse=True)
def everyone_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grants are tested in `access`; here every post may do every step, so that only the money's
    rules are left.
    """
    monkeypatch.setattr(actor, "may", lambda scope, step: True)
    monkeypatch.setattr(actions, "today", lambda: date(2024, 9, 30))


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def one(sql: str, *values: object) -> object:
    return rows(sql, *values)[0][0]


def unattended(folder: Path, register: synthetic.Register, month: Month = OCTOBER, found=None) -> Report:
    keys = synthetic.users()
    return run(month, folder, synthetic.sources(register, found), synthetic.approvers(keys))


def paid(folder: Path) -> list[tuple[int, int]]:
    """The judge: (instruction, times the bank took it)."""
    with sqlite3.connect(folder / standin.LOG) as log:
        return log.execute("SELECT instruction, count(*) FROM line GROUP BY instruction").fetchall()


def total_paid(folder: Path) -> int:
    with sqlite3.connect(folder / standin.LOG) as log:
        return log.execute("SELECT sum(amount) FROM line").fetchone()[0]


def test_everyone_is_paid_once_and_a_second_run_pays_nothing(tmp_path: Path) -> None:
    synthetic.load(30)
    register = synthetic.Register()
    first = unattended(tmp_path, register, found=synthetic.frame(HOUSEHOLDS))
    assert first.state == "done"
    assert first.payments == {"paid": 30}
    assert first.ledger is not None
    assert first.ledger.differences == ()
    assert first.ledger.checked == len(list((tmp_path / "out").iterdir())) == 6
    assert total_paid(tmp_path) == sum(map(synthetic.amount_of, HOUSEHOLDS)) == first.ledger.paid
    second = unattended(tmp_path, register, found=synthetic.frame(HOUSEHOLDS))
    assert (second.state, second.sequence, second.changes) == ("done", 2, {})
    assert second.payments == first.payments
    assert {times for _, times in paid(tmp_path)} == {1}
    assert len(paid(tmp_path)) == 30


def test_it_stops_for_approval_and_two_natural_persons_release_it(tmp_path: Path) -> None:
    synthetic.load(30)
    keys = synthetic.users()
    sources = synthetic.sources(synthetic.Register())
    report = run(OCTOBER, tmp_path, sources)
    assert report.state == "waiting_people"
    assert not (tmp_path / "out").exists()
    (plan, version), *others = rows("SELECT id, version FROM benefits_plan ORDER BY area")
    with pytest.raises(StaleRefusal):
        actions.approve(plan, synthetic.Scope(keys[0]), version - 1)
    with pytest.raises(MissingRefusal):
        actions.approve(plan, synthetic.Scope(keys[0], 530300000000, 530399999999), version)
    version = actions.approve(plan, synthetic.Scope(keys[0]), version)
    with pytest.raises(SegregationRefusal):  # another account of the same natural person
        actions.approve(plan, synthetic.Scope(keys[1]), version)
    actions.approve(plan, synthetic.Scope(keys[2]), version)
    with pytest.raises(StaleRefusal):
        actions.approve(plan, synthetic.Scope(keys[3]), version + 1)
    assert run(OCTOBER, tmp_path, sources).state == "waiting_people"  # the other counties' plans
    assert {path.name[7:13] for path in (tmp_path / "out").iterdir()} == {"530102"}
    for other, version in others:
        actions.approve(
            other, synthetic.Scope(keys[3]), actions.approve(other, synthetic.Scope(keys[0]), version)
        )
    assert run(OCTOBER, tmp_path, sources).state == "waiting_bank"
    standin.serve_once(tmp_path)
    assert run(OCTOBER, tmp_path, sources).state == "done"
    assert len(paid(tmp_path)) == 30


def test_who_edits_a_plan_cannot_approve_it(tmp_path: Path) -> None:
    synthetic.load(6)
    keys = synthetic.users()
    found = synthetic.frame(range(1, 7), amount={3: 99000})
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register(), found))
    plan, version = rows("SELECT id, version FROM benefits_plan WHERE state = 'draft'")[0]
    line = one("SELECT id FROM benefits_dueline WHERE plan_id = %s ORDER BY id LIMIT 1", plan)
    actions.exclude_line(line, synthetic.Scope(keys[0]), version, "正在核查")
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register(), found), freeze=True)
    version = one("SELECT version FROM benefits_plan WHERE id = %s", plan)
    with pytest.raises(SegregationRefusal):
        actions.approve(plan, synthetic.Scope(keys[1]), version)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO benefits_planapproval (plan_id, step, natural_person, user_key, digest, area)"
            " SELECT id, 1, '甲', 1, digest, area FROM benefits_plan WHERE id = %s",
            [plan],
        )
    actions.approve(plan, synthetic.Scope(keys[2]), version)


def test_the_database_refuses_what_the_actions_would(tmp_path: Path) -> None:
    synthetic.load(6)
    keys = synthetic.users()
    unattended(tmp_path, synthetic.Register())
    statements = [
        "UPDATE benefits_plan SET total = total + 1",
        "UPDATE benefits_plan SET state = 'draft'",
        "UPDATE benefits_dueline SET amount = amount + 1",
        "DELETE FROM benefits_dueline",
        "INSERT INTO benefits_dueline (entitlement_id, month, revision, plan_id, household, payee,"
        " programme, amount,"
        " state, reason, area) SELECT entitlement_id, month, 1, plan_id, household, payee, programme,"
        " amount, state,"
        " reason, area FROM benefits_dueline",
        "UPDATE ledger_instruction SET amount = amount + 1",
        "UPDATE ledger_instruction SET state = 'ready'",
        "UPDATE ledger_attempt SET code = '01'",
        "UPDATE ledger_posting SET debit = debit + 1",
        "DELETE FROM ledger_posting",
        "INSERT INTO ledger_posting (entry_id, account, debit, credit, area)"
        " SELECT id, 'bank', 5, 0, 0 FROM ledger_entry LIMIT 1",
        "UPDATE benefits_decision SET amount = amount + 1",
        "UPDATE ledger_bankfile SET total = total + 1",
    ]
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert keys


def test_changes_wait_for_a_person_unless_the_law_lets_them_follow(tmp_path: Path) -> None:
    synthetic.load(12)
    found = synthetic.frame(
        range(2, 14),  # 1 is found no longer, 13 is new
        amount={2: 50000, 3: 20000, 5: 26000, 6: 90000},
        persons={5: [50, 51]},
        eligible={4: False, 7: None},
        reasons={4: ["存款超过上限"]},
        raised={6: True},
    )
    register = synthetic.Register(deaths={52, 101, 100})
    found = found.filter(found["household"] != 10)  # 10: both members dead
    report = run(OCTOBER, tmp_path, synthetic.sources(register, found))
    changes = dict(rows("SELECT household, kind || ' ' || state FROM benefits_change"))
    assert changes == {
        1: "stop waiting",
        2: "up waiting",
        3: "down waiting",
        4: "stop waiting",
        5: "death automatic",
        6: "up waiting",  # raised, but its facts were never read before
        10: "death automatic",
        13: "new waiting",
    }
    assert report.state == "waiting_people"
    assert one("SELECT reason FROM benefits_change WHERE household = 4") == "存款超过上限"
    assert one("SELECT amount FROM benefits_entitlement WHERE household = 5 AND upper_inf(valid)") == 26000
    assert rows("SELECT 1 FROM benefits_entitlement WHERE household = 10 AND upper_inf(valid)") == []
    assert one("SELECT law FROM benefits_decision WHERE household = 5 AND kind = 'change'") == "死亡的规定"
    keys = synthetic.users()
    change, version = rows("SELECT id, version FROM benefits_change WHERE household = 3")[0]
    with pytest.raises(StaleRefusal):
        actions.confirm_change(change, synthetic.Scope(keys[0]), version + 1)
    actions.reject_change(change, synthetic.Scope(keys[0]), version)
    with pytest.raises(StaleRefusal):
        actions.confirm_change(change, synthetic.Scope(keys[0]), version + 1)
    assert one("SELECT amount FROM benefits_entitlement WHERE household = 3 AND upper_inf(valid)") == 30021
    assert unattended(tmp_path, register, found=found).state == "done"
    # What was drafted before the confirmations stays; what was confirmed after a line was drafted starts in
    # November.
    amounts = dict(rows("SELECT household, amount FROM benefits_dueline"))
    assert amounts[5] == 26000
    assert amounts[2] == synthetic.amount_of(2)
    later = run(OCTOBER.next(), tmp_path, synthetic.sources(register, found))
    assert later.changes.keys() <= {"down"}  # the rejected one is found again


def test_a_standard_uplift_follows_by_itself_where_nothing_else_changed(tmp_path: Path) -> None:
    synthetic.load(6)
    register = synthetic.Register()
    unattended(tmp_path, register, found=synthetic.frame(range(1, 7)))
    raised = dict.fromkeys(range(1, 7), True)
    amounts = {h: synthetic.amount_of(h) + 1000 for h in range(1, 7)}
    found = synthetic.frame(range(1, 7), amount=amounts, raised=raised, facts={2: 777})
    run(OCTOBER.next(), tmp_path, synthetic.sources(register, found))
    assert dict(rows("SELECT household, kind FROM benefits_change")) == {
        h: "up" if h == 2 else "standard" for h in range(1, 7)
    }


def test_nobody_is_covered_twice_whatever_household(tmp_path: Path) -> None:
    synthetic.load(4)
    twice = synthetic.standing([100]).with_columns(persons=synthetic.standing([2])["persons"])
    actions.import_decisions(twice)
    report = unattended(tmp_path, synthetic.Register())
    assert len(paid(tmp_path)) == 4
    assert rows("SELECT kind FROM benefits_finding") == [("covered_twice",)] * 2  # one of each county
    assert report.state == "done"


def test_a_payee_who_died_between_plan_and_file_is_not_paid(tmp_path: Path) -> None:
    synthetic.load(6)
    keys, register = synthetic.users(), synthetic.Register()
    sources = synthetic.sources(register)
    run(OCTOBER, tmp_path, sources)
    for plan, version in rows("SELECT id, version FROM benefits_plan"):
        actions.approve(
            plan, synthetic.Scope(keys[3]), actions.approve(plan, synthetic.Scope(keys[0]), version)
        )
    register.deaths.add(20)
    assert run(OCTOBER, tmp_path, sources).state == "waiting_bank"
    standin.serve_once(tmp_path)
    report = run(OCTOBER, tmp_path, sources)
    assert report.state == "done"
    assert len(paid(tmp_path)) == 5
    assert rows("SELECT state, reason FROM benefits_dueline WHERE payee = 20") == [
        ("withheld", "领取人已死亡，未付")
    ]
    assert ("payee_dead",) in rows("SELECT kind FROM benefits_finding")


def test_a_failed_payment_is_paid_again_after_another_person_approved_the_account(tmp_path: Path) -> None:
    actions.import_decisions(synthetic.standing([98, 99, 100]))
    register, keys = synthetic.Register(), synthetic.users()
    assert unattended(tmp_path, register).payments == {"failed": 1, "paid": 2}
    failed = one("SELECT id FROM ledger_instruction WHERE state = 'failed'")
    hold = payments.hold_account(990, 5000, synthetic.Scope(keys[0]))
    with pytest.raises(SegregationRefusal):
        payments.approve_account(hold, synthetic.Scope(keys[1]), 1)
    with pytest.raises(Exception, match="另一人批准"):
        payments.reissue(failed, synthetic.Scope(keys[0]))
    payments.approve_account(hold, synthetic.Scope(keys[2]), 1)
    payments.reissue(failed, synthetic.Scope(keys[0]))
    with pytest.raises(StaleRefusal):
        payments.reissue(failed, synthetic.Scope(keys[0]))
    register.corrected[990] = 5000
    report = unattended(tmp_path, register)
    assert report.payments == {"failed": 1, "paid": 3}
    assert report.ledger is not None
    assert report.ledger.differences == ()
    assert (report.ledger.returned, report.ledger.transit) == (0, 0)
    assert report.ledger.paid == report.ledger.expense


def test_a_changed_account_holds_the_payment(tmp_path: Path) -> None:
    synthetic.load(3)
    keys, register = synthetic.users(), synthetic.Register()
    hold = payments.hold_account(20, 21, synthetic.Scope(keys[0]))
    assert unattended(tmp_path, register).payments == {"paid": 2}
    payments.approve_account(hold, synthetic.Scope(keys[2]), 1)
    assert unattended(tmp_path, register).payments == {"paid": 3}
    assert {times for _, times in paid(tmp_path)} == {1}


def test_an_account_that_changed_behind_our_back_is_held_and_a_refused_one_stays_held(tmp_path: Path) -> None:
    synthetic.load(3)
    keys, register = synthetic.users(), synthetic.Register()
    unattended(tmp_path, register)
    register.corrected[20] = 21
    assert unattended(tmp_path, register, OCTOBER.next()).payments == {"paid": 2}
    hold, version = rows("SELECT id, version FROM ledger_hold WHERE person = 20 AND state = 'waiting'")[0]
    payments.approve_account(hold, synthetic.Scope(keys[2]), version, accept=False)
    assert unattended(tmp_path, register, OCTOBER.next()).payments == {"paid": 2}
    del register.corrected[20]
    assert unattended(tmp_path, register, OCTOBER.next()).payments == {"paid": 3}


def test_correcting_an_account_writes_it_and_holds_the_payments(monkeypatch: pytest.MonkeyPatch) -> None:
    synthetic.load(3)
    (user, *_) = synthetic.users()
    monkeypatch.setattr(payments.people, "change_account", lambda *told: 5000)
    hold = payments.correct_account(20, "YN01", "6228000000000000000", synthetic.Scope(user), "本人申请")
    assert rows("SELECT person, account, state, by FROM ledger_hold WHERE id = %s", hold) == [
        (20, 5000, "waiting", "甲")
    ]


def test_a_payee_without_account_is_a_finding_and_paid_when_there_is_one(tmp_path: Path) -> None:
    synthetic.load(3)
    register = synthetic.Register(without_account={20})
    assert unattended(tmp_path, register).payments == {"paid": 2}
    assert rows("SELECT kind FROM benefits_finding") == [("no_account",)]
    register.without_account.clear()
    assert unattended(tmp_path, register).payments == {"paid": 3}


def test_bad_rows_of_an_answer_are_findings_and_stop_nothing(tmp_path: Path) -> None:
    actions.import_decisions(synthetic.standing(range(3, 33, 6)))  # one county, one bank
    keys = synthetic.users()
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()), synthetic.approvers(keys), bank=False)
    (path,) = (tmp_path / "out").iterdir()
    file = bankfile.read_payment(path.read_bytes())
    result = [
        bankfile.Result(r.line, r.line, r.instruction, r.amount, "00", date(2024, 10, 10)) for r in file.rows
    ]
    one_, two, three, four, five = result
    bad = [
        one_,
        one_,  # twice
        bankfile.Result(3, 9, 999999, 100, "00", date(2024, 10, 10)),  # unknown
        bankfile.Result(
            4, two.line, two.instruction, two.amount + 1, "00", date(2024, 10, 10)
        ),  # another amount
        bankfile.Result(
            5, three.line, three.instruction, three.amount, "77", date(2024, 10, 10)
        ),  # unknown code
        four,
    ]
    data = bankfile.answer_bytes(file.identity, bad)
    body = data.split(b"\n", 1)[1] + b"x,y\n"
    head = data.split(b"\n", 1)[0].split(b",")
    head[-1] = bankfile.digest(body).encode()
    bankfile.write_whole(tmp_path / "answer" / "a.csv", b",".join(head) + b"\n" + body)
    bankfile.write_whole(tmp_path / "answer" / "b.csv", data[:-5])  # cut short
    bankfile.write_whole(tmp_path / "answer" / "c.csv", b"\xff\x00")
    report = run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()))
    assert report.state == "waiting_bank"
    assert report.payments == {"filed": 3, "paid": 2}
    kinds = sorted(kind for (kind,) in rows("SELECT kind FROM benefits_finding"))
    assert kinds == sorted(
        [
            *(f"answer_{what}" for what in ("duplicate", "unknown", "amount", "code", "row", "count")),
            "bank_file",
            "bank_file",
        ]
    )
    bankfile.write_whole(
        tmp_path / "answer" / "d.csv", bankfile.answer_bytes(file.identity, [one_, two, three, four, five])
    )
    report = run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()))
    assert report.payments == {"paid": 5}
    assert report.state == "done"
    assert len(rows("SELECT kind FROM benefits_finding")) == len(
        kinds
    )  # what is known already is nothing new


def test_a_damaged_file_is_refused_by_the_bank_written_again_and_paid_once(tmp_path: Path) -> None:
    actions.import_decisions(synthetic.standing([3, 9]))
    sources = synthetic.sources(synthetic.Register())
    run(OCTOBER, tmp_path, sources, synthetic.approvers(synthetic.users()), bank=False)
    (path,) = (tmp_path / "out").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    standin.serve_once(tmp_path)
    assert run(OCTOBER, tmp_path, sources).state == "waiting_bank"
    run(OCTOBER, tmp_path, sources)
    assert path.read_bytes() == whole
    standin.serve_once(tmp_path)
    assert run(OCTOBER, tmp_path, sources).state == "done"
    assert {times for _, times in paid(tmp_path)} == {1}


def test_another_month_cannot_begin_while_one_waits_for_people(tmp_path: Path) -> None:
    synthetic.load(3)
    run(OCTOBER, tmp_path, synthetic.sources(synthetic.Register()))
    with pytest.raises(runs.RunRefusal, match="2024-10"):
        run(OCTOBER.next(), tmp_path, synthetic.sources(synthetic.Register()))


def test_a_bank_folder_of_another_register_is_refused(tmp_path: Path) -> None:
    synthetic.load(3)
    unattended(tmp_path, synthetic.Register())
    (tmp_path / "register.txt").write_text("2020-01-01")
    with pytest.raises(FolderRefusal, match="另一个登记库"):
        unattended(tmp_path, synthetic.Register())
