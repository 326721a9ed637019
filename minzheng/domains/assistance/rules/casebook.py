"""Worked cases of social assistance: a case file read, each case decided, and what is expected compared."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from minzheng.domains.assistance.rules import law
from minzheng.domains.assistance.rules.programmes import PROGRAMMES
from minzheng.domains.assistance.rules.reasoning import WORDS, Explanation, explain_case
from minzheng.domains.assistance.terms import FACTS, STATUSES, usual
from minzheng.kernel import casefile
from minzheng.kernel.casefile import CaseFile, Relatives, Scalar, WrittenCase, refuse
from minzheng.kernel.casefunctions import Result, call
from minzheng.kernel.casewords import parse, written
from minzheng.kernel.errors import Refusal
from minzheng.kernel.explanation import Line, reasoning
from minzheng.kernel.facts import FactRefusal, Value
from minzheng.kernel.periods import REFERENCE
from minzheng.kernel.rules import Article, Case, Outcome, Statute, Unit
from minzheng.kernel.rules.case import compiled, label_of

PROVINCE = 530000000000
KINDS = {"是否": "bool", "分": "money", "日期": "date", "码": "code"}
RULE = "规则"
HEAD = 0
OBLIGORS = "义务人"
ABLE = "obligor.able_count"
LABELS = {fact.name: fact.label for fact in FACTS}
MAY_BE_NEGATIVE = frozenset({"business_net", "property_net"})
SELF_CARE_ITEMS = 6
PAST = frozenset({"born", "employed_since", "clergy_since"})
KINDS_OF_GRADE = ("sight_grade", "limb_grade", "mind_grade")


@dataclass(frozen=True)
class Compared:
    """One expectation: what was written, what came out, and whether they agree."""

    key: str
    owner: str
    expected: str
    found: str
    agrees: bool
    line: int


@dataclass(frozen=True)
class Decided:
    """One case of a file: its explanation (None for a function), a function's results, the comparison."""

    case: WrittenCase
    explanation: Explanation | None
    results: dict[str, str]
    compared: tuple[Compared, ...]
    obligors: tuple[tuple[str, tuple[Line, ...]], ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether everything expected came out."""
        return all(each.agrees for each in self.compared)


def read(path: Path) -> CaseFile:
    """A case file in the words of this subject; raises CaseFileRefusal."""
    return casefile.read(path, FACTS, usual, OBLIGORS)


def decide(path: Path, case: WrittenCase) -> Decided:
    """Decide one case of a file; raises CaseFileRefusal naming the line of what cannot be decided."""
    try:
        if case.function:
            return _function(path, case)
        explanation = explain_case(asked(path, case), case.member_names, case.known)
    except FactRefusal as problem:
        raise refuse(path, case.line, f"案例“{case.name}”：{problem}") from problem
    except casefile.CaseFileRefusal:
        raise
    except Refusal as problem:
        raise refuse(path, case.line, f"案例“{case.name}”不能认定：{problem}") from problem
    compared = [each for key in case.expected for each in _household(path, case, explanation, key)]
    obligors = [
        (case.member_names[each.member], reasoning(of_obligors(path, case, each), (ABLE,), each.names))
        for each in case.relatives
    ]
    return Decided(case, explanation, {}, tuple(compared), tuple(obligors))


def _one_family(path: Path, case: WrittenCase) -> None:
    """Refuse a family without people, and one with two heads."""
    pairs = zip(case.member_names, case.members, strict=True)
    heads = [name for name, values in pairs if values.get("relation") == HEAD]
    if not case.members:
        raise refuse(path, case.line, f"案例“{case.name}”没有成员。请在“成员”里至少写一个人。")
    if len(heads) > 1:
        told = "、".join(heads)
        raise refuse(path, case.line, f"案例“{case.name}”有{len(heads)}个户主（{told}），只能有一个。")


def asked(path: Path, case: WrittenCase) -> Case:
    """The plain case that the rules decide; refuses what cannot be true of anybody."""
    assert case.day is not None
    _one_family(path, case)
    listed = [("家庭", case.household), *zip(case.member_names, case.members, strict=True)]
    listed += [pair for each in case.relatives for pair in zip(each.names, each.facts, strict=True)]
    for owner, values in listed:
        for name, value in values.items():
            problem = impossible(name, value, case.day)
            if problem:
                raise refuse(
                    path, case.line, f"案例“{case.name}”：{owner}的{LABELS[name]}{problem}。请核对。"
                )
        grade = ungraded(values)
        if grade:
            text = f"写了{LABELS[grade]}，“残疾等级”应写明，且不轻于它"
            raise refuse(path, case.line, f"案例“{case.name}”：{owner}{text}。请核对。")
    members = list(case.members)
    for each in case.relatives:
        able = of_obligors(path, case, each)[ABLE]
        members[each.member] = members[each.member] | {"no_obligor": not each.names, "obligors_able": able}
    return Case(case.day, place(path, case), case.household, members)


def of_obligors(path: Path, case: WrittenCase, obligors: Relatives) -> Outcome:
    """Those bound to support a member, decided by the book `obligor`."""
    assert case.day is not None
    asked_of = Case(case.day, place(path, case), case.household, obligors.facts)
    return law().on(case.day, case.known).decide(asked_of, [ABLE, "obligor.able"])


def impossible(name: str, value: Value, day: date) -> str:
    """What is wrong with a value that nobody can have (a birth to come, a count below nothing), or ""."""
    if isinstance(value, date):
        return "晚于认定日" if name in PAST and value > day else ""
    if value is None or isinstance(value, bool):
        return ""
    if value < 0 and name not in MAY_BE_NEGATIVE:
        return "不能是负数"
    return f"最多是 {SELF_CARE_ITEMS}" if name == "self_care_lost" and value > SELF_CARE_ITEMS else ""


def ungraded(values: Mapping[str, Value]) -> str:
    """The kind of disability whose grade is graver than the certificate's own, or "": the grade of a person
    is that of the gravest kind.
    """
    whole = values.get("disability_grade")
    for name in KINDS_OF_GRADE:
        grade = values.get(name)
        if isinstance(grade, int) and isinstance(whole, int) and grade and not 0 < whole <= grade:
            return name
    return ""


@cache
def codes() -> dict[int, str]:
    """The name of every division by its 12-digit code, from the province down to the village."""
    with gzip.open(REFERENCE / "yunnan_divisions_2023.csv.gz", "rt", encoding="utf-8") as file:
        return {int(row["code"]): row["name"] for row in csv.DictReader(file)}


@cache
def divisions() -> dict[str, tuple[int, ...]]:
    """Provinces, prefectures and counties by name; several of one name are all listed."""
    found: dict[str, tuple[int, ...]] = {}
    for code, name in codes().items():
        if code % 10**6 == 0:
            found[name] = (*found.get(name, ()), code)
    return found


@cache
def successors() -> dict[int, tuple[str, int]]:
    """The retired county codes: what each was called, and the code that took its place."""
    with (REFERENCE / "county_changes.csv").open(encoding="utf-8") as file:
        return {
            int(row["predecessor"]): (row["predecessor_name"], int(row["successor"]))
            for row in csv.DictReader(file)
        }


def place_text(area: int) -> str:
    """An area as an officer reads it: its name down to the county, and the code."""
    county = area // 10**6 * 10**6
    return f"{codes()[county]}（{area}）" if county in codes() else str(area)


def place(path: Path, case: WrittenCase) -> int:
    """The area of a case, by name (down to the county) or code; none is the province's average."""
    text = case.area
    if not text:
        return PROVINCE
    if text.isdigit():
        if len(text) not in (6, 9, 12) or not text.startswith("53"):
            raise refuse(path, case.line, f"区划代码“{text}”不合格：应为 53 开头的 6、9 或 12 位数字。")
        code = int(text.ljust(12, "0"))
        if code not in codes():
            raise refuse(
                path, case.line, f"没有代码为“{text}”的区划（2023年）。{_replaced(code)}请核对代码。"
            )
        return code
    found = divisions().get(text, ())
    if not found:
        raise refuse(path, case.line, f"没有名为“{text}”的州市或县区。{casefile.nearest(text, divisions())}")
    if len(found) > 1:
        listed = "、".join(str(code)[:6] for code in found)
        raise refuse(path, case.line, f"“{text}”不止一处：{listed}。请改写代码。")
    return found[0]


def _replaced(code: int) -> str:
    """A sentence about the county that took a retired code's place, or ""."""
    if code not in successors():
        return ""
    name, since = successors()[code]
    return f"{name}已改为{codes()[since]}，现用 {str(since)[:6]}。"


def _household(path: Path, case: WrittenCase, explanation: Explanation, key: str) -> list[Compared]:
    line = case.expected_lines[key]
    expected = case.expected[key]
    programmes = {
        name: verdict for verdict in explanation.verdicts for name in (verdict.label, verdict.programme)
    }
    if isinstance(expected, Scalar) and key in programmes:
        return [_same(key, "", expected.text, programmes[key].word, line, path, tuple(WORDS.values()))]
    if isinstance(expected, Scalar) and key in ("原因", "缺少"):
        found = [reason for verdict in explanation.verdicts for reason in verdict.reasons]
        listed = found if key == "原因" else list(explanation.missing)
        wanted = [word.strip() for word in expected.text.split("；")]
        agrees = not listed if expected.text == "无" else all(word in listed for word in wanted)
        return [Compared(key, "", expected.text, "；".join(listed) or "无", agrees, line)]
    article = article_of(path, law().on(explanation.day, case.known), key, line)
    return _rule(path, case, explanation, article, key)


def _rule(
    path: Path, case: WrittenCase, explanation: Explanation, article: Article, key: str
) -> list[Compared]:
    expected, rule, line = case.expected[key], article.rule, case.expected_lines[key]
    outcome = explanation.outcome
    values: Any = outcome.house.get(rule.qualified)
    if rule.qualified not in outcome.house and not any(
        rule.qualified in member for member in outcome.members
    ):
        again = law().on(explanation.day, case.known).decide(asked(path, case), [rule.qualified])
        values, members = again.house.get(rule.qualified), again.members
    else:
        members = outcome.members
    if isinstance(expected, Scalar):
        if rule.grain == "person" and len(members) != 1:
            raise refuse(path, line, f"“{key}”是逐人的，请写成 {{成员姓名: 值}}。")
        found = members[0][rule.qualified] if rule.grain == "person" else values
        return [_value(path, key, "", expected, found, rule.unit)]
    compared = []
    for name, scalar in expected.items():
        if rule.grain != "person" or name not in case.member_names:
            raise refuse(
                path, scalar.line, f"“{key}”下的“{name}”不是成员。成员有：{'、'.join(case.member_names)}。"
            )
        found = members[case.member_names.index(name)][rule.qualified]
        compared.append(_value(path, key, name, scalar, found, rule.unit))
    return compared


def _value(path: Path, key: str, owner: str, expected: Scalar, found: Any, unit: Unit) -> Compared:
    kind, words = KINDS.get(unit.base, "int"), STATUSES if unit.base == "码" else ()
    try:
        value = parse(expected.text, kind, words)
    except Refusal as problem:
        raise refuse(path, expected.line, f"“{key}”应得写的是“{expected.text}”。{problem}") from problem
    agrees = value == found and (value is None) == (found is None)
    return Compared(
        key, owner, written(value, kind, words), written(found, kind, words), agrees, expected.line
    )


def _same(
    key: str, owner: str, expected: str, found: str, line: int, path: Path, allowed: Sequence[str] = ()
) -> Compared:
    if allowed and expected not in allowed:
        raise refuse(path, line, f"“{key}”只能写：{'、'.join(allowed)}，现写的是“{expected}”。")
    return Compared(key, owner, expected, found, expected == found, line)


def article_of(path: Path, statute: Statute, key: str, line: int) -> Article:
    """The rule of a label or qualified name, as in force on the statute's day."""
    if key in statute.articles:
        return statute.articles[key]
    labels = {article.rule.label: article for article in statute.articles.values()}
    if key in labels:
        return labels[key]
    known = [*(programme.label for programme in PROGRAMMES), "原因", "缺少", *labels]
    raise refuse(path, line, f"不认识要核对的“{key}”。{casefile.nearest(key, known)}")


def _function(path: Path, case: WrittenCase) -> Decided:
    results = _single_rule(path, case) if case.function == RULE else None
    if results is None:
        try:
            results = call(case.function, {key: scalar.text for key, scalar in case.inputs.items()})
        except Refusal as problem:
            raise refuse(path, case.line, f"案例“{case.name}”：{problem}") from problem
    compared = []
    for key, expected in case.expected.items():
        line = case.expected_lines[key]
        if not isinstance(expected, Scalar) or key not in results:
            raise refuse(
                path, line, f"函数“{case.function}”没有结果“{key}”。{casefile.nearest(key, results)}"
            )
        kind, value = results[key]
        if kind == "text":
            compared.append(Compared(key, "", expected.text, str(value), expected.text in str(value), line))
            continue
        try:
            wanted = parse(expected.text, kind)
        except Refusal as problem:
            raise refuse(path, line, f"“{key}”应得写的是“{expected.text}”。{problem}") from problem
        compared.append(Compared(key, "", written(wanted, kind), written(value, kind), wanted == value, line))
    return Decided(
        case, None, {key: written(value, kind) for key, (kind, value) in results.items()}, tuple(compared)
    )


def _single_rule(path: Path, case: WrittenCase) -> Result:
    """One rule on the values written for what it reads; other parameters are those of day and place."""
    if case.day is None or RULE not in case.inputs:
        raise refuse(path, case.line, f"案例“{case.name}”只算一条规则，请写明“日期”和“输入”里的“规则”。")
    statute = law().on(case.day, case.known)
    named = case.inputs[RULE]
    article = article_of(path, statute, named.text, named.line)
    values: dict[str, Any] = {"day": case.day}
    leaves = {label_of(statute, leaf): leaf for leaf in article.inputs}
    if article.rule.grain != "person" and any(leaf.grain == "person" for leaf in leaves.values()):
        raise refuse(path, named.line, f"规则“{named.text}”要合计各成员，请写成有成员的家庭案例。")
    for label, leaf in leaves.items():
        if label in case.inputs:
            written_value, fact = case.inputs[label], statute.facts.get(leaf.name)
            assert leaf.unit is not None
            kind = fact.kind if fact else KINDS.get(leaf.unit.base, "int")
            try:
                values[leaf.name] = parse(written_value.text, kind, fact.words if fact else ())
            except Refusal as problem:
                raise refuse(
                    path, written_value.line, f"“{label}”写的是“{written_value.text}”。{problem}"
                ) from problem
        elif leaf.op == "parameter":
            values[leaf.name] = statute.parameters.at(
                leaf.name, place(path, case), case.day, case.known
            ).value
    strange = [key for key in case.inputs if key not in (RULE, *leaves)]
    if strange:
        line = case.inputs[strange[0]].line
        raise refuse(
            path, line, f"规则“{named.text}”不读“{strange[0]}”。{casefile.nearest(strange[0], leaves)}"
        )
    kind = KINDS.get(article.rule.unit.base, "int")
    found = compiled(article.tree)(values, values)
    missing = [label for label, leaf in leaves.items() if values.get(leaf.name) is None]
    lacking: Result = {"缺少": ("text", "、".join(missing))} if found is None and missing else {}
    return {"得": (kind, found), **lacking}
