"""`minzheng run`: everything in one go, each step a command of its own that can also be run alone."""

import subprocess
import sys

import click

from minzheng.config.command import emit, serve, start
from minzheng.kernel.errors import Refusal

MONTH = "2024-10"


class StepFailed(Refusal):
    """One of the steps ended with an error that it has told by itself."""

    exit_code = 1


@click.command(help="一条命令跑起来：建立平台、生成演示省、跑一个月的发放、启动网站。")
@click.option("--scale", default="0.01", show_default=True, help="演示省的规模，1 为全省。")
@click.option("--seed", default="1", show_default=True, help="随机种子。")
@click.option("--as-of", default="2024-09-30", show_default=True, help="登记截至日。")
@click.option("--month", "month", default=MONTH, show_default=True, help="发放月份。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口。")
@click.option("--no-serve", is_flag=True, help="不启动网站。")
def command(scale: str, seed: str, as_of: str, month: str, host: str, port: int, no_serve: bool) -> None:
    step("setup")
    start("runtime")
    if is_empty():
        step("province", "--scale", scale, "--seed", seed, "--as-of", as_of)
    demonstration_users()
    step("month", month, "--unattended")
    step("cases", "demonstrate")
    sign_in_names()
    if not no_serve:
        serve.serve(host, port)


def step(*words: str) -> None:
    """Run a subcommand in a process of its own: it signs in with its own role and gives its memory back."""
    click.echo(f"—— minzheng {' '.join(words)}", err=True)
    done = subprocess.run([sys.executable, "-m", "minzheng.config", *words], check=False)
    if done.returncode:
        raise StepFailed(f"“minzheng {words[0]}”没有完成（退出码 {done.returncode}），后面的步骤没有执行。")


def is_empty() -> bool:
    """Whether the register holds nobody yet; asked as engine, who sees every row."""
    from minzheng.config.database.connection import connect

    with connect("engine") as session:
        row = session.execute("SELECT EXISTS (SELECT FROM people_person)").fetchone()
    return not (row and row[0])


def demonstration_users() -> None:
    """The users of the demonstration, who must be there before they can approve a month."""
    start("engine")
    from minzheng.core.access import actions

    actions.ensure_demo_users()
    start("runtime")


def sign_in_names() -> None:
    """Print the demonstration's users; nobody else's names are ever printed."""
    from minzheng.core.access import reads

    users = reads.demo_users()
    if users:
        click.echo(f"演示用户（口令都是 {reads.DEMO_PASSWORD}；要验证码的，登录页上会显示）：")
    named = [user for user in users if not user.group]
    changed = {user.username: "" if user.password else "（口令已改）" for user in named}
    emit([f"  {u.username:<16} {u.name}：{u.posts}{changed[u.username]}" for u in named], False)
    ruled = [user for user in users if user.group]
    if ruled:
        counties = dict.fromkeys(f"{user.group} {user.username.partition('-')[0]}" for user in ruled)
        click.echo(
            f"  另有昭通市各县 {len(ruled)} 人，登录名为“县-岗位”，如 {ruled[0].username}；"
            "岗位：jingban 经办、shenhe 审核、shenpi1/shenpi2 审批、"
            "caiwu 发放、xiangzhen1–3 乡镇、cun1–2 村。县：" + "、".join(counties) + "。"
        )
