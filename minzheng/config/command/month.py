"""`minzheng month 2024-10`: the month's run, as far as it can go now."""

import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minzheng.config.command import emit, start
from minzheng.kernel.money import yuan
from minzheng.kernel.periods import Month

if TYPE_CHECKING:
    from minzheng.config.month.running import Report

STATES = {"done": "本月已完成", "waiting_people": "等待办理人员", "waiting_bank": "等待银行回盘"}
STAGES = {"determine": "测算结果有变化", "due": "应发明细"}
PAYMENTS = {"paid": "已付", "failed": "失败", "filed": "在途", "ready": "待发", "withheld": "停付"}


@click.command(
    help="月度发放：测算、变动、应发、计划、批准、支付指令、银行文件、回盘、台账。中断后再运行会接着做。"
)
@click.argument("month")
@click.option("--unattended", is_flag=True, help="无人值守地确认和批准，并让演示银行回盘；只在演示环境可用。")
@click.option("--freeze", is_flag=True, help="有变动等待确认时也先冻结计划（之后确认的变动下月生效）。")
@click.option(
    "--bank-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="银行文件目录（同 BANK_DIR；缺省为数据目录下 bank）。",
)
@click.option(
    "--engine",
    type=click.Choice(["polars", "spark"]),
    default="polars",
    help="spark：按 --facts 里的事实文件逐省测算，只写测算结果，不发钱，不用数据库。",
)
@click.option(
    "--facts", type=click.Path(file_okay=False, path_type=Path), help="事实文件的目录（--engine spark）。"
)
@click.option("--province", type=click.IntRange(11, 82), help="只测算这一个省，如 53（--engine spark）。")
@click.option(
    "--export-facts", type=click.Path(file_okay=False, path_type=Path), help="只把当月事实写成文件，不测算。"
)
@click.option("--json", "as_json", is_flag=True, help="输出一份 JSON，供程序读取。")
def command(
    month: str,
    unattended: bool,
    freeze: bool,
    bank_dir: Path | None,
    engine: str,
    facts: Path | None,
    province: int | None,
    export_facts: Path | None,
    as_json: bool,
) -> None:
    """Exit 0 when all that can be done is done, also where people or the bank are needed."""
    wanted = Month.parse(month)
    if engine != "polars" or facts or province or export_facts:
        from minzheng.config.cluster import words

        found, lines = words.run(wanted, engine, facts, province, export_facts, start, _tell)
        emit(found if as_json else lines, as_json)
        return
    start("engine")
    from minzheng.config.database.exclusive import exclusive
    from minzheng.config.month import finding, running
    from minzheng.config.month.folder import FormerFolderRefusal
    from minzheng.config.month.unattended import approvers
    from minzheng.core.benefits import runs

    folder = bank_dir or bank_folder()
    with exclusive("month"):
        runs.require_turn(wanted)
        people = approvers() if unattended else None
        sources = finding.sources(wanted.first)
        try:
            report = running.run(wanted, folder, sources, people, freeze, tell=_tell)
        except FormerFolderRefusal:
            if bank_dir or os.environ.get("BANK_DIR") or not unattended:
                raise
            # The demonstration was made anew: its former bank's files are put aside, not thrown away.
            folder.rename(folder.with_name(f"{folder.name}-{time.strftime('%Y%m%d-%H%M%S')}"))
            report = running.run(wanted, folder, sources, people, freeze, tell=_tell)
    emit(asdict(report) if as_json else told(report), as_json)


def bank_folder() -> Path:
    """BANK_DIR, or `bank` in the data folder."""
    from minzheng.config.database import home

    named = os.environ.get("BANK_DIR")
    return Path(named) if named else home.home() / "bank"


def told(report: "Report") -> list[str]:
    """The report in lines for a person."""
    from minzheng.kernel.module import CHANGE_LABELS

    lines = [f"{report.month} 第 {report.sequence} 次运行：{STATES[report.state]}。"]
    lines += [f"  {STAGES.get(name, name)} {count} 条" for name, count in report.stages.items()]
    if report.changes:
        words = {str(kind): label for kind, label in CHANGE_LABELS.items()}
        lines.append("  变动：" + "，".join(f"{words[kind]} {n}" for kind, n in report.changes.items()))
    for state, count in report.payments.items():
        lines.append(f"  {PAYMENTS[state]} {count} 笔，{yuan(report.amounts[state])} 元")
    if report.ledger is not None and not report.ledger.differences:
        lines.append(f"  台账平衡；与银行对账记录核对 {report.ledger.checked} 个文件，全部相符。")
    lines += [f"  ！{text}" for text in (report.ledger.differences if report.ledger else ())]
    if report.findings:
        lines.append(f"  待核对的疑点 {report.findings} 条。")
    return [*lines, *(f"  → {text}" for text in report.waiting), *report.course.table()]


def _tell(stage: str, done: int, total: int) -> None:
    """Progress on stderr: one line a stage on a terminal, a line at its end otherwise."""
    if sys.stderr.isatty():
        click.echo(f"\r{stage} {done}/{total} 县", err=True, nl=done == total)
    elif done == total:
        click.echo(f"{stage} {total} 县，完成。", err=True)
