"""The benchmarks: `python -m tests.scale [NAME…] [options]`; without a name those of `make bench`, written.

Each is a process of its own; `--write` makes it put its section into docs/reference/benchmarks.md, and the
options after the names go to each of them. The exit code is the worst of theirs.
"""

import subprocess
import sys

BENCH = ("explain", "rules", "run")
MODULES = {
    "explain": "tests.scale.explain",
    "rules": "tests.scale.rules",
    "run": "tests.scale.run",
    "stream": "tests.scale.rules.stream",
    "dibao": "tests.scale.dibao",
    "pages": "tests.scale.pages",
    "sheets": "tests.scale.sheets",
    "storm": "tests.scale.storm",
    "month": "tests.scale.month",
    "province": "tests.scale.province",
    "mutants": "tests.scale.mutants",
    "letters": "tests.scale.letters",
    "cluster": "tests.scale.cluster",
}


def main(words: list[str]) -> int:
    """Run what is named."""
    named = [word for at, word in enumerate(words) if all(each in MODULES for each in words[: at + 1])]
    options = words[len(named) :]
    if options and not named and not options[0].startswith("-"):
        sys.stderr.write(f"No benchmark {options[0]}; there are {', '.join(MODULES)}.\n")
        return 2
    given = options if named else ["--write"]
    commands = [[sys.executable, "-m", MODULES[name], *given] for name in named or BENCH]
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
