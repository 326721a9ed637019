"""A month's run, from facts to the ledger. It does all it can, and says where people or the bank are needed.

Each chunk (a county) is one transaction with its effects and its progress mark; killed anywhere and started again the
run goes on from there. docs/explanation/month.md tells the whole way.
"""

from minzheng.config.month.running import Report, run

__all__ = ["Report", "run"]
