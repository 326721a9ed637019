"""`minzheng letters`: which there are, a sample of each, whether an office's templates still say all.

None of it touches the database (docs/how-to/letters.md).
"""

import sys
from pathlib import Path

import click

from minzheng.config.command import emit
from minzheng.kernel.errors import Refusal


class SampleRefusal(Refusal):
    """The sample cannot be written."""


@click.group(help="文书：列出、打印样张、核对自己改过的模板。")
def command() -> None:
    """The group."""


@command.command("list", help="列出各种文书，以及在用的是随附的模板还是本单位的。")
@click.option("--json", is_flag=True, help="按 JSON 输出。")
def listed(json: bool) -> None:
    """One line a letter."""
    from minzheng.core.notices.letters import LETTERS, drawing

    own = drawing.office_folder()
    found = {
        name: {"label": label, "own": (own / f"{name}.typ").is_file()} for name, (_, label) in LETTERS.items()
    }
    lines = [
        f"{name}：{each['label']}{'（本单位模板）' if each['own'] else ''}" for name, each in found.items()
    ]
    emit({"folder": own, "letters": found} if json else [*lines, f"本单位模板目录：{own}"], json)


@command.command("sample", help="用虚构的内容打印一张样张到 FILE（PDF；- 为标准输出）。")
@click.argument("name")
@click.argument("file")
def sample(name: str, file: str) -> None:
    """Exit 2 when there is no such letter or the file cannot be written."""
    from minzheng.core.notices.letters import LETTERS, draw
    from minzheng.core.notices.letters.samples import SAMPLES

    if name not in LETTERS:
        raise SampleRefusal(f"没有名为“{name}”的文书，现有：{'、'.join(LETTERS)}。")
    drawn = draw(name, SAMPLES[name])
    if file == "-":
        sys.stdout.buffer.write(drawn)
        return
    try:
        Path(file).write_bytes(drawn)
    except OSError as error:
        raise SampleRefusal(f"文件 {file} 写不了（{error.strerror}）。请换一个可写的位置。") from error


@command.command("check", help="逐种打印样张并读回，核对每一项内容都在纸上。")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Exit 1 with a line for each letter that cannot be drawn or leaves something out."""
    from minzheng.core.notices.letters import LETTERS, checking

    problems = [problem for name in LETTERS for problem in checking.problems(name)]
    emit(problems or [f"{len(LETTERS)} 种文书都能打印，内容齐全。"], False)
    ctx.exit(1 if problems else 0)
