"""`minzheng bank [--once] DIR`: the stand-in bank, which knows nothing of the platform but its files."""

from pathlib import Path

import click

from minzheng.config.database.filefaults import reason
from minzheng.config.month import standin
from minzheng.kernel.errors import Refusal


class FolderRefusal(Refusal):
    """The folder cannot be used."""

    exit_code = 1


@click.command(
    help="演示银行：受理 DIR/out 中的代发文件，把回执和回盘写入 DIR/ack、DIR/answer。格式见"
    " docs/reference/bank-files.md。"
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--once", is_flag=True, help="处理现有文件后结束；否则一直运行，按 Ctrl-C 停止。")
def command(folder: Path, once: bool) -> None:
    """Exit 0 when done; 1 when the folder or the log cannot be used."""
    try:
        if not once:
            click.echo(f"演示银行在 {folder} 值守，按 Ctrl-C 停止。", err=True)
            standin.serve(folder)
        done = standin.serve_once(folder)
    except OSError as error:
        raise FolderRefusal(
            f"目录 {folder} 读写失败：{reason(error) or error.strerror}。请检查路径、权限和磁盘空间。"
        ) from error
    click.echo(f"受理 {done['taken']} 个，拒收 {done['refused']} 个，早先已办 {done['known']} 个。", err=True)
