"""A wrong way of calling the command, in a Chinese sentence, and help that is headed in Chinese.

Click says these things in English; its exceptions carry enough to say them again.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click
from typing_extensions import override

HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
HELP_WORDS = (
    ("Show this message and exit.", "显示本说明。"),
    ("[default: ", "[缺省："),
    ("[required]", "[必填]"),
)
VALUE = re.compile(r"'(?P<quoted>[^']*)'|^(?P<bare>\S+) is not in the range")


class Misused(click.UsageError):
    """A usage error of click's in our words."""

    @override
    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


@contextmanager
def spoken() -> Iterator[None]:
    """Turn click's usage errors of this block into sentences; exit code 2 stays."""
    try:
        yield
    except (Misused, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise Misused(f"{sentence(error)}用法见 {_path(error)} --help。", error.ctx) from error


def sentence(error: click.UsageError) -> str:
    """What is wrong, without where to read on."""
    if isinstance(error, click.NoSuchOption):
        return f"没有“{error.option_name}”这个选项。{_instead(error.option_name, _options(error.ctx))}"
    if isinstance(error, click.NoSuchCommand):
        return f"没有“{error.command_name}”这个命令。{_instead(error.command_name, _commands(error.ctx))}"
    if isinstance(error, click.MissingParameter):
        return f"缺少{_name(error)}。"
    if isinstance(error, click.BadParameter):
        return _bad_value(error)
    if isinstance(error, click.BadOptionUsage):
        written = "后面缺少它的值" if "requires" in error.message else "不能带值"
        return f"选项“{error.option_name}”{written}。"
    extra = re.search(r"unexpected extra arguments? \((?P<words>.*)\)", error.message)
    if extra:
        return f"多写了“{extra['words']}”。"
    if "Missing command" in error.message:
        return f"后面缺少命令，可以是：{'、'.join(_commands(error.ctx))}。"
    return "命令的写法不对。"


def _bad_value(error: click.BadParameter) -> str:
    found = VALUE.search(error.message)
    written = f"写的是“{found['quoted'] or found['bare'] or ''}”，" if found else ""
    return f"{_name(error)}{written}{_asked(error)}。"


def _asked(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.IntRange):
        low = "" if kind.min is None else f"不小于 {kind.min} "
        high = "" if kind.max is None else f"不大于 {kind.max} "
        return f"应是{low}{high}的整数"
    if isinstance(kind, click.types.IntParamType):
        return "应是整数"
    if isinstance(kind, click.Choice):
        return f"只能是：{'、'.join(map(str, kind.choices))}"
    if isinstance(kind, click.Path):
        if "does not exist" in error.message:
            return "没有这个文件或目录"
        if "is a file" in error.message:
            return "这是文件，应是目录"
        if "is a directory" in error.message:
            return "这是目录，应是文件"
        return "没有读写它的权限"
    return "不能用"


def _name(error: click.BadParameter) -> str:
    """The parameter as the help shows it."""
    if isinstance(error.param, click.Option):
        return f"选项“{max(error.param.opts, key=len)}”"
    if isinstance(error.param, click.Argument):
        return f"参数“{error.param.make_metavar(error.ctx or click.get_current_context())}”"
    return "参数"


def _instead(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, 1, 0.5) if len(word) > 2 else []
    return f"是不是“{close[0]}”？" if close else ""


def _options(ctx: click.Context | None) -> list[str]:
    if ctx is None:
        return []
    return [name for param in ctx.command.get_params(ctx) for name in param.opts if name.startswith("-")]


def _commands(ctx: click.Context | None) -> list[str]:
    return ctx.command.list_commands(ctx) if ctx and isinstance(ctx.command, click.Group) else []


def _path(error: click.UsageError) -> str:
    return error.ctx.command_path if error.ctx else "minzheng"


class ChineseHelp(click.HelpFormatter):
    """Help with Chinese headings."""

    @override
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：")

    @override
    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{HEADINGS.get(heading, heading)}：\n")

    @override
    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        said = []
        for term, text in rows:
            for english, chinese in HELP_WORDS:
                text = text.replace(english, chinese)
            said.append((term, text))
        super().write_dl(said, col_max, col_spacing)


click.Context.formatter_class = ChineseHelp
