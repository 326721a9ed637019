"""`minzheng payments status|reconcile|unlock`: the lock on payments after a restore."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from minzheng.config.command import emit, start
from minzheng.config.command.month import bank_folder
from minzheng.core.ledger.payees import Register
from minzheng.kernel.errors import Refusal

BANK_DIR = click.option(
    "--bank-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="银行文件目录（同 BANK_DIR；缺省为数据目录下 bank）。",
)


class SignInRefusal(Refusal):
    """The name or the password is wrong."""

    exit_code = 2


@click.group(help="支付锁定：数据库从备份恢复后，先与银行核对，再解除。")
def command() -> None:
    """Each subcommand signs in by itself."""


@command.command(help="支付是否锁定；锁定时退出码为 1。")
@click.option("--json", "as_json", is_flag=True, help="按 JSON 输出。")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    start("engine")
    from minzheng.core.ledger import locking

    found = locking.state()
    told = f"支付已锁定：{found.reason}。" if found.reason else "支付没有锁定。"
    emit(asdict(found) if as_json else [told], as_json)
    ctx.exit(1 if found.reason else 0)


@command.command(
    help="把银行已收到而本库没有的代发文件补记入账，读回盘，与银行对账记录核对；有不符时退出码为 1。"
)
@BANK_DIR
@click.option("--json", "as_json", is_flag=True, help="按 JSON 输出。")
@click.pass_context
def reconcile(ctx: click.Context, bank_dir: Path | None, as_json: bool) -> None:
    start("engine")
    from minzheng.config.database.exclusive import exclusive
    from minzheng.core.ledger import locking, restoring

    folder = bank_dir or bank_folder()
    with exclusive("month"):
        if not locking.state().reason:
            locking.require_agreement(folder)
        found = restoring.recover(folder, sources)
    lines = [
        f"补记 {found.files} 个文件、{found.payments} 笔支付；与银行对账记录核对 {found.checked} 个文件。"
    ]
    lines += [f"  ！{text}" for text in found.differences] or ["全部相符。"]
    emit(asdict(found) if as_json else lines, as_json)
    ctx.exit(1 if found.differences else 0)


@command.command(help="核对全部相符后解除锁定；由有此权限的人以自己的登录名和口令办理。")
@click.option("--user", required=True, help="登录名。")
@click.option(
    "--password", prompt="口令", hide_input=True, help="不给出时会询问，不显示。", envvar="MINZHENG_PASSWORD"
)
@BANK_DIR
def unlock(user: str, password: str, bank_dir: Path | None) -> None:
    start("engine")
    from django.contrib.auth import authenticate

    from minzheng.config.database.exclusive import exclusive
    from minzheng.core.access import reads
    from minzheng.core.ledger import locking, restoring

    if authenticate(username=user, password=password) is None:
        raise SignInRefusal("登录名或口令不对，没有解除锁定。")
    scope = reads.scope_named(user)
    with exclusive("month"):
        found = restoring.recover(bank_dir or bank_folder(), sources)
        evidence = {"files": found.files, "payments": found.payments, "checked": found.checked}
        locking.unlock(scope, found.differences, evidence)
    click.echo(f"已解除支付锁定；与银行对账记录核对 {found.checked} 个文件，全部相符。", err=True)


def sources(month: date) -> tuple[Register, Mapping[str, str]]:
    """The register and the programmes' names as the month's payments saw them."""
    from minzheng.config.month import finding

    made = finding.sources(month)
    return made.register, dict(made.labels)
