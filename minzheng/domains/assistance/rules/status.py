"""A person's one primary status, by the order destitute, dibao, marginal, rigid expenditure; whatever else he
is comes as a label.
"""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import any_of, choose, rule

LAYERS = "国办发〔2023〕39号二"


@rule("主身份", unit="码/人", law=LAYERS, since="2021-07-01")
def primary(
    tekun__eligible,
    dibao__covered,
    marginal__covered,
    rigid_expenditure__covered,
    status_tekun,
    status_dibao,
    status_marginal,
    status_rigid_expenditure,
    status_none,
):
    """The first that holds; the codes are parameters (words in terms.STATUSES)."""
    below = choose(
        marginal__covered, status_marginal, rigid_expenditure__covered, status_rigid_expenditure, status_none
    )
    return choose(tekun__eligible, status_tekun, dibao__covered, status_dibao, below)


@rule("低收入人口", unit="是否/人", law=LAYERS, since="2021-07-01")
def low_income(tekun__eligible, dibao__covered, marginal__covered, rigid_expenditure__covered):
    """Any primary status at all."""
    return any_of(tekun__eligible, dibao__covered, marginal__covered, rigid_expenditure__covered)
