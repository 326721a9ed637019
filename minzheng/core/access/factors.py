"""The second factor: codes by time (RFC 6238) and recovery codes, kept in allauth's table.

A code opens once: the step of time that it belongs to is remembered with the secret, so that it holds
whatever process answers (RFC 6238 §5.2). The demonstration's secret is public; remembering its codes would
protect nothing. Secrets are encrypted by the adapter (`config.signin`).
"""

import hmac
import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as codes
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction
from django.utils import timezone

from minzheng.core.access.models import User

#: The demonstration's one secret (base 32); its users' codes are shown on the page that asks for them.
DEMO_SECRET = "MINZHENGYANSHIYANZHENGMA"
TOTP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def enrolled(user: int) -> bool:
    """Whether the user has a second factor."""
    return Authenticator.objects.filter(user_id=user).exclude(type=RECOVERY).exists()


def enrolled_among(users: list[int]) -> set[int]:
    """Those of these users who have one."""
    found = Authenticator.objects.filter(user_id__in=users).exclude(type=RECOVERY)
    return set(found.values_list("user_id", flat=True))


def new_secret() -> str:
    """A fresh secret of 160 bits in base 32."""
    return str(codes.generate_totp_secret())


def matching(secret: str, code: str) -> int | None:
    """The step of time whose code this is, now or one step off; None where it is no code of the secret."""
    typed = "".join(code.split())
    found = None
    for step in codes.yield_hotp_counters_from_time():
        value = codes.format_hotp_value(codes.hotp_value(secret, step))
        if typed.isascii() and hmac.compare_digest(value, typed):
            found = step
    return found


def present_code(secret: str) -> str:
    """The code of the secret at this moment, as a telephone would show it."""
    return str(
        codes.format_hotp_value(codes.hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))
    )


def enrol(user: int, secret: str, step: int = 0) -> None:
    """Take a secret as the user's second factor, in place of one before; `step` has been used already."""
    with transaction.atomic():
        Authenticator.objects.filter(user_id=user, type=TOTP).delete()
        Authenticator.objects.create(user_id=user, type=TOTP, data={"secret": encrypt(secret), "step": step})


def new_recovery_codes(user: int) -> tuple[str, ...]:
    """Ten codes that each open once, in place of those before; they are shown now and never again."""
    with transaction.atomic():
        owner = User.objects.select_for_update().get(pk=user)
        Authenticator.objects.filter(user_id=user, type=RECOVERY).delete()
        return tuple(RecoveryCodes.activate(owner).generate_codes())


def recovery_left(user: int) -> int:
    """How many recovery codes have not been used."""
    kept = Authenticator.objects.filter(user_id=user, type=RECOVERY).first()
    return len(RecoveryCodes(kept).get_unused_codes()) if kept else 0


def accepted(user: int, code: str) -> Authenticator | None:
    """The authenticator of the user that this code opens, used up by it; None where it opens none."""
    with transaction.atomic():
        kept = {
            each.type: each
            for each in Authenticator.objects.select_for_update().filter(
                user_id=user, type__in=(TOTP, RECOVERY)
            )
        }
        if TOTP in kept and _opens(kept[TOTP], code):
            return kept[TOTP]
        if RECOVERY in kept and RecoveryCodes(kept[RECOVERY]).validate_code(code):
            return kept[RECOVERY]
        return None


def reset(user: int) -> int:
    """Forget the user's second factors; returns how many there were."""
    return int(Authenticator.objects.filter(user_id=user).delete()[0])


def demo_code(user: int | None) -> str:
    """The present code of a user of the demonstration who still has its secret, else ""."""
    kept = Authenticator.objects.filter(user_id=user, type=TOTP, user__is_demo=True).first()
    return present_code(DEMO_SECRET) if kept and decrypt(kept.data["secret"]) == DEMO_SECRET else ""


def _opens(kept: Any, code: str) -> bool:
    secret = decrypt(kept.data["secret"])
    step = matching(secret, code)
    if step is None:
        return False
    if secret == DEMO_SECRET and kept.user.is_demo:
        return True
    if step <= kept.data.get("step", 0):
        return False
    kept.data["step"], kept.last_used_at = step, timezone.now()
    kept.save(update_fields=["data", "last_used_at"])
    return True
