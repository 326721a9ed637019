"""The text of a case file as a tree of keys and values, each with its line, for refusals that name it."""

from __future__ import annotations

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

from minzheng.kernel.errors import Refusal

LARGEST = 2_000_000


class CaseFileRefusal(Refusal):
    """A case file that cannot be read: the sentence names file, line, key and what to do."""


@dataclass(frozen=True)
class Scalar:
    """One written value and the line it stands on (1-based)."""

    text: str
    line: int


@dataclass(frozen=True)
class Tree:
    """A mapping as written: keys in order, each with its line and node."""

    items: dict[str, tuple[int, Node]]
    line: int


@dataclass(frozen=True)
class Items:
    """A list as written."""

    nodes: list[Node]
    line: int


Node = Scalar | Tree | Items


def refuse(path: Path, line: int, sentence: str) -> CaseFileRefusal:
    """The refusal for a place in a file."""
    return CaseFileRefusal(f"{path.name} 第{line}行：{sentence}")


def document(path: Path) -> Node:
    """The YAML of a file with lines and every scalar as text; raises CaseFileRefusal."""
    try:
        data = _bytes(path)
    except OSError as problem:
        raise CaseFileRefusal(f"读不了文件 {path}：{_reason(problem)}。请检查路径和权限。") from problem
    if len(data) > LARGEST:
        raise CaseFileRefusal(f"{path.name} 超过案例文件的上限 {LARGEST} 字节。请拆成几个文件。")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise refuse(path, line, "不是 UTF-8 编码的文字。请用 UTF-8 重新保存。") from problem
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        if node is None:
            raise refuse(path, 1, "文件是空的。写法见 docs/how-to/write-a-case.md。")
        return _node(path, node, set())
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise refuse(path, mark.line + 1 if mark else 1, f"不是合格的 YAML（{_why(problem)}）。") from problem
    except yaml.YAMLError as problem:
        raise refuse(path, 1, "有不能用的控制字符。请用纯文本编辑器重新保存。") from problem
    except RecursionError as problem:
        raise refuse(path, 1, "嵌套太深。请按 docs/how-to/write-a-case.md 的层次写。") from problem


def _bytes(path: Path) -> bytes:
    """A file's beginning, as much as may be read; a pipe that nobody writes to must not keep us waiting."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        with open(handle, "rb") as file:
            return file.read(LARGEST + 1)
    os.close(handle)
    what = "文件夹" if stat.S_ISDIR(kind) else "管道" if stat.S_ISFIFO(kind) else "设备"
    raise CaseFileRefusal(f"{path} 是{what}，不是文件。请先把案例存成一个文件，再写它的路径。")


def _reason(problem: OSError) -> str:
    reasons = {
        FileNotFoundError: "没有这个文件",
        PermissionError: "没有读取权限",
    }
    return reasons.get(type(problem), "磁盘或文件系统出错")


def _why(problem: yaml.MarkedYAMLError) -> str:
    text = str(problem.problem or "")
    hints = {
        "\\t": "缩进不能用制表符，请用空格",
        "mapping values": "这一行多了一个冒号，含冒号的文字请加引号",
        "expected ',' or": "花括号或方括号里少了逗号或没有收尾",
        "expected <block end>": "缩进没有对齐",
        "undefined alias": "用了没有定义的别名，文字以 * 开头时请加引号",
        "end of stream": "引号或括号没有收尾",
        "could not find expected ':'": "这一行少了冒号",
    }
    return next((hint for mark, hint in hints.items() if mark in text), "请检查缩进、冒号和引号")


def _node(path: Path, node: yaml.Node, open_nodes: set[int]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in open_nodes:
        raise refuse(path, line, "同一段用别名写了两次。请不要用 & 和 *，照写一遍。")
    open_nodes.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return Scalar(_printable(path, node), line)
    if isinstance(node, yaml.SequenceNode):
        return Items([_node(path, inner, open_nodes) for inner in node.value], line)
    items: dict[str, tuple[int, Node]] = {}
    for key_node, value in node.value:
        at = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise refuse(path, at, "冒号左边只能是一个名称。")
        key = _printable(path, key_node)
        if key in items:
            raise refuse(path, at, f"“{key}”写了两次（前一次在第{items[key][0]}行）。请删去一个。")
        items[key] = (at, _node(path, value, open_nodes))
    return Tree(items, line)


def _printable(path: Path, node: yaml.ScalarNode) -> str:
    """The text as written; an escape in quotes may stand for what no terminal or file should be given."""
    text: str = node.value
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text):
        raise refuse(path, node.start_mark.line + 1, "引号里的转义写出了控制字符。请直接写文字。")
    return text
