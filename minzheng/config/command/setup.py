"""`minzheng setup`: from nothing to an installation that starts. Running it again changes nothing."""

import click

from minzheng.config.command import migrate
from minzheng.config.database import checks, home, keys, startup


@click.command(help="建立平台：数据目录、密钥、数据库、角色、表、参考数据。重复运行不改变已有内容。")
def command() -> None:
    made = [path.name for path in keys.make()]
    if made:
        click.echo(f"已生成密钥：{'、'.join(made)}。请备份 {home.keys_folder()}。", err=True)
    startup.begin("owner", make=True)
    migrate.migrate()
    load_reference()
    startup.begin("runtime")
    checks.require()
    click.echo(f"平台已建立：{home.home()}", err=True)


def load_reference() -> None:
    """Areas, calendars and whatever else the reference folder holds, as the engine."""
    startup.begin("engine")
    from minzheng.core.areas import actions

    actions.load_reference()
