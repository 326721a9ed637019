"""`minzheng areas`: load the reference list of areas, and look areas up."""

from dataclasses import asdict

import click

from minzheng.config.command import emit, start


@click.group(help="区划：载入参考名录，按代码或名称查找。")
def command() -> None:
    """Holds `load`, `search` and `show`."""


@command.command(help="载入 2023 年区划名录和 2010 年以来的县级变更；重复运行不改变已有内容。")
def load() -> None:
    """Prints how many rows were added or corrected."""
    start("engine")
    from minzheng.core.areas.actions import load_reference

    click.echo(f"区划已载入，新增或更正 {load_reference()} 行。", err=True)


@command.command(
    help="按名称查找（两个字起；多个词用空格分开，逐级缩小），如：minzheng areas search 昭阳 团结"
)
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="最多列出几个。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")
def search(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Prints code, kind and path of each area found."""
    start("runtime")
    from minzheng.core.areas import reads

    found = reads.search(" ".join(words), limit=limit)
    if as_json:
        emit([asdict(place) for place in found], json=True)
        return
    if not found:
        click.echo("没有找到。请至少输入两个字，并核对用字。", err=True)
    emit([f"{place.code}　{place.kind_label}　{place.path}" for place in found], json=False)


@command.command(help="显示一个区划（12 位代码，县以上可写 6 位）及其下一级。")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")
def show(code: str, as_json: bool) -> None:
    """Prints the area's path, its ranges under every code it has had, and its children."""
    start("runtime")
    from minzheng.core.areas import reads

    number = reads.parse(code)
    place = reads.area(number)
    below = reads.children(number)
    ranges = reads.ranges(number)
    if as_json:
        listed = [asdict(child) for child in below]
        emit(
            {**asdict(place), "path": reads.path_name(number), "ranges": ranges, "children": listed},
            json=True,
        )
        return
    click.echo(f"{place.code}　{place.kind_label}　{reads.path_name(number)}")
    click.echo("管辖代码：" + "；".join(f"{low}—{high}" for low, high in ranges))
    emit([f"    {child.code}　{child.kind_label}　{child.name}" for child in below], json=False)
