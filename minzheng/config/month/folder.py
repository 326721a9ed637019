"""Whose the bank's folder is: a register's file names would be taken for another's."""

from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from minzheng.core.ledger import bankfile
from minzheng.kernel.errors import Refusal

MARKER = "register.txt"
# The demonstration is made anew in the same tables; an installation begins with its first migration. Both
# instants are older than the first payment, so a database restored to whatever moment says the same.
BEGAN = """
    SELECT coalesce((SELECT made_at FROM indicators_sample), (SELECT min(applied) FROM django_migrations))
"""


class FolderRefusal(Refusal):
    """The bank's folder belongs to another register."""


class FormerFolderRefusal(FolderRefusal):
    """It belongs to a register that was there before this one was made anew."""


def claim(folder: Path) -> None:
    """Mark the bank's folder as this register's; one that is marked as another's is refused.

    Raises FormerFolderRefusal where this register was made later, as by `province --replace`; FolderRefusal
    where it is older or the mark cannot be read: the database may then have been restored.
    """
    own, marker = began(), folder / MARKER
    if not marker.exists():
        bankfile.write_whole(marker, f"{own.isoformat()}\n".encode())
        return
    marked = _instant(marker)
    if marked == own:
        return
    if marked is not None and marked < own:
        raise FormerFolderRefusal(
            f"银行文件目录 {folder} 里是另一个登记库的文件，不能混用。请用 --bank-dir"
            f" 指定另一个目录，或先把它移走。"
        )
    raise FolderRefusal(
        f"银行文件目录 {folder} 里是另一个登记库的文件，而那个登记库建立得比本数据库晚：数据库可能恢复到了"
        "重新生成之前。没有办理，没有移动其中的文件。请恢复与这个目录同时的数据库，或用 --bank-dir"
        " 指定本登记库原来的目录。"
    )


def began() -> datetime:
    """When this register was made."""
    with connection.cursor() as cursor:
        cursor.execute(BEGAN)
        instant: datetime = cursor.fetchone()[0]
    return instant.astimezone(UTC)


def _instant(marker: Path) -> datetime | None:
    try:
        found = datetime.fromisoformat(marker.read_text("utf-8").strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
