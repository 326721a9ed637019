"""`@rule`: a small function with its label, unit, citation and dates, kept in its book's own list."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import FunctionType, ModuleType

from minzheng.kernel.facts import GRAINS, Grain
from minzheng.kernel.rules.source import check_source
from minzheng.kernel.rules.tree import Node, walk
from minzheng.kernel.rules.units import RATIO, RATIO_SCALE, RuleRefusal, Unit, alike, parse_unit

ROUNDINGS = ("half_up", "up", "down", "half_even")
FOREVER = date.max
SHELF = "__rules__"


@dataclass(frozen=True)
class Rule:
    """One version of a rule: in force on [since, until), known from `recorded` (None: always known)."""

    book: str
    name: str
    label: str
    unit: Unit
    grain: Grain
    law: str
    since: date
    until: date | None
    recorded: date | None
    rounding: str | None
    doc: str
    arguments: tuple[str, ...]
    where: str
    body: Callable[..., object] = field(compare=False)

    @property
    def qualified(self) -> str:
        """`book.rule`."""
        return f"{self.book}.{self.name}"

    @property
    def title(self) -> str:
        """How a refusal names the rule."""
        return f"规则 {self.qualified}（{self.label}，{self.where}）"

    def in_force(self, day: date) -> bool:
        """Whether this version's period holds the day."""
        return self.since <= day < (self.until or FOREVER)

    def build(self, symbols: dict[str, Node]) -> Node:
        """Call the body once with symbols and check what comes out against what the rule declares."""
        try:
            result = self.body(**symbols)
            return self._checked(result, list(symbols.values()))
        except RuleRefusal as refusal:
            raise RuleRefusal(f"{self.title}：{refusal}") from None
        except (TypeError, ValueError, AttributeError) as error:
            raise RuleRefusal(f"{self.title}：正文不能求值（{error}）。") from None

    def _checked(self, result: object, given: list[Node]) -> Node:
        if not isinstance(result, Node):
            raise RuleRefusal("正文须返回由参数算出的值。")
        alike(self.unit, result.unit)
        if result.unit is None and not self.unit.is_number:
            raise RuleRefusal(f"结果须是“{self.unit}”。")
        if result.scale != (RATIO_SCALE if self.unit.base == RATIO else 1):
            raise RuleRefusal("结果乘过倍数而没有取整；请用 rounded 或 monthly。")
        if result.grain == "person" != self.grain:
            raise RuleRefusal("结果逐人而异，而单位是整户的；请用 total、count、any_of 等合到户。")
        nodes = walk(result)
        used = {id(each) for each in nodes}
        unused = sorted(each.name.split(".")[-1] for each in given if id(each) not in used)
        if unused:
            raise RuleRefusal(f"参数 {'、'.join(unused)} 没有用到。")
        divides = [each for each in nodes if each.op in ("divide", "quotient")]
        if divides and self.rounding is None:
            raise RuleRefusal("正文有除法，须声明 rounding。")
        if self.rounding is not None and not divides:
            raise RuleRefusal("正文没有除法，不应声明 rounding。")
        for each in divides:
            each.name = self.rounding or ""
        return result


def rule(
    label: str,
    *,
    unit: str,
    law: str,
    since: str | date,
    until: str | date | None = None,
    recorded: str | date | None = None,
    rounding: str | None = None,
    grain: Grain | None = None,
) -> Callable[[Callable[..., object]], Rule]:
    """Declare a rule. `grain` is that of the unit (人, 户) unless given, for a household's value that is
    per person.

    A later version of a rule is a second function of the same name, or, where a checker minds the
    repetition, of the name with a year behind two underscores: `exempt_pension__2026`.
    """

    def declare(body: Callable[..., object]) -> Rule:
        if not isinstance(body, FunctionType):
            raise RuleRefusal("@rule 只用于普通函数。")
        book = body.__module__.rpartition(".")[2]
        code = body.__code__
        name = re.sub(r"__\d{4,8}$", "", body.__name__)
        place = f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"
        title = f"规则 {book}.{name}（{label}，{place}）"
        try:
            made = _declared(
                body, book, name, label, unit, law, rounding, grain, place, (since, until, recorded)
            )
        except RuleRefusal as refusal:
            raise RuleRefusal(f"{title}：{refusal}") from None
        shelf = body.__globals__.setdefault(SHELF, [])
        shelf[:] = [each for each in shelf if each.where != made.where] + [made]
        return made

    return declare


def _declared(
    body: FunctionType,
    book: str,
    name: str,
    label: str,
    unit: str,
    law: str,
    rounding: str | None,
    grain: Grain | None,
    place: str,
    dates: tuple[str | date | None, str | date | None, str | date | None],
) -> Rule:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise RuleRefusal("规则名只用小写英文、数字和单个下划线。")
    if not label.strip() or not law.strip():
        raise RuleRefusal("规则须有中文名称和法律依据。")
    if rounding is not None and rounding not in ROUNDINGS:
        raise RuleRefusal(f"取整方式“{rounding}”不认识，可用 {'、'.join(ROUNDINGS)}。")
    if grain is not None and grain not in GRAINS:
        raise RuleRefusal(f"层次“{grain}”不认识，可用 {'、'.join(GRAINS)}。")
    since, until, recorded = (_day(each) for each in dates)
    if since is None or (until is not None and until <= since):
        raise RuleRefusal("生效日须有，且早于失效日。")
    parameters = inspect.signature(body).parameters.values()
    if any(
        each.kind is not each.POSITIONAL_OR_KEYWORD or each.default is not each.empty for each in parameters
    ):
        raise RuleRefusal("规则的参数只写名字。")
    check_source(body)
    measured = parse_unit(unit)
    doc = inspect.getdoc(body) or ""
    names = tuple(each.name for each in parameters)
    settled: Grain = grain or measured.grain
    return Rule(
        book, name, label, measured, settled, law, since, until, recorded, rounding, doc, names, place, body
    )


def _day(given: str | date | None) -> date | None:
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise RuleRefusal(f"日期“{given}”写法不合格，应如 2021-07-01。") from None


def rules_of(book: ModuleType) -> tuple[Rule, ...]:
    """The rules of a book, in the order of its text; a book without one refuses."""
    found = tuple(getattr(book, SHELF, ()))
    if not found:
        raise RuleRefusal(f"规则书 {book.__name__} 里没有规则。")
    return found
