"""What may be written as a rule, and what is refused when it is declared or loaded."""

import importlib.util
import os
import subprocess
import sys
from datetime import date

import pytest

from minzheng.kernel.rules import Law, RuleRefusal
from minzheng.kernel.tests import toy_law

HEAD = """from minzheng.kernel.rules import *
SINCE = "2021-01-01"
def r(unit="分/人·年", label="甲", law="法 §1", since=SINCE, **more):
    return rule(label, unit=unit, law=law, since=since, **more)
"""


def book(folder, text, name="book"):
    path = folder / f"{name}.py"
    path.write_text(HEAD + text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def law(folder, text):
    return Law.load([book(folder, text)], toy_law.FACTS, toy_law.parameters())


def body(text, arguments="wages, work_costs", declared="@r()"):
    return f"{declared}\ndef amount({arguments}):\n    " + text.replace("\n", "\n    ") + "\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("return wages + 5", "只许写 0 和 1"),
        ("return wages * 0.5", "只许写 0 和 1"),
        ("return where(wages > 0, 'a', 0)", "只许写 0 和 1"),
        ("return where(wages > 0, True, 0)", "只许写 0 和 1"),
        ("if wages > 0:\n    return wages\nreturn work_costs", "不能用 if"),
        ("return wages if wages > 0 else work_costs", "不能用 if"),
        ("return where(wages > 0 and work_costs > 0, wages, 0)", "不能用 and"),
        ("return where(not wages > 0, work_costs, 0)", "不能用 not"),
        ("return where(0 < wages < work_costs, wages, 0)", "不能连写"),
        ("return wages / work_costs", "不能直接相除"),
        ("return wages // work_costs", "不能直接相除"),
        ("return wages.scale", "不能取属性"),
        ("import os\nreturn wages + work_costs", "不能导入"),
        ("return max(wages, work_costs)", "不是规则的动词"),
        ("return SINCE", "不是规则的动词"),
        ("for each in wages:\n    pass\nreturn wages", "这种写法"),
        ("return [wages, work_costs]", "这种写法"),
        ("wages + work_costs", "return"),
        ("\n".join(f"x{at} = wages + work_costs" for at in range(12)) + "\nreturn x0", "最多 12 行"),
    ],
)
def test_a_body_says_no_more_than_a_rule_may(tmp_path, text, word):
    with pytest.raises(RuleRefusal, match=word) as refused:
        book(tmp_path, body(text))
    assert "book.py" in str(refused.value)


@pytest.mark.parametrize(
    "declared",
    [
        "@r(label='')",
        "@r(law=' ')",
        "@r(unit='分/人·人')",
        "@r(unit='/人')",
        "@r(unit='分/人·户')",
        "@r(rounding='near')",
        "@r(since='2021-13-01')",
        "@r(until=SINCE)",
        "@r(grain='village')",
    ],
)
def test_a_declaration_is_whole(tmp_path, declared):
    with pytest.raises(RuleRefusal, match="book"):
        book(tmp_path, body("return wages - work_costs", declared=declared))


@pytest.mark.parametrize(
    ("text", "arguments", "declared", "word"),
    [
        ("return wages + deposits", "wages, deposits", "@r()", "单位不同"),
        ("return wages + top_up_old", "wages, top_up_old", "@r()", "单位不同"),
        ("return where(wages > deposits, wages, 0)", "wages, deposits", "@r()", "单位不同"),
        ("return wages - top_up_old", "wages, top_up_old", "@r()", "单位不同"),
        ("return wages * work_costs", "wages, work_costs", "@r()", "约去"),
        ("return wages", "wages", "@r('分/人·月')", "单位不同"),
        ("return wages", "wages", "@r('分/户·年')", "单位不同"),
        ("return wages", "wages", "@r(grain='household')", "逐人而异"),
        ("return monthly(wages)", "wages", "@r('分/人·月')", "须声明 rounding"),
        ("return wages", "wages", "@r(rounding='up')", "不应声明"),
        ("return share(wages, marginal_ratio)", "wages, marginal_ratio", "@r()", "没有取整"),
        ("return wages + 1", "wages", "@r()", "1 当作金额"),
        ("return wages + 0", "wages, work_costs", "@r()", "没有用到"),
        ("return total(deposits)", "deposits", "@r('分/户')", "逐人"),
        ("return count(wages)", "wages", "@r('人/户')", "是否"),
        ("return monthly(top_up_old)", "top_up_old", "@r('分/人·月', rounding='up')", "按年计"),
        ("return for_months(wages, wages)", "wages", "@r('分/人', rounding='up')", "月数"),
        ("return portion(wages, wages, born)", "wages, born", "@r(rounding='up')", "同一单位"),
        ("return one_of(relation, relation)", "relation", "@r('是否/人')", "参数"),
        ("return relation < relation", "relation", "@r('是否/人')", "大小"),
        ("return wages & wages", "wages", "@r()", "是否"),
        ("return age(born, wages)", "born, wages", "@r('岁/人')", "日期"),
        ("return wages + nothing", "wages, nothing", "@r()", "既不是"),
        ("return amount + wages", "amount, wages", "@r()", "成环"),
        ("return imprisoned", "imprisoned", "@r()", "单位不同"),
        ("return 0", "", "@r('是否/人')", "返回|结果"),
    ],
)
def test_units_grains_and_names_are_checked_at_load(tmp_path, text, arguments, declared, word):
    with pytest.raises(RuleRefusal, match=word):
        law(tmp_path, body(text, arguments, declared))


def test_units_that_fit(tmp_path):
    text = body("return standard_yearly * members", "standard_yearly, members", "@r('分/户·年')")
    text += "@r('人/户')\ndef members(imprisoned):\n    return count(imprisoned)\n"
    text += "@r('分/人·年', grain='household', rounding='up')\ndef head(wages, members):\n"
    text += "    return divided(total(wages), members)\n"
    text += "@r('倍', rounding='down')\ndef part(amount, head, members):\n"
    text += "    return divided(amount, head * members)\n"
    statute = law(tmp_path, text).on(toy_law.DAY)
    assert set(statute.articles) == {"book.amount", "book.members", "book.head", "book.part"}
    case = toy_law.household()
    assert statute.decide(case)["book.head"] is None  # nobody is in prison, and nothing is divided by nobody


def test_months_and_portions_multiply_first_and_divide_once(tmp_path):
    text = body(
        "return for_months(total(wages), months_between(day, day) + 1)",
        "wages, day",
        "@r('分/户', rounding='up')",
    )
    text += "@r('分/户·年', grain='household', rounding='half_up')\ndef part(wages, imprisoned, born):\n"
    text += "    return portion(total(wages), count(~imprisoned), count(known(born)) + 1)\n"
    case = toy_law.household()
    sums, heads = sum(each["wages"] for each in case.members), len(case.members)
    outcome = law(tmp_path, text).on(toy_law.DAY).decide(case)
    free = sum(not each["imprisoned"] for each in case.members)
    assert outcome["book.amount"] == -(-sums // 12)
    assert outcome["book.part"] == (2 * sums * free + heads + 1) // (2 * (heads + 1))


def test_versions(tmp_path):
    one = body("return wages - work_costs", declared="@r(until='2023-01-01')")
    two = body("return wages + work_costs", declared="@r(since='2023-01-01')").replace(
        "amount", "amount__2023"
    )
    fix = body("return wages", "wages", "@r(until='2023-01-01', recorded='2022-06-01')").replace(
        "amount", "amount__20220601"
    )
    found = law(tmp_path, one + two + fix)

    def ops(day, known=None):
        return found.on(day, known).articles["book.amount"].tree.op

    assert ops(date(2022, 1, 1), date(2022, 5, 31)) == "sub"
    assert ops(date(2022, 1, 1), date(2022, 6, 1)) == "fact"
    assert ops(date(2023, 1, 1)) == "add"
    assert found.on(date(2020, 1, 1)).articles == {}
    assert (
        found.on(date(2022, 1, 1)).hash == found.on(date(2022, 7, 1)).hash != found.on(date(2023, 1, 1)).hash
    )
    with pytest.raises(RuleRefusal, match="都管 2023-01-01"):
        law(tmp_path, one.replace("until='2023-01-01'", "") + two)


def test_a_rule_may_not_read_one_that_is_not_yet_or_no_longer_in_force(tmp_path):
    text = (
        body("return wages", "wages", "@r(until='2023-01-01')")
        + "@r()\ndef more(amount):\n    return amount + 0\n"
    )
    with pytest.raises(RuleRefusal, match="2023-01-01 没有版本"):
        law(tmp_path, text)


def test_books_read_each_other(tmp_path):
    first = book(tmp_path, body("return wages - work_costs"), "first")
    second = book(
        tmp_path, "@r('分/户·年')\ndef all(first__amount):\n    return total(first__amount)\n", "second"
    )
    found = Law.load([second, first], toy_law.FACTS, toy_law.parameters()).on(toy_law.DAY)
    assert found.articles["second.all"].reads == ("first.amount",)
    with pytest.raises(RuleRefusal, match="没有规则"):
        Law.load([book(tmp_path, "", "empty")], toy_law.FACTS, toy_law.parameters())
    with pytest.raises(RuleRefusal, match=r"书\.规则"):
        found.plan(["all"])


def test_the_hash_is_the_same_in_every_process():
    script = "from minzheng.kernel.tests import toy_law; print(toy_law.law().on(toy_law.DAY).hash)"
    seen = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1
