"""`minzheng migrate`: bring the tables to this release."""

import click

from minzheng.config.command import start


@click.command(help="把数据库的表更新到本版本（由属主角色执行）。")
@click.option("--check", is_flag=True, help="只检查是否有未执行的迁移；有则退出码为 1。")
def command(check: bool) -> None:
    start("owner")
    migrate(check)


def migrate(check: bool = False) -> None:
    """Run Django's migrations on the alias as it is signed in (as owner)."""
    from django.core.management import call_command

    if check:
        call_command("migrate", check_unapplied=True, verbosity=0)
        click.echo("没有未执行的迁移。")
        return
    call_command("migrate", interactive=False, verbosity=0)
    click.echo("数据库的表已是最新。", err=True)
