"""`minzheng figures`: every figure of the article beside what the records say."""

from dataclasses import asdict
from fractions import Fraction

import click

from minzheng.config.command import emit, start


@click.command("figures", help="逐项核对文章中的数字：从记录计算，与文章并列，尚未实现的如实列出。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")
def command(as_json: bool) -> None:
    """Prints key, stated, computed, verdict, scale, tolerance and the read behind each figure."""
    start("engine")
    from minzheng.core.indicators.reads import figures

    rows = figures()
    if as_json:
        listed = [
            {
                **asdict(row),
                "computed": None if row.computed is None else number(row.computed),
                "scale": number(row.scale),
                "day": row.day.isoformat(),
                "verdict": row.verdict,
            }
            for row in rows
        ]
        emit(listed, json=True)
        return
    done = [row for row in rows if row.computed is not None]
    click.echo(
        f"演示比例 {float(rows[0].scale):g}；已能计算 {len(done)} 项，尚未 {len(rows) - len(done)} 项\n"
    )
    for row in done:
        click.echo(f"{row.system} {row.label}（{row.unit}，{row.day}）")
        click.echo(
            f"    文章 {row.stated_text}　记录 {row.value_text}　推算全省 {row.estimate_text}　{row.verdict}"
        )
        click.echo(
            f"    核对 {row.match}，抽样容差 {row.tolerance}；{row.read}"
            + (f"；{row.note}" if row.note else "")
        )
    click.echo("\n尚未（待后续模块）：" + "、".join(row.label for row in rows if row.computed is None))


def number(exact: Fraction) -> int | float:
    """A JSON number: whole where the figure is whole, else to six decimals."""
    return exact.numerator if exact.denominator == 1 else round(float(exact), 6)
