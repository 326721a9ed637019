"""The manifest of social assistance (S02-S10): its books, facts, programmes and figures, declared once."""

from minzheng.domains.assistance.access import GRANTS, STEPS
from minzheng.domains.assistance.indicators import INDICATORS
from minzheng.domains.assistance.rules import BOOKS
from minzheng.domains.assistance.rules.programmes import PROGRAMMES
from minzheng.domains.assistance.terms import FACTS
from minzheng.domains.assistance.workflow import PROCEDURES
from minzheng.kernel.module import Link, Module

MODULE = Module(
    key="assistance",
    label="社会救助",
    programmes=PROGRAMMES,
    books=BOOKS,
    facts=FACTS,
    grants=GRANTS,
    procedures=PROCEDURES,
    steps=STEPS,
    indicators=INDICATORS,
    deed="minzheng.domains.assistance.actions.steps.take",
    pages="minzheng.domains.assistance.pages",
    links=(
        Link("社会救助", "apply", "申请救助", "apply", "dibao.edit"),
        Link("社会救助", "mine", "我的申请", "mine", "cases.own"),
        Link("社会救助", "visits", "入户调查", "visits", "dibao.visit"),
        Link("社会救助", "reviews", "复核任务", "reviews", "dibao.plan_reviews"),
        Link("数据", "monthly", "月度报表", "monthly", "cases.view"),
    ),
    parameters="minzheng/domains/assistance/rules/parameters",
)
