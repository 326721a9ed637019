"""`minzheng cases`: the demonstration's cases."""

import click

from minzheng.config.command import emit, start


@click.group(help="案件：演示案件等。")
def command() -> None:
    """The group."""


@command.command("demonstrate", help="在昭通市各县生成演示案件（各步骤都有，含超期的）；已有案件则不再生成。")
def demonstrate() -> None:
    """Says how many cases there are."""
    start("engine")
    from minzheng.config.province import cases

    emit(f"现有案件 {cases.make()} 件。", False)
