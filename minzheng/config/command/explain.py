"""`minzheng explain FILE`: decide a case that an officer wrote, and print the reasoning rule by rule. No
database; only `--household` asks the register, for a day and as known then.
"""

import json as json_format
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minzheng.config.command import emit, start
from minzheng.domains.assistance.rules import casebook
from minzheng.domains.assistance.rules.casebook import Decided
from minzheng.domains.assistance.rules.reasoning import Explanation, Verdict
from minzheng.kernel.casefile import CaseFile, WrittenCase
from minzheng.kernel.errors import Refusal
from minzheng.kernel.explanation import Line
from minzheng.kernel.money import yuan

if TYPE_CHECKING:
    from minzheng.config.month.replay import Replay

MANY = 12
WORDS = {True: "符合", False: "不符合", None: "无法认定"}
AGREES = {True: "；重算一致", False: "；重算不一致", None: ""}


@click.command(
    "explain",
    help="认定一个案例文件，逐条规则说明理由（数值、依据、版本）。写法见 docs/how-to/write-a-case.zh-CN.md。",
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--household", type=int, help="不读文件，按登记册认定这一户（户编号）。")
@click.option("--day", help="按哪一天的情况认定（同 --household 一起用），如 2024-10-01。")
@click.option("--known", help="只用到这一天（或时刻）为止登记的事实和规则版本；缺省为现在。")
@click.option("--case", "wanted", help="文件里有几个案例时，只说明这一个（名称或序号）。")
@click.option("--json", "as_json", is_flag=True, help="输出一份 JSON，供程序读取。")
@click.pass_context
def command(
    ctx: click.Context,
    file: Path | None,
    household: int | None,
    day: str | None,
    known: str | None,
    wanted: str | None,
    as_json: bool,
) -> None:
    """Exit 0 when decided as expected, 1 when an expectation does not come out, 2 on a bad file."""
    if household is not None:
        if file is not None or wanted is not None:
            raise Refusal(
                "写了 --household 就按登记册认定，不读案例文件：请去掉文件名和 --case，或去掉 --household。"
            )
        registered(household, day, known, as_json)
        return
    if file is None:
        raise click.MissingParameter(ctx=ctx, param=ctx.command.params[0])
    written = casebook.read(file)
    chosen = choose(written, wanted)
    decided = [casebook.decide(file, case) for case in chosen]
    if as_json:
        click.echo(json_format.dumps(document(written, decided), ensure_ascii=False, indent=2))
    elif len(decided) == 1:
        click.echo("\n".join(told(decided[0])))
    else:
        click.echo("\n".join(summary(decided)))
    if not all(each.agrees for each in decided):
        raise click.exceptions.Exit(1)


def registered(key: int, day: str | None, known: str | None, as_json: bool) -> None:
    """Decide a household of the register, as known then."""
    if day is None:
        raise Refusal("请用 --day 写明按哪一天的情况认定，例如 --day 2024-10-01。")
    start("engine")
    from minzheng.config.month.replay import instant, replay

    found = replay(key, instant(day).date(), instant(known) if known else None)
    if as_json:
        emit(_explained(found.explanation) | {"stored": found.stored}, True)
    else:
        emit(replayed(found), False)


def replayed(found: "Replay") -> list[str]:
    """What was stored by then, and the reasoning."""
    lines = [
        f"  {each.programme}：{WORDS[each.eligible]}，每月 {yuan(each.amount)} 元（{each.day} 认定；"
        f"事实摘要 {each.facts & 0xFFFFFFFFFFFFFFFF:016x}，规则版本 {each.law[:16]}）"
        + AGREES[found.agrees(each)]
        for each in found.stored
    ]
    return ["当时存档的认定：", *(lines or ["  没有。"]), *household(found.explanation)]


def choose(written: CaseFile, wanted: str | None) -> list[WrittenCase]:
    """The cases asked for: all, or one by its name or number."""
    if wanted is None:
        return written.cases
    if wanted.isdecimal() and 1 <= int(wanted) <= len(written.cases):
        return [written.cases[int(wanted) - 1]]
    named = [case for case in written.cases if case.name == wanted]
    if not named:
        names = "、".join(f"{at} {case.name}" for at, case in enumerate(written.cases, 1))
        raise Refusal(f"{written.path.name} 里没有案例“{wanted}”。有：{names}。")
    return named


def summary(decided: list[Decided]) -> list[str]:
    """One line a case, and how to see the reasoning of one."""
    lines = []
    for at, each in enumerate(decided, 1):
        lines.append(f"{at:>3}  {'相符' if each.agrees else '不符'}  {each.case.name}：{shortly(each)}")
        lines += [f"        {text}" for text in differences(each)]
    wrong = sum(not each.agrees for each in decided)
    lines.append(f"共 {len(decided)} 个案例，{wrong} 个与应得不符。加 --case 序号，看其中一个的逐条理由。")
    return lines


def shortly(decided: Decided) -> str:
    """The outcome in a few words."""
    if decided.explanation is None:
        return "，".join(f"{key} {value}" for key, value in decided.results.items())
    return "，".join(f"{each.label}{each.word}{paid(each)}" for each in decided.explanation.verdicts)


def paid(verdict: Verdict) -> str:
    """The amount in brackets, where there is one."""
    return f"（每月 {yuan(verdict.amount)} 元）" if verdict.eligible and verdict.amount is not None else ""


def differences(decided: Decided) -> list[str]:
    """What was expected and did not come out, with its line."""
    wrong = [each for each in decided.compared if not each.agrees]
    owners = [f"（{each.owner}）" if each.owner else "" for each in wrong]
    return [
        f"第{each.line}行 {each.key}{owner}：应得 {each.expected}，算得 {each.found}"
        for each, owner in zip(wrong, owners, strict=True)
    ]


def told(decided: Decided) -> list[str]:
    """The whole explanation of one case."""
    case = decided.case
    lines = [f"案例：{case.name}"]
    if case.law:
        lines.append(f"依据：{case.law}")
    if case.arithmetic:
        lines.append(f"算式：{case.arithmetic}")
    if decided.explanation is None:
        lines += ["", "结果：", *(f"  {key}：{value}" for key, value in decided.results.items())]
    else:
        lines += household(decided.explanation)
        for name, reasons in decided.obligors:
            lines += [
                "",
                f"{name}的义务人有没有履行能力：",
                *(text for line in reasons for text in reasoned(line)),
            ]
    if case.expected:
        lines += ["", "与应得核对：" + ("全部相符。" if decided.agrees else "")]
        lines += [f"  {text}" for text in differences(decided)]
    return lines


def household(explanation: Explanation) -> list[str]:
    """Verdicts, statuses, what is missing, and the reasoning."""
    day = f"{explanation.day.year}年{explanation.day.month}月{explanation.day.day}日"
    place = casebook.place_text(explanation.area)
    lines = [
        f"认定日：{day}    区划：{place}    规则版本：{explanation.version[:16]}",
        "",
        "结论：",
    ]
    for verdict in explanation.verdicts:
        lines.append(f"  {verdict.label}：{verdict.word}{paid(verdict)}")
        lines += [f"    对象：{'、'.join(verdict.covered)}"] if verdict.covered else []
        for reason, ground in zip(verdict.reasons, verdict.grounds, strict=True):
            lines += [f"    原因：{reason}", f"      依据 {ground}"]
        lines += [f"    缺少：{text}" for text in lacking(explanation, verdict)]
    lines.append("  主身份：" + "；".join(f"{name} {word}" for name, word in explanation.statuses))
    if len(explanation.missing) > MANY:
        lines.append("  没有写的事实按未知看待；没有特别情况的，可在案例里加一行“未写的事实: 如常”。")
    shown: set[str] = set()
    for verdict in sorted(explanation.verdicts, key=lambda each: each.eligible is False):
        new = [line for line in verdict.lines if line.rule not in shown]
        shown.update(line.rule for line in new)
        again = "（其余各条已见上文）" if len(new) < len(verdict.lines) else ""
        lines += ["", f"{verdict.label}的逐条理由{again}："]
        lines += [text for line in new for text in reasoned(line)]
    return lines


def lacking(explanation: Explanation, verdict: Verdict) -> list[str]:
    """The facts that a verdict lacks, each once with those of whom it is not known."""
    owners = ["家庭", *(name for name, _ in explanation.statuses)]
    found: dict[str, list[str]] = {}
    for text in verdict.missing:
        owner = next(each for each in owners if text.startswith(f"{each}的"))
        found.setdefault(text.removeprefix(f"{owner}的"), []).append(owner)
    return [
        f"{whose[0]}的{fact}" if len(whose) == 1 else f"{fact}（{'、'.join(whose)}）"
        for fact, whose in found.items()
    ]


def reasoned(line: Line) -> list[str]:
    """One rule: what came out, how, from what, by which law and version."""
    pad = "  " * (line.indent + 1)
    until = f"至 {line.until}" if line.until else "起"
    used = "；".join(f"{each.label} {each.text}" for each in line.used)
    sources = [f"{pad}    {each.label}：{each.source}" for each in line.used if each.source]
    return [
        f"{pad}{line.label} ＝ {line.text}",
        f"{pad}    算法：{line.formula}",
        *([f"{pad}    其中：{used}"] if used else []),
        *sources,
        f"{pad}    依据：{line.law}（{line.since} {until}，{line.rule}）",
    ]


def document(written: CaseFile, decided: list[Decided]) -> dict[str, Any]:
    """The same for a machine; documented in docs/reference/cases.md."""
    return {"file": written.path.name, "title": written.title, "cases": [_case(each) for each in decided]}


def _case(decided: Decided) -> dict[str, Any]:
    explanation = decided.explanation
    found: dict[str, Any] = {"name": decided.case.name, "line": decided.case.line, "agrees": decided.agrees}
    found["compared"] = [
        {
            "key": each.key,
            "owner": each.owner,
            "expected": each.expected,
            "found": each.found,
            "agrees": each.agrees,
        }
        for each in decided.compared
    ]
    if explanation is None:
        return found | {"results": decided.results}
    obligors = {name: [_line(line) for line in lines] for name, lines in decided.obligors}
    return found | _explained(explanation) | {"obligors": obligors}


def _explained(explanation: Explanation) -> dict[str, Any]:
    return {
        "day": explanation.day.isoformat(),
        "area": explanation.area,
        "version": explanation.version,
        "missing": list(explanation.missing),
        "statuses": dict(explanation.statuses),
        "programmes": [_verdict(verdict) for verdict in explanation.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "programme": verdict.programme,
        "label": verdict.label,
        "eligible": verdict.eligible,
        "amount_fen": verdict.amount,
        "covered": list(verdict.covered),
        "reasons": list(verdict.reasons),
        "grounds": list(verdict.grounds),
        "missing": list(verdict.missing),
        "lines": [_line(line) for line in verdict.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "label": line.label,
        "indent": line.indent,
        "value": line.value,
        "text": line.text,
        "formula": line.formula,
        "used": [{"label": each.label, "text": each.text, "source": each.source} for each in line.used],
        "law": line.law,
        "since": line.since.isoformat(),
        "until": line.until.isoformat() if line.until else None,
    }
