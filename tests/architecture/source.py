"""The house as text: which files there are and what they say. Everything here is read, nothing is run."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "minzheng"


@cache
def python_files(*, migrations: bool = False) -> tuple[Path, ...]:
    """Every Python file of the project that git knows or would know."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    paths = (ROOT / line for line in listed)
    return tuple(p for p in paths if p.is_file() and (migrations or "migrations" not in p.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted(HOUSE.rglob("templates/**/*.html")))


@cache
def all_source() -> str:
    """All Python and templates of the house in one string, tests left out."""
    files = [p for p in python_files() if "tests" not in p.relative_to(ROOT).parts]
    return "\n".join(p.read_text("utf-8") for p in (*files, *templates()))


def functions(path: Path) -> list[tuple[str, int]]:
    """(name, lines) of each function of a file, docstring and decorators included."""
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def words(text: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, text))
