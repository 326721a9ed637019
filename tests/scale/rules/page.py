"""The page of benchmarks: each benchmark writes its own section, between its marks."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "benchmarks.md"


def write_section(key: str, text: str, page: Path = PAGE) -> None:
    """Put a benchmark's section into the page between its marks, or at the end."""
    old = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n\nWritten by `make bench`.\n"
    marked = f"<!-- {key} -->\n{text.strip()}\n<!-- /{key} -->"
    pattern = re.compile(rf"<!-- {key} -->.*?<!-- /{key} -->", re.DOTALL)
    new = pattern.sub(lambda _: marked, old) if pattern.search(old) else f"{old.rstrip()}\n\n{marked}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(new, encoding="utf-8")
