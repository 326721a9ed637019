"""Documents about a case: found for whoever sees the case, open as long as the case is."""

from django.urls import reverse

from minzheng.core.access.scope import current
from minzheng.core.cases import reads
from minzheng.core.documents.subjects import Subject

ABOUT = "case"
#: Procedure → (the kinds of documents that a case of it must have, the names of the addresses of its page for
#: officers and for who acts for themselves).
_told: dict[str, tuple[tuple[str, ...], str, str]] = {}


def ask(procedure: str, *kinds: str, page: str = "", own: str = "") -> None:
    """Say at start what a case of a procedure must have, and where it is shown (addresses with its key)."""
    _told[procedure] = kinds, page, own


def find(key: int) -> Subject | None:
    """A case in sight; of a resident, only their own."""
    rows = reads.visible(current()).filter(pk=key)
    found = rows.values_list("area", "number", "procedure", "closed_on").first()
    if found is None:
        return None
    area, number, procedure, closed_on = found
    kinds, page, own = _told.get(procedure, ((), "", ""))
    if current().post in reads.OWN:
        page = own
    link = reverse(page, args=[key]) if page else ""
    return Subject(ABOUT, key, area, f"案件 {number}", link, kinds, closed_on is None)
