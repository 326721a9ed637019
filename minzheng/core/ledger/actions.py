"""The deeds of people on payments: a changed account is held until another person approves it; a failure
is re-issued.
"""

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from minzheng.core.access.actor import (
    Actor,
    ActRefusal,
    MissingRefusal,
    ScopeLike,
    StaleRefusal,
    allowed,
)
from minzheng.core.access.duties import keep_apart
from minzheng.core.areas.day import today
from minzheng.core.ledger import locking
from minzheng.core.people import actions as people


def correct_account(person: int, bank: str, number: str, scope: ScopeLike, source: str) -> int:
    """Write a payee's new account into the register and hold the payments; returns the hold."""
    allowed(scope, "ledger.correct_account")
    with transaction.atomic():
        account = people.change_account(person, bank, number, today(), source)
        return hold_account(person, account, scope)


def hold_account(person: int, account: int, scope: ScopeLike) -> int:
    """Hold a person's payments because the account was changed to `account` (a key of the register).

    Returns the hold. A second change while one waits keeps the hold and starts the approval anew with the
    last account.
    """
    who = allowed(scope, "ledger.correct_account")
    with transaction.atomic(), connection.cursor() as cursor:
        area = _area_of(cursor, person, who)
        cursor.execute(
            "INSERT INTO ledger_hold (person, account, state, by, approved_by, version, area)"
            " VALUES (%s, %s, 'waiting', %s, '', 1, %s)"
            " ON CONFLICT (person) WHERE state = 'waiting'"
            " DO UPDATE SET account = EXCLUDED.account, by = EXCLUDED.by, version = ledger_hold.version + 1,"
            " at = now()"
            " RETURNING id",
            [person, account, who.natural_person, area],
        )
        return int(cursor.fetchone()[0])


def approve_account(hold: int, scope: ScopeLike, version: int, accept: bool = True) -> None:
    """Release a held account (or refuse it); another natural person than the one who changed it."""
    who = allowed(scope, "ledger.approve_account")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, version, by FROM ledger_hold WHERE id = %s AND area BETWEEN %s AND %s FOR UPDATE",
            [hold, who.lo, who.hi],
        )
        row = cursor.fetchone()
        if row is None:
            raise MissingRefusal("找不到这项账户变更。")
        if row[0] != "waiting" or row[1] != version:
            raise StaleRefusal("这项账户变更已被处理或更新，请刷新后再看。")
        keep_apart("ledger.approve_account", who.natural_person, [("ledger.correct_account", row[2])])
        cursor.execute(
            "UPDATE ledger_hold SET state = %s, approved_by = %s, approved_at = now(), version = version + 1"
            " WHERE id = %s AND state = 'waiting' AND version = %s",
            ["released" if accept else "refused", who.natural_person, hold, version],
        )


def reissue(instruction: int, scope: ScopeLike) -> int:
    """Order a failed payment once more, into the account that is current when the next file is cut.

    Returns the new instruction. Refused while the payee's changed account waits for approval, when that was
    refused and no other account was given since, and when it was already ordered again
    (`instruction_one_reissue`).
    """
    who = allowed(scope, "ledger.reissue")
    locking.require()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, payee,"
            " (SELECT h.state FROM ledger_hold h WHERE h.person = payee ORDER BY h.id DESC LIMIT 1)"
            " FROM ledger_instruction WHERE id = %s AND area BETWEEN %s AND %s",
            [instruction, who.lo, who.hi],
        )
        row = cursor.fetchone()
        if row is None:
            raise MissingRefusal("找不到这笔支付。")
        if row[0] != "failed":
            raise StaleRefusal("只有发放失败的支付可以重新发放，请刷新后再看。")
        if row[2] == "waiting":
            raise ActRefusal("领取人的新账户还没有经另一人批准，批准后才能重新发放。")
        if row[2] == "refused":
            raise ActRefusal("领取人的新账户没有获得批准，请先更正账户，再重新发放。")
        return _write_reissue(cursor, instruction)


def _write_reissue(cursor: CursorWrapper, instruction: int) -> int:
    try:
        with transaction.atomic():
            cursor.execute(
                "INSERT INTO ledger_instruction (payee, run_id, kind, sequence, due_line_id, reissue_of_id,"
                " month,"
                " programme, household, amount, account, bank, state, area)"
                " SELECT i.payee, i.run_id, 'reissue', 1 + coalesce((SELECT max(o.sequence) FROM"
                " ledger_instruction o"
                "        WHERE o.payee = i.payee AND o.run_id = i.run_id AND o.kind = 'reissue'), 0),"
                " i.due_line_id, i.id, i.month, i.programme, i.household, i.amount, i.account, i.bank,"
                " 'ready', i.area"
                " FROM ledger_instruction i WHERE i.id = %s AND i.state = 'failed' RETURNING id",
                [instruction],
            )
            return int(cursor.fetchone()[0])
    except IntegrityError as error:
        raise StaleRefusal("这笔支付已经安排重新发放，请刷新后再看。") from error


def _area_of(cursor: CursorWrapper, person: int, who: Actor) -> int:
    cursor.execute(
        "SELECT area FROM benefits_entitlement WHERE payee = %s AND area BETWEEN %s AND %s ORDER BY id DESC"
        " LIMIT 1",
        [person, who.lo, who.hi],
    )
    row = cursor.fetchone()
    if row is None:
        raise MissingRefusal("找不到这名领取人。")
    return int(row[0])
