"""`minzheng documents`: whether the files of documents are there and are what was kept."""

import click

from minzheng.config.command import emit, start


@click.group(help="材料：核对加密保存的照片和 PDF。")
def command() -> None:
    """The group."""


@command.command(
    "check", help="逐份核对材料的文件：缺失、改动的逐条指出；有问题退出码为 1。恢复备份之后也要运行。"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Opens every file once."""
    start("engine")
    from minzheng.core.documents.checks import verdict

    found = verdict()
    if as_json:
        emit(found, True)
    else:
        emit(
            [f"核对 {found.documents} 份材料。", *(found.problems or ["一切相符：文件都在，没有改动。"])],
            False,
        )
    ctx.exit(1 if found.problems else 0)
