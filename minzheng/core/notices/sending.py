"""The outbox is sent by set, as engine: a message is claimed and that is kept before it is handed over.

So no message is handed over twice, whatever dies when: what was claimed and not settled is asked of the
gateway at the next run, and where that cannot tell it is called failed for a person to look at.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from minzheng.core.notices.actions import PHONE
from minzheng.core.notices.models import TextMessage
from minzheng.core.notices.sms import SmsProvider, SmsRefusal
from minzheng.core.people.crypto import CryptoRefusal, provider
from minzheng.kernel.errors import Refusal

BATCH = 200
UNCLEAR = "上次发送时中断，不清楚是否已经发出，请人工核实。"


class SendingRefusal(Refusal):
    """The outbox cannot be sent now."""

    exit_code = 1


@dataclass(frozen=True)
class Sent:
    """What one run did."""

    sent: int
    failed: int


def send(gateway: SmsProvider) -> Sent:
    """Send everything that waits; raises SendingRefusal where another run is on or the gateway is away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('minzheng sms'))")
        if not cursor.fetchone()[0]:
            raise SendingRefusal("另一个程序正在发送短信，这次没有发送。")
    try:
        sent, failed = _left_over(gateway)
        while batch := _claimed():
            for message in batch:
                handed = _handed_over(gateway, message)
                sent, failed = sent + handed, failed + (not handed)
        return Sent(sent, failed)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('minzheng sms'))")


def _claimed() -> list[TextMessage]:
    """The next messages, claimed by a transaction of its own."""
    with transaction.atomic(durable=True):
        waiting = TextMessage.unscoped.select_for_update().filter(state="waiting").order_by("id")[:BATCH]
        batch = list(waiting)
        TextMessage.unscoped.filter(pk__in=[each.pk for each in batch]).update(state="sending")
    return batch


def _handed_over(gateway: SmsProvider, message: TextMessage) -> bool:
    try:
        phone = provider().decrypt(PHONE, message.pk, message.phone_cipher)
        # A database brought back from a backup waits with what was sent after it.
        if not gateway.known(message.key.hex):
            gateway.send(message.key.hex, phone, message.words)
    except (SmsRefusal, CryptoRefusal) as refusal:
        _settle(message, "failed", f"{refusal}")
        return False
    except OSError as error:
        # This one may have gone out before the failure: it stays claimed, and the next run asks.
        TextMessage.unscoped.filter(state="sending", pk__gt=message.pk).update(state="waiting")
        raise SendingRefusal(
            "短信网关现在用不了，没有发出的留在待发送里。请检查网关（演示为数据目录下的 sms 目录）后重试。"
        ) from error
    _settle(message, "sent")
    return True


def _left_over(gateway: SmsProvider) -> tuple[int, int]:
    """Settle what an earlier run claimed and did not settle: (sent, failed)."""
    sent = failed = 0
    for message in TextMessage.unscoped.filter(state="sending").order_by("id"):
        known = gateway.known(message.key.hex)
        if known:
            _settle(message, "sent")
            sent += 1
        elif known is None:
            _settle(message, "failed", UNCLEAR)
            failed += 1
        else:
            _settle(message, "waiting")
    return sent, failed


def _settle(message: TextMessage, state: str, told: str = "") -> None:
    ended = None if state == "waiting" else Now()
    TextMessage.unscoped.filter(pk=message.pk).update(state=state, told=told[:200], ended_at=ended)
