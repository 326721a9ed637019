"""Who counts as a member of a family that lives together (最低生活保障审核确认办法, article 7)."""

# A rule's arguments are names that the law resolves and checks by unit; they carry no Python types.
# mypy: allow-untyped-defs

from minzheng.kernel.rules import age, all_of, any_of, count, months_between, one_of, rule

DIBAO_7 = "民发〔2021〕57号第7条"


@rule("周岁", unit="岁/人", law="《民法典》第17条", since="2021-07-01")
def years(born, day):
    """Full years on the day: one is of age on the birthday itself."""
    return age(born, day)


@rule("未成年", unit="是否/人", law="《民法典》第17条", since="2021-07-01")
def minor(years, adult_age):
    """Under the age of majority."""
    return years < adult_age


@rule("脱离家庭满年限的教职人员", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def clergy_apart(clergy, clergy_since, day, clergy_months):
    """Clergy who have lived apart for the years that the law names, without a break."""
    return all_of(clergy, months_between(clergy_since, day) >= clergy_months)


@rule("死亡失踪或在押", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def gone(alive, imprisoned, in_detox, declared_missing):
    """The dead, the missing, and those in prison or in a detoxification centre."""
    return any_of(~alive, imprisoned, in_detox, declared_missing)


@rule("依法不计入", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def excluded(gone, clergy_apart, left_out):
    """Those whom the article leaves out although they are family; the last by the province's own list."""
    return any_of(gone, clergy_apart, left_out)


@rule("受扶养的子女", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def dependent_child(relation, relation_children, minor, independent, student_full_time):
    """A minor child; a grown one who cannot live by himself, or studies full time up to a first degree."""
    return all_of(one_of(relation, relation_children), any_of(minor, ~independent, student_full_time))


@rule("计入的研究生", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def graduate_child(relation, relation_children, postgraduate, postgraduates_counted):
    """A child in postgraduate study counts by that alone only where an official has set it so."""
    return all_of(one_of(relation, relation_children), postgraduate, postgraduates_counted)


@rule("属于家庭", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def belongs(
    relation,
    relation_self,
    relation_spouse,
    dependent_child,
    graduate_child,
    living_together,
    bound_by_law,
):
    """The applicant, the spouse, dependent children, and others bound by law who live with them for long."""
    close = one_of(relation, relation_self, relation_spouse)
    return any_of(close, dependent_child, graduate_child, all_of(living_together, bound_by_law))


@rule("共同生活家庭成员", unit="是否/人", law=DIBAO_7, since="2021-07-01")
def counted(belongs, excluded):
    """Whoever belongs and is not left out."""
    return all_of(belongs, ~excluded)


@rule("共同生活人数", unit="人/户", law=DIBAO_7, since="2021-07-01")
def members(counted):
    """How many count."""
    return count(counted)
