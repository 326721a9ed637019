"""`minzheng province`: the demonstration province, made from the census and the law."""

import sys
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from minzheng.config.command import emit, start
from minzheng.kernel.errors import Refusal

FIRST, LAST = date(2022, 7, 1), date(2025, 11, 30)
WIDTH = 34
LABELS = {
    "scale": "规模", "seed": "随机种子", "as_of": "登记截至", "persons": "人员", "households": "家庭",
    "dibao": "低保对象",
    "tekun": "特困人员", "marginal": "低保边缘人员", "rigid_expenditure": "刚性支出困难人员",
    "low_income": "低收入人口",
    "failing_households": "不符合任何一类的家庭", "decisions": "导入的历史决定", "rows": "写入的登记行",
    "law": "规则版本",
}  # fmt: skip


class ProvinceInputRefusal(Refusal):
    """A scale, seed or date that no province can be made with."""


@click.command(help="生成演示省：按普查和区划抽取家庭，由规则认定，再载入登记库。全部数据均为演示。")
@click.option("--scale", default="0.01", show_default=True, help="规模，1 为全省（约五百万人）。")
@click.option("--seed", default="1", show_default=True, help="随机种子，同一种子结果相同。")
@click.option("--as-of", default="2024-09-30", show_default=True, help="登记截至日。")
@click.option("--replace", is_flag=True, help="清除已有的演示数据后重新生成。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果。")
def command(scale: str, seed: str, as_of: str, replace: bool, as_json: bool) -> None:
    wanted = parse_scale(scale), parse_seed(seed), parse_day(as_of)
    start("engine")
    from minzheng.config.database.exclusive import exclusive
    from minzheng.config.province import making
    from minzheng.config.province.stages import WHOLE, Stages

    with exclusive("province"), click.progressbar(length=WHOLE, label=" " * WIDTH, file=sys.stderr) as bar:

        def tell(stage: str, parts: int) -> None:
            bar.label = padded(stage)
            bar.update(parts)

        stages = Stages(tell, wanted[0])
        made = making.make(*wanted, replace, stages)
        bar.update(WHOLE)
    found = asdict(made)
    if as_json:
        emit(found | stages.report(), True)
    else:
        emit({LABELS[name]: value for name, value in found.items()}, False)
        emit(table(stages.report()), False)


def padded(text: str, width: int = WIDTH) -> str:
    """Text on so many columns of a terminal, where a Chinese character takes two."""
    return text + " " * max(0, width - sum(2 if c > "⺀" else 1 for c in text))


def table(report: dict[str, Any]) -> list[str]:
    """The stages, a line each: name, seconds, rows; then the sum and the most memory."""
    lines = [
        f"  {padded(stage['name'])} {stage['seconds']:7.1f} 秒 {stage['rows'] or '':>12}"
        for stage in report["stages"]
    ]
    most = report["peak_bytes"] / 1e9
    total = f"  {padded('合计')} {report['seconds']:7.1f} 秒，本命令及其子进程内存峰值 {most:.1f} GB"
    return ["各阶段用时（末列为写入行数；抽取为单元数，索引为个数）：", *lines, total]


def parse_scale(text: str) -> float:
    """A share of the province, above 0 and up to 1."""
    try:
        scale = float(text)
    except ValueError as error:
        raise ProvinceInputRefusal(f"--scale 的“{text}”不是数。请写成 0.01 的样子。") from error
    if not 0.0005 <= scale <= 1:
        raise ProvinceInputRefusal(f"--scale 的“{text}”超出范围，应在 0.0005 到 1 之间。")
    return scale


def parse_seed(text: str) -> int:
    """A whole number from 0 to 2³²−1."""
    if not text.isascii() or not text.isdigit() or int(text) >= 2**32:
        raise ProvinceInputRefusal(f"--seed 的“{text}”不是 0 到 4294967295 的整数。")
    return int(text)


def parse_day(text: str) -> date:
    """A day on which the law of the demonstration is complete."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ProvinceInputRefusal(f"--as-of 的“{text}”不是日期。请写成 2024-09-30 的样子。") from error
    if not FIRST <= day <= LAST:
        raise ProvinceInputRefusal(f"--as-of 的“{text}”超出范围，应在 {FIRST} 到 {LAST} 之间。")
    return day
