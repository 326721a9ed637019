"""`minzheng server start|stop|status`: the embedded PostgreSQL of this home."""

import click

from minzheng.config.command import emit
from minzheng.config.database import connection, server
from minzheng.kernel.errors import Refusal


class NotEmbedded(Refusal):
    """The database is somebody else's to start and stop."""


@click.group(help="内嵌数据库：启动、停止、查看。")
def command() -> None:
    if not connection.is_embedded():
        raise NotEmbedded("DATABASE_URL 指定了外部数据库，请在那台服务器上启动或停止它。")


@command.command(help="启动（已在运行则不变）。")
def start() -> None:
    server.ensure()
    click.echo(f"数据库在运行，进程 {server.status().pid}。", err=True)


@command.command(help="停止；进行中的事务回滚。")
def stop() -> None:
    click.echo("数据库已停止。" if server.stop() else "数据库本来就没有运行。", err=True)


@command.command(help="查看；没有运行时退出码为 1。")
@click.option("--json", is_flag=True, help="按 JSON 输出。")
@click.pass_context
def status(ctx: click.Context, json: bool) -> None:
    found = server.status()
    emit(found if json else {"已建立": "是" if found.made else "否", "进程": found.pid or "未运行",
                             "套接字": found.socket}, json)  # fmt: skip
    ctx.exit(0 if found.pid else 1)
