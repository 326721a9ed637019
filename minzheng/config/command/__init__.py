"""The command `minzheng`. Each module of this package is a subcommand: it offers `command: click.Command`.

Exit codes: 0 done, 1 the work failed, 2 the input or the way of calling is wrong. A refusal prints its
sentence; a
failure of the surroundings prints one of ours; a surprise is logged once and named with the path of the log.
"""

from __future__ import annotations

import json as json_format
import os
import pkgutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from minzheng.config import logs, misuse
from minzheng.config.database import failures
from minzheng.kernel.errors import Refusal


class Commands(click.Group):
    """Subcommands found by file name, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (entry.name for entry in pkgutil.iter_modules(__path__))
        return sorted(name for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with misuse.spoken():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with misuse.spoken():
                return super().invoke(ctx)
        except (click.exceptions.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo("已中断。", err=True)
            return ctx.exit(1)
        except Refusal as refusal:
            click.echo(str(refusal), err=True)
            return ctx.exit(getattr(refusal, "exit_code", 2))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return ctx.exit(1)
        except Exception as error:
            click.echo(told(error), err=True)
            return ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(), help="数据目录（同 MINZHENG_HOME）。")
def main(home: str | None) -> None:
    """民政平台：一省的人、地、法、钱，一条命令。"""
    if home is not None:
        if not home.strip():
            raise Refusal("--home 后面是空的。请写明数据目录，例如 --home /var/lib/minzheng。")
        os.environ["MINZHENG_HOME"] = str(Path(home).absolute())


def told(error: Exception) -> str:
    """The sentence for an error that is not a refusal; a surprise is logged here, and only here."""
    known = failures.sentence(error)
    if known is not None:
        return known
    path = failures.record(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {logs.describe(error)}")
    return f"程序出现意外（{type(error).__name__}），工作没有完成。详情已记入 {path}。"


def start(role: str) -> None:
    """Sign in as owner, engine or runtime: server up, Django set up, subjects registered.

    Raises Refusal when there is nothing to sign in to. Call it first in a command, before importing any
    model.
    """
    from minzheng.config.database import startup

    startup.begin(role)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Any]:
    """A bar on stderr for long work: `with progress("载入", n) as bar: bar.update(k)`. Silent when not a
    terminal.
    """
    with click.progressbar(
        length=total or 1, label=label, file=sys.stderr, show_pos=total is not None
    ) as bar:
        yield bar


def emit(obj: Any, json: bool) -> None:
    """Print a result: one JSON document for a machine, or text, lines and `key: value` for a person."""
    if json:
        click.echo(json_format.dumps(obj, ensure_ascii=False, indent=2, default=_plain))
    elif isinstance(obj, dict):
        for key, value in obj.items():
            click.echo(f"{key}：{value}")
    elif isinstance(obj, list | tuple):
        for line in obj:
            click.echo(line)
    else:
        click.echo(obj)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no plain form")
