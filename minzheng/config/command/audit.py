"""`minzheng audit`: the sealer of the log, and the proof that nobody touched it."""

import os
import time

import click

from minzheng.config.command import emit, start, told


@click.group(help="留痕：封存行历史与访问日志，核验有没有被人动过。")
def command() -> None:
    """The group."""


@command.command("seal", help="封存新的条目，并把签名头写到数据库以外（MINZHENG_HEADS 可另指定目录）。")
@click.option("--every", type=click.IntRange(1, 3600), help="每隔多少秒封存一次，不停；不写则只做一次。")
@click.option("--with-parent", is_flag=True, help="启动它的程序结束时一同结束。")
def seal(every: int | None, with_parent: bool) -> None:
    """Once, or until stopped. While it goes on, a database that is away is waited for."""
    parent = os.getppid()
    start("engine")
    from django.db import Error, connection

    from minzheng.core.audit.sealing import seal

    if every is None:
        emit(f"已封存 {seal()} 条。", False)
        return
    silent = False
    while not (with_parent and os.getppid() != parent):
        try:
            seal()
            silent = False
        except Error as error:
            if not silent:
                click.echo(told(error), err=True)
            silent = True
            connection.close()
        time.sleep(every)


@command.command(
    "verify", help="核验留痕：被改动、删除、插入、调换的条目和被停用的触发器，逐条指出；有问题退出码为 1。"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Prints every fault with its place."""
    start("engine")
    from minzheng.core.audit.verifying import verify

    verdict = verify()
    if as_json:
        emit(verdict, True)
    else:
        emit([f"核验 {verdict.seals} 个封存、{verdict.entries} 条；尚未封存 {verdict.unsealed} 条。"], False)
        emit(
            [fault.text for fault in verdict.faults]
            or ["一切相符：没有改动、删除、插入、调换，触发器都在。"],
            False,
        )
    ctx.exit(1 if verdict.faults else 0)


@command.command("restored", help="数据库从备份恢复之后，声明此后的签名头作废；须写明原因和批准人。")
@click.argument("reason")
def restored(reason: str) -> None:
    """Adds a signed line to the heads."""
    start("engine")
    from minzheng.core.audit.sealing import restored

    restored(reason)
    emit("已记入签名头文件。此后从数据库现有的最后一个封存接着封存。", False)
