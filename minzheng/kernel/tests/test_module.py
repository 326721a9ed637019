"""The manifest: an incomplete one is refused with its name and fault; all together they are put in order."""

from dataclasses import dataclass, replace
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.grants import Grant
from minzheng.kernel.indicators import Indicator
from minzheng.kernel.module import (
    CHANGE_KINDS,
    AutomaticChange,
    Module,
    ModuleRefusal,
    Programme,
    Reason,
    Registry,
)
from minzheng.kernel.states import Procedure, Step


@dataclass(frozen=True)
class Named:
    name: str


def programme(key: str = "dibao", **fields) -> Programme:
    whole = {
        "key": key,
        "label": f"项目{key}",
        "book": key,
        "eligible": f"{key}.eligible",
        "amount": f"{key}.amount_monthly",
        "grain": "household",
        "priority": 20,
        "law": "某办法 §1",
    }
    return Programme(**{**whole, **fields})


def module(key: str = "assistance", *programmes: Programme, **fields) -> Module:
    books = tuple(ModuleType(f"rules.{book}") for book in dict.fromkeys(p.book for p in programmes))
    facts = (Named("deposits"),) if books else ()
    return Module(
        **{
            "key": key,
            "label": f"模块{key}",
            "programmes": programmes,
            "books": books,
            "facts": facts,
            **fields,
        }
    )


def registered(*modules: Module) -> Registry:
    registry = Registry()
    for each in modules:
        registry.register(each)
    return registry


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"key": "Dibao"}, "编号“Dibao”应为小写"),
        ({"key": ""}, "编号“”应为小写"),
        ({"label": ""}, "缺少中文名称"),
        ({"label": "dibao"}, "缺少中文名称"),
        ({"book": ""}, "缺少所属规则册"),
        ({"eligible": ""}, "缺少资格规则"),
        ({"law": " "}, "缺少法律依据"),
        ({"eligible": "tekun.eligible"}, "“tekun.eligible”应写成“dibao.规则名”"),
        ({"amount": "amount_monthly"}, "应写成“dibao.规则名”"),
        ({"covers": "member"}, "应写成“dibao.规则名”"),
        ({"reasons": (Reason("tekun.rich", "财产超限"),)}, "应写成“dibao.规则名”"),
        ({"grain": "village"}, "对象“village”不认识"),
        ({"period": "week"}, "发放周期“week”不认识"),
        ({"automatic": (AutomaticChange("new", "某办法 §1"),)}, "不能自动新增"),
        ({"automatic": (AutomaticChange("standard", ""),)}, "缺少法律依据"),
        ({"automatic": (AutomaticChange("raise", "某办法 §1"),)}, "“raise”不认识"),
        ({"automatic": (AutomaticChange("death", "甲"), AutomaticChange("death", "乙"))}, "写了两次"),
    ],
)
def test_an_incomplete_programme_is_refused(fields: dict, says: str) -> None:
    with pytest.raises(ModuleRefusal, match=says):
        programme(**fields)


def test_only_what_the_law_lets_follow_needs_no_person() -> None:
    dibao = programme(automatic=(AutomaticChange("standard", "甲 §1"), AutomaticChange("death", "乙 §2")))
    assert [kind for kind in CHANGE_KINDS if not dibao.needs_person(kind)] == ["death", "standard"]
    assert dibao.automatic_law("standard") == "甲 §1"
    assert dibao.automatic_law("up") is None
    with pytest.raises(ModuleRefusal, match="变更种类“raise”不认识"):
        dibao.needs_person("raise")


STEP = Step("accept", "受理", "submitted", "accepted", "township", law="某办法 §1")
INDICATOR = Indicator("dibao_persons", "低保对象", "人", "minzheng.kernel.money.yuan", "exact")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"key": "x-y"}, "编号“x-y”应为小写"),
        ({"label": "assistance"}, "缺少中文名称"),
        ({"books": ()}, "规则册“dibao”没有登记"),
        ({"facts": ()}, "没有登记规则所读的事实"),
        ({"programmes": (programme(), programme())}, "项目“dibao”登记了两次"),
        ({"facts": (Named("a"), Named("a"))}, "事实“a”登记了两次"),
        ({"indicators": (INDICATOR, INDICATOR)}, "指标“dibao_persons”登记了两次"),
        ({"procedures": (Procedure([STEP]),)}, "步骤“受理”由岗位“township”办理，但授权表里没有"),
    ],
)
def test_an_incomplete_module_is_refused(fields: dict, says: str) -> None:
    with pytest.raises(ModuleRefusal, match=says):
        replace(module("assistance", programme()), **fields)


def test_a_step_with_its_grant_is_accepted() -> None:
    grant = Grant("township", "accept", "own_area")
    whole = module(procedures=(Procedure([STEP]),), grants=(grant,), indicators=(INDICATOR,))
    registry = registered(whole)
    assert registry.grants().may("township", 530102001000, "accept", 530102001000)
    assert registry.indicators() == (INDICATOR,)


def test_a_module_registers_once() -> None:
    one = module()
    registry = registered(one, one)
    assert registry.modules() == (one,)
    with pytest.raises(ModuleRefusal, match="同一个编号“assistance”"):
        registry.register(module())
    with pytest.raises(ModuleRefusal, match="不是模块清单"):
        registry.register("assistance")
    registry.clear()
    assert registry.modules() == ()


def test_two_modules_share_no_programme_and_no_indicator() -> None:
    registry = registered(module("assistance", programme(), indicators=(INDICATOR,)))
    with pytest.raises(ModuleRefusal, match="项目“dibao”由模块“模块assistance”和“模块other”同时登记"):
        registry.register(module("other", programme()))
    with pytest.raises(ModuleRefusal, match="指标“dibao_persons”由模块"):
        registry.register(module("other", indicators=(INDICATOR,)))
    assert [each.key for each in registry.modules()] == ["assistance"]


def test_providers_come_before_readers() -> None:
    disability = module("disability", programme("living", needs=("dibao_status",), priority=1))
    assistance = module(
        "assistance",
        programme("marginal", priority=3, needs=("dibao_status",)),
        programme("dibao", priority=2, provides=("dibao_status",), needs=("tekun_status",)),
        programme("tekun", priority=5, provides=("tekun_status",)),
    )
    registry = registered(disability, assistance)
    assert [each.key for each in registry.modules()] == ["assistance", "disability"]
    assert [each.key for each in registry.programmes()] == ["tekun", "dibao", "living", "marginal"]
    assert registry.programme("dibao").priority == 2


def test_what_a_module_itself_provides_serves_its_programmes_readers() -> None:
    people = module("people", provides=("alive",))
    reader = module("assistance", programme(needs=("alive",)))
    assert [each.key for each in registered(reader, people).modules()] == ["people", "assistance"]
    assert [each.key for each in registered(reader, people).programmes()] == ["dibao"]


def test_a_need_that_nobody_provides_is_refused() -> None:
    with pytest.raises(ModuleRefusal, match="模块“模块assistance”需要“orphan_status”，但没有模块提供它"):
        registered(module("assistance", programme(needs=("orphan_status",)))).modules()


def test_two_providers_of_one_fact_are_refused() -> None:
    one, other = module("one", provides=("alive",)), module("other", provides=("alive",))
    with pytest.raises(ModuleRefusal, match="“alive”由模块“模块one”和“模块other”同时提供"):
        registered(one, other).modules()


def test_a_cycle_is_refused_between_modules_and_between_programmes() -> None:
    one = module("one", provides=("a",), needs=("b",))
    other = module("other", provides=("b",), needs=("a",))
    with pytest.raises(ModuleRefusal, match="模块“模块one”、“模块other”之间互相等待"):
        registered(one, other).modules()
    inner = module(
        "assistance",
        programme("dibao", provides=("a",), needs=("b",)),
        programme("tekun", provides=("b",), needs=("a",)),
    )
    with pytest.raises(ModuleRefusal, match="项目“项目dibao”、“项目tekun”之间互相等待"):
        registered(inner).programmes()


def test_an_unknown_programme_is_named_with_those_that_exist() -> None:
    with pytest.raises(ModuleRefusal, match="没有编号为“x”的项目，现有：dibao。"):
        registered(module("assistance", programme())).programme("x")


@given(st.permutations(range(7)), st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=15))
def test_any_acyclic_needs_are_put_in_order(order: list[int], pairs: set[tuple[int, int]]) -> None:
    edges = {(low, high) for low, high in pairs if low < high}
    modules = [
        module(
            f"m{n}", provides=(f"f{n}",), needs=tuple(sorted(f"f{low}" for low, high in edges if high == n))
        )
        for n in order
    ]
    registry = registered(*modules)
    position = {each.key: place for place, each in enumerate(registry.modules())}
    assert len(position) == 7
    assert all(position[f"m{low}"] < position[f"m{high}"] for low, high in edges)


@given(st.integers(min_value=2, max_value=8))
def test_any_ring_is_refused(size: int) -> None:
    names = [f"m{n}" for n in range(size)]
    ring = [module(b, provides=(b,), needs=(a,)) for a, b in pairwise([*names, names[0]])]
    with pytest.raises(ModuleRefusal, match="成了环"):
        registered(*ring).modules()
