"""`minzheng cases`: the demonstration's cases."""

from dataclasses import asdict

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


@command.command("urge", help="超期督办：把超期的案件逐级报告上一级岗位，同一级只报一次。每天运行一次。")
@click.option("--json", "as_json", is_flag=True, help="输出一份 JSON，供程序读取。")
def urge(as_json: bool) -> None:
    """Says how many cases are overdue and how many messages are new."""
    start("engine")
    from minzheng.core.access.scope import Scope, acting
    from minzheng.core.areas.reads import PROVINCE
    from minzheng.core.cases import urging
    from minzheng.kernel.areas import subtree

    with acting(Scope(*subtree(PROVINCE), name="平台")):
        found = urging.urge()
    emit(asdict(found) if as_json else f"超期 {found.cases} 件，发出督办消息 {found.told} 条。", as_json)


@command.command("plan-reviews", help="生成复核任务：本月到期的低保家庭各开一件，不重复。每月运行一次。")
@click.option("--json", "as_json", is_flag=True, help="输出一份 JSON，供程序读取。")
def plan_reviews(as_json: bool) -> None:
    """Says how many reviews were opened."""
    start("engine")
    from minzheng.core.access.scope import Scope, acting
    from minzheng.core.areas.reads import PROVINCE
    from minzheng.domains.assistance.actions import reviewing
    from minzheng.kernel.areas import subtree

    low, high = subtree(PROVINCE)
    with acting(Scope(low, high, name="平台")):
        opened = reviewing.plan(low, high, 0)
    emit({"opened": opened} if as_json else f"生成复核任务 {opened} 件。", as_json)
