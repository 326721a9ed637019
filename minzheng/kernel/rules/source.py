"""What a rule's body may say: checked in its text when its book is loaded.

A body is at most twelve lines of assignments and one `return`; it names only its arguments, its own locals
and the verbs; it writes no number but 0 and 1, no text, no date; it has no `if`, `and`, `or`, `not` and no
chained comparison.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType

from minzheng.kernel.rules.units import RuleRefusal
from minzheng.kernel.rules.verbs import VERBS

LINES = 12
ALLOWED = (
    ast.Assign,
    ast.Return,
    ast.Name,
    ast.Load,
    ast.Store,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.BitAnd,
    ast.BitOr,
    ast.UnaryOp,
    ast.Invert,
    ast.USub,
    ast.Compare,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
    ast.Call,
    ast.keyword,
    ast.Constant,
)
HINTS: dict[type[ast.AST], str] = {
    ast.If: "不能用 if；按条件取值请用 where",
    ast.IfExp: "不能用 if；按条件取值请用 where",
    ast.BoolOp: "不能用 and、or；请用 & 和 |",
    ast.Not: "不能用 not；请用 ~",
    ast.Div: "不能直接相除；请用 monthly、rounded 或 divided",
    ast.FloorDiv: "不能直接相除；请用 monthly、rounded 或 divided",
    ast.Attribute: "不能取属性；规则只读它的参数",
    ast.Import: "不能导入；规则只读它的参数",
}


def check_source(function: Callable[..., object]) -> None:
    """Refuse a body that says more than a rule may; the message says which line and what to write instead."""
    if not isinstance(function, FunctionType):
        raise RuleRefusal("规则须是一个普通函数。")
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise RuleRefusal("读不到规则的源文，规则须写在文件里。") from None
    tree = ast.parse(text).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise RuleRefusal("规则须用 def 写成函数。")
    body = list(tree.body)
    if (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    if not body or not isinstance(body[-1], ast.Return):
        raise RuleRefusal("规则的最后一句须是 return。")
    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
    if lines > LINES:
        raise RuleRefusal(f"规则正文有 {lines} 行，最多 {LINES} 行；请拆成几条规则。")
    first = function.__code__.co_firstlineno - 1
    known = {each.arg for each in tree.args.args} | {
        target.id
        for each in body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    for statement in body:
        for part in ast.walk(statement):
            _check_part(part, known, function, first)


def _check_part(part: ast.AST, known: set[str], function: FunctionType, first: int) -> None:
    line = f"第 {first + part.lineno} 行" if isinstance(part, ast.expr | ast.stmt) else "正文"
    if not isinstance(part, ALLOWED):
        raise RuleRefusal(f"{line}：{HINTS.get(type(part), f'不能用 {type(part).__name__} 这种写法')}。")
    if isinstance(part, ast.Constant) and (type(part.value) is not int or part.value not in (0, 1)):
        raise RuleRefusal(f"{line}：只许写 0 和 1，不能写“{part.value!r}”；其他数值、日期和代码请设为参数。")
    if isinstance(part, ast.Compare) and len(part.ops) > 1:
        raise RuleRefusal(f"{line}：比较不能连写；请拆成两个比较，用 & 连接。")
    if isinstance(part, ast.Name) and part.id not in known and not _is_verb(part.id, function):
        raise RuleRefusal(f"{line}：“{part.id}”不是这条规则的参数，也不是规则的动词。")
    if isinstance(part, ast.Call) and not isinstance(part.func, ast.Name):
        raise RuleRefusal(f"{line}：只能调用规则的动词。")


def _is_verb(name: str, function: FunctionType) -> bool:
    return function.__globals__.get(name) in VERBS.values()
