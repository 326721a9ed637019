"""What documents can be about, as far as the portal itself knows such things: households."""

from django.urls import reverse

from minzheng.core.access import may
from minzheng.core.access.scope import current
from minzheng.core.documents.subjects import Subject
from minzheng.portal.reads.query import one

HOUSEHOLD = "SELECT area FROM people_household WHERE id = %(key)s AND area BETWEEN %(lo)s AND %(hi)s"


def household(key: int) -> Subject | None:
    """A household in scope, for one who may look at households.

    No kind is asked for here: what a case must have, the procedure of the case says.
    """
    scope = current()
    if not may(scope, "people.view"):
        return None
    found = one(HOUSEHOLD, {"key": key, "lo": scope.lo, "hi": scope.hi})
    if not found or not scope.holds(found[0]):
        return None
    return Subject("household", key, found[0], f"户 {key}", reverse("household", args=[key]))
