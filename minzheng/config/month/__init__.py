"""A month's run, from facts to the ledger. It does all it can, and says where people or the bank are needed.

Each chunk (a county) is one transaction with its effects and its progress mark; killed anywhere and
started again the run goes on from there. docs/explanation/month.md tells the whole way.

The stages are in `running`; nothing is imported here, as the stand-in bank is a process that knows no
database.
"""
