"""Tests have teeth: each promise is broken on purpose in a copy of the tree, and the tests named for it fail.

    python -m tests.scale mutants [words of a promise]

A mutant is a few replaced lines; a text that is no longer there ends the run, so that none of them goes
stale unseen. The named tests must pass before anything is broken, and fail once it is.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.scale.page import ROOT, machine, write_section

MONTH, LEDGER, BENEFITS = "minzheng/config/month/tests/test_month.py", "core/ledger", "core/benefits"
WALLS = "minzheng/config/month/tests/test_walls.py"
EDITOR = "WHERE plan_id = NEW.plan_id AND natural_person = NEW.natural_person) THEN"
FAILED = 1


@dataclass(frozen=True)
class Mutant:
    """What is promised, the edits (file, text, instead) that break it, and the tests that must notice."""

    promise: str
    edits: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "a due line is ordered once, by the key alone",
        ((f"{LEDGER}/migrations/0006_arrears.py", 'fields=["due_line"]', 'fields=["due_line", "sequence"]'),),
        (f"{WALLS}::test_the_key_alone_refuses_a_second_instruction_for_a_due_line",),
    ),
    Mutant(
        "two different natural persons approve",
        (
            (f"{BENEFITS}/actions.py", "    if before:\n", "    if not plan:\n"),
            (
                f"{BENEFITS}/migrations/0001_initial.py",
                "fields=('plan', 'natural_person'), name='plan_approval_two",
                "fields=('plan', 'natural_person', 'step'), name='plan_approval_two",
            ),
        ),
        (f"{MONTH}::test_it_stops_for_approval_and_two_natural_persons_release_it",),
    ),
    Mutant(
        "one person does not approve twice, by the key alone",
        (
            (
                f"{BENEFITS}/migrations/0001_initial.py",
                "fields=('plan', 'natural_person'), name='plan_approval_two",
                "fields=('plan', 'natural_person', 'step'), name='plan_approval_two",
            ),
        ),
        (f"{WALLS}::test_the_key_alone_refuses_one_persons_two_approvals",),
    ),
    Mutant(
        "who edited a plan does not approve it",
        (
            (f"{BENEFITS}/actions.py", "    if edited:\n", "    if not plan:\n"),
            (f"{BENEFITS}/migrations/0002_guards.py", EDITOR, "WHERE false) THEN"),
        ),
        (f"{MONTH}::test_who_edits_a_plan_cannot_approve_it",),
    ),
    Mutant(
        "a payee who died is not paid",
        ((f"{LEDGER}/cutting.py", '" k.person = y.payee",\n', '" k.person = -y.payee",\n'),),
        (f"{MONTH}::test_a_payee_who_died_between_plan_and_file_is_not_paid",),
    ),
    Mutant(
        "a failed payment is not counted as paid",
        ((f"{LEDGER}/settling.py", "THEN 'paid' ELSE 'failed' END", "THEN 'paid' ELSE 'paid' END"),),
        (f"{MONTH}::test_a_failed_payment_is_paid_again_after_another_person_approved_the_account",),
    ),
    Mutant(
        "a changed account holds the payment",
        ((f"{LEDGER}/cutting.py", "(h.state = 'waiting' OR h.state", "(h.state"),),
        (f"{MONTH}::test_a_changed_account_holds_the_payment",),
    ),
    Mutant(
        "a chunk that is done is marked",
        (
            (
                f"{BENEFITS}/runs.py",
                '"INSERT INTO benefits_progress (run_id, stage, area, lines) VALUES (%s, %s, %s, %s)"',
                '"SELECT %s, %s, %s, %s"',
            ),
        ),
        (f"{WALLS}::test_a_chunk_that_is_done_is_not_done_again",),
    ),
    Mutant(
        "the scoped manager shows the scope only",
        (("core/access/scoped.py", ".filter(within(scopes.current()))", ""),),
        ("minzheng/core/access/tests/test_scoped.py",),
    ),
    Mutant(
        "row security shows the scope only",
        (("core/access/rows.py", "USING ({within(column)})", "USING (true)"),),
        ("minzheng/core/access/tests/test_rows.py",),
    ),
    Mutant(
        "half a fen goes up",
        (("kernel/money.py", 'if rounding == "half_up":', 'if rounding == "half_down":'),),
        ("minzheng/kernel/tests/test_money.py",),
    ),
    Mutant(
        "columns leave unknown what is unknown",
        (("kernel/rules/expressions.py", "        if not c.null:\n", "        if c:\n"),),
        ("minzheng/kernel/tests/test_rules_agreement.py",),
    ),
    Mutant(
        "a part ends with a whole household",
        (("kernel/rules/stream.py", 'search_sorted(last, "right")', 'search_sorted(last, "left")'),),
        ("minzheng/kernel/tests/test_rules_stream.py",),
    ),
)


def main(words: list[str]) -> int:
    """0 when every mutant is caught."""
    parser = argparse.ArgumentParser(prog="mutants")
    parser.add_argument("promise", nargs="*", help="only promises with these words")
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args(words)
    chosen = [mutant for mutant in MUTANTS if " ".join(told.promise) in mutant.promise]
    with tempfile.TemporaryDirectory(prefix="mz-mutants-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        found = _all(chosen, folder)
    print(json.dumps({"bench": "mutants", "found": found}, ensure_ascii=False))
    if told.write:
        write_section("mutants", _markdown(found))
    return int(any(what != "caught" for what in found.values()))


def _all(mutants: Sequence[Mutant], folder: Path) -> dict[str, str]:
    tree = folder / "tree"
    unwanted = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, tree, ignore=unwanted)
    try:
        tests = sorted({test for mutant in mutants for test in mutant.tests})
        code, said = _pytest(tree, folder, tests)
        if code:
            raise SystemExit(f"The named tests do not pass on the tree as it is:\n{said[-3000:]}")
        return {mutant.promise: _one(mutant, tree, folder) for mutant in mutants}
    finally:
        command = [sys.executable, "-m", "minzheng.config", "server", "stop"]
        subprocess.run(command, cwd=tree, env=_environment(tree, folder), check=False, capture_output=True)


def _one(mutant: Mutant, tree: Path, folder: Path) -> str:
    """`caught`, `survived`, or how pytest ended otherwise."""
    before: dict[Path, str] = {}
    for name, text, instead in mutant.edits:
        path = tree / "minzheng" / name
        old = path.read_text("utf-8")
        before.setdefault(path, old)
        if text not in old:
            raise SystemExit(f"{mutant.promise}: {name} has no longer {text!r}.")
        path.write_text(old.replace(text, instead), "utf-8")
    code, _ = _pytest(tree, folder, mutant.tests)
    for path, old in before.items():
        path.write_text(old, "utf-8")
    what = {0: "survived", FAILED: "caught"}.get(code, f"pytest ended with {code}")
    sys.stderr.write(f"{what}: {mutant.promise}\n")
    return what


def _pytest(tree: Path, folder: Path, tests: Sequence[str]) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = _environment(tree, folder)
    done = subprocess.run(command, cwd=tree, env=environment, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout


def _environment(tree: Path, folder: Path) -> dict[str, str]:
    strange = ("DATABASE_URL", "MINZHENG_ROLE")
    kept = {name: value for name, value in os.environ.items() if name not in strange}
    own = {"MINZHENG_HOME": str(folder / "home"), "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | own


def _markdown(found: dict[str, str]) -> str:
    lines = "\n".join(f"| {promise} | {what} |" for promise, what in found.items())
    return f"""## Tests have teeth

Each promise is broken on purpose in a copy of the tree, and the tests named for it must fail
(`tests/scale/mutants.py` has the edits). {machine()}. Run it with `python -m tests.scale mutants --write`.

| promise that was broken | the tests |
|---|---|
{lines}"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
