"""The page of benchmarks: each benchmark writes its own section, between its marks."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"


def machine() -> str:
    """When and on what: the line that stands beside every result."""
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write_section(key: str, text: str, page: Path = PAGE) -> None:
    """Put a benchmark's section into the page between its marks, or at the end."""
    old = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n\nWritten by `make bench`.\n"
    marked = f"<!-- {key} -->\n{text.strip()}\n<!-- /{key} -->"
    pattern = re.compile(rf"<!-- {key} -->.*?<!-- /{key} -->", re.DOTALL)
    new = pattern.sub(lambda _: marked, old) if pattern.search(old) else f"{old.rstrip()}\n\n{marked}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(new, encoding="utf-8")
