"""An import of 100,000 rows with a tenth wrong in many ways, and an export, through the real jobs as runtime.

Run it on a data folder of its own, whose province has some 100,000 payees (it changes their accounts):

    minzheng setup && minzheng province --scale 0.18
    python -m tests.scale sheets [--rows 100000] [--write]

Prints one JSON object. Exit 1 where the import passes 3 minutes or 1 GB, or a row is not accounted for.
"""

import argparse
import hashlib
import io
import json
import resource
import sys
import time

import xlsxwriter

from tests.scale.page import machine, write_section

REACH_SECONDS, REACH_GB = 180, 1.0
PROVINCE = (530000000000, 530999999999)
#: What is done to each tenth row, in turn.
WAYS = ("number", "check", "name", "nobody", "bank", "account", "empty", "formula", "repeat", "digits")


def main() -> int:
    """Make the file, import it, write it, send it again, export."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--write", action="store_true")
    words = asked.parse_args()
    from minzheng.config.command import start

    start("engine")
    clerk, payees = prepared(words.rows)
    content = book(payees)
    from django.db import connection

    connection.close()
    connection.settings_dict.update(as_runtime())
    result = measured(content, len(payees), clerk)
    print(json.dumps(result, ensure_ascii=False))
    if words.write:
        write_section("sheets", markdown(result))
    missed = result["import_s"] > REACH_SECONDS or result["peak_gb"] > REACH_GB
    return int(missed or result["accounted"] != result["rows"])


def prepared(rows: int) -> tuple[int, list[tuple[str, str]]]:
    """A user for the trial, and (number, name) of as many payees as there are rows."""
    from django.db import connection

    from minzheng.core.access.actions import ensure_user
    from minzheng.core.people.crypto import provider

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.number_cipher, p.name FROM people_person p WHERE p.number_cipher IS NOT NULL"
            " AND p.canonical_id IS NULL AND EXISTS (SELECT FROM benefits_entitlement WHERE payee = p.id)"
            " ORDER BY p.id LIMIT %s",
            [rows],
        )
        found = cursor.fetchall()
    own = provider()
    payees = [(own.decrypt("people_person.number", key, bytes(cipher)), name) for key, cipher, name in found]
    return ensure_user("sheets-trial", "演示·批量", "演示:批量", "!", is_demo=True), payees


def as_runtime() -> dict[str, object]:
    """Settings of the web's role: both walls stand."""
    from minzheng.config.database import connection

    return connection.settings("runtime")


def book(payees: list[tuple[str, str]]) -> bytes:
    """The file of those rows; each tenth is spoiled."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True, "strings_to_formulas": False}) as out:
        page = out.add_worksheet("填报")
        for at, label in enumerate(("身份证号*", "姓名*", "开户银行*", "账号*", "备注")):
            page.write_string(0, at, label)
        for line, (number, name) in enumerate(payees, start=1):
            account = f"6217{int(hashlib.sha256(number.encode()).hexdigest(), 16) % 10**12:012}"
            cells: list[object] = [number, name, "演示农信", account, ""]
            way = WAYS[line // 10 % len(WAYS)] if line % 10 == 0 else ""
            spoil(page, line, cells, way, payees)
    return made.getvalue()


def spoil(page, line, cells, way, payees) -> None:
    """Write a row, wrong in one way ("" is none)."""
    spoiled = {
        "number": (0, int(cells[0][:17]) * 10), "check": (0, cells[0][:17] + "?"), "name": (1, "演示无此人"),
        "nobody": (0, "110101195001010016"), "bank": (2, "没有的银行"),
        "account": (3, "12"), "empty": (1, ""),
        "repeat": (0, payees[line - 2][0]), "digits": (3, 6217000000000001),
    }  # fmt: skip
    if way in spoiled:
        at, cell = spoiled[way]
        cells[at] = cell
    for at, cell in enumerate(cells):
        if way == "formula" and at == 1:
            page.write_formula(line, at, "=B1", None, cell)
        elif cell != "":
            page.write_string(line, at, cell) if isinstance(cell, str) else page.write_number(line, at, cell)


def measured(content: bytes, rows: int, clerk: int) -> dict:
    """Seconds of each part, the peak of this process, and where the rows are."""
    from django.http import QueryDict

    from minzheng.core.access.scope import Scope, acting
    from minzheng.core.sheets import exporting, importing, staging
    from minzheng.core.sheets.listing import listing

    scope = Scope(*PROVINCE, user=clerk, post="county_clerk", area=PROVINCE[0], name="演示·批量")
    batch = sent(content, scope)
    check = timed(importing.check, scope, {"import": batch})
    write = timed(importing.write, scope, {"import": batch})
    with acting(scope):
        counts = staging.counts(batch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    again = sent(content, scope)
    second = timed(importing.check, scope, {"import": again})
    with acting(scope):
        linked = staging.counts(again).get("linked", 0)
    arguments = {"listing": "households", "code": PROVINCE[0], "query": "", "form": "xlsx"}
    export = timed(exporting.export, scope, arguments)
    with acting(scope):
        found = listing("households")
        exported = found.totals(found.asked(PROVINCE[0], QueryDict(""))).count
    return {
        "bench": "sheets", "rows": rows, "file_mb": round(len(content) / 2**20, 1), "check_s": check,
        "write_s": write, "import_s": round(check + write, 1), "peak_gb": round(peak, 2), "counts": counts,
        "accounted": sum(counts.values()), "again_s": second, "again_linked": linked,
        "exported": exported, "export_s": export,
        "peak_all_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }  # fmt: skip


def sent(content: bytes, scope) -> int:
    """An import as `imports.receive` leaves it, its job aside."""
    from minzheng.core.access.scope import acting
    from minzheng.core.sheets import files
    from minzheng.core.sheets.models import Import

    with acting(scope):
        made = Import.objects.create(
            area=scope.area, user=scope.user, post=scope.post, sheet="accounts", version=1, name="演示.xlsx",
            size=len(content), digest=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        files.keep(f"import-{made.pk}", content)
    return int(made.pk)


def timed(work, scope, arguments: dict) -> float:
    """Seconds of a job's work."""
    from minzheng.core.jobs.kinds import Task

    begun = time.perf_counter()
    work(Task(0, arguments, scope, "核对导入与导出的速度", lambda done, total: None))
    return round(time.perf_counter() - begun, 1)


def markdown(result: dict) -> str:
    """The section of the page."""
    counts = "，".join(f"{key} {count:,}" for key, count in sorted(result["counts"].items()))
    return f"""## Sheets: an import and an export

An XLSX file of {result["rows"]:,} rows ({result["file_mb"]} MB), each tenth wrong in one of {len(WAYS)}
ways, as 收款账户更新登记: read, judged against the register, staged encrypted, written as accounts that
wait for another person's approval; as the web's role, through both walls, with history. {machine()}.
Run it with
`python -m tests.scale sheets --write` (a province of `--scale 0.18` beforehand).

| measure | result | reach |
|---|---|---|
| import, s (check {result["check_s"]} + write {result["write_s"]}) | {result["import_s"]} | {REACH_SECONDS} |
| peak memory of the process, GB | {result["peak_gb"]} | {REACH_GB} |
| rows accounted for ({counts}) | {result["accounted"]:,} | {result["rows"]:,} |
| the same file checked again, s; rows already on record | {result["again_s"]}; {result["again_linked"]:,} | |
| export of {result["exported"]:,} households as XLSX, masked, s | {result["export_s"]} | |"""


if __name__ == "__main__":
    sys.exit(main())
