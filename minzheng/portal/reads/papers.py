"""What documents can be about, as far as the portal itself knows such things: households."""

from django.urls import reverse

from minzheng.core.access.scope import current
from minzheng.core.documents.subjects import Subject
from minzheng.portal.reads.query import one

HOUSEHOLD = "SELECT area FROM people_household WHERE id = %(key)s AND area BETWEEN %(lo)s AND %(hi)s"


def household(key: int) -> Subject | None:
    """A household in scope. Nothing is asked of it here: what a case asks for, the case's procedure says."""
    scope = current()
    found = one(HOUSEHOLD, {"key": key, "lo": scope.lo, "hi": scope.hi})
    if not found or not scope.holds(found[0]):
        return None
    return Subject("household", key, found[0], f"户 {key}", reverse("household", args=[key]))
