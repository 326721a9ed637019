"""`minzheng sms`: the outbox of text messages, and sending what waits in it."""

import click

from minzheng.config.command import emit, start


@click.group(help="短信：查看待发送的数量，交给网关发送。演示的网关把每条短信写成数据目录 sms 下的一个文件。")
def command() -> None:
    """The group."""


@command.command("send", help="发送所有待发送的短信；每条只交给网关一次。")
@click.option("--json", is_flag=True, help="按 JSON 输出。")
def send(json: bool) -> None:
    """Exit 0 when all is sent, 1 when the gateway is away or another run is on."""
    start("engine")
    from minzheng.core.notices import sending, sms

    done = sending.send(sms.chosen())
    emit(done if json else f"发出 {done.sent} 条，没有发出 {done.failed} 条。", json)


@command.command("list", help="按状态列出短信的数量。")
@click.option("--json", is_flag=True, help="按 JSON 输出。")
def listed(json: bool) -> None:
    """No number and no text is shown."""
    start("engine")
    from minzheng.core.notices import reads

    counted = reads.outbox()
    emit(counted if json else {reads.STATES[state]: count for state, count in counted.items()}, json)
