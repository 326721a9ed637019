"""`minzheng doctor`: the start-up check, told in full."""

import click

from minzheng.config.command import emit, start
from minzheng.config.database import checks, connection, home


@click.command(help="检查数据库、角色、密钥、迁移；有问题逐条列出，退出码为 1。文书所缺的字体只作提醒。")
@click.option("--json", is_flag=True, help="按 JSON 输出。")
@click.pass_context
def command(ctx: click.Context, json: bool) -> None:
    """Without fonts the site works but prints no letters, so that is advice and no problem."""
    start("runtime")
    from minzheng.core.notices import letters

    problems, advice = checks.problems(), letters.problems()
    if json:
        emit({"ok": not problems, "problems": problems, "advice": advice, "home": home.home()}, json)
    else:
        where = "内嵌" if connection.is_embedded() else "外部"
        emit(problems or [f"一切正常：数据目录 {home.home()}，{where}数据库。"], json)
        emit([f"提醒：{each}" for each in advice], json)
    ctx.exit(1 if problems else 0)
