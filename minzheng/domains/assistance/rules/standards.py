"""The county's dibao standard, brought to the one period that the books compare in: a year."""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import rule, where, yearly

REGULATION = "《社会救助暂行办法》第10条"


@rule("低保年标准", unit="分/人·年", law=REGULATION, since="2021-07-01", grain="household")
def standard_yearly(urban, standard_urban_monthly, standard_rural_yearly):
    """The urban standard is set by the month, the rural by the year; nothing is divided here."""
    return where(urban, yearly(standard_urban_monthly), standard_rural_yearly)
