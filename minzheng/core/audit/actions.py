"""What is written to the access log: sensitive reads, reveals, searches, exports, refusals."""

from typing import Any

from django.db import connection

from minzheng.core.access import scope as scopes

DONE, REFUSED = "done", "refused"


def log_access(what: str, subject: str, purpose: str, outcome: str = DONE) -> None:
    """Add an entry for whoever acts now, in the transaction of the act: no entry, no reveal.

    `what` is the kind of access ("people.reveal"), `subject` a table and key ("people_person/123"), never a
    personal number. The entry can be neither changed nor deleted, and bears the account that the transaction
    belongs to.
    """
    scope = scopes.find()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_accesslog (user_key, post, area, what, subject, purpose, outcome, request)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, nullif(current_setting('app.request', true), ''))",
            [
                scope.user if scope else None,
                scope.duty if scope else None,
                scope.area or scope.lo if scope else None,
                what,
                subject,
                purpose,
                outcome,
            ],
        )


def log_refusal(sender: Any, step: str, path: str, **_: Any) -> None:
    """Receiver of `access.middleware.refused`."""
    log_access(step, path[:120], "", REFUSED)
