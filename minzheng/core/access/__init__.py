"""Who may do what, where: users in posts, the scope of a transaction, the two walls around rows."""

from minzheng.core.access.grants import may
from minzheng.core.access.guards import guarded

__all__ = ["guarded", "may"]
